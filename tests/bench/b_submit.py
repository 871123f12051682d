"""Submit: POST /api/v1/privacy/execute -> committed -> 202, beside other servers, a bare INSERT and bare HTTP."""
import hashlib

import contest
import front
import wrk
from bench import about

SECONDS, ROUNDS, CONNECTIONS = 4, 3, (16, 64)
ONE, MANY, SIGNED = "darkroom, one consumer", "darkroom, 64 consumers", "darkroom, 64 consumers, Ed25519"
INSERT, CALL = "pgbench, one INSERT a transaction", "pgbench, the front's own statement"
JOBS, BARE, FULL = "SELECT count(*) FROM core.computation", "SELECT count(*) FROM peer.bare", "SELECT count(*) FROM peer.job"
TARGETS = [(MANY, "fastify + pg", ">= 6"), (MANY, INSERT, ">= 3"), (ONE, "fastify + pg", ">= 6"), (ONE, INSERT, ">= 3"),
           (MANY, "fastify + pg, same duties", None), (MANY, "Node http + pg", None), (MANY, "FastAPI + asyncpg", None), (MANY, CALL, None),
           (MANY, "nginx alone", None)]


class Signed(front.Darkroom):
    """Each request is signed by itself, made just before its turn, and used once: a nonce is good for one."""
    at = (64,)

    def __init__(self, n, people):
        super().__init__(n, SIGNED, self.sign, JOBS)
        self.people, self.rate = people, 6000

    def sign(self, seconds):
        out = []
        for i in range(int(self.rate * 1.5 * (seconds + 1))):
            p = self.people[i % len(self.people)]
            h = p.client.headers("POST", front.EXECUTE, hashlib.sha256(p.body).hexdigest())
            out.append(wrk.http("POST", front.EXECUTE, self.n.port, h, p.body))
        return out

    def drive(self, connections, seconds):
        out = super().drive(connections, seconds)
        self.rate = max(out["rate"], 1000)
        if out["refused"]:
            raise RuntimeError("%d signed requests were refused" % out["refused"])
        return out


def same_call(n):
    """The statement of the front with one call in it, as pgbench says it."""
    auth = front.caller("ARRAY[c.submit]")
    request = front.caller("ARRAY[c.request || jsonb_build_object('idem_key', gen_random_uuid(), 'job_id', core.uuid7(), 'public_id', gen_random_uuid())]")
    call = front.statement("ST_COMPUTE_SUBMIT").replace("$1::jsonb[]", auth).replace("$2::jsonb[]", request)
    return front.PgBench(n, CALL, call + ";\n", JOBS)


def contestants(n, people):
    requests = lambda port: [p.submit(port) for p in people]
    spec = people[0].body.decode().replace("'", "''")
    return [front.Darkroom(n, MANY, lambda _: requests(n.port), JOBS), front.Darkroom(n, ONE, lambda _: requests(n.port)[:1], JOBS), Signed(n, people),
            *front.servers(n, requests, BARE, FULL),
            front.PgBench(n, INSERT, "INSERT INTO peer.bare (spec) VALUES ('%s');\n" % spec, BARE), same_call(n),
            front.nginx_alone(n, requests, 202, '{"computation_id":"comp-aaaaaaaaaaaaaaaaaaaaaaaaaa"}')]


def run():
    about("Submit over HTTP", "POST of a 600-byte JSON body; 202 with an id once it is committed. A peer does one INSERT; Darkroom does all that it promises.",
          headline="submit, 64 connections", **front.SETTINGS)
    with front.node("bench-submit") as n:
        people = front.consumers(n)
        front.fill_peers(n, people)
        front.callers(n, people)
        figures = contest.play(n, contestants(n, people), CONNECTIONS, ROUNDS, SECONDS)
        for k, by in figures.items():
            targets = TARGETS if k == max(CONNECTIONS) else [(a, b, None) for a, b, _ in TARGETS]
            contest.report("submit", "submit, %d connections" % k, by, targets, (SIGNED, "<= 20"))
