-- 0050_helper_takes: how far back times may lie is for the leader to say, who answers the client.
-- A helper that drew a line of its own dropped what its leader had taken.
UPDATE core.agg_task SET kept_from = 0 WHERE role = 'helper';
