#!/usr/bin/python3
"""darkroom prio schedule: a slot has one job whoever looks, fire makes one at once, disable ends it; the slots of random
cron lines; and the night as it is by default, pings of the day before to parts and then the run."""
import json
import os
import random
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import cronline  # noqa: E402
from harness import Node, Tap, need_root  # noqa: E402
from prio import Pair, darkroom, read, write  # noqa: E402

ANSWERS = [[1, 0, 1], [1, 1, 1], [0, 0, 1], [1, 0, 0]]
SUMS = [3, 1, 3]
CONF = {"lanes": "maint,light,prio", "poll_ms": 200, "net_size": 1}


class Night:
    def __init__(self, t, n, folder):
        self.t, self.n, self.folder = t, n, folder
        self.env = {"DARKROOM_URL": n.url, "DARKROOM_KEY_FILE": n.client("operator").key_file}

    def cli(self, *words):
        """-> (exit status, what it printed as JSON, what it said)"""
        p = darkroom("prio", "schedule", *words, "--json", env=self.env)
        return p.returncode, json.loads(p.stdout or b"null"), p.stderr.decode()

    def jobs(self):
        """How many it has made: nobody else sleeps for 7 ms."""
        return int(self.n.psql("SELECT count(*) FROM core.job WHERE spec = '{\"sleep_ms\": 7}'"))

    def look(self, threads=4):
        """Everybody looks for what is due, beside the node's own sweep."""
        all_of_them = [threading.Thread(target=self.n.psql, args=("SELECT core.schedule_run()",)) for _ in range(threads)]
        for x in all_of_them:
            x.start()
        for x in all_of_them:
            x.join()

    def due(self, name):
        """As if the last slot had been passed a day ago."""
        self.n.psql("UPDATE core.agg_schedule SET last_slot = last_slot - interval '1 day' WHERE name = '%s'" % name)

    def slots(self):
        t, half_an_hour_ago = self.t, "%d * * * *" % ((time.gmtime().tm_min + 30) % 60)
        rc, s, said = self.cli("add", "slots", "--kind", "system.noop", "--cron", half_an_hour_ago, "--args", '{"sleep_ms": 7}', "--catch-up", "last")
        t.is_((rc, s["enabled"], s["last_job"]), (0, True, None), "a schedule is added %s" % said)
        self.look()
        t.is_(self.jobs(), 0, "a slot that is past has no job")
        for i in (1, 2):
            self.due("slots")
            self.look()
            t.is_(self.jobs(), i, "a slot has one job, whoever looks")
            self.n.wait(lambda: self.n.psql("SELECT state FROM ops.schedule s, core.job_state(s.last_job::uuid) WHERE s.name = 'slots'") == "completed",
                        30, "its job's end")
        rc, s, _ = self.cli("fire", "slots")
        t.is_((rc, self.jobs()), (0, 3), "fired: one at once")
        rc, s, _ = self.cli("disable", "slots")
        self.due("slots")
        self.look()
        t.is_((rc, s["enabled"], self.jobs()), (0, False, 3), "disabled: none")
        rc, rows, _ = self.cli("list")
        t.is_((rc, [(r["name"], r["enabled"]) for r in rows]), (0, [("slots", False)]), "listed")

    def lines(self):
        """Random cron lines, right ones and spoiled ones, against a search through the minutes."""
        rng = random.Random(2)
        right = [cronline.draw(rng) for _ in range(700)]
        asked = [{"i": i, "c": c, "u": cronline.moment(rng)} for i, c in enumerate(right + [cronline.spoil(rng, c) for c in right])]
        said = self.n.psql("""SET TimeZone = 'Asia/Kathmandu';
            SELECT coalesce(to_char(core.cron5_slot(c, u) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), 'never')
              FROM json_to_recordset($x$%s$x$) x (i int, c text, u timestamptz) ORDER BY i""" % json.dumps(asked, default=lambda u: u.isoformat() + "Z")).split("\n")
        wrong = []
        for a, got in zip(asked, said):
            want = cronline.latest(a["c"], a["u"])
            if got != (want.strftime("%Y-%m-%d %H:%M") if want else "never"):
                wrong.append((a["c"], str(a["u"]), got, str(want)))
        self.t.is_((len(said), wrong[:5]), (len(asked), []), "%d cron lines, of which %d have slots: each is the one that a search through the minutes finds"
                   % (len(said), sum(s != "never" for s in said)))

    def refusals(self):
        t = self.t
        for words, why in ((("add", "x", "--cron", "61 * * * *"), "cron"), (("add", "X"), "name"), (("add", "x", "--kind", "compute.script"), "kind"),
                           (("add", "x", "--args", "[1"), "--args"), (("add", "x", "--catch-up", "all"), "catch_up"),
                           (("fire", "x"), "no such schedule"), (("disable", "x"), "no such schedule"), (("add",), "usage")):
            rc, _, said = self.cli(*words)
            t.ok(rc == 100 and why in said, "100 for %s: %s" % (" ".join(words), said.strip()))

    def pings(self, p, day):
        """The pings of a day, which come under another name and are renamed."""
        p.encode("x.ndjson", ANSWERS, p.path("enc/a"), p.path("enc/b"))
        a, b = ([json.loads(row)["payload"] for row in read(p.path("enc", s, "x.ndjson")).splitlines()] for s in "ab")
        rows = [{"id": "ping-%d" % i, "payload": {p.batch: {"a": a[i], "b": b[i]}}} for i in range(len(a))]
        write(p.path("pings/.coming/one.ndjson"), b"".join(json.dumps(r).encode() + b"\n" for r in rows[:3]))
        write(p.path("pings/.coming/two.ndjson"), json.dumps(rows[3]).encode() + b"\n")
        os.rename(p.path("pings/.coming"), p.path("pings", day))

    def run_of(self, config):
        out = self.n.psql("SELECT coalesce(json_agg(r), '[]') FROM core.prio_run r WHERE config = '%s'" % config)
        return next(iter(json.loads(out)), {})

    def states(self):
        return [self.run_of(c).get("state") for c in "ab"]

    def night(self):
        t, runs = self.t, os.path.join(self.folder, "runs")
        p = Pair(os.path.join(self.folder, "pair"))
        before = {"PINGS": p.path("pings"), "BUCKET": p.path("parts"), "BATCH": p.batch, "DELIVER_A": p.path("a"), "DELIVER_B": p.path("b"),
                  "STATE_DIR": p.path("state-pre"), "WORK_DIR": p.path("work")}
        os.makedirs(p.path("parts"))
        write(os.path.join(runs, "pings.env"), "".join("%s=%s\n" % kv for kv in before.items()).encode())
        write(os.path.join(runs, "a.env"), ("PREPROCESS=pings\n" + p.settings("A")).encode())
        write(os.path.join(runs, "b.env"), p.settings("B").encode())
        for config in "ab":
            rc, s, said = self.cli("add", config)
            t.is_((rc, s["cron"], s["kind"], s["args"]), (0, "15 2 * * *", "prio1.run", {"config": config, "date": "{yesterday}"}), "by default a night %s" % said)
            self.cli("fire", config)
        self.n.wait(lambda: self.states() == ["waiting_peer"] * 2, 60, "both wait")
        t.ok(not os.path.exists(p.path("a/raw")), "no pings yet: nothing is made, and the run waits")
        day = self.run_of("a")["date"]
        self.pings(p, day)
        self.n.wait(lambda: os.path.exists(p.path("b/raw/_SUCCESS")), 60, "parts at both")
        os.rename(p.path("pings", day), p.path("pings/.taken"))
        self.n.wait(lambda: self.states() == ["done"] * 2, 120, "both done")
        t.is_((p.result("A")["payload"], p.result("B")["payload"]), (SUMS, SUMS), "pings become parts, and then sums, also when the pings are gone by then")
        write(os.path.join(runs, "lost.env"), b"PREPROCESS=nobody\nN_DATA=3\n")
        self.cli("add", "lost")
        self.cli("fire", "lost")
        self.n.wait(lambda: self.run_of("lost").get("state") == "failed", 60, "lost failed")
        t.like(self.run_of("lost")["error"], "nobody.env", "settings of preprocess that are not there")


def main():
    need_root()
    t = Tap()
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "runs"))
        with Node("prio-schedule", images=(), conf={**CONF, "prio_dir": os.path.join(folder, "runs")}) as n:
            night = Night(t, n, folder)
            night.slots()
            night.lines()
            night.refusals()
            night.night()
    t.done()


main()
