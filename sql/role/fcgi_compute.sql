-- What the HTTP front may call: identity and the compute service.
GRANT EXECUTE ON FUNCTION
  api.compute_submit(jsonb, jsonb),
  api.compute_result(jsonb, jsonb),
  api.blob_get(bytea)
TO darkroom_fcgi;
GRANT EXECUTE ON FUNCTION api.blob_get(bytea) TO darkroom_worker;
