-- What the HTTP front may call of the credential service.
GRANT EXECUTE ON FUNCTION
  api.cred_submit(jsonb, jsonb),
  api.cred_submit_many(jsonb, jsonb),
  api.cred_job_show(jsonb, jsonb),
  api.cred_job_list(jsonb, jsonb),
  api.cred_job_cancel(jsonb, jsonb),
  api.cred_job_events(jsonb[], jsonb[])
TO darkroom_fcgi;
