-- script_keep(principal, sha256, cid, data): the script and its blob are stored
-- and will outlive the jobs that use it; true if the row is new.  data NULL: the
-- row must be there.  A row used within the day is not written again: retention
-- takes only rows unused for weeks (core.retain_scripts), so the two never meet.
CREATE FUNCTION core.script_keep(p_principal int, p_sha256 bytea, p_cid text, p_data bytea)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_used timestamptz;
BEGIN
  SELECT s.used_at INTO v_used FROM core.script s WHERE s.principal = p_principal AND s.sha256 = p_sha256;
  IF FOUND AND v_used > clock_timestamp() - interval '1 day' THEN
    RETURN false;
  END IF;
  UPDATE core.script s SET used_at = clock_timestamp() WHERE s.principal = p_principal AND s.sha256 = p_sha256;
  IF FOUND THEN
    RETURN false;
  END IF;
  IF p_data IS NULL THEN
    RAISE EXCEPTION 'script % is gone', encode(p_sha256, 'hex') USING ERRCODE = '40001';
  END IF;
  PERFORM core.blob_keep(p_sha256, length(p_data), 'pg', p_data);
  INSERT INTO core.script (sha256, principal, cid) VALUES (p_sha256, p_principal, p_cid);
  RETURN true;
END $$;
