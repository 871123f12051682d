-- What a worker may do for the credential jobs that it holds.
GRANT EXECUTE ON FUNCTION
  api.cred_open(uuid, uuid), api.cred_ask(uuid, uuid, text, jsonb), api.cred_progress(uuid, uuid, text, bigint, bigint, text)
TO darkroom_worker;
