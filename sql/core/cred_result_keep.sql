-- cred_result_keep(job, result): the job has ended, and what it answers with.  The result of a
-- private kind must come sealed; one that is sealed is never kept but for its time.
CREATE FUNCTION core.cred_result_keep(j core.cred_job, r jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_status constant int := coalesce((r ->> 'status')::int, 200);
BEGIN
  IF v_status NOT IN (200, 201)
     OR r ->> 'private_b64' IS NULL AND ((SELECT k.private FROM core.cred_kind k WHERE k.kind = j.kind) OR jsonb_typeof(r -> 'body') IS DISTINCT FROM 'object') THEN
    PERFORM core.job_fail('INTERNAL', NULL);
  END IF;
  IF r ->> 'private_b64' IS NOT NULL THEN
    INSERT INTO core.private_result (job_id, sealed, expires_at)
    VALUES (j.job_id, decode(r ->> 'private_b64', 'base64'), clock_timestamp() + core.setting_int('private_result_ttl_s') * interval '1 s');
  END IF;
  UPDATE core.cred_job x SET finished_at = clock_timestamp(), status = v_status, body = CASE WHEN r ->> 'private_b64' IS NULL THEN r -> 'body' END WHERE x.job_id = j.job_id;
END $$;
