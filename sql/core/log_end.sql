-- log_end(job, token, stream): how many bytes of a run's stream are here.
CREATE FUNCTION core.log_end(p_job uuid, p_token uuid, p_stream smallint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce((SELECT x.at + length(x.data) FROM core.log_part x
                    WHERE x.job_id = p_job AND x.token = p_token AND x.stream = p_stream ORDER BY x.at DESC LIMIT 1), 0);
END $$;
