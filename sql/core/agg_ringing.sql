-- agg_ringing(answer, kind): the answer to what has just queued a job of that kind.
CREATE FUNCTION core.agg_ringing(a core.answer, p_kind int) RETURNS core.answer LANGUAGE plpgsql STABLE AS $$
BEGIN
  a.extra := coalesce(a.extra, '{}') || jsonb_build_object('ring', (SELECT k.lane FROM core.kind k WHERE k.id = p_kind));
  RETURN a;
END $$;
