-- ipfs_probed(job, result): what the last look at IPFS found, for the check of that name.
CREATE FUNCTION core.ipfs_probed(p_job uuid, r jsonb) RETURNS void LANGUAGE sql VOLATILE AS $$
  UPDATE core.ipfs SET status = r ->> 'status', error = left(r ->> 'why', 200), looked_at = clock_timestamp(),
         ok_at = CASE WHEN r ->> 'status' = 'ok' THEN clock_timestamp() ELSE ok_at END
$$;
