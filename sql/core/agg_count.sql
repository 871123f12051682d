-- agg_count(task, stage, words, numbers): add to its counters, in the shard of this
-- connection; in the order of the words.
CREATE FUNCTION core.agg_count(p_task int, p_stage text, p_words text[], p_n bigint[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO core.agg_counter AS k (task_no, stage, word, shard, n)
  SELECT p_task, p_stage, u.word, pg_backend_pid() % 32, u.n FROM unnest(p_words, p_n) u(word, n) ORDER BY u.word
  ON CONFLICT (task_no, stage, word, shard) DO UPDATE SET n = k.n + excluded.n;
END $$;
