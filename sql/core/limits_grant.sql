-- limits_grant(asked, caps): every limit of core.limit_rule, as asked or by
-- default, the default lowered to the caps.  granted is NULL and why names the
-- field when something asked is unknown, no whole number, or above a cap: what
-- was asked is refused, never clamped.
CREATE FUNCTION core.limits_grant(p_asked jsonb, p_caps jsonb[], OUT granted jsonb, OUT why text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF p_asked = '{}' AND '{}' = ALL (p_caps) THEN
    SELECT jsonb_object_agg(r.name, r.initial) INTO granted FROM core.limit_rule r;
    RETURN;
  END IF;
  SELECT 'limits.' || k || ' is not a limit' INTO why
    FROM jsonb_object_keys(p_asked) k
   WHERE NOT EXISTS (SELECT FROM core.limit_rule r WHERE r.name = k) ORDER BY k LIMIT 1;
  IF FOUND THEN
    RETURN;
  END IF;
  SELECT min(format('limits.%s must be a whole number from %s to %s', g.name, g.least, g.cap))
           FILTER (WHERE NOT g.fits),
         jsonb_object_agg(g.name, CASE WHEN g.fits THEN coalesce((p_asked ->> g.name)::bigint, least(g.initial, g.cap)) END)
    INTO why, granted
    FROM (SELECT r.name, r.initial, r.least, m.cap,
                 CASE WHEN NOT p_asked ? r.name THEN true
                      WHEN p_asked ->> r.name ~ '^[0-9]{1,12}$' AND jsonb_typeof(p_asked -> r.name) = 'number'
                        THEN (p_asked ->> r.name)::bigint BETWEEN r.least AND m.cap
                      ELSE false END IS NOT FALSE AS fits
            FROM core.limit_rule r
           CROSS JOIN LATERAL (
             SELECT least(r.ceiling, min((c ->> r.name)::bigint)) AS cap FROM unnest(p_caps) c) m) g;
  IF why IS NOT NULL THEN
    granted := NULL;
  END IF;
END $$;
