-- What the HTTP front may call: identity and the compute service.
GRANT EXECUTE ON FUNCTION
  api.compute_submit(jsonb, jsonb)
TO darkroom_fcgi;
