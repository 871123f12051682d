-- agg_asked_again(task, earlier, how often): the batch of a query is that of an earlier one: may it be asked
-- for once more?  Of profile 18 the ciphertexts are bound to the request, so never.
CREATE FUNCTION core.agg_asked_again(t core.agg_task, p_n bigint) RETURNS core.answer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF t.profile = '18' THEN
    RETURN core.refuse('batchOverlap', 'the batch was asked for before');
  ELSIF p_n >= t.max_queries THEN
    RETURN core.refuse('batchQueriedTooManyTimes', 'the batch was asked for before');
  END IF;
  RETURN NULL;
END $$;
