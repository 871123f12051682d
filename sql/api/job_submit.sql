-- job_submit(kind, spec, priority, due): queue a job of the node itself from
-- plain SQL; its id.  Kinds that act for a principal (compute.script) need a
-- lease and come in over HTTP only.
CREATE FUNCTION api.job_submit(p_kind text, p_spec jsonb DEFAULT '{}', p_priority int DEFAULT 0, p_due timestamptz DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_kind core.kind := core.node_kind(p_kind);
  v_id   uuid;
BEGIN
  IF jsonb_typeof(p_spec) IS DISTINCT FROM 'object' OR pg_column_size(p_spec) > 65536 THEN
    RAISE EXCEPTION 'spec: an object of at most 64 KiB' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF p_priority IS NULL OR p_priority NOT BETWEEN -10 AND 10 THEN
    RAISE EXCEPTION 'priority: -10 to 10' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  v_id := core.enqueue(v_kind.id, 0, p_spec, p_priority => p_priority, p_due => p_due);
  PERFORM core.event_add(core.psql_actor(), 'job.submitted', v_id::text, jsonb_build_object('kind', p_kind));
  PERFORM core.ring(v_kind.lane);
  RETURN v_id;
END $$;
