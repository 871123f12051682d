-- schedule_kind(name): a kind that a schedule may make jobs of, those of the node itself;
-- NULL for anything else.
CREATE FUNCTION core.schedule_kind(p_name text) RETURNS core.kind LANGUAGE sql STABLE AS $$
  SELECT k FROM core.kind k WHERE k.name = p_name AND (k.name LIKE 'system.%' OR k.name LIKE 'prio1.%')
$$;
