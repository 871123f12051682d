-- compute_planned(lease, image, digest, assets, versions, variables, hold, spec):
-- a plan that was not refused.  Its hash names what was judged (the spec, with the
-- very assets and versions); with script and parameters it is the request's.
CREATE FUNCTION core.compute_planned(l core.data_lease, p_image text, p_digest text, p_assets bigint[], p_versions int[],
  p_variables text[], p_hold boolean, p_spec jsonb)
RETURNS core.compute_plan LANGUAGE plpgsql STABLE AS $$
DECLARE
  p core.compute_plan;
BEGIN
  p.serial := l.serial;
  p.owner := l.owner;
  p.seen_at := l.updated_at;
  p.counted := l.max_runs IS NOT NULL;
  p.image := p_image;
  p.digest := p_digest;
  p.assets := p_assets;
  p.versions := p_versions;
  p.variables := p_variables;
  p.hold := p_hold;
  p.spec := p_spec;
  p.hash := sha256(convert_to(concat_ws(' ', p_spec, p_assets, p_versions), 'UTF8'));
  RETURN p;
END $$;
