-- What a worker may do for the aggregate service beside its jobs.
GRANT EXECUTE ON FUNCTION api.segment_doomed(text, int), api.segment_gone(uuid[]) TO darkroom_worker;
