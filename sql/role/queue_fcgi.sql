-- What a front may do with the queue: look, and wake.
GRANT EXECUTE ON FUNCTION
  api.node_pressure(), api.job_ring(smallint), api.job_announce(uuid[])
TO darkroom_fcgi;
