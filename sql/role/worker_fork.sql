-- What a worker may do for the jobs that it holds.
GRANT EXECUTE ON FUNCTION
  api.job_open(uuid, uuid), api.job_ask(uuid, uuid, text, jsonb), api.job_progress(uuid, uuid, text, bigint, bigint, text)
TO darkroom_worker;
