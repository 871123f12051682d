"""Submit: POST /api/v1/privacy/execute -> committed -> 202, beside other servers, a bare INSERT and bare HTTP."""
import hashlib

import contest
import front
import wrk
from bench import about, within

ROUNDS, TURNS = within(3), {16: within(2), 64: within(3)}     # connections: seconds
ONE, MANY, SIGNED = "darkroom, one consumer", "darkroom, 64 consumers", "darkroom, 64 consumers, Ed25519"
INSERT, CALL = "pgbench, one INSERT a transaction", "pgbench, the front's own statement"
JOBS, BARE, JOBS_OF_PEERS = ("SELECT count(*) FROM " + t for t in ("core.computation", "peer.bare", "peer.job"))
FASTIFY = front.FASTIFY
TARGETS = [(MANY, FASTIFY, ">= 6"), (MANY, INSERT, ">= 3"), (ONE, FASTIFY, ">= 6"), (ONE, INSERT, ">= 3"), (MANY, front.POOLED, None),
           (MANY, front.FULL, None), (MANY, front.PLAIN, None), (MANY, front.FASTAPI, None), (MANY, CALL, None), (MANY, front.ALONE, None)]


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

    def drive(self, connections, seconds, go):
        out = super().drive(connections, seconds, go)
        self.rate = max(out["rate"], 1000)
        if out["refused"]:
            raise RuntimeError("%d signed requests were refused" % out["refused"])
        return out


def same_call(n):
    """The statement of the front with one call in it, as pgbench says it."""
    auth = front.caller("ARRAY[c.submit]")
    request = front.caller("ARRAY[c.request || jsonb_build_object('job_id', core.uuid7(), 'public_id', gen_random_uuid())]")
    call = front.statement("ST_COMPUTE_SUBMIT").replace("$1::jsonb[]", auth).replace("$2::jsonb[]", request)
    return front.PgBench(n, CALL, call + ";\n", JOBS, warm=4)


def contestants(n, people):
    requests = lambda port: [p.submit(port) for p in people]
    spec = people[0].body.decode().replace("'", "''")
    return [front.Darkroom(n, MANY, lambda _: requests(n.port), JOBS), front.Darkroom(n, ONE, lambda _: requests(n.port)[:1], JOBS), Signed(n, people),
            *front.servers(n, requests, BARE, JOBS_OF_PEERS),
            front.PgBench(n, INSERT, "INSERT INTO peer.bare (spec) VALUES ('%s');\n" % spec, BARE), same_call(n),
            front.nginx_alone(n, requests, 202, '{"computation_id":"comp-aaaaaaaaaaaaaaaaaaaaaaaaaa"}')]


def run():
    about("Submit over HTTP", "POST of a 600-byte JSON body; 202 with an id once it is committed. A peer does one INSERT; Darkroom does all that it promises.",
          headline="submit, 64 connections", **front.SETTINGS)
    with front.node("bench-submit") as n:       # nothing runs here: an image by name is enough
        n.psql("INSERT INTO core.image (name, digest) VALUES ('minimal', 'sha256:%s')" % ("0" * 64))
        n.psql("UPDATE core.setting SET value = '\"minimal\"' WHERE name = 'default_image'")
        people = front.consumers(n)
        front.fill_peers(n, people)
        front.callers(n, people)
        figures = contest.play(n, contestants(n, people), ROUNDS, TURNS)
        for k, by in figures.items():
            targets = TARGETS if k == max(TURNS) else [(a, b, None) for a, b, _ in TARGETS]
            contest.report("submit", "submit, %d connections" % k, by, targets, (SIGNED, "<= 20"))
