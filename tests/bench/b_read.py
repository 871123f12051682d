"""Read: GET /api/v1/privacy/results/<id> of a completed computation, beside other servers, a bare SELECT and bare HTTP.

The results are real: scripts that ran in a container.  The peers' rows make answers of the same length.
"""
import json

import contest
import front
from bench import about, within

ROUNDS, TURNS, EACH = within(3), {16: within(2), 64: within(3)}, 5      # turns: connections to seconds
ONE, MANY = "darkroom, one consumer", "darkroom, 64 consumers"
SELECT, CALL = "pgbench, one SELECT by key", "pgbench, the front's own statement"
FASTIFY = front.FASTIFY
TARGETS = [(MANY, FASTIFY, ">= 2.5"), (ONE, FASTIFY, ">= 2.5"), (MANY, front.POOLED, None), (MANY, front.FULL, None),
           (MANY, front.PLAIN, None), (MANY, front.FASTAPI, None), (MANY, CALL, None), (MANY, front.ALONE, None)]
OUTPUT = 300        # bytes that each script prints


def computations(n, people):
    """EACH results for each consumer -> [(consumer, id)]."""
    n.allow_images()
    n.start("workerd")
    n.wait(n.pool_ready, 60, "a warm container")
    out = [(p, p.client.submit(p.lease, "print('x' * %d)" % (OUTPUT - 1), {"features": "data_456"})) for _ in range(EACH) for p in people]
    n.wait(lambda: n.psql("SELECT count(*) FROM core.computation WHERE release_state = 'released'") == str(len(out)), 120, "every computation done")
    n.stop_part("workerd")
    return out


def fill(n, results):
    """Rows for the peers, whose answers are as long as ours; -> that length, and one answer of ours."""
    person, name = results[0]
    status, _, body = person.client.call("GET", front.RESULTS + name, raw=True)
    if status != 200 or json.loads(body)["status"] != "completed":
        raise RuntimeError("%d %s" % (status, body))
    at = "2026-01-01 00:00:00.000000+00"
    row = {"status": "completed", "computation_id": name, "phase": "completed", "priority": 0, "attempt": 1, "created_at": at, "updated_at": at,
           "started_at": at, "finished_at": at, "expires_at": at, "exit_code": 0, "output_truncated": False, "output": ""}
    pad = max(0, len(body) - len(json.dumps(row, separators=(",", ":"))))
    n.psql("INSERT INTO peer.result SELECT core.comp_id(c.public_id), c.principal, 'completed', 'completed', 0, 1, now(), now(), now(), now(), now(), 0, "
           "false, repeat('x', %d) FROM core.computation c" % pad)
    n.psql("ANALYZE")
    return len(body), body.decode()


def same_call(n, results):
    """The statement of the front with one call in it."""
    n.psql("ALTER TABLE peer.caller ADD COLUMN wanted jsonb; UPDATE peer.caller SET wanted = jsonb_build_object('request_id', 'bench', 'id', c.public_id) "
           "FROM core.computation c JOIN peer.token t ON t.principal = c.principal WHERE read ->> 'sha256' = encode(t.sha256, 'hex')")
    call = front.statement("ST_COMPUTE_RESULT")
    many = "$1::jsonb[]" in call
    for k, column in (("$1", "read"), ("$2", "wanted")):
        call = call.replace(k + ("::jsonb[]" if many else "::jsonb"), front.caller("ARRAY[c.%s]" % column if many else "c." + column))
    return front.PgBench(n, CALL, call + ";\n", warm=2)


def contestants(n, results, answer):
    requests = lambda port, some=results: [p.read(port, name) for p, name in some]
    own = [r for r in results if r[0] is results[0][0]]
    return [front.Darkroom(n, MANY, lambda _: requests(n.port)), front.Darkroom(n, ONE, lambda _: requests(n.port, own)),
            *front.servers(n, requests),
            front.PgBench(n, SELECT, "\\set n random(0, %d)\nSELECT * FROM peer.result WHERE id = (SELECT k.id FROM peer.key k WHERE k.n = :n::int);\n" % (len(results) - 1)),
            same_call(n, results), front.nginx_alone(n, requests, 200, answer.replace("'", "\\'"))]


def run():
    with front.node("bench-read") as n:
        people = front.consumers(n)
        results = computations(n, people)
        front.fill_peers(n, people)
        front.callers(n, people)
        length, answer = fill(n, results)
        n.psql("CREATE TABLE peer.key AS SELECT row_number() OVER () - 1 AS n, id FROM peer.result; CREATE UNIQUE INDEX ON peer.key (n); ANALYZE peer.key")
        about("Read by id over HTTP", "GET of a completed result, a JSON answer of %d bytes. A peer does one SELECT by primary key; Darkroom checks who asks, "
              "whether they may see it, its state and release." % length, headline="read, 64 connections",
              results="%d, of %d consumers; everything fits into memory" % (len(results), front.CONSUMERS), **front.SETTINGS)
        figures = contest.play(n, contestants(n, results, answer), ROUNDS, TURNS)
        for k, by in figures.items():
            targets = TARGETS if k == max(TURNS) else [(a, b, None) for a, b, _ in TARGETS]
            contest.report("read", "read, %d connections" % k, by, targets)
