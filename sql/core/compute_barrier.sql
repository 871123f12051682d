-- compute_barrier(request, lease, image, assets, names, entitlement): the refusals
-- of a shape that come before its caps: a field, the image, the lease, entitlement
-- (a code of core.entitlement).  lease and image are NULL when there is none of that name.
CREATE FUNCTION core.compute_barrier(p_req jsonb, l core.data_lease, p_image text, p_assets bigint[], p_names text[], p_code text)
RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
DECLARE
  a core.answer;
  v_why text := core.compute_fields(p_req);
BEGIN
  IF v_why IS NULL AND p_image IS NULL THEN
    v_why := 'image is not allowed here';
  END IF;
  IF v_why IS NOT NULL THEN
    RETURN core.refuse('VALIDATION_ERROR', v_why);
  END IF;
  a := core.lease_refusal(l, p_req);
  RETURN CASE WHEN a.err IS NULL THEN core.inputs_refusal(l, p_assets, p_names, p_code) ELSE a END;
END $$;
