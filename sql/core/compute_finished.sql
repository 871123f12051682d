-- compute_finished(job, state, reason, started, outcome): what the end of a
-- computation means beyond the queue, in the transaction that ends it: its run
-- of the lease is used or comes back, its files become artifact rows, and what
-- nobody holds back is released.  Files of an outcome that is not completed are
-- for the owner only; its streams follow the release mode.  An owner who asked
-- for a look while the job ran gets it.
CREATE FUNCTION core.compute_finished(p_id uuid, p_state text, p_reason text, p_started boolean, p_outcome jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  m core.computation;
  v_code text;
  v_state text;
BEGIN
  SELECT * INTO m FROM core.computation c WHERE c.job_id = p_id FOR UPDATE;
  IF NOT FOUND OR m.finished_at IS NOT NULL THEN
    RETURN;
  END IF;
  IF m.run_held THEN
    INSERT INTO core.run_note (serial, job_id, used)
    VALUES (m.serial, p_id, coalesce((
      SELECT CASE r.run_used WHEN 'yes' THEN true WHEN 'no' THEN false ELSE p_started END
        FROM core.reason r WHERE r.code = p_reason), true));
  END IF;

  m.hold := m.hold OR EXISTS (SELECT FROM unnest(m.assets) u JOIN core.asset a ON a.id = u WHERE a.release_mode <> 'auto');
  IF p_state = 'completed' THEN
    v_code := core.entitled(m.serial, m.principal, m.assets, true, '-infinity');
  END IF;
  v_state := CASE
    WHEN p_state <> 'completed' AND coalesce(jsonb_array_length(p_outcome -> 'files'), 0) = 0 THEN 'none'
    WHEN v_code IN ('LEASE_REVOKED', 'ASSET_REVOKED') THEN 'withheld'
    WHEN v_code IS NOT NULL OR m.hold THEN 'staged'
    ELSE 'released' END;
  PERFORM core.artifact_keep(p_id, f, CASE WHEN p_state = 'completed' OR f ->> 'class' <> 'artifact' THEN v_state ELSE 'withheld' END)
     FROM jsonb_array_elements(p_outcome -> 'files') f
    ORDER BY f ->> 'sha256';
  UPDATE core.computation c
     SET finished_at = clock_timestamp(), updated_at = clock_timestamp(), release_state = v_state,
         release_code = CASE v_state WHEN 'withheld' THEN v_code END, hold = m.hold, reveal = NOT m.hold
   WHERE c.job_id = p_id;
  IF v_state = 'withheld' THEN
    PERFORM core.output_destroy(p_id);
  END IF;
  PERFORM core.log_drop(p_id);
  PERFORM core.phase_note(ARRAY[p_id]);
  PERFORM core.event_add('node', 'job.' || p_state, core.comp_id(m.public_id),
      jsonb_strip_nulls(jsonb_build_object('reason', p_reason, 'release', v_state)));
END $$;
