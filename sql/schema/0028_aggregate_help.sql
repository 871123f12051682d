-- 0028_aggregate_help: what a helper answers waits in a lane of its own.
-- A leader's job keeps its runner until the helper answers.  Where two nodes lead
-- tasks of each other, all runners of both could wait for jobs that found none; so lane
-- agg leaves some of its runners to this lane, which uses the same ones
-- (docs/design/aggregate.md).
INSERT INTO core.lane (id, name) VALUES (12, 'agg-help');
UPDATE core.kind SET lane = 12 WHERE name IN ('dap.prepare', 'dap.share');
