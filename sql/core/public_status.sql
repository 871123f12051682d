-- public_status(state, phase, reason, release state, release code): what a
-- client reads of a job.  The only place that makes these words: results,
-- lists and events share it.  status is pending, completed or failed and never
-- anything else, because v1 clients poll any other word for ever.
CREATE FUNCTION core.public_status(p_state text, p_phase text, p_reason text, p_release text, p_release_code text,
  OUT status text, OUT phase text, OUT reason_code text)
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF p_state = 'completed' THEN
    CASE p_release
      WHEN 'staged' THEN
        status := 'pending'; phase := 'in_review';
      WHEN 'withheld', 'withdrawn' THEN
        status := 'failed'; phase := 'withheld'; reason_code := coalesce(p_release_code, 'OUTPUT_WITHHELD');
      WHEN 'purged' THEN
        status := 'completed'; phase := 'purged';
      ELSE
        status := 'completed'; phase := 'released';
    END CASE;
  ELSIF p_state IN ('failed', 'cancelled', 'dead') THEN
    status := 'failed';
    phase := CASE p_state WHEN 'dead' THEN 'quarantined' ELSE p_state END;
    reason_code := coalesce(p_reason, CASE p_state WHEN 'cancelled' THEN 'CANCELLED' WHEN 'dead' THEN 'QUARANTINED' ELSE 'INTERNAL' END);
  ELSE
    status := 'pending';
    phase := CASE p_state WHEN 'running' THEN coalesce(p_phase, 'starting') ELSE coalesce(p_phase, 'queued') END;
  END IF;
END $$;
