-- cred_lane(plan, heavy): the plan with the lane that its job waits in: that of its
-- kind, or the heavy one, with that lane's time, when a threshold says so.  A
-- heavy job that is expected to be short, of a kind that may be so, waits in lane cred-quick.
CREATE FUNCTION core.cred_lane(p core.cred_plan, p_heavy boolean) RETURNS core.cred_plan LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_heavy constant smallint := (SELECT l.id FROM core.lane l WHERE l.name = 'cred-heavy');
BEGIN
  IF p_heavy AND p.lane <> v_heavy THEN
    p.lane := v_heavy;
    SELECT max(k.timeout_ms) INTO STRICT p.timeout_ms FROM core.kind k WHERE k.lane = v_heavy;
  END IF;
  IF p.lane = v_heavy AND EXISTS (SELECT FROM core.cred_kind q JOIN core.cred_pace m ON m.kind = q.kind AND m.heavy
                                    WHERE q.kind = p.kind AND q.quick AND m.mean_ms <= core.setting_int('quick_ms')) THEN
    SELECT l.id INTO STRICT p.lane FROM core.lane l WHERE l.name = 'cred-quick';
  END IF;
  RETURN p;
END $$;
