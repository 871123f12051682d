-- job_fetches(job): its script is in IPFS and was not fetched yet: then its row in
-- the queue is of kind ipfs.fetch (11), in that kind's lane (4), until
-- core.fetch_done lets it go on as what it is.
CREATE FUNCTION core.job_fetches(p_job core.job) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT p_job.kind = 1 AND p_job.spec ? 'cid' AND NOT p_job.spec ? 'script_sha256'
$$;
