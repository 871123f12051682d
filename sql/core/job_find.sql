-- job_find(text): the job that somebody names by its uuid or its public id.
-- Raises no_data_found for anything else.
CREATE FUNCTION core.job_find(p_text text) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_public uuid := core.comp_uuid(p_text);
  v_id     uuid;
BEGIN
  IF v_public IS NOT NULL THEN
    SELECT c.job_id INTO v_id FROM core.computation c WHERE c.public_id = v_public;
  ELSIF p_text ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN
    SELECT j.id INTO v_id FROM core.job j WHERE j.id = p_text::uuid;
  END IF;
  IF v_id IS NULL THEN
    RAISE EXCEPTION 'no job %', left(p_text, 64) USING ERRCODE = 'no_data_found',
      HINT = 'A job is named by its uuid or by comp- and 26 characters.';
  END IF;
  RETURN v_id;
END $$;
