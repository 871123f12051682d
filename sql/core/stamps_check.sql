-- stamps_check(auths, callers, peek): refuse the calls by key whose signed time
-- is outside the window or whose nonce was seen before; the first of two equal
-- nonces is the new one.  All calls read or all write: a write's nonce is inserted
-- in the transaction of its effect.  Those of reads are in an unlogged table that a
-- crash empties; therefore a read stamped before the server's start, or before
-- that table's, is refused.
-- auth.reread: the front looks again for a request that passed here once.
-- auth.retry: the front tries again because the first commit is in doubt, so
-- this request's own nonce may be there.
CREATE FUNCTION core.stamps_check(p_auths jsonb[], c core.caller[], p_peek boolean)
RETURNS core.caller[] LANGUAGE plpgsql AS $$
DECLARE
  a jsonb;
  v_at timestamptz;
  v_window float8;
  v_legacy boolean;
  v_since timestamptz;
  v_write constant boolean := coalesce((p_auths[1] ->> 'write')::boolean, false);
  v_calls int[] := '{}';      -- whose nonces are to be new
  v_ids int[] := '{}';
  v_nonces text[] := '{}';
  v_new text[];
BEGIN
  FOR i IN 1 .. cardinality(p_auths) LOOP
    a := p_auths[i];
    CONTINUE WHEN a ->> 'mode' <> 'key' OR ((c[i]).refusal).err IS NOT NULL OR (a ->> 'reread')::boolean IS TRUE;
    IF v_window IS NULL THEN
      SELECT s.value::float8, g.value::boolean INTO v_window, v_legacy
        FROM core.setting s, core.setting g WHERE s.name = 'auth_window_s' AND g.name = 'legacy_auth';
      v_since := CASE WHEN v_write OR p_peek THEN '-infinity' ELSE core.nonce_read_since() END;
    END IF;
    v_at := to_timestamp((a ->> 'ts')::float8);
    CONTINUE WHEN v_at IS NULL AND v_legacy AND (a ->> 'legacy')::boolean;
    IF v_at IS NULL OR a ->> 'nonce' IS NULL THEN
      c[i].refusal := core.refuse('UNAUTHORIZED', 'timestamp and nonce must be signed');
    ELSIF abs(extract(epoch FROM clock_timestamp() - v_at)) > v_window AND (a ->> 'retry')::boolean IS NOT TRUE THEN
      c[i].refusal := core.refuse('UNAUTHORIZED', 'timestamp out of window');
    ELSIF v_at < v_since AND (a ->> 'retry')::boolean IS NOT TRUE THEN
      c[i].refusal := core.refuse('UNAUTHORIZED', 'timestamp out of window: signed before the last restart');
    ELSE
      v_calls := v_calls || i;
      v_ids := v_ids || (c[i]).id;
      v_nonces := v_nonces || (a ->> 'nonce');
    END IF;
  END LOOP;
  IF v_calls = '{}' THEN
    RETURN c;
  END IF;

  v_new := core.nonces_take(v_ids, v_nonces, v_write, p_peek);
  IF cardinality(v_new) < cardinality(v_calls) THEN
    FOR k IN 1 .. cardinality(v_calls) LOOP
      CONTINUE WHEN (p_auths[v_calls[k]] ->> 'retry')::boolean;
      IF array_position(v_new, v_ids[k] || ' ' || v_nonces[k]) IS NULL THEN
        c[v_calls[k]].refusal := core.refuse('FORBIDDEN', 'nonce was used before');
      END IF;
      v_new := array_remove(v_new, v_ids[k] || ' ' || v_nonces[k]);
    END LOOP;
  END IF;
  RETURN c;
END $$;
