-- What a front may do with the queue: look, and wake.
GRANT EXECUTE ON FUNCTION
  api.node_pressure(), api.node_ready(), api.node_metrics(), api.job_ring(smallint), api.job_announce(uuid[])
TO darkroom_fcgi;
