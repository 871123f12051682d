-- write_segment_sealed: the segment has become a blob; its file is removed by its host.
CREATE FUNCTION core.write_segment_sealed(s core.agg_subject, p_token uuid, w jsonb) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  UPDATE core.agg_segment g SET sha256 = decode(w ->> 'sha256', 'hex'), length = (w ->> 'size')::bigint, job = NULL
   WHERE g.serial = s.segment AND g.state = 'full' AND g.sha256 IS NULL;
  IF NOT FOUND THEN
    PERFORM core.job_fail('CANCELLED', 'the segment is gone');
  END IF;
END $$;
