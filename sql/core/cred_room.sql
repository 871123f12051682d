-- cred_room(principal): how many more open credential jobs a principal may have.
-- Counted from its open rows; the caller holds its submit row.
CREATE FUNCTION core.cred_room(p_principal int) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_cap constant bigint := core.setting_int('open_jobs_max');
BEGIN
  RETURN v_cap - (SELECT count(*) FROM (SELECT FROM core.cred_job j WHERE j.principal = p_principal AND j.finished_at IS NULL LIMIT v_cap) o);
END $$;
