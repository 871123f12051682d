-- queue_place(front, rank, why): what a waiting job's place means: how many stand
-- before it (counted to 1,000), why it waits, and when it may start, as far as
-- the last runs tell.
CREATE FUNCTION core.queue_place(f core.queue_front, p_rank bigint, p_why text)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_ahead constant int := width_bucket(p_rank - 1, f.ranks);
BEGIN
  RETURN jsonb_strip_nulls(jsonb_build_object('queue_position', least(v_ahead, 1000),
      'queue_position_capped', CASE WHEN v_ahead > 1000 THEN true END, 'wait_reason', p_why,
      'eta_s', CASE WHEN p_why IN ('fair_share', 'no_free_runner') THEN least(ceil((v_ahead + 1) * f.job_s), 86400)::int END));
END $$;
