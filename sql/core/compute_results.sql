-- compute_results(computation, inline): the parts that the front streams into
-- "results" of a completed job: its output and, when inline, the artifacts that
-- fit.  Empty where the bytes are gone.
CREATE FUNCTION core.compute_results(m core.computation, p_inline boolean)
RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'output', coalesce((SELECT core.blob_part(a.sha256) FROM core.artifact a
                         WHERE a.job_id = m.job_id AND a.class = 'combined' AND a.release_state = 'released' AND a.sha256 IS NOT NULL),
                       '{"b64": ""}'),
    'artifacts', coalesce((
      SELECT jsonb_agg(core.blob_part(a.sha256) || jsonb_build_object('name', a.name) ORDER BY a.name)
        FROM core.artifact a
        JOIN jsonb_to_recordset(core.artifact_meta(m, 'consumer')) f (name text, inline boolean) ON f.name = a.name AND f.inline
       WHERE p_inline AND a.job_id = m.job_id AND a.class = 'artifact'), '[]'))
$$;
