-- log_push(job, token, stream, at, data): what a running script has written, in
-- pieces of at most 64 KiB, one after the other.  Returns where the next piece
-- begins, which is elsewhere than expected after a crash of the database; NULL
-- when the run is over.  The lease is held meanwhile, so nothing comes after its end.
CREATE FUNCTION api.log_push(p_id uuid, p_token uuid, p_stream smallint, p_at bigint, p_data bytea) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_end bigint;
BEGIN
  IF length(p_data) NOT BETWEEN 1 AND 65536 OR p_stream NOT BETWEEN 0 AND 2 THEN
    RAISE EXCEPTION 'a piece of a log: 1 to 65536 bytes of stream 0, 1 or 2' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM set_config('synchronous_commit', 'off', true);
  PERFORM FROM core.lease l WHERE l.id = p_id AND l.token = p_token FOR KEY SHARE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  v_end := core.log_end(p_id, p_token, p_stream);
  IF v_end = p_at THEN
    INSERT INTO core.log_part VALUES (p_id, p_token, p_stream, p_at, p_data);
    v_end := p_at + length(p_data);
    IF NOT pg_try_advisory_xact_lock(1000, 1) THEN
      PERFORM pg_notify('change', core.log_id(p_id)::text);
    END IF;
  END IF;
  RETURN v_end;
END $$;
