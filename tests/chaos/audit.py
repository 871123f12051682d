"""Audit: after the storm, every promise against the rows, the files, the processes and the ledger."""
import hashlib
import json
import os
import re
import time

import procs

# A log line of level error is explained by a fault of these kinds that hit something in this run.
DB, DISK = {"pg_backend", "pg_immediate", "pg_fast", "pg_kill"}, {"disk_full"}
WORKER = {"workerd_kill", "workerd_restart", "workerd_pause"}
RUNNER = {"sandbox_kill", "sandbox_pause", "runner_kill", "runner_pause"}
EXPLAINED = {
    "canary.failed": RUNNER | DISK | WORKER,
    "container.failed": RUNNER | DISK | WORKER,
    "frame.refused": RUNNER | WORKER,
    "job.unpublished": DISK,
    "worker.cut_off": DB | WORKER,
    "worker.cut_short": {"workerd_restart"},
    "worker.gone": DB | WORKER,
    "worker.refused": DB,
    "worker.failed": DB | DISK,
    "request.failed": DB | DISK | {"fcgi_pause", "fcgi_restart"},
    "process.ended": {"fcgi_process", "fcgi_pause"},
    "process.hung": {"fcgi_pause", "fcgi_restart"},
    "runner.failed": DISK | WORKER,
}


class Audit:
    def __init__(self, node, disk, plans, ledger, tap, clients):
        self.node, self.disk, self.ledger, self.tap, self.clients = node, disk, ledger, tap, clients
        self.scripts = {s.key: s for p in plans for s in p.scripts}
        self.batches = [b for p in plans for b in p.noops]

    def none(self, found, what):
        """Nothing may be in `found`; otherwise its first members are shown."""
        found = list(found)
        if not self.tap.ok(not found, what):
            self.tap.diag("%d found, first:" % len(found))
            for f in found[:8]:
                self.tap.diag("  %s" % (f,))

    # ---- the rows ----------------------------------------------------------
    def load(self):
        self.node.psql("CREATE TABLE IF NOT EXISTS chaos.said (comp text PRIMARY KEY, key text NOT NULL)")
        pairs = ",".join("('%s','%s')" % (c, k) for k, c in self.ledger.accepted.items())
        self.node.psql("TRUNCATE chaos.said; INSERT INTO chaos.said VALUES " + pairs)

    def jobs(self):
        self.none(self.ledger.broken, "no answer broke a promise: one key, one id")
        self.none(set(self.scripts) - set(self.ledger.accepted), "every submit was accepted in the end")
        self.none(self.node.rows("SELECT comp, key FROM chaos.said WHERE NOT EXISTS (SELECT FROM core.computation c "
                                 "WHERE core.comp_id(c.public_id) = comp)"), "every accepted computation has its record")
        self.none(self.node.rows("SELECT core.comp_id(public_id) FROM core.computation c WHERE NOT EXISTS (SELECT FROM chaos.said s "
                                 "WHERE s.comp = core.comp_id(c.public_id))"), "and no record was made that nobody knows of")
        self.none(self.node.rows("SELECT job_id FROM core.computation c WHERE NOT EXISTS (SELECT FROM core.job j "
                                 "WHERE j.id = c.job_id AND j.kind = 1)"), "every computation has its job")
        self.none(self.node.rows("(SELECT id FROM chaos.noop EXCEPT SELECT id FROM core.job WHERE kind = 2) UNION ALL "
                                 "(SELECT id FROM core.job WHERE kind = 2 EXCEPT SELECT id FROM chaos.noop)"),
                  "jobs of SQL: those of committed transactions and no others")
        self.tap.is_(self.node.psql("SELECT count(*) FROM chaos.noop"), str(sum(b.count for b in self.batches)), "and all of them")

    def ends(self):
        self.none(self.node.rows("SELECT 'ready', id FROM core.ready WHERE kind < 3 UNION ALL SELECT 'lease', id FROM core.lease WHERE kind < 3 "
                                 "UNION ALL SELECT 'later', id FROM core.later WHERE kind < 3"), "nothing is waiting or running")
        self.none(self.node.rows("SELECT j.id, j.kind FROM core.job j WHERE j.kind < 3 AND NOT EXISTS (SELECT FROM core.done d WHERE d.id = j.id)"),
                  "every job has ended")
        self.none(self.node.rows("SELECT id, count(*) FROM core.done GROUP BY id HAVING count(*) > 1"), "none of them twice")
        self.none(self.node.rows("SELECT object, count(*) FROM core.event WHERE verb IN ('job.completed', 'job.failed', 'job.cancelled', 'job.dead') "
                                 "AND actor = 'node' AND object LIKE 'comp-%' GROUP BY object HAVING count(*) <> 1"), "the audit tells of one end each")
        self.none(self.node.rows("SELECT d.id FROM core.done d JOIN core.computation c ON c.job_id = d.id WHERE c.finished_at IS NULL"),
                  "no computation is left open")
        self.expectations()

    def expectations(self):
        """Planned ends; a fault of ours only with the number of runs that its rule asks for."""
        rows = self.node.rows("""
SELECT s.key, d.state, coalesce(d.reason, ''), d.crashes, d.attempt,
       (SELECT count(*) FROM core.attempt a WHERE a.id = d.id AND a.reason = 'WORKER_LOST'),
       (SELECT count(*) FROM core.attempt a WHERE a.id = d.id), j.max_attempts,
       (SELECT count(*) FROM core.attempt a WHERE a.id = d.id AND NOT a.started)
  FROM chaos.said s JOIN core.computation c ON core.comp_id(c.public_id) = s.comp
  JOIN core.done d ON d.id = c.job_id JOIN core.job j ON j.id = d.id""")
        crash_max, start_max = (int(self.node.psql("SELECT value FROM core.setting WHERE name = '%s'" % n)) for n in ("crash_max", "start_max"))
        bad, ours = [], 0
        for key, state, reason, crashes, attempt, lost, runs, most, unstarted in rows:
            if (state, reason) in self.scripts[key].ends:
                continue
            ours += 1
            if (state, reason) == ("dead", "QUARANTINED") and int(crashes) == crash_max and int(lost) >= crash_max:
                continue
            if state == "failed" and reason in ("WORKER_LOST", "SANDBOX_FAILED") and (
                    int(attempt) >= int(most) and int(runs) >= int(most) - 1 or int(unstarted) >= start_max - 1):
                continue
            bad.append((key, self.scripts[key].shape, state, reason, "crashes", crashes, "attempt", attempt, "runs", runs))
        self.none(bad, "computations ended as planned, or as the rules for lost workers say (%d did)" % ours)
        self.none(self.node.rows("SELECT state, reason, crashes, attempt, id FROM core.done WHERE kind = 2 AND state <> 'completed' AND NOT "
                                 "(state = 'dead' AND crashes >= %d OR state = 'failed' AND reason IN ('WORKER_LOST', 'SANDBOX_FAILED') "
                                 "AND attempt >= 3)" % crash_max), "so did jobs of the node")

    def runs(self):
        """The data lease's counters against a recount from the ends and the table of reasons."""
        self.tap.is_(self.node.psql("""
SELECT l.runs_used + (SELECT count(*) FROM core.run_note n WHERE n.serial = l.serial AND n.used),
       l.runs_held - (SELECT count(*) FROM core.run_note n WHERE n.serial = l.serial) FROM core.data_lease l WHERE max_runs = 1000000"""),
                     self.node.psql("""
SELECT count(*) FILTER (WHERE CASE coalesce(r.run_used, 'yes') WHEN 'yes' THEN true WHEN 'no' THEN false ELSE d.started_at IS NOT NULL END), 0
  FROM core.done d JOIN core.computation c ON c.job_id = d.id LEFT JOIN core.reason r ON r.code = d.reason"""),
                     "runs of the lease: used as the reasons say, none held")

    # ---- results -----------------------------------------------------------
    def results(self):
        want, digest = set(), hashlib.sha256
        done = dict(self.node.rows("SELECT s.key, d.state FROM chaos.said s JOIN core.computation c ON core.comp_id(c.public_id) = s.comp "
                                   "JOIN core.done d ON d.id = c.job_id"))
        for key, state in done.items():
            if state == "completed":
                want.update((key, n, d) for n, d in self.scripts[key].files.items())
                want.add((key, "stdout", digest(self.scripts[key].output.encode()).hexdigest()))
        have = set(self.node.rows("SELECT s.key, CASE a.class WHEN 'artifact' THEN a.name ELSE a.class END, encode(a.sha256, 'hex') "
                                  "FROM chaos.said s JOIN core.computation c ON core.comp_id(c.public_id) = s.comp JOIN core.done d ON d.id = c.job_id "
                                  "JOIN core.artifact a ON a.job_id = c.job_id WHERE d.state = 'completed' AND a.class IN ('artifact', 'stdout')"))
        free = {(k, n) for k, n, d in want if d is None}
        self.none(sorted({w for w in want if w[2]} - have, key=str), "completed computations have their streams and artifacts, byte for byte")
        self.none(sorted({h for h in have - want if h[:2] not in free}), "and no others")
        self.none(sorted(free - {h[:2] for h in have}), "artifacts of random bytes are there, too")
        self.public(done)

    def public(self, done):
        """What a client reads, of up to 200 computations spread over the run."""
        keys = sorted(done)
        bad = []
        for key in keys[::max(1, len(keys) // 200)]:
            s, r = self.scripts[key], self.clients.result(self.ledger.accepted[key])
            if done[key] == "completed":
                if r["status"] != "completed" or r["results"]["output"] != s.output or set(r["results"]["artifacts"]) != set(s.files):
                    bad.append((key, s.shape, json.dumps(r)[:300]))
            elif r["status"] != "failed" or not r.get("reason_code"):
                bad.append((key, s.shape, json.dumps(r)[:300]))
        self.none(bad, "clients read the same")

    # ---- files -------------------------------------------------------------
    def blob_files(self):
        out = {}
        top = self.node.path("blobs")
        for d in os.listdir(top):
            if re.fullmatch("[0-9a-f]{2}", d):
                for f in os.listdir(os.path.join(top, d)):
                    out[d + f] = os.path.join(top, d, f)
        return out

    def blobs(self):
        rows = {r[0] for r in self.node.rows("SELECT encode(sha256, 'hex') FROM core.blob WHERE store = 'dir'")}
        files = self.blob_files()
        self.none(self.node.rows("SELECT job_id, class, name FROM core.artifact a WHERE sha256 IS NOT NULL AND NOT EXISTS "
                                 "(SELECT FROM core.blob b WHERE b.sha256 = a.sha256 AND NOT b.dying)"), "every artifact has its blob")
        self.none(sorted(rows - set(files)), "every blob of the folder has its file")
        bad = []
        for name, path in files.items():
            with open(path, "rb") as f:
                if hashlib.file_digest(f, "sha256").hexdigest() != name:
                    bad.append(name)
        self.none(bad, "no file holds other bytes than its name says")
        strays = set(files) - rows
        self.tap.diag("files without a row, left by runs that were killed between the two: %d of %d" % (len(strays), len(files)))
        old = time.time() - 2 * 86400
        for name in strays:
            os.utime(files[name], (old, old))
        self.strays = strays

    def swept(self):
        self.none(sorted(self.strays & set(self.blob_files())), "files without a row go once they are a day old")

    # ---- what is left ------------------------------------------------------
    def logs(self):
        unexplained = []
        for name in sorted(os.listdir(self.node.path("log"))):
            if not name.startswith(("workerd", "fcgi")):
                continue
            for line in self.node.log(name[:-4]).splitlines():
                if not line.startswith("{"):
                    unexplained.append((name, line[:200]))
                    continue
                try:
                    rec = json.loads(line)
                except ValueError:
                    unexplained.append((name, line[:200]))
                    continue
                if rec.get("level") == "error" and not EXPLAINED.get(rec["event"], set()) & set(self.ledger.strikes):
                    unexplained.append((name, line[:300]))
        self.none(unexplained, "every error in the logs is explained by a fault that was injected")

    def leftovers(self, instances):
        """After an orderly stop of the daemons."""
        self.none([g for i in instances for g in cgroups(i)], "no control group is left")
        self.none(sorted(procs.naming(self.node.dir).items()), "no process is left")
        with open("/proc/self/mountinfo") as f:
            self.none([m for m in f if self.node.dir in m and not m.split()[4] == self.disk.path], "no mount is left")
        for spool in sorted(d for d in os.listdir(self.disk.path) if d.startswith("spool")):
            self.none([f for f in os.listdir(os.path.join(self.disk.path, spool)) if f not in ("upload", "workerd.lock")],
                      "nothing is left in " + spool)


def cgroups(instance):
    out = []
    for top, dirs, _ in os.walk("/sys/fs/cgroup"):
        out += [os.path.join(top, d) for d in dirs if d.startswith("darkroom-%s-" % instance)]
    return out
