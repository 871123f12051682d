-- What the HTTP front may call of the credential service.
GRANT EXECUTE ON FUNCTION
  api.cred_submit(jsonb, jsonb),
  api.cred_submit_many(jsonb, jsonb),
  api.cred_job_show(jsonb, jsonb),
  api.cred_job_list(jsonb, jsonb),
  api.cred_job_cancel(jsonb, jsonb),
  api.cred_job_events(jsonb[], jsonb[]),
  api.cred_object_show(jsonb, jsonb),
  api.cred_object_list(jsonb, jsonb),
  api.cred_blob_put_check(jsonb, jsonb),
  api.cred_blob_put(jsonb, jsonb),
  api.wallet_list(jsonb, jsonb),
  api.tails_get(jsonb, jsonb),
  api.export_get(jsonb, jsonb)
TO darkroom_fcgi;
