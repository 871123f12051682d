-- ask_agg_batch: is all of a closing batch settled, and what does it come to?  Nothing is added to it
-- any more once it is ready.
CREATE FUNCTION core.ask_agg_batch(s core.agg_subject, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  b constant record := core.agg_batch_of(s);
  v constant record := core.agg_sum(s.task_no, b.batch, b.first, b.past);
BEGIN
  RETURN jsonb_strip_nulls(jsonb_build_object('ready', b.state = 'closing' AND (s.served IS NOT NULL OR v.stored + v.jobs = 0), 'waiting', v.stored + v.in_jobs,
    'count', v.count, 'checksum', core.bits256_hex(v.checksum), 't_min', v.t_min, 't_max', v.t_max, 'batch_id', core.b64u(b.batch)));
END $$;
