-- compute_known(principals, auths, requests): for each call the first answer
-- under its Idempotency-Key (core.idem_answer), NULL when there is none; empty when
-- no call has one.  A call without a key that is tried again is known by the public
-- id that it brings.
CREATE FUNCTION core.compute_known(p_ids int[], p_auths jsonb[], p_reqs jsonb[])
RETURNS core.answer[] LANGUAGE plpgsql AS $$
DECLARE
  a core.answer[];
BEGIN
  SELECT array_agg(CASE
           WHEN x.key IS NOT NULL THEN core.idem_answer(x.idem, x.r)
           WHEN x.public_id IS NOT NULL
             THEN core.ok(202, jsonb_build_object('computation_id', core.comp_id(x.public_id)), '{"replayed": true}')
         END ORDER BY x.n)
    INTO a
    FROM (SELECT u.n, u.r, i AS idem, i.key, m.public_id
            FROM unnest(p_ids, p_auths, p_reqs) WITH ORDINALITY u (id, auth, r, n)
            LEFT JOIN core.idem i ON i.principal = u.id AND i.route = 'compute_submit' AND i.key = u.r ->> 'idem_key'
            LEFT JOIN core.computation m ON m.principal = u.id AND m.public_id = CASE
                   WHEN u.r ->> 'idem_key' IS NULL AND (u.auth ->> 'retry')::boolean THEN (u.r ->> 'public_id')::uuid END) x
  HAVING count(x.key) + count(x.public_id) > 0;
  RETURN coalesce(a, '{}');
END $$;
