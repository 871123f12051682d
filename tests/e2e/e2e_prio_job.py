#!/usr/bin/python3
"""Runs of prio1 as jobs of a node: two servers' runs, made by schedules, wait for each other, survive the death of the
worker, and end with the sums; settings that cannot be used are said."""
import json
import os
import signal
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Node, Tap, need_root  # noqa: E402
from prio import Pair, read, write  # noqa: E402

ANSWERS = [[1, 0, 1], [1, 1, 1], [0, 0, 1], [1, 0, 0]]
SUMS = [3, 1, 3]
MANY = 900
CONF = {"lanes": "maint,prio", "poll_ms": 200, "net_size": 1}


def settings(words):
    words = [str(w) for w in words]
    return "".join("%s=%s\n" % (k[2:].upper().replace("-", "_"), v) for k, v in zip(words[::2], words[1::2]))


def env_file(p, side):
    """The words of Pair's command line as settings."""
    return "# server %s\n" % side + settings(p.argv(side)[2:])


def rows(n, config):
    out = n.psql("SELECT coalesce(json_agg(r), '[]') FROM ops.prio_run r WHERE config = '%s'" % config, role="darkroom_operator")
    return json.loads(out)


def state(n, config):
    found = rows(n, config)
    return found[0]["state"] if found else None


def fire(n, config):
    n.psql("SELECT api.schedule_set('%s', '15 2 * * *', 'prio1.run', '{\"config\": \"%s\", \"date\": \"{date}\"}')" % (config, config), role="darkroom_operator")
    n.psql("SELECT api.schedule_fire('%s')" % config, role="darkroom_operator")


def tool_of(folder):
    """The pid of the tool that waits for the pipe of that folder."""
    want = ("DATA_CONFIG=" + os.path.join(folder, "pipe")).encode()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/environ" % pid, "rb") as env, open("/proc/%s/cmdline" % pid, "rb") as argv:
                if want in env.read().split(b"\0") and b"--once" in argv.read().split(b"\0"):
                    return int(pid)
        except OSError:             # it has ended
            pass
    return None


def killed(t, n, folder):
    """The tool is killed while it works (it waits for a pipe)."""
    p = Pair(os.path.join(folder, "killed"))
    p.answers("part-00000.ndjson", ANSWERS)
    p.ready()
    path = os.path.join(folder, "runs", "killed.env")
    os.mkfifo(os.path.join(folder, "pipe"))
    write(path, (env_file(p, "A") + "DATA_CONFIG=%s\n" % os.path.join(folder, "pipe")).encode())
    fire(n, "killed")
    pid = n.wait(lambda: tool_of(folder), 60, "the tool runs")
    write(path, env_file(p, "A").encode())
    os.kill(pid, signal.SIGKILL)
    n.wait(lambda: state(n, "killed") == "waiting_peer", 60, "it waits for the peer")
    t.is_(rows(n, "killed")[0]["waits_for"], "verify1 of the peer", "a tool that was killed is started again, and goes on")
    t.is_(n.psql("SELECT reason FROM core.attempt a JOIN core.job j USING (id) WHERE j.spec ->> 'config' = 'killed'").strip(), "INTERNAL",
          "as another try of the same job")


def many(t, n, folder):
    """A list of so many batches that what is said of them is long."""
    with tempfile.TemporaryDirectory(prefix="dr-prio-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as base:
        p = Pair(base)
        stores = ["--bucket-%s" % x for x in ("internal-ingest", "internal-private", "internal-shared", "external-shared")]
        config = write(p.path("config"), json.dumps([{"batch_id": "batch-%d" % i, "n_data": 3} for i in range(MANY)]).encode())
        more = [x for name in stores for x in (name, p.path("a"))]
        words = p.argv("A", "--app-name", "app", "--data-config", config, "--public-key-hex-internal", p.public["A"],
                       "--public-key-hex-external", p.public["B"], *more)[2:]
        write(os.path.join(folder, "runs", "many.env"), settings(words).encode())
        fire(n, "many")
        n.wait(lambda: state(n, "many") == "waiting_peer", 60, "it waits for raw/")
        found = rows(n, "many")
        t.is_((len(found), {r["waits_for"] for r in found}, {json.dumps(r["outcomes"]) for r in found}), (MANY, {"raw"}, {"{}"}),
              "each of %d batches has its row, without counts of nothing" % MANY)
        n.psql("UPDATE core.prio_run SET began_at = began_at - interval '2 days' WHERE config = 'many'")
        n.wait(lambda: state(n, "many") == "failed", 60, "its end")


def story(t, n, folder):
    p = Pair(os.path.join(folder, "pair"))
    p.answers("part-00000.ndjson", ANSWERS)
    p.ready()
    for side in "AB":               # the date of a job stands before that of the settings
        write(os.path.join(folder, "runs", side.lower() + ".env"), env_file(p, side).replace("DATE=" + p.date, "DATE=2001-01-01").encode())
    write(os.path.join(folder, "runs", "bad.env"), b"N_DATA=3\nSHARED_SECRET=abc\n")
    fire(n, "a")
    n.wait(lambda: state(n, "a") == "waiting_peer", 60, "A waits")
    row = rows(n, "a")[0]
    t.is_((row["batch_id"], row["stage"], row["waits_for"]), ("test", "verify2", "verify1 of the peer"), "A waits for B, and operators see for what")
    t.is_(row["run"], "test/" + row["date"], "it is the run of the job's date")
    t.ok(row["next_look"] or row["tries"] > 0, "and when it looks again")
    t.is_(n.psql("SELECT spec ->> 'state_id' FROM core.job j, core.prio_run r WHERE j.id IN (r.job, r.next_job) AND r.config = 'a' ORDER BY j.created_at DESC LIMIT 1").strip(),
          read(p.path("state-A/id")).decode(), "in the state folder that it was begun in")
    worker = n.procs["workerd"]
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    n.start("workerd")
    fire(n, "b")
    n.wait(lambda: (state(n, "a"), state(n, "b")) == ("published", "published"), 120, "both published")
    t.is_((p.result("A")["payload"], p.result("B")["payload"]), (SUMS, SUMS), "both publish the sums, also past a worker's death")
    t.is_([(r["outcomes"]["accepted"], r["next_look"]) for r in rows(n, "a")], [(4, None)], "and A is not looked at again")
    fire(n, "bad")
    n.wait(lambda: state(n, "bad") == "failed", 60, "bad failed")
    t.like(rows(n, "bad")[0]["error"], "bad.env: line 2: SHARED_SECRET: name a file instead", "a secret in the settings is refused")
    fire(n, "nobody")
    n.wait(lambda: state(n, "nobody") == "failed", 60, "nobody failed")
    t.like(rows(n, "nobody")[0]["error"], "nobody.env", "settings that are not there")
    t.is_(n.psql("SELECT count(*) FROM core.later WHERE kind = 220").strip(), "0", "and nothing is left waiting")
    killed(t, n, folder)
    many(t, n, folder)


def main():
    need_root()
    t = Tap()
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "runs"))
        with Node("prio-job", parts=("pg", "workerd"), images=(), conf={**CONF, "prio_dir": os.path.join(folder, "runs")}) as n:
            story(t, n, folder)
    t.done()


main()
