-- What a worker may do with the queue.
GRANT EXECUTE ON FUNCTION
  api.worker_join(text, int, text, jsonb, jsonb), api.worker_beat(int, uuid[], jsonb, jsonb, boolean), api.worker_leave(int),
  api.job_turn(int, smallint, uuid[], uuid[], jsonb, int, int), api.job_phase(uuid[], uuid[], text[]),
  api.job_give_back(uuid[], uuid[], text), api.job_step(uuid, uuid), api.sweep(int), api.canary_submit(int, text),
  api.job_ring(smallint), api.job_announce(uuid[]),
  api.lane_waits(smallint), api.log_push(uuid, uuid, smallint, bigint, bytea)
TO darkroom_worker;
