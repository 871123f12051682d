-- ops.prio_run: runs of prio1 that are jobs of this node, a row for each batch.
CREATE VIEW ops.prio_run AS
SELECT r.config, r.date, p.batch_id, p.run, coalesce(p.state, r.state) AS state, p.stage, p.waits_for, p.result,
       coalesce(p.error, r.error) AS error, p.outcomes, r.tries, l.due AS next_look, r.began_at, r.looked_at, core.job_name(r.job) AS job
  FROM core.prio_run r
  LEFT JOIN core.prio_part p USING (config, date)
  LEFT JOIN core.later l ON l.id = r.next_job
 ORDER BY r.config, r.date, p.batch_id;
COMMENT ON VIEW ops.prio_run IS 'runs of prio1 that are jobs of this node: where each batch is and what it waits for';
COMMENT ON COLUMN ops.prio_run.config IS 'the settings of the run, by their name in prio_dir';
COMMENT ON COLUMN ops.prio_run.date IS 'of the answers';
COMMENT ON COLUMN ops.prio_run.batch_id IS 'the batch; none when the run could not begin';
COMMENT ON COLUMN ops.prio_run.run IS 'its name, which both servers give it';
COMMENT ON COLUMN ops.prio_run.state IS 'waiting_peer, published (done, without batches), empty, failed';
COMMENT ON COLUMN ops.prio_run.stage IS 'that it is in, or ended in';
COMMENT ON COLUMN ops.prio_run.waits_for IS 'what the peer has not delivered';
COMMENT ON COLUMN ops.prio_run.result IS 'where the sums are, in the private store';
COMMENT ON COLUMN ops.prio_run.error IS 'why it failed';
COMMENT ON COLUMN ops.prio_run.outcomes IS 'records of the stage made last, by word';
COMMENT ON COLUMN ops.prio_run.tries IS 'looks that found the peer not ready';
COMMENT ON COLUMN ops.prio_run.next_look IS 'when it is looked at again';
COMMENT ON COLUMN ops.prio_run.began_at IS 'its first look';
COMMENT ON COLUMN ops.prio_run.looked_at IS 'its last look';
COMMENT ON COLUMN ops.prio_run.job IS 'that look';
