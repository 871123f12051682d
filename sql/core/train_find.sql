-- train_find(consumer, task, dataset): a lease of the consumer that covers an asset
-- of that name whose owner has a template for the task: the newest that can be
-- used now, else the newest.  NULL where there is none.
CREATE FUNCTION core.train_find(p_principal int, p_task text, p_dataset text, OUT lease core.data_lease, OUT template core.template)
LANGUAGE sql STABLE AS $$
  SELECT l, t
    FROM core.data_lease l
    JOIN core.template t ON t.owner = l.owner AND t.task = p_task
    JOIN core.asset a ON a.owner = l.owner AND a.asset_id = p_dataset AND a.removed_at IS NULL
    JOIN core.data_lease_asset x ON x.serial = l.serial AND x.asset = a.id
   WHERE l.consumer = p_principal AND l.state = 'approved'
   ORDER BY core.entitled(l.serial, p_principal, ARRAY[a.id], false, clock_timestamp()) IS NULL DESC, l.serial DESC
   LIMIT 1
$$;
