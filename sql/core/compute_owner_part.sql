-- compute_owner_part(computation): what an owner of its inputs sees besides:
-- who runs it under which lease, and what waits for whose decision.
CREATE FUNCTION core.compute_owner_part(m core.computation)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'consumer', (SELECT p.public_id FROM core.principal p WHERE p.id = m.principal),
    'lease_id', (SELECT l.lease_id FROM core.data_lease l WHERE l.serial = m.serial),
    'release_state', m.release_state,
    'decisions', (SELECT CASE WHEN m.hold THEN jsonb_agg(jsonb_build_object('owner', p.public_id, 'decision', coalesce(o.decision, 'pending')) ORDER BY p.id) END
                    FROM core.job_owners(m) o JOIN core.principal p ON p.id = o.owner),
    'logs', (SELECT jsonb_agg(jsonb_build_object('stream', a.class, 'size', a.size, 'state', a.release_state) ORDER BY a.class)
               FROM core.artifact a WHERE a.job_id = m.job_id AND a.class <> 'artifact'))
$$;
