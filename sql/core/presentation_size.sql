-- presentation_size(args): credentials and predicates of a presentation that is
-- asked for.
CREATE FUNCTION core.presentation_size(p_args jsonb, OUT credentials bigint, OUT predicates bigint) LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  SELECT count(DISTINCT x) INTO credentials FROM jsonb_path_query(p_args, '$.selection.**.cred_id') x;
  SELECT count(*) INTO predicates
    FROM jsonb_object_keys(CASE jsonb_typeof(p_args #> '{request,requested_predicates}') WHEN 'object' THEN p_args #> '{request,requested_predicates}' ELSE '{}' END);
END $$;
