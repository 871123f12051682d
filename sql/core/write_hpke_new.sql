-- write_hpke_new: a new key: the first is served at once, another when clients had time to
-- learn of it; the one before it is served no more then, and opens reports for a
-- while longer.
CREATE FUNCTION core.write_hpke_new(s core.agg_subject, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  v_now constant timestamptz := clock_timestamp();
  v_at timestamptz := v_now;
BEGIN
  PERFORM pg_advisory_xact_lock(2004, 0);
  IF core.agg_key_due() IS DISTINCT FROM (w ->> 'config_id')::smallint THEN
    PERFORM core.job_fail('CONFLICT', 'another key was made meanwhile');
  END IF;
  IF EXISTS (SELECT FROM core.agg_hpke_key k WHERE k.active_at <= v_now AND (k.expires_at IS NULL OR k.expires_at > v_now)) THEN
    v_at := v_now + core.setting_int('agg_key_propagation_s') * interval '1 s';
  END IF;
  UPDATE core.agg_hpke_key k SET expires_at = v_at, gone_at = v_at + core.setting_int('agg_key_decrypt_s') * interval '1 s' WHERE k.expires_at IS NULL;
  DELETE FROM core.agg_hpke_key k WHERE k.config_id = (w ->> 'config_id')::int;
  INSERT INTO core.agg_hpke_key (config_id, config, sealed, active_at)
  VALUES ((w ->> 'config_id')::smallint, decode(w ->> 'config', 'base64'), decode(w ->> 'sealed_key', 'base64'), v_at);
  PERFORM core.event_add('node', 'key.made', 'hpke:' || (w ->> 'config_id'));
END $$;
