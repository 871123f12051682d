-- agg_held_back(lease, subject): would this run ask a peer whose answers are slow, while runs that were claimed
-- before it ask it with half of the worker's runners?  A peer that hangs holds a runner for a minute at a
-- time; the other half stays with the peers that answer.  Slow: 5 s a request, on the mean.
CREATE FUNCTION core.agg_held_back(l core.lease, s core.agg_subject) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_origin constant text := '^[A-Za-z]+://[^/?#]+';
  v_tasks int[];
BEGIN
  IF l.kind NOT IN (201, 202) OR NOT EXISTS (SELECT FROM core.agg_peer p WHERE p.mean_ms > 5000 AND p.at > clock_timestamp() - interval '10 min') THEN
    RETURN false;
  END IF;
  v_tasks := ARRAY(
    SELECT t.task_no FROM core.agg_task o JOIN core.agg_task t ON t.role = 'leader' AND substring(t.spec ->> 'helper_url', v_origin) = substring(o.spec ->> 'helper_url', v_origin)
     WHERE o.task_no = s.task_no);
  RETURN EXISTS (SELECT FROM core.agg_peer p WHERE p.task_no = ANY (v_tasks) AND p.mean_ms > 5000 AND p.at > clock_timestamp() - interval '10 min')
    AND (SELECT count(*) FROM core.lease x JOIN core.job j ON j.id = x.id
          WHERE x.worker = l.worker AND x.kind IN (201, 202) AND (x.claimed_at, x.id) < (l.claimed_at, l.id) AND (j.spec ->> 'task_no')::int = ANY (v_tasks))
        >= greatest(1, (SELECT (w.lanes ->> 'agg')::int FROM core.worker w WHERE w.id = l.worker) / 2);
END $$;
