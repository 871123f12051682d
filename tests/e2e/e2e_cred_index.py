#!/usr/bin/python3
"""A hundred issuers over one registry of a definition with auto, 25 at a time.

Every index is given out once, the first fifty in the first registry; its successor is
asked for exactly once, however many pass four fifths together; with the successor there
the rest go on in it.  No worker: the jobs are held by hand and only SQL runs.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from harness import PGBIN, Node, Tap  # noqa: E402

ISSUERS = 100
FIRST = 51              # L: its indices are 1..50

SETUP = """
UPDATE core.setting SET value = '100000' WHERE name ~ '^rate_';
CREATE SCHEMA race;
CREATE SEQUENCE race.turn;
CREATE TABLE race.held (n int PRIMARY KEY, id uuid, token uuid);
CREATE TABLE race.got (n int PRIMARY KEY, registry text, idx int, err text);
INSERT INTO core.worker (id, host, pid, version, lanes, specs) OVERRIDING SYSTEM VALUE VALUES (-1, 'race', 1, 'v', '{}', '{}');
INSERT INTO core.principal (public_id, name, roles) VALUES ('prn_race', 'race', '{consumer}');
INSERT INTO core.principal_key (peer_id, principal, alg, public_key) SELECT name, id, 'ed25519', 'x' FROM core.principal;
INSERT INTO core.wallet (tenant, name, owner, method, sealed_keys, managed_key) SELECT 'p:prn_race', 'w', id, 'managed', 'k', 'm' FROM core.principal;
INSERT INTO core.cred_def (tenant, id, issuer, schema_id, tag, owner, wallet, bits, revocable, object, key_proof, auto)
SELECT w.tenant, 'd', 'i', 's', 't', w.owner, w.serial, 2048, true, '{}', '{}', true FROM core.wallet w;
CREATE FUNCTION race.registry(p_n int, p_size int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO core.rev_reg (tenant, id, definition, n, tag, max_cred_num, issuance, state, accumulator, bitmap, object, tails, sealed_gamma)
  SELECT d.tenant, 'r' || p_n, d.serial, p_n, 't', p_size, 'by_default', CASE p_n WHEN 1 THEN 'active' ELSE 'ready' END, 'a',
         decode(repeat('00', (p_size + 7) / 8), 'hex'), '{}', 'x', 'g' FROM core.cred_def d $$;
CREATE FUNCTION race.auth() RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object('mode', 'key', 'peer', 'race', 'ts', ceil(extract(epoch FROM clock_timestamp())), 'nonce', gen_random_uuid(),
    'write', true, 'scope', 'cred:use') $$;
CREATE FUNCTION race.issue() RETURNS void LANGUAGE plpgsql AS $$
DECLARE h race.held; a jsonb; v_n constant int := nextval('race.turn');
BEGIN
  SELECT * INTO STRICT h FROM race.held x WHERE x.n = v_n;
  a := api.job_ask(h.id, h.token, 'rev_index', '{"definition": "d"}');
  INSERT INTO race.got VALUES (h.n, a #>> '{value,registry}', (a #>> '{value,index}')::int, a #>> '{err,code}');
END $$;
SELECT race.registry(1, %d);
SELECT api.cred_submit_many(race.auth(), jsonb_build_object('jobs', (SELECT jsonb_agg(jsonb_build_object('job_id', core.uuid7(), 'kind',
  'issuer.create_credential', 'args', '{"wallet": "w"}'::jsonb)) FROM generate_series(1, %d))));
INSERT INTO race.held SELECT row_number() OVER (), t.id, t.token FROM api.job_turn(-1, 5::smallint, '{}', '{}', NULL, 1000, -1) t WHERE t.what = 'claim';
""" % (FIRST, ISSUERS)


def issue(n, times):
    """25 connections, each so many calls; pgbench ends with their errors, if any."""
    subprocess.run([os.path.join(PGBIN, "pgbench"), "-n", "-h", n.pg_socket, "-U", "postgres", "-c", "25", "-j", "2", "-t", str(times),
                    "-f", n.path("issue.sql"), "darkroom"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)


def main():
    t = Tap()
    with Node("cred_index", parts=("pg",)) as n:
        n.psql(SETUP)
        with open(n.path("issue.sql"), "w") as f:
            f.write("SELECT race.issue();\n")
        issue(n, 3)     # 75 of them meet a registry of 50
        t.is_(n.psql("SELECT count(*), count(DISTINCT idx), min(idx), max(idx) FROM race.got WHERE registry = 'r1'"), "50|50|1|50", "each index of the registry is given once")
        t.is_(n.psql("SELECT count(*), min(err), max(err) FROM race.got WHERE registry IS NULL"), "25|REGISTRY_FULL|REGISTRY_FULL", "the others are told that it is full")
        t.is_(n.psql("SELECT count(*) FROM core.cred_job j JOIN core.kind k ON k.id = j.kind WHERE k.name = 'issuer.create_rev_reg'"), "1", "exactly one successor is asked for")
        t.is_(n.psql("SELECT string_agg(key, ' ') FROM core.idem WHERE route = 'cred_auto'"), "auto:d:2", "under its key")
        n.psql("SELECT race.registry(2, 1000)")
        issue(n, 1)
        t.is_(n.psql("SELECT count(*), count(DISTINCT idx), min(idx), max(idx) FROM race.got WHERE registry = 'r2'"), "25|25|1|25", "when it is there they go on in it")
        t.is_(n.psql("SELECT string_agg(id || ' ' || state, ', ' ORDER BY n) FROM core.rev_reg"), "r1 full, r2 active", "one registry is active")
        t.is_(n.psql("SELECT count(*) FROM core.rev_index"), "75", "and every index belongs to a job")
    t.done()


if __name__ == "__main__":
    main()
