-- 0045_aggregate_place: how far back the time of a report may lie, and how far dap.batch has looked.
-- Times of reports are what anybody says they are, and each bucket of time has aggregation jobs of its own.
INSERT INTO core.setting VALUES
  ('agg_before_s', '604800', 's', 'a report of a time that lies more than this before its task was made is not taken; changes hold for tasks made later');
UPDATE core.agg_task t SET kept_from = greatest(t.kept_from, floor(extract(epoch FROM t.created_at))::bigint - 604800);

CREATE TABLE core.agg_place (           -- one row: the groups of agg_stored up to this one were looked at
  task_no int NOT NULL,
  bucket  bigint NOT NULL
);
INSERT INTO core.agg_place VALUES (-1, 0);
