-- script_resolve(principal, request): SHA-256 of the script that a submit
-- names, or why not.  Inline code is taken as it comes; a digest or a CID must
-- name a script that this very principal stored: others' are not to be guessed at.
CREATE FUNCTION core.script_resolve(p_principal int, p_req jsonb, OUT sha256 bytea, OUT why text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF p_req #>> '{script,cid}' IS NOT NULL THEN
    SELECT s.sha256 INTO sha256 FROM core.script s
     WHERE s.principal = p_principal AND s.cid = p_req #>> '{script,cid}' AND s.cid <> '';
    IF NOT FOUND THEN
      why := 'computationCid is not stored here';
    END IF;
    RETURN;
  END IF;
  sha256 := decode(p_req #>> '{script,sha256}', 'hex');
  IF p_req #>> '{script,data_b64}' IS NULL THEN
    PERFORM FROM core.script s WHERE s.principal = p_principal AND s.sha256 = script_resolve.sha256;
    IF NOT FOUND THEN
      why := 'code_sha256 is not stored here';
    END IF;
  END IF;
END $$;
