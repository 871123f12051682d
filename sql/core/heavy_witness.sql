-- heavy_witness(args, method of the wallet): a witness is heavy when more than 4,096 indices
-- enter it: those that differ between the list of the old state and the new one, or
-- all of the list when there is no old state, or no list of it.
CREATE FUNCTION core.heavy_witness(p_args jsonb, p_method text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  v_new constant bit varying := core.list_bits(p_args #> '{status_list,revocationList}');
  v_old constant bit varying := core.list_bits(p_args #> '{old_status_list,revocationList}');
BEGIN
  IF v_new IS NULL OR length(v_new) <= 4096 THEN
    RETURN false;
  END IF;
  RETURN jsonb_typeof(p_args -> 'old_state') IS DISTINCT FROM 'object' OR v_old IS NULL OR length(v_old) <> length(v_new) OR bit_count(v_new # v_old) > 4096;
END $$;
