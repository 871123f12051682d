-- agg_job_take(task, id, generation, request): a helper's new job.
CREATE FUNCTION core.agg_job_take(t core.agg_task, p_id uuid, p_generation int, r jsonb) RETURNS core.agg_job LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  j core.agg_job;
BEGIN
  j.job_no := nextval(pg_get_serial_sequence('core.agg_job', 'job_no'));
  INSERT INTO core.agg_job (job_no, task_no, job_id, bucket, n, queue_id, digest, generation, request) OVERRIDING SYSTEM VALUE
  VALUES (j.job_no, t.task_no, p_id, CASE t.mode WHEN 2 THEN core.b64u_read(r ->> 'batch_id') END, (r ->> 'count')::int,
          core.enqueue(200::smallint, 0, jsonb_build_object('task_no', t.task_no, 'job_no', j.job_no)),
          decode(r ->> 'digest', 'hex'), p_generation, decode(r #>> '{blob,sha256}', 'hex')) RETURNING * INTO j;
  RETURN j;
END $$;
