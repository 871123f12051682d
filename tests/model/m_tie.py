#!/usr/bin/python3
"""The model's rules against the stored functions, and proof that a difference is seen."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import BUILD, PGBIN, TOP, Node, Tap  # noqa: E402

# What is broken, in which function, by which change of its text, and a path on which it shows.
BROKEN = [
    ("a finish that does not look at the token", "core.job_finish(uuid[], uuid[], jsonb)",
     "AND (l.id, l.token) IN (SELECT u.id, u.token FROM unnest(p_ids, p_tokens) u(id, token))", "", "claim:0;begin:0;given up:0;claim:1;internal:0"),
    ("a return that does not look at the token", "api.job_give_back(uuid[], uuid[], text)",
     "AND l.token = ANY (p_tokens)", "", "claim:0;given up:0;claim:1;give back:0"),
    ("reaping that counts no crash", "core.lease_reap()", "g.crashes + 1", "g.crashes", "claim:0;given up:0"),
    ("a run of the lease that always counts", "core.compute_finished(uuid, text, text, boolean, jsonb)",
     "ELSE p_started END", "ELSE true END", "claim:0;cancel"),
    ("runs lost by their worker without bound", "core.job_again(core.lease, text, boolean)",
     "CASE p_reason WHEN 'WORKER_LOST' THEN a.reason = 'WORKER_LOST'", "CASE p_reason WHEN 'WORKER_LOST' THEN false",
     "claim:0;begin:0;lost:0;promote;claim:0;begin:0;lost:0"),
    ("a job that ran and expires at its next claim", "core.ready_hand_out(smallint, tid[], integer, boolean)",
     "CASE h.attempt WHEN 1 THEN h.expires_at END", "h.expires_at", "claim:0;begin:0;internal:0;promote;expire;claim:0"),
]


def tie(node, *args):
    """-> (what it says, exit status)"""
    p = subprocess.run([os.path.join(BUILD, "model", "tie"), "host=%s dbname=darkroom" % node.pg_socket, *map(str, args)],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return p.stdout, p.returncode


def change(node, function, old, new):
    """Replace text in a stored function of the scratch database; -> its definition before."""
    before = node.psql("SELECT pg_get_functiondef('%s'::regprocedure)" % function)
    if old not in before:
        raise AssertionError("%s does not hold: %s" % (function, old))
    node.psql(before.replace(old, new))
    return before


def main():
    full = "full" in sys.argv
    t = Tap()
    with Node("model", parts=("pg",)) as n:
        subprocess.run([os.path.join(PGBIN, "psql"), "-Xq", "-h", n.pg_socket, "-U", "postgres", "-d", "darkroom", "-f",
                        os.path.join(TOP, "tests/model/tie.psql")], check=True)
        seed = int(os.environ.get("DR_SEED", "1"))
        out, status = tie(n, seed, 3000 if full else 60, 40, 3 if full else 2)
        for line in out.splitlines():
            m = re.match(r"(not )?ok \d+ - (.*)", line)
            if m:
                t.ok(not m.group(1), m.group(2))
            elif line.startswith("#") or status not in (0, 1):
                t.diag(line.lstrip("# "))
        t.is_(status, 0, "the stored functions do what the model's rules say")
        for what, function, old, new, path in BROKEN:
            with t.case("seen: " + what):
                sound = tie(n, path)
                before = change(n, function, old, new)
                out, status = tie(n, path)
                n.psql(before)
                if not t.ok(sound[1] == 0 and status == 1 and ": got " in out, "seen: " + what):
                    t.diag(sound[0] + out)
    t.done()


if __name__ == "__main__":
    main()
