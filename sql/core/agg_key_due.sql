-- agg_key_due(): the id of the HPKE key to be made now: none is in use or about to be, or the
-- one in use nears the end of its time.  NULL: none is due.  An id is
-- used again when its private half is gone; the one that has rested longest.
CREATE FUNCTION core.agg_key_due() RETURNS smallint LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_now  constant timestamptz := clock_timestamp();
  v_life constant interval := core.setting_int('agg_key_s') * interval '1 s';
  v_lead constant interval := core.setting_int('agg_key_propagation_s') * interval '1 s';
BEGIN
  IF v_life = interval '0' OR EXISTS (SELECT FROM core.agg_hpke_key k WHERE k.expires_at IS NULL AND (k.active_at + v_life > v_now + v_lead OR k.active_at > v_now)) THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT i FROM generate_series(0, 255) i LEFT JOIN core.agg_hpke_key k ON k.config_id = i
           WHERE k.config_id IS NULL OR k.sealed IS NULL ORDER BY k.made_at NULLS FIRST, i LIMIT 1);
END $$;
