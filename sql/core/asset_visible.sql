-- asset_visible(principal): ids of the assets that this principal may know of:
-- its own, and those that a lease it holds covers now.
CREATE FUNCTION core.asset_visible(p_principal int)
RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
  SELECT a.id FROM core.asset a WHERE a.owner = p_principal AND a.removed_at IS NULL
  UNION
  SELECT a.id FROM core.data_lease l
    JOIN core.data_lease_asset la ON la.serial = l.serial
    JOIN core.asset a ON a.id = la.asset AND a.removed_at IS NULL
   WHERE l.consumer = p_principal AND l.state = 'approved' AND l.expires_at > clock_timestamp()
$$;
