-- compute_read(caller, request): one answer of api.compute_result, made now.
-- seen_at: set when it may be kept for the consumer until the computation's
-- updated_at is another.
CREATE FUNCTION core.compute_read(c core.caller, r jsonb, OUT a core.read_answer, OUT job_id uuid, OUT seen_at timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
  f record;
  v_body jsonb;
  v_results jsonb;
  v_text text;
BEGIN
  f := core.compute_find(c, (r ->> 'id')::uuid);
  IF f.view IS NULL THEN
    a.err := 'NOT_FOUND';
    a.msg := 'no such computation';
    RETURN;
  END IF;
  v_body := core.compute_body(f.m, f.view);
  a.status := 200;
  a.body := v_body;
  a.rate := c.rate;
  a.etag := md5((v_body - '{queue_position,queue_position_capped,eta_s,usage}'::text[])::text || coalesce(r ->> 'artifacts', 'inline'));
  IF v_body ->> 'status' = 'pending' THEN
    a.wait_id := (f.m).job_id;
    RETURN;
  END IF;
  IF f.view <> 'consumer' THEN
    RETURN;
  END IF;
  IF v_body ->> 'status' = 'completed' THEN
    v_results := core.compute_results(f.m, r ->> 'artifacts' IS DISTINCT FROM 'none');
    v_text := core.results_text(v_results);
    IF v_text IS NULL THEN
      a.extra := jsonb_build_object('results', v_results);
      RETURN;
    END IF;
    a.body := left(a.body, -1) || ', "results": ' || v_text || '}';
  END IF;
  IF r ->> 'artifacts' IS DISTINCT FROM 'none' THEN
    job_id := (f.m).job_id;
    seen_at := (f.m).updated_at;
  END IF;
END $$;
