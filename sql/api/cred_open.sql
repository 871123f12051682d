-- cred_open(job, token): what a claimed credential job stands on; NULL when the
-- token is gone.  {"tenant", "private", "wallet"?, "primes"?, "files"?} or {"err":
-- {"code", "message"}}: the job cannot run any more, end it so.
-- The primes in it are out of the pool with this commit.
CREATE FUNCTION api.cred_open(p_id uuid, p_token uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off AS $$
DECLARE
  j core.cred_job := core.cred_held(p_id, p_token);
  q core.cred_kind;
  w jsonb;
  v_args jsonb;
BEGIN
  IF j.job_id IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT k.* INTO q FROM core.cred_kind k WHERE k.kind = j.kind;
  IF q.wallet IN ('named', 'open') THEN
    w := core.cred_wallet_open(j, q.wallet);
    IF w ? 'err' THEN
      RETURN w;
    END IF;
  END IF;
  SELECT x.spec -> 'args' INTO v_args FROM core.job x WHERE x.id = p_id;
  RETURN jsonb_strip_nulls(jsonb_build_object('tenant', j.tenant, 'private', q.private, 'wallet', w, 'files', core.cred_files(j, v_args),
    'primes', CASE WHEN q.primes > 0 THEN core.primes_take(coalesce((v_args ->> 'bits')::int, 2048) / 2, q.primes) END));
END $$;
