-- ask_rev_index: an index of the active registry of a definition, or of the registry
-- that is named; bound to the job, so the same when it is asked again.  The
-- index at four fifths has the next registry made ahead, if the definition says
-- auto; the last one makes a registry that is ready the active one.
CREATE FUNCTION core.ask_rev_index(j core.cred_job, p_token uuid, a jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  d core.cred_def;
  g core.rev_reg;
  v_idx int;
BEGIN
  SELECT i.idx INTO v_idx FROM core.rev_index i WHERE i.job = j.job_id;
  IF FOUND THEN
    SELECT x.* INTO g FROM core.rev_index i JOIN core.rev_reg x ON x.serial = i.registry WHERE i.job = j.job_id;
  ELSE
    SELECT x.* INTO d FROM core.cred_def x WHERE x.tenant = j.tenant AND x.id = a ->> 'definition' AND x.wallet = j.wallet;
    IF NOT FOUND THEN
      PERFORM core.job_fail('ITEM_NOT_FOUND', 'cred_def_id: the wallet has no such definition');
    ELSIF NOT d.revocable THEN
      PERFORM core.job_fail('NOT_REVOCABLE', 'the definition does not support revocation');
    END IF;
    g := core.rev_take(d, a ->> 'registry');
    IF g.serial IS NULL THEN              -- as a value: an exception would undo what was begun
      RETURN '{"_err": {"code": "REGISTRY_FULL", "message": "no registry of the definition has an index left"}}';
    END IF;
    v_idx := g.next_index - 1;
    INSERT INTO core.rev_index (registry, idx, tenant, job) VALUES (g.serial, v_idx, j.tenant, j.job_id);
    IF v_idx = ceil(0.8 * (g.max_cred_num - 1)) THEN
      PERFORM core.rev_ahead(d, g);
    END IF;
  END IF;
  RETURN core.rev_reg_json(g) || jsonb_build_object('index', v_idx, 'sealed_gamma', core.b64(g.sealed_gamma), 'sealed_at', jsonb_build_object('table', 'rev_reg', 'id', g.id));
END $$;
