-- ops.registries: revocation registries, and how far they are used up.
CREATE VIEW ops.registries AS
SELECT g.tenant, g.definition, g.n, g.registry, g.state, g.size, g.issued, g.burnt, g.left_ AS indices_left, g.list_version, g.changed_at, g.created_at
  FROM core.ops_registries() g;
COMMENT ON VIEW ops.registries IS 'revocation registries, and how far they are used up';
COMMENT ON COLUMN ops.registries.tenant IS 't: and the name of a tenant, or p: and a principal of its own';
COMMENT ON COLUMN ops.registries.definition IS 'credential definition that it belongs to';
COMMENT ON COLUMN ops.registries.n IS 'its number among those of the definition';
COMMENT ON COLUMN ops.registries.registry IS 'its id';
COMMENT ON COLUMN ops.registries.state IS 'ready, active, full or retired';
COMMENT ON COLUMN ops.registries.size IS 'L: indices are 1 to L - 1';
COMMENT ON COLUMN ops.registries.issued IS 'indices of credentials that were issued';
COMMENT ON COLUMN ops.registries.burnt IS 'indices whose job failed: never used again';
COMMENT ON COLUMN ops.registries.indices_left IS 'indices that were not given out yet';
COMMENT ON COLUMN ops.registries.list_version IS 'version of its newest status list';
COMMENT ON COLUMN ops.registries.changed_at IS 'time of that list, as its issuer says';
COMMENT ON COLUMN ops.registries.created_at IS 'when it was made';
