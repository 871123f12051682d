-- heavy_witness(args, method of the wallet): a witness is heavy when more than 4,096 indices
-- enter it: those that differ between the list of the old state and the new one, or
-- all of the list when there is no old state, or no list of it.
CREATE FUNCTION core.heavy_witness(p_args jsonb, p_method text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_new constant jsonb := p_args #> '{status_list,revocationList}';
  v_old constant jsonb := p_args #> '{old_status_list,revocationList}';
BEGIN
  IF jsonb_typeof(v_new) IS DISTINCT FROM 'array' OR jsonb_array_length(v_new) <= 4096 THEN
    RETURN false;
  END IF;
  IF jsonb_typeof(p_args -> 'old_state') IS DISTINCT FROM 'object' OR jsonb_typeof(v_old) IS DISTINCT FROM 'array' THEN
    RETURN true;
  END IF;
  RETURN (SELECT count(*) > 4096
            FROM ROWS FROM (jsonb_array_elements(v_new), jsonb_array_elements(v_old)) x (a, b) WHERE x.a IS DISTINCT FROM x.b);
END $$;
