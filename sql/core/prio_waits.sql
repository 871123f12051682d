-- prio_waits(result): is there to be another look?  Any batch that waits asks for it, also
-- beside others that have failed for good: the exit status is the worst of all.  Only a
-- run that said nothing is judged by its status: settings that cannot be used (100) will
-- be so again, everything else may pass.
CREATE FUNCTION core.prio_waits(r jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN jsonb_typeof(r #> '{answer,batches}') = 'array'
         THEN EXISTS (SELECT FROM jsonb_array_elements(r #> '{answer,batches}') b WHERE b ->> 'state' = 'waiting_peer')
         ELSE (r ->> 'exit')::int NOT IN (0, 100) END
$$;
