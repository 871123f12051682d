-- cred_open(lease): what a claimed credential job stands on: {"tenant", "private",
-- "wallet"?, "primes"?, "files"?} or {"err": {"code", "message"}}.
-- The primes in it are out of the pool with this commit.
CREATE FUNCTION core.cred_open(l core.lease) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  j constant core.cred_job := core.cred_held(l);
  q core.cred_kind;
  w jsonb;
  v_args jsonb;
BEGIN
  SELECT k.* INTO q FROM core.cred_kind k WHERE k.kind = j.kind;
  IF q.wallet IN ('named', 'open') THEN
    w := core.cred_wallet_open(j, q.wallet);
    IF w ? 'err' THEN
      RETURN w;
    END IF;
  END IF;
  SELECT x.spec -> 'args' INTO v_args FROM core.job x WHERE x.id = l.id;
  RETURN jsonb_strip_nulls(jsonb_build_object('tenant', j.tenant, 'private', q.private, 'wallet', w, 'files', core.cred_files(j, v_args),
    'primes', CASE WHEN q.primes > 0 THEN core.primes_take(coalesce((v_args ->> 'bits')::int, 2048) / 2, q.primes) END));
END $$;
