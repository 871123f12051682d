"""Audit of two nodes after a storm: every sum against what clients know, the nodes against each other, and what each of them has left."""
import collections
import contextlib
import hashlib
import json
import os

import dapwire
import procs
from agg_faults import RUNNER

# Lines of PostgreSQL's log at level ERROR that a strike explains, by what they begin with: whoever was cut off is told so, and what was under way
# is taken back.  40P01 is sent again by whoever meets it.
EXPLAINED = ("terminating connection due to ", "canceling statement due to ", "deadlock detected", "the database system is ")
# An end of a worker's or runner's process takes jobs with it; so does a database that is away longer than a worker may live without it.
OF_WORKERS = ("fork", "runner", "workerd", "node", "backend", "pg_immediate", "pg_kill")
SWEEP_S = 180


class Audit:
    def __init__(self, tap, tracks, hand):
        self.t, self.tracks, self.hand, self.nodes = tap, tracks, hand, hand.pair.nodes

    def none(self, found, what):
        """Nothing may be in `found`; otherwise its first members are shown."""
        found = list(found)
        if not self.t.ok(not found, what):
            self.t.diag("%d found, first:" % len(found))
            for f in found[:8]:
                self.t.diag("  %s" % (f,))

    def run(self):
        self.sums()
        self.agreement()
        for n in self.nodes:
            self.ended(n)
            self.quarantined(n)
            self.swept(n)
            self.blobs(n)
            self.logs(n)
        self.farewell()

    # ---- the sums --------------------------------------------------------------------
    @staticmethod
    def taken(node, task):
        """Ids of the reports that a node has in its sums."""
        return {bytes.fromhex(r[0]) for r in node.rows(
            "SELECT replace(r.report_id::text, '-', '') FROM core.agg_report r JOIN core.agg_task t USING (task_no) WHERE t.task_id = decode('%s', 'hex') AND r.state = 'd'" % task.id.hex())}

    def sums(self):
        self.none([(str(x.failed), x.shape.name, x.task.profile.name) for x in self.tracks if x.failed], "no upload and no collection was refused")
        self.none([(x.shape.name, x.task.profile.name, len(x.got)) for x in self.tracks if not x.done], "none is stuck")
        lost, strange, wrong, other = [], [], [], []
        for x in (x for x in self.tracks if x.settled):
            who, mine, theirs = (x.shape.name, x.task.profile.name, x.task.leader.name), self.taken(x.task.leader, x.task), self.taken(x.task.helper, x.task)
            lost += [(*who, len(x.must - mine))] if x.must - mine else []
            strange += [(*who, len(mine - x.must - x.may))] if mine - x.must - x.may else []
            other += [(*who, len(mine ^ theirs))] if mine != theirs else []
            got = sum(g.count for g in x.got), [sum(v) for v in zip(*(g.sum for g in x.got))]
            wrong += [(*who, got, len(mine), x.plain(mine))] if got != (len(mine), x.plain(mine)) else []
        self.none(lost, "every good report that was acknowledged is in a sum: %d" % sum(len(x.must) for x in self.tracks))
        self.none(strange, "and nothing but these and reports whose client heard nothing: %d" % sum(len(x.may) for x in self.tracks))
        self.none(other, "leader and helper have the same reports")
        self.none(wrong, "what was collected is the count and the sum of just these, each once: %d collections" % sum(len(x.got) for x in self.tracks))

    def agreement(self):
        """Count and checksum of each bucket on both nodes; of each request for a share; of a task against its ids."""
        bad, short = [], []
        for x in (x for x in self.tracks if x.settled):
            parts = [n.rows("SELECT encode(p.bucket, 'hex'), sum(p.count), core.bits256_hex(bit_xor(p.checksum)), count(*) FILTER (WHERE p.sealed IS NOT NULL) "
                            "FROM core.agg_part p JOIN core.agg_task t USING (task_no) WHERE t.task_id = decode('%s', 'hex') GROUP BY 1 ORDER BY 1" % x.task.id.hex())
                     for n in (x.task.leader, x.task.helper)]
            served = x.task.helper.rows("SELECT sum(s.count), core.bits256_hex(bit_xor(s.checksum)), string_agg(DISTINCT s.state, ' ') FROM core.agg_served s JOIN core.agg_task t USING (task_no) "
                                        "WHERE t.task_id = decode('%s', 'hex')" % x.task.id.hex())
            ids = self.taken(x.task.leader, x.task)
            if parts[0] != parts[1] or served != [(str(len(ids)), dapwire.checksum(ids).hex(), "done")]:
                bad.append((x.shape.name, x.task.profile.name, parts, served))
            short += [p for side in parts for p in side if p[3] != "0"]
        self.none(bad, "count and checksum of each bucket, and of what the helper gave, are the same on both nodes and those of the ids")
        self.none(short, "the shares of what was collected are gone")

    # ---- the jobs --------------------------------------------------------------------
    def ended(self, n):
        open_ = ("SELECT 'job', job_no, state, coalesce(problem, '') FROM core.agg_job WHERE state IN ('new', 'sent') UNION ALL SELECT 'collection', collection_no, state, coalesce(word, '') "
                 "FROM core.agg_collection WHERE state IN ('waiting', 'closing') UNION ALL SELECT 'share', served_no, state, '' FROM core.agg_served WHERE state = 'running' UNION ALL "
                 "SELECT 'report', count(*), '', '' FROM core.agg_stored HAVING count(*) > 0 UNION ALL SELECT 'bytes', count(*), '', '' FROM core.agg_report WHERE state = 's' HAVING count(*) > 0")
        self.none(n.rows(open_), "%s: no job, collection or request for a share is open, no report waits" % n.name)
        self.none(n.rows("SELECT 'diverged', count(*)::text FROM core.agg_bucket WHERE state = 'diverged' HAVING count(*) > 0 UNION ALL "
                         "SELECT state || ' ' || coalesce(problem, ''), count(*)::text FROM core.agg_job WHERE state <> 'done' GROUP BY state, problem"),
                  "%s: no batch diverged, no aggregation job was refused or given up" % n.name)
        queued = ("SELECT q.place, k.name, j.created_at, q.why FROM (SELECT id, 'ready' AS place, '' AS why FROM core.ready UNION ALL SELECT id, 'lease', '' FROM core.lease UNION ALL "
                  "SELECT id, 'later', why FROM core.later) q JOIN core.job j USING (id) JOIN core.kind k ON k.id = j.kind WHERE k.name ~ '^dap\\.(aggregate|prepare|collect|share)$'")
        self.none(n.rows(queued), "%s: and none of them waits in the queue" % n.name)

    def quarantined(self, n):
        """What did not complete: only jobs whose workers died under them crash_max times, each time with a row that says so."""
        most = int(n.psql("SELECT core.setting_int('crash_max')"))
        rows = n.rows("SELECT k.name, d.state, coalesce(d.reason, ''), d.crashes, (SELECT count(*) FROM core.attempt a WHERE a.id = d.id AND a.reason = 'WORKER_LOST') "
                      "FROM core.done d JOIN core.kind k ON k.id = d.kind WHERE k.service = 'aggregate' AND d.state <> 'completed'")
        self.none([r for r in rows if not (r[1:3] == ("dead", "QUARANTINED") and int(r[3]) == most and int(r[4]) >= most)],
                  "%s: no job has ended badly, but for %d whose worker died under them %d times: others took over" % (n.name, len(rows), most))
        self.t.ok(len(rows) * most <= sum(self.hand.hit[(n.name, s)] for s in OF_WORKERS) * 10, "%s: which takes as many strikes" % n.name)

    # ---- what is left ----------------------------------------------------------------
    def swept(self, n):
        """Segments go when no report in them is left, whoever had made them; folders of the spool with their job."""
        n.wait(lambda: len(n.of_workers(RUNNER, below=True)) <= 2 * len(n.of_workers(RUNNER)), 60, "no process but runners and the forks that wait in them")
        here = "SELECT count(*) FROM core.agg_segment WHERE here AND state <> 'open'"
        with contextlib.suppress(TimeoutError):
            n.wait(lambda: n.psql(here) == "0", SWEEP_S, "segments")
        self.none(n.rows("SELECT id, state, length, made_at, full_at, job FROM core.agg_segment WHERE here AND state <> 'open'"), "%s: no full segment is left" % n.name)
        kept = {r[0] for r in n.rows("SELECT id FROM core.agg_segment WHERE here")}
        self.none([f for f in os.listdir(n.path("segments")) if f not in kept] if os.path.isdir(n.path("segments")) else [], "%s: and no file without its row" % n.name)
        self.none([f for f in os.listdir(n.path("spool")) if len(f) == 36], "%s: no folder in the spool" % n.name)

    def blobs(self, n):
        """What a row names is there.  Files without a row, left by who was killed between the two, go by themselves once they are a day old."""
        bad = []
        for (name,) in n.rows("SELECT encode(sha256, 'hex') FROM core.blob WHERE store = 'dir' AND NOT dying"):
            path = n.path("blobs", name[:2], name[2:])
            if not os.path.exists(path):
                bad.append((name, "is not there"))
                continue
            with open(path, "rb") as f:
                bad += [] if hashlib.file_digest(f, "sha256").hexdigest() == name else [(name, "has other bytes")]
        self.none(bad, "%s: each blob of the folder is whole" % n.name)

    def logs(self, n):
        """Lines that no strike explains."""
        errors = collections.Counter(line.split(" ERROR:  ", 1)[1] for line in n.log("pg").splitlines() if " ERROR:  " in line)
        self.none([(k, v) for k, v in errors.items() if not k.startswith(EXPLAINED)], "%s: the database met no error that no strike explains (%d)" % (n.name, sum(errors.values())))
        self.none([line for line in n.log("pg").splitlines() if " PANIC:  " in line], "%s: and never lost its head" % n.name)
        bad = []
        for part in ("workerd", "fcgi"):
            for line in n.log(part).splitlines():
                try:
                    json.loads(line)
                except ValueError:
                    bad.append((part, line[:200]))
        self.none(bad, "%s: every line of worker and front is JSON" % n.name)

    def farewell(self):
        """An orderly end of every part."""
        for n in self.nodes:
            below = {p for part in n.procs for p in procs.children(n.pid(part))}
            ends = {part: n.stop_part(part) for part in ("workerd", "fcgi")}
            self.t.is_(ends, {"workerd": 0, "fcgi": 0}, "%s: worker and front end when they are told to" % n.name)
            with contextlib.suppress(TimeoutError):
                n.wait(lambda: not left(below), 20, "the last process")
            self.none(left(below), "%s: and leave no process" % n.name)


def left(pids):
    return [p for p in pids if procs.exe(p).startswith("darkroom")]
