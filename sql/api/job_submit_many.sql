-- job_submit_many(kind, specs): queue up to 10,000 jobs of the node itself at
-- once; their ids beside specs.  One line of audit, one wake-up.
CREATE FUNCTION api.job_submit_many(p_kind text, p_specs jsonb[]) RETURNS uuid[]
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_kind core.kind := core.node_kind(p_kind);
  v_ids  uuid[];
BEGIN
  IF p_specs IS NULL OR cardinality(p_specs) > 10000 OR coalesce(array_ndims(p_specs), 1) <> 1 THEN
    RAISE EXCEPTION 'specs: a list of at most 10,000' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF EXISTS (SELECT FROM unnest(p_specs) s WHERE jsonb_typeof(s) IS DISTINCT FROM 'object' OR pg_column_size(s) > 65536) THEN
    RAISE EXCEPTION 'specs: each an object of at most 64 KiB' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  v_ids := core.enqueue_many(v_kind.id, 0, p_specs);
  PERFORM core.event_add(core.psql_actor(), 'job.submitted', p_kind, jsonb_build_object('jobs', cardinality(v_ids)));
  PERFORM core.ring(v_kind.lane);
  RETURN v_ids;
END $$;
