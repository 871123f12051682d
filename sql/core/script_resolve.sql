-- script_resolve(principal, {cid}|{sha256}): SHA-256 of the stored script that a
-- submit names, or why not.  It must be one that this very principal stored:
-- others' are not to be guessed at.
CREATE FUNCTION core.script_resolve(p_principal int, p_script jsonb, OUT sha256 bytea, OUT why text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF p_script ->> 'cid' IS NOT NULL THEN
    SELECT s.sha256 INTO sha256 FROM core.script s
     WHERE s.principal = p_principal AND s.cid = p_script ->> 'cid' AND s.cid <> '';
    why := CASE WHEN NOT FOUND THEN 'computationCid is not stored here' END;
  ELSE
    SELECT s.sha256 INTO sha256 FROM core.script s
     WHERE s.principal = p_principal AND s.sha256 = decode(p_script ->> 'sha256', 'hex');
    why := CASE WHEN NOT FOUND THEN 'code_sha256 is not stored here' END;
  END IF;
END $$;
