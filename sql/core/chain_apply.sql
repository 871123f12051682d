-- chain_apply(job, result): what a look at a chain found, in the transaction that
-- ends its job.  Nothing happens if anybody moved the cursor or changed the rules
-- since the look was planned (round).  While there is more to read, the next look
-- follows at once.
-- result: status, why, head, rewind (the newest block that was still there),
-- steps.  status: ok, not_configured, unreachable, refused, garbled, wrong_chain,
-- lagging, moved, deep_reorg; whatever it is, what was read before counts.
CREATE FUNCTION core.chain_apply(p_job uuid, r jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  s constant jsonb := (SELECT j.spec FROM core.job j WHERE j.id = p_job);
  ch core.chain;
  v_ids text[] := '{}';
  v_step jsonb;
  x record;
  v_next uuid;
BEGIN
  SELECT * INTO ch FROM core.chain c WHERE c.name = s ->> 'chain' FOR UPDATE;
  IF NOT FOUND OR NOT ch.enabled OR ch.round <> (s ->> 'round')::bigint THEN
    RETURN;
  END IF;
  IF r ? 'rewind' THEN
    ch.cursor_block := least(ch.cursor_block, (r ->> 'rewind')::bigint);
    v_ids := core.chain_undo(ch.name, ch.cursor_block);
  END IF;
  FOR v_step IN SELECT * FROM jsonb_array_elements(r -> 'steps') LOOP
    x := core.chain_read(ch, v_step);
    ch := x.ch;
    v_ids := v_ids || x.ids;
  END LOOP;
  PERFORM core.chain_settle(ch, v_ids);
  PERFORM core.chain_prune(ch);
  UPDATE core.chain c
     SET cursor_block = ch.cursor_block, strangers = ch.strangers, round = ch.round + 1, head = coalesce((r ->> 'head')::bigint, c.head),
         status = r ->> 'status', error = left(r ->> 'why', 200), looked_at = clock_timestamp(),
         ok_at = CASE WHEN r ->> 'status' = 'ok' THEN clock_timestamp() ELSE c.ok_at END
   WHERE c.name = ch.name RETURNING * INTO ch;
  IF ch.status = 'ok' AND ch.cursor_block < ch.head - ch.confirmations THEN
    v_next := core.enqueue(10::smallint, 0, core.chain_spec(s));
    UPDATE core.cron n SET last_job = v_next WHERE n.name = 'chain:' || ch.name;
    PERFORM core.ring(4::smallint);
  END IF;
END $$;
