-- agg_count(task, stage, words, numbers): add to its counters, in the shard of this
-- connection; in the order of the words.  Nearly always the row is there: an update alone
-- costs half of an insert that may conflict.
CREATE FUNCTION core.agg_count(p_task int, p_stage text, p_words text[], p_n bigint[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  c_shard constant int := pg_backend_pid() % 32;
  u record;
BEGIN
  FOR u IN SELECT x.word, x.n FROM unnest(p_words, p_n) x(word, n) ORDER BY x.word LOOP
    UPDATE core.agg_counter k SET n = k.n + u.n WHERE k.task_no = p_task AND k.stage = p_stage AND k.word = u.word AND k.shard = c_shard;
    CONTINUE WHEN FOUND;
    INSERT INTO core.agg_counter AS k (task_no, stage, word, shard, n) VALUES (p_task, p_stage, u.word, c_shard, u.n)
    ON CONFLICT (task_no, stage, word, shard) DO UPDATE SET n = k.n + excluded.n;
  END LOOP;
END $$;
