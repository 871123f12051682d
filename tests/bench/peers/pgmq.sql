-- PGMQ's algorithm in plain SQL, for machines without its extension: one table
-- a queue, a visibility time that reading moves ahead, an archive that keeps
-- what was done.  Table names are put into the statements at each call, as there.
CREATE SCHEMA pgmq;
CREATE TABLE pgmq.q_noop (
  msg_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  read_ct     int NOT NULL DEFAULT 0,
  enqueued_at timestamptz NOT NULL DEFAULT now(),
  vt          timestamptz NOT NULL,
  message     jsonb
);
CREATE INDEX q_noop_vt ON pgmq.q_noop (vt);
CREATE TABLE pgmq.a_noop (
  msg_id      bigint PRIMARY KEY,
  read_ct     int NOT NULL,
  enqueued_at timestamptz NOT NULL,
  archived_at timestamptz NOT NULL DEFAULT now(),
  vt          timestamptz NOT NULL,
  message     jsonb
);
CREATE INDEX a_noop_archived ON pgmq.a_noop (archived_at);

CREATE FUNCTION pgmq.send(p_queue text, p_message jsonb) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format('INSERT INTO pgmq.%I (vt, message) VALUES (clock_timestamp(), $1) RETURNING msg_id', 'q_' || p_queue)
    USING p_message;
END $$;

CREATE FUNCTION pgmq.send_batch(p_queue text, p_messages jsonb[]) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format('INSERT INTO pgmq.%I (vt, message) SELECT clock_timestamp(), unnest($1) RETURNING msg_id', 'q_' || p_queue)
    USING p_messages;
END $$;

CREATE FUNCTION pgmq.read(p_queue text, p_vt_s int, p_n int) RETURNS SETOF pgmq.q_noop LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format(
    'WITH next AS (SELECT msg_id FROM pgmq.%1$I WHERE vt <= clock_timestamp() ORDER BY msg_id LIMIT $1 FOR UPDATE SKIP LOCKED)
     UPDATE pgmq.%1$I q SET vt = clock_timestamp() + $2 * interval ''1 s'', read_ct = read_ct + 1
       FROM next WHERE q.msg_id = next.msg_id RETURNING q.*', 'q_' || p_queue)
    USING p_n, p_vt_s;
END $$;

CREATE FUNCTION pgmq.archive(p_queue text, p_ids bigint[]) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format(
    'WITH gone AS (DELETE FROM pgmq.%I WHERE msg_id = ANY ($1) RETURNING *)
     INSERT INTO pgmq.%I (msg_id, read_ct, enqueued_at, vt, message)
     SELECT msg_id, read_ct, enqueued_at, vt, message FROM gone RETURNING msg_id', 'q_' || p_queue, 'a_' || p_queue)
    USING p_ids;
END $$;
