-- policy_fault(policy): NULL, or what is wrong with an asset's policy:
-- isolation (zygote or job), limits (caps by name), images (names allowed).
CREATE FUNCTION core.policy_fault(p jsonb)
RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN jsonb_typeof(p) <> 'object' THEN 'policy must be an object'
    WHEN EXISTS (SELECT FROM jsonb_object_keys(p) k WHERE k NOT IN ('isolation', 'limits', 'images'))
      THEN 'policy may have isolation, limits and images'
    WHEN p ? 'isolation' AND p -> 'isolation' NOT IN ('"zygote"', '"job"') THEN 'policy.isolation must be zygote or job'
    WHEN p ? 'limits' AND jsonb_typeof(p -> 'limits') <> 'object' THEN 'policy.limits must be an object'
    WHEN p ? 'images' AND (jsonb_typeof(p -> 'images') <> 'array'
         OR jsonb_path_exists(p, '$.images[*] ? (@.type() != "string")')) THEN 'policy.images must be a list of names'
    ELSE (SELECT replace(g.why, 'limits.', 'policy.limits.')
            FROM core.limits_grant(CASE WHEN jsonb_typeof(p -> 'limits') = 'object' THEN p -> 'limits' ELSE '{}' END, '{}') g)
  END
$$;
