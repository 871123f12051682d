-- schedule_kind(name): a kind that a schedule may make jobs of; anything else raises
-- no_data_found.
CREATE FUNCTION core.schedule_kind(p_name text) RETURNS core.kind LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_kind core.kind;
BEGIN
  SELECT * INTO v_kind FROM core.kind k WHERE k.name = p_name AND (k.name LIKE 'system.%' OR k.name LIKE 'prio1.%');
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no kind % for a schedule', left(p_name, 64) USING ERRCODE = 'no_data_found',
      HINT = (SELECT 'Kinds: ' || string_agg(k.name, ', ' ORDER BY k.id) FROM core.kind k
               WHERE k.name LIKE 'system.%' OR k.name LIKE 'prio1.%');
  END IF;
  RETURN v_kind;
END $$;
