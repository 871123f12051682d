-- cred_again(lease): the writes of a credential job met others': may it run once more?
CREATE FUNCTION core.cred_again(l core.lease) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  UPDATE core.cred_job x SET clashes = x.clashes + 1 WHERE x.job_id = l.id AND x.clashes < core.setting_int('clash_max');
  RETURN FOUND;
END $$;
