"""Audit: after the storm, every promise against the rows, the files, the processes and the ledger."""
import collections
import hashlib
import json
import os
import re
import time

import logs
import procs

WINDOW = 512            # light jobs whose answers one runner may hold
OURS = "(SELECT c.job_id, c.serial, c.release_state, s.key FROM chaos.said s JOIN core.computation c ON core.comp_id(c.public_id) = s.comp)"


class Audit:
    def __init__(self, node, disk, plans, ledger, tap, clients, points):
        self.node, self.disk, self.ledger, self.tap, self.clients, self.points = node, disk, ledger, tap, clients, points
        self.uploads = [u for p in plans for u in p.uploads]
        self.scripts = {s.key: s for p in plans for s in p.scripts} | {u.script.key: u.script for u in self.uploads}
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
        pairs = ",".join("('%s','%s')" % (c, k) for k, c in self.ledger.accepted.items())
        self.node.psql("TRUNCATE chaos.said; INSERT INTO chaos.said VALUES %s; ANALYZE chaos.said" % pairs)

    def jobs(self):
        self.none(self.ledger.broken, "no answer broke a promise: one key, one id")
        self.none(set(self.scripts) - set(self.ledger.accepted) - set(self.ledger.refused), "every submit was accepted in the end, or its lease had ended")
        self.none(self.node.rows("SELECT comp, key FROM chaos.said WHERE NOT EXISTS (SELECT FROM core.computation c "
                                 "WHERE core.comp_id(c.public_id) = comp)"), "every accepted computation has its record")
        self.none(self.node.rows("SELECT core.comp_id(public_id) FROM core.computation c WHERE NOT EXISTS (SELECT FROM chaos.said s "
                                 "WHERE s.comp = core.comp_id(c.public_id))"), "and no record was made that nobody knows of")
        self.none(self.node.rows("SELECT job_id FROM core.computation c WHERE NOT EXISTS (SELECT FROM core.job j "
                                 "WHERE j.id = c.job_id AND j.kind = 1)"), "every computation has its job")
        self.none(self.node.rows("SELECT id FROM chaos.noop EXCEPT SELECT id FROM core.job WHERE kind IN (2, 3)"), "every job of a committed transaction is there")
        self.none(self.node.rows("SELECT id FROM core.job j WHERE kind = 2 AND NOT EXISTS (SELECT FROM chaos.noop n WHERE n.id = j.id)"), "and no others")
        self.tap.is_(self.node.psql("SELECT count(*) FROM chaos.noop"), str(sum(b.count for b in self.batches)), "and all of them")

    def ends(self):
        self.none(self.node.rows("SELECT 'ready', id FROM core.ready WHERE kind < 3 UNION ALL SELECT 'lease', id FROM core.lease WHERE kind < 3 "
                                 "UNION ALL SELECT 'later', id FROM core.later WHERE kind < 3"), "nothing is waiting or running")
        self.none(self.node.rows("SELECT j.id, j.kind FROM core.job j WHERE (j.kind < 3 OR j.id IN (SELECT id FROM chaos.noop)) "
                                 "AND NOT EXISTS (SELECT FROM core.done d WHERE d.id = j.id)"), "every job has ended")
        self.none(self.node.rows("SELECT id, count(*) FROM chaos.ended GROUP BY id HAVING count(*) > 1"), "none of them twice: the witness in the database saw one end each")
        self.none(self.node.rows("(SELECT id, state FROM chaos.ended EXCEPT SELECT id, state FROM core.done) UNION ALL "
                                 "(SELECT id, state FROM core.done WHERE id NOT IN (SELECT id FROM chaos.before) EXCEPT SELECT id, state FROM chaos.ended)"), "and the same as the rows tell")
        self.none(self.node.rows("SELECT object, count(*) FROM core.event WHERE verb IN ('job.completed', 'job.failed', 'job.cancelled', 'job.dead') "
                                 "AND actor = 'node' AND object LIKE 'comp-%' GROUP BY object HAVING count(*) <> 1"), "the audit tells of one end each")
        self.none(self.node.rows("SELECT d.id FROM core.done d JOIN core.computation c ON c.job_id = d.id WHERE c.finished_at IS NULL"),
                  "no computation is left open")
        self.expectations()
        self.lost_workers()

    def expectations(self):
        """Planned ends; a fault of ours only with the number of runs that its rule asks for."""
        rows = self.node.rows("""
SELECT s.key, d.state, coalesce(d.reason, ''), d.crashes, d.attempt,
       (SELECT count(*) FROM core.attempt a WHERE a.id = d.id AND a.reason = 'WORKER_LOST'),
       (SELECT count(*) FROM core.attempt a WHERE a.id = d.id), j.max_attempts,
       (SELECT count(*) FROM core.attempt a WHERE a.id = d.id AND NOT a.started)
  FROM %s s JOIN core.done d ON d.id = s.job_id JOIN core.job j ON j.id = d.id""" % OURS)
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
            bad.append((key, self.scripts[key].shape, self.scripts[key].group, state, reason, "crashes", crashes, "attempt", attempt, "runs", runs))
        self.none(bad, "computations ended as planned, or as the rules for lost workers say (%d did)" % ours)
        odd = self.node.rows("SELECT id, state, reason, crashes, attempt FROM core.done WHERE id IN (SELECT id FROM chaos.noop) AND state <> 'completed' AND NOT "
                             "(state = 'dead' AND crashes >= %d OR state = 'failed' AND reason IN ('WORKER_LOST', 'SANDBOX_FAILED') "
                             "AND attempt >= 3)" % crash_max)
        self.none([r for r in odd if not (r[1] == "cancelled" and r[0] in self.ledger.cancelled)], "so did jobs of the node, but for those that the operator cancelled")

    def lost_workers(self):
        """A worker that lost jobs was struck itself, or the database was away for its time to live."""
        struck = self.ledger.pids("workerd_kill", "workerd_pause", "workerd_restart") | {int(pid) for _, pid in self.points.struck()}
        rows = self.node.rows("SELECT DISTINCT w.pid, w.id FROM core.attempt a JOIN core.worker w ON w.id = a.worker WHERE a.reason = 'WORKER_LOST'")
        gone = [r for r in rows if int(r[0]) not in struck]
        away = any(name in logs.DB for _, name, _ in self.ledger.hits)
        self.none([] if away and len(gone) <= self.strikes(logs.DB) else gone, "workers whose jobs were lost had been struck (%d had not, beside a database that was away)" % len(gone))

    def strikes(self, kinds):
        return sum(self.ledger.strikes[k] for k in kinds)

    def runs(self):
        """The data leases' counters against a recount from the ends and the table of reasons."""
        have = self.node.rows("""
SELECT l.serial, l.runs_used + (SELECT count(*) FROM core.run_note n WHERE n.serial = l.serial AND n.used),
       l.runs_held - (SELECT count(*) FROM core.run_note n WHERE n.serial = l.serial) FROM core.data_lease l ORDER BY 1""")
        want = self.node.rows("""
SELECT l.serial, count(d.id) FILTER (WHERE CASE coalesce(r.run_used, 'yes') WHEN 'yes' THEN true WHEN 'no' THEN false ELSE d.started_at IS NOT NULL END), 0
  FROM core.data_lease l LEFT JOIN core.computation c ON c.serial = l.serial LEFT JOIN core.done d ON d.id = c.job_id
  LEFT JOIN core.reason r ON r.code = d.reason GROUP BY l.serial ORDER BY 1""")
        self.none(set(have) ^ set(want), "runs of each of %d leases: used as the reasons say, none held" % len(have))
        limits = dict(self.node.rows("SELECT serial, max_runs FROM core.data_lease"))
        self.none([r for r in have if int(r[1]) > int(limits[r[0]])], "and none was used more often than it allows")

    # ---- what really ran ------------------------------------------------------
    def proofs(self):
        """The runs' own ledger, the token that each end took away, and what is published."""
        begun, made, forked = collections.Counter(), collections.defaultdict(set), set()
        for r in self.points.witness():
            if r[0] == "begun":
                begun[(r[1], r[2])] += 1
            elif r[0] == "forked":
                forked.add((r[1], r[2]))
            else:
                made[(r[1], r[2])].add(r[3])
        leased = set(self.node.rows("SELECT id, token FROM chaos.leased"))
        before = {r[0] for r in self.node.rows("SELECT id FROM chaos.before")}
        light = {r[0] for r in self.node.rows("SELECT id FROM core.job WHERE kind = 2")}
        forgotten = [k for k in begun if k not in leased and k[0] not in before]
        self.none([k for k in forgotten if k[0] not in light], "whatever computation ran had been leased, under that token")
        crashes = self.strikes({"pg_backend", "pg_immediate", "pg_kill", "pg_full"})
        self.tap.ok(len(forgotten) <= WINDOW * crashes, "and each light job, but where a crash of the database forgot its claim (%d did)" % len(forgotten))
        known = before | {i for i, _ in leased}
        self.none([k for k in forked if k[0] not in known] if not crashes else [], "nor did a job of the node's own run that nobody leased")
        again = [k for k, n in begun.items() if n > 1]
        self.none([k for k in again if k[0] not in light], "no computation ran twice under one token")
        deaths = self.strikes({"runner_kill", "runner_pause", "workerd_kill", "workerd_restart", "workerd_pause", "disk_full", "point"})
        self.tap.ok(len(again) <= WINDOW * deaths, "nor a light job, but where its runner died with answers in its hands (%d did)" % len(again))
        ended = self.node.rows("SELECT e.id, d.kind, e.state, count(u.token), coalesce(min(u.token::text), '') FROM chaos.ended e JOIN core.done d ON d.id = e.id "
                               "LEFT JOIN chaos.unleased u ON u.id = e.id AND u.x = e.x WHERE d.kind IN (1, 2) GROUP BY 1, 2, 3")
        self.none([r for r in ended if r[2] == "completed" and r[3] != "1"], "each completed job ended under one token")
        token = {r[0]: r[4] for r in ended}
        self.none([r for r in ended if r[2] == "completed" and (r[0], r[4]) not in begun], "and the run of that token did begin")
        rows = self.node.rows("SELECT a.job_id, encode(a.sha256, 'hex') FROM core.artifact a WHERE a.sha256 IS NOT NULL")
        self.none([r for r in rows if r[1] not in made[(r[0], token.get(r[0]))]], "each of %d files that is published was made by it, and by no stale run" % len(rows))
        self.tap.diag("runs begun: %d, of them %d whose end counts; finishes fenced off: %d" % (
            len(begun), sum((i, t) in begun for i, t in token.items()), logs.count(self.node, "job.fenced")))

    # ---- results -----------------------------------------------------------
    def results(self):
        want, digest = set(), hashlib.sha256
        rows = self.node.rows("SELECT s.key, d.state, s.release_state FROM %s s JOIN core.done d ON d.id = s.job_id" % OURS)
        self.decisions(rows)
        done = {key: state for key, state, release in rows if release != "withheld"}
        for key, state in done.items():
            if state == "completed":
                want.update((key, n, d) for n, d in self.scripts[key].files.items())
                want.add((key, "stdout", digest(self.scripts[key].output.encode()).hexdigest()))
        have = set(self.node.rows("SELECT s.key, CASE a.class WHEN 'artifact' THEN a.name ELSE a.class END, encode(a.sha256, 'hex') "
                                  "FROM %s s JOIN core.done d ON d.id = s.job_id JOIN core.artifact a ON a.job_id = s.job_id "
                                  "WHERE d.state = 'completed' AND s.release_state <> 'withheld' AND a.class IN ('artifact', 'stdout')" % OURS))
        free = {(k, n) for k, n, d in want if d is None}
        self.none(sorted({w for w in want if w[2]} - have, key=str), "completed computations have their streams and artifacts, byte for byte")
        self.none(sorted({h for h in have - want if h[:2] not in free}), "and no others")
        self.none(sorted(free - {h[:2] for h in have}), "artifacts of random bytes are there, too")
        self.public(done)

    def decisions(self, rows):
        word = {"release": "released", "withhold": "withheld", "": "released"}
        self.none([(key, self.scripts[key].group, release) for key, state, release in rows if state == "completed" and release != word[self.scripts[key].decision]
                   and not (release == "withheld" and (self.scripts[key].kin == "revoked" or self.scripts[key].removed))], "output is released or withheld as its owner decided")

    def public(self, done):
        """What a client reads, of up to 200 computations spread over the run."""
        keys = sorted(done)
        bad = []
        for key in keys[::max(1, len(keys) // 200)]:
            s, r = self.scripts[key], self.clients.result(self.scripts[key])
            if done[key] == "completed":
                if r["status"] != "completed" or r["results"]["output"] != s.output or set(r["results"]["artifacts"]) != set(s.files):
                    bad.append((key, s.shape, json.dumps(r)[:300]))
            elif r["status"] != "failed" or not r.get("reason_code"):
                bad.append((key, s.shape, json.dumps(r)[:300]))
        self.none(bad, "clients read the same")

    # ---- files -------------------------------------------------------------
    def assets(self):
        rows = {r[0]: r[1:] for r in self.node.rows("SELECT a.asset_id, encode(v.sha256, 'hex'), a.removed_at IS NULL, v.version FROM core.asset a JOIN core.asset_version v ON v.asset = a.id")}
        bad = [u.name for u in self.uploads if rows.get(u.name, ("", "", ""))[0] != self.ledger.stored.get(u.name)
               or (rows[u.name][1] == "t") == (u.name in self.ledger.removed) or rows[u.name][2] != "1"]
        self.none(bad, "each of %d uploads is stored once, whole, and gone if it was removed" % len(self.uploads))

    def blob_files(self):
        out = {}
        top = self.node.path("blobs")
        for d in os.listdir(top):
            if re.fullmatch("[0-9a-f]{2}", d):
                for f in os.listdir(os.path.join(top, d)):
                    out[d + f] = os.path.join(top, d, f)
        return out

    def blobs(self):
        rows = {r[0] for r in self.node.rows("SELECT encode(sha256, 'hex') FROM core.blob WHERE store = 'dir' AND NOT dying")}
        dying = {r[0] for r in self.node.rows("SELECT encode(sha256, 'hex') FROM core.blob WHERE store = 'dir' AND dying")}
        files = self.blob_files()
        self.none(self.node.rows("SELECT job_id, class, name FROM core.artifact a WHERE sha256 IS NOT NULL AND NOT EXISTS "
                                 "(SELECT FROM core.blob b WHERE b.sha256 = a.sha256 AND NOT b.dying)"), "every artifact has its blob")
        self.none(self.node.rows("SELECT v.asset, v.version FROM core.asset_version v JOIN core.asset a ON a.id = v.asset WHERE a.removed_at IS NULL AND NOT EXISTS "
                                 "(SELECT FROM core.blob b WHERE b.sha256 = v.sha256 AND NOT b.dying)"), "every asset has its blob")
        self.none(sorted(rows - set(files)), "every blob of the folder has its file")
        bad = []
        for name, path in files.items():
            with open(path, "rb") as f:
                if hashlib.file_digest(f, "sha256").hexdigest() != name:
                    bad.append(name)
        self.none(bad, "no file holds other bytes than its name says")
        self.strays = set(files) - rows - dying
        self.tap.diag("files without a row, left by processes that were killed between the two: %d of %d" % (len(self.strays), len(files)))
        self.age([files[name] for name in self.strays | (dying & set(files))])
        self.strays |= dying
        self.age(os.path.join(self.node.path("blobs", "tmp"), f) for f in os.listdir(self.node.path("blobs", "tmp")))

    @staticmethod
    def age(paths):
        old = time.time() - 2 * 86400
        for p in paths:
            os.utime(p, (old, old))

    def unswept(self):
        return (self.strays & set(self.blob_files())) | set(os.listdir(self.node.path("blobs", "tmp")))

    def swept(self):
        self.none(sorted(self.unswept()), "files without a row, removed ones and unfinished ones go once they are a day old")

    # ---- what is left ------------------------------------------------------
    def logs(self):
        self.none(logs.unexplained(self.node, self.ledger.hits), "every error in the logs is explained by a fault that struck shortly before")

    def leftovers(self, instances):
        """After an orderly stop of the daemons."""
        self.none([g for i in instances for g in cgroups(i)], "no control group is left")
        self.none(sorted(procs.naming(self.node.dir).items()), "no process is left")
        ours = {d for d in os.listdir(self.node.dir) if os.path.ismount(self.node.path(d))}
        with open("/proc/self/mountinfo") as f:
            points = [m.split()[4] for m in f]
        self.none([p for p in points if p.startswith(self.node.dir) and p not in {self.node.path(d) for d in ours} and not p.endswith("/upload")], "no mount is left")
        for spool in sorted(d for d in os.listdir(self.disk.path) if d.startswith("spool")):
            self.none([f for f in os.listdir(os.path.join(self.disk.path, spool)) if f not in ("upload", "workerd.lock")],
                      "nothing is left in " + spool)


def cgroups(instance):
    out = []
    for top, dirs, _ in os.walk("/sys/fs/cgroup"):
        out += [os.path.join(top, d) for d in dirs if d.startswith("darkroom-%s-" % instance)]
    return out
