-- event_add(actor, verb, object, detail): one line of the audit, in the
-- transaction of its cause.  detail holds words and numbers of ours.
CREATE FUNCTION core.event_add(p_actor text, p_verb text, p_object text, p_detail jsonb DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO core.event (actor, verb, object, detail) VALUES (p_actor, p_verb, p_object, p_detail);
END $$;
