#!/usr/bin/python3
"""Two organisations learn sums and nothing else, on one machine: batch files first, then a service that runs all the time.

usage: demo_aggregate.py [FOLDER]     where files and the picture are saved (run/aggregate)

Part 1 needs no node: keys, 1,000 telemetry pings in both forms, some malformed, some sent twice; partitions; the runs of both servers over
folders; the totals from both sides; and the same once more with one share that nobody can open.
Part 2: two private nodes, a task on both, uploads by our client, a collection by our collector.
Everything a person would type is shown as it is typed.
"""
import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tests", "bench")]
import demo as base  # noqa: E402
import harness  # noqa: E402
import pings  # noqa: E402
import plot  # noqa: E402
from dap import CLI, Pair  # noqa: E402
from demo import BOLD, DIM, OFF, step  # noqa: E402

P = (1 << 87) + (1 << 19) + 1       # the field of prio1
LINES, DUPLICATES, MALFORMED = 1000, 20, 20
PEOPLE = LINES - DUPLICATES - MALFORMED
APP = "telemetry"
QUESTION, SPOILED = "places", 17        # whose record is spoiled, and which
WORDS = ("bad_json", "bad_base64", "short", "decrypt", "msgpack", "range", "batch", "server", "length", "duplicate_id", "no_peer", "invalid")
AGES, AGE_WEIGHTS = ("under 18", "18 to 24", "25 to 39", "40 to 54", "55 to 69", "70 and over"), (6, 14, 31, 25, 16, 8)
UPLOADS, PRECISION_S = 480, 3600


def msgpack_numbers(data):
    """A total share: which server, then an array of strings of big-endian bytes."""
    n, at = (data[1] & 15, 2) if data[1] >> 4 == 9 else (int.from_bytes(data[2:4], "big"), 4)
    out = []
    for _ in range(n):
        size = data[at] & 31
        out.append(int.from_bytes(data[at + 1:at + 1 + size], "big"))
        at += 1 + size
    return out


def first_path(folder):
    """The one data file of a folder."""
    name, = (f for f in os.listdir(folder) if f[0] not in "._")
    return os.path.join(folder, name)


def first(folder):
    with open(first_path(folder)) as f:
        return json.loads(f.read())


def flip(path, n):
    """Changes a byte in the n-th record of a part -> the share as it was."""
    with open(path) as f:
        lines = f.read().splitlines()
    record = json.loads(lines[n])
    share = record["payload"]
    data = bytearray(base64.b64decode(share))
    data[len(data) // 2] ^= 1
    lines[n] = json.dumps({**record, "payload": base64.b64encode(data).decode()}, separators=(",", ":"))
    with open(path, "w") as f:
        f.writelines(line + "\n" for line in lines)
    return share


# ---- the picture ------------------------------------------------------------------
def picture(path, labels, shares, totals, people):
    """What A holds, what B holds, what both publish: bars on one scale each."""
    with open(os.path.join(TOP, "tests", "bench", "report.css")) as f:
        style = "<style>%s</style>" % f.read()
    panels = [("what server A holds", [x / P for x in shares[0]], None, "peer"), ("what server B holds", [x / P for x in shares[1]], None, "peer"),
              ("what both publish, of %d people" % people, [t / people for t in totals], totals, "ours")]
    width, left, row, top = 290, 100, 27, 34
    body, high = [], top + row * len(labels) + 10
    for k, (title, parts, numbers, kind) in enumerate(panels):
        x = left + 25 + k * (width + 25)
        body.append(plot.text(x, 18, title, "name " + kind))
        body.append(plot.line(x, top - 6, x, high - 8, "grid"))
        for i, part in enumerate(parts):
            y = top + row * i
            body.append(plot.rect(x, y, part * (width - 50), 20, "bar " + kind, "%.3f of the field" % part if numbers is None else str(numbers[i])))
            if numbers:
                body.append(plot.text(x + part * (width - 50) + 6, y + 15, numbers[i], "value"))
    for i, label in enumerate(labels):
        body.append(plot.text(left + 15, top + row * i + 15, label, "name ours", "end"))
    with open(path, "w") as f:
        f.write(plot.svg(high, body, "two random-looking shares and their sum", style))


# ---- part 1: batch files -------------------------------------------------------------
class Server:
    """One of the two: its folder is its own, its bucket takes what the other one delivers."""

    def __init__(self, demo, side):
        self.demo, self.side, self.name = demo, side.upper(), "server-" + side
        self.dir = os.path.join(demo.out, self.name)
        for bucket in ("ingest", "private", "shared"):
            os.makedirs(os.path.join(self.dir, "bucket", bucket))
        os.makedirs(os.path.join(self.dir, "state"), mode=0o700)

    def path(self, *p):
        return os.path.join(self.dir, *p)

    def keys(self):
        self.public = json.loads(self.demo.type(self.name, "prio", "keygen", secret=self.path("private.json")))["public_key"]
        self.signs = json.loads(self.demo.type(self.name, "key", "new", self.path("sign.pem"), "--json"))["peer_id"]

    def settle(self, peer):
        """What a run of this server needs to know, as names of the environment."""
        self.peer = peer
        ours, theirs = (lambda *p: self.path("bucket", *p)), (lambda *p: peer.path("bucket", *p))
        self.env = {"SERVER_ID": self.side, "APP_NAME": APP, "DATA_CONFIG": self.demo.path("questions.json"), "MIN_BATCH_SIZE": "500",
                    "PRIVATE_KEY_FILE": self.path("private.json"), "SHARED_SECRET_FILE": self.demo.path("shared-seed.json"),
                    "PUBLIC_KEY_HEX_INTERNAL": self.public, "PUBLIC_KEY_HEX_EXTERNAL": peer.public,
                    "SIGN_KEY_FILE": self.path("sign.pem"), "PEER_SIGN_KEY": peer.signs,
                    "BUCKET_INTERNAL_INGEST": ours("ingest"), "BUCKET_INTERNAL_PRIVATE": ours("private"), "BUCKET_INTERNAL_SHARED": ours("shared"),
                    "BUCKET_EXTERNAL_SHARED": theirs("shared"), "STATE_DIR": self.path("state"), "WORK_DIR": self.path("state"),
                    "RETRY_DELAY": "0.2"}
        with open(self.path("settings"), "w") as f:
            f.writelines("%s=%s\n" % kv for kv in self.env.items())
        print("    %-28s %d names, no secret among them" % (os.path.relpath(self.path("settings")), len(self.env)))

    def run(self, date):
        """Starts all stages of the batches of a day; they wait for the other server."""
        return self.demo.start(self.name, "prio", "run", "--submission-date", date, env=self.env)

    def tree(self, bucket, date, *p):
        return self.path("bucket", bucket, "data/v1", self.peer.public, APP, date, *p)

    def published(self, date, question):
        return first(self.tree("private", date, "processed/publish/batch_id=" + question))

    def share(self, date, question):
        """Its total share: all that it could tell alone."""
        return msgpack_numbers(base64.b64decode(first(self.tree("private", date, "intermediate/internal/aggregate/batch_id=" + question))["payload"]))


class Demo:
    def __init__(self, out):
        self.out = out
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out, mode=0o700)

    def path(self, *p):
        return os.path.join(self.out, *p)

    # ---- what is typed -----------------------------------------------------------
    def shown(self, who, args, secret=None):
        said = " ".join("'%s'" % a if " " in a else os.path.relpath(a) if a.startswith(self.out) else a for a in args)
        print("%s    %s$ darkroom %s%s%s" % (DIM, who, said, " > " + os.path.relpath(secret) if secret else "", OFF), flush=True)

    def start(self, who, *args, secret=None, stdin=None, env=None):
        self.shown(who, args, secret)
        return subprocess.Popen([CLI, *args], stdin=subprocess.PIPE if stdin else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": self.out, **(env or {})})

    @staticmethod
    def end(p, stdin=None, fail=True):
        out, err = p.communicate(stdin, timeout=120)
        if p.returncode and fail:
            raise SystemExit("%s: exit %d\n%s%s" % (" ".join(p.args[1:4]), p.returncode, out, err))
        return out

    def type(self, who, *args, secret=None, stdin=None, env=None):
        out = self.end(self.start(who, *args, secret=secret, stdin=stdin, env=env), stdin)
        if secret:
            with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
                f.write(out)
        return out

    # ---- part 1 ------------------------------------------------------------------
    def prepare(self):
        step("two organisations make their keys; one secret is shared")
        self.servers = a, b = [Server(self, side) for side in "ab"]
        self.type("server-a", "prio", "shared-seed", secret=self.path("shared-seed.json"))
        for s in self.servers:
            s.keys()
        a.settle(b)
        b.settle(a)
        with open(self.path("questions.json"), "w") as f:
            json.dump([{"batch_id": q, "n_data": len(bits)} for q, bits in pings.QUESTIONS.items()], f)
        step("%d people answer; each seals one share to each server and sends one ping (two forms are in use)" % PEOPLE)
        self.crowd = pings.Crowd(a.public, b.public, self.path("clients")).people(PEOPLE)
        n = self.crowd.write(self.path("pings.ndjson"), DUPLICATES, MALFORMED)
        print("    pings.ndjson: %d lines, of which %d were sent before and %d are malformed" % (n, DUPLICATES, MALFORMED))

    def partitions(self, date):
        a, b = self.servers
        os.makedirs(self.path("partitions"), exist_ok=True)
        env = {"BUCKET": self.path("partitions"), "APP_NAME": APP, "DELIVER_A": a.path("bucket/ingest"), "DELIVER_B": b.path("bucket/ingest"),
               "PUBLIC_KEY_HEX_A": a.public, "PUBLIC_KEY_HEX_B": b.public, "STATE_DIR": self.path("ingest"), "WORK_DIR": self.path("partitions")}
        said = json.loads(self.type("ingest", "prio", "preprocess", self.path("pings.ndjson"), "--submission-date", date, "--replay", "allow",
                                    *(x for q in pings.QUESTIONS for x in ("--batch", q)), env=env))
        print("    %(pings)d lines: %(bad_ping)d are no pings, %(known_id)d ids came before; of batches %(incomplete)d lack a side, "
              "%(unknown_batch)d are none of ours; %(records)d records" % said, flush=True)

    def runs(self, date):
        """Both servers at once -> {question: (A's, B's result)}"""
        for s, p in [(s, s.run(date)) for s in self.servers]:
            for batch in json.loads(self.end(p))["batches"]:
                why = ", ".join("%s %d" % (w, batch[w]) for w in WORDS if batch.get(w))
                print("    %s: %-10s %d of %d records accepted%s" % (s.name, batch["batch_id"], batch["accepted"], batch["total"], why and ": " + why), flush=True)
        return {q: [s.published(date, q) for s in self.servers] for q in pings.QUESTIONS}

    def batches(self):
        date = days_ago(2)
        step("the pings of a day become partitions: what each server gets, under new ids, in random order")
        self.partitions(date)
        step("both servers run, and wait for each other's files; sums are published when both accepted the same records")
        before = self.runs(date)
        self.check(before, ())
        for q in pings.QUESTIONS:
            picture(self.path(q + ".svg"), [label for label, _ in pings.QUESTIONS[q]], [s.share(date, q) for s in self.servers], before[q][0]["payload"], PEOPLE)
        return before

    def spoiled(self, before):
        """The same pings once more; one byte of one share at one server is another."""
        date = days_ago(1)
        step("the same once more, and one share that nobody can open: record %d of %s at server A" % (SPOILED, QUESTION))
        self.partitions(date)
        lost = self.crowd.person_of(flip(first_path(self.servers[0].tree("ingest", date, "raw/shares/batch_id=" + QUESTION)), SPOILED))
        after = self.runs(date)
        self.check(after, (lost,))
        labels = [label for label, _ in pings.QUESTIONS[QUESTION]]
        print("\n%s    %-22s %s%s" % (BOLD, QUESTION, " ".join("%9s" % x for x in labels), OFF))
        rows = (("all shares", before), ("without one", after))
        for what, r in rows:
            print("    %-22s %s   of %d" % (what, " ".join("%9d" % v for v in r[QUESTION][0]["payload"]), r[QUESTION][0]["total"] - r[QUESTION][0]["error"]))
        less = [x - y for x, y in zip(*(r[QUESTION][0]["payload"] for _, r in rows))]
        print("    %-22s %s" % ("less", " ".join("%9d" % v for v in less)))
        print("    %-22s %s" % ("what this person said", " ".join("%9d" % v for v in lost.answers[QUESTION])), flush=True)
        if less != lost.answers[QUESTION] or after[QUESTION][0]["error"] != 1:
            raise SystemExit("one share that nobody can open has cost something else than its record")

    def check(self, results, without):
        """Both sides have published what only the demo can know."""
        for q, (a, b) in results.items():
            want = self.crowd.totals(q, without if q == QUESTION else ())
            print("    %-10s server A published %s, server B %s" % (q, a["payload"], "the same" if b["payload"] == a["payload"] else b["payload"]), flush=True)
            if not a["payload"] == b["payload"] == want:
                raise SystemExit("%s: the totals are not %s" % (q, want))

    # ---- part 2 ------------------------------------------------------------------
    def nodes(self, pair):
        """Both operators of the service: a key each, known to their own node."""
        self.urls = {}
        for who, n in zip(("leader", "helper"), pair.nodes):
            key = self.path(who + ".pem")
            peer = json.loads(self.type(who, "key", "new", key, "--json"))["peer_id"]
            n.psql("SELECT api.operator_bootstrap('operator', '%s', '%s')" % (peer, harness.unb58(peer)[-32:].hex()))
            self.urls[who] = {"DARKROOM_URL": n.url, "DARKROOM_KEY_FILE": key}

    def task(self, profile, now):
        step("draft %s: the analyst describes a task; each party gets its own file, each operator adds it to its own node" % profile)
        folder = self.path("dap-" + profile)
        described = {"profile": profile, "leader_url": self.urls["leader"]["DARKROOM_URL"] + "/dap/%s/" % profile,
                     "helper_url": self.urls["helper"]["DARKROOM_URL"] + "/dap/%s/" % profile,
                     "vdaf": {"type": "Prio3Histogram", "length": len(AGES)}, "batch": {"mode": "time_interval"}, "time_precision_s": PRECISION_S,
                     "min_batch_size": 100, "expires_at": now + 30 * 86400, **({"task_info": "ages"} if profile == "18" else {})}
        with open(folder + ".json", "w") as f:
            json.dump(described, f, indent=1)
        self.type("analyst", "dap", "task", folder + ".json", "--out", folder)
        for who in ("leader", "helper"):
            self.type(who, "aggregate", "task", "add", "--file", os.path.join(folder, who + ".json"), env=self.urls[who])
        ages = [self.crowd.draw.choices(range(len(AGES)), AGE_WEIGHTS)[0] for _ in range(UPLOADS)]
        start = now // PRECISION_S * PRECISION_S
        self.type("clients", "dap", "upload", "--task", os.path.join(folder, "client.json"), "--time", str(start),
                  stdin="".join("%d\n" % a for a in ages))
        t0 = time.monotonic()
        got = json.loads(self.type("analyst", "dap", "collect", "--task", os.path.join(folder, "collector.json"), "--query", "%d/%d" % (start, PRECISION_S),
                                   "--json"))
        with open(os.path.join(folder, "result.json"), "w") as f:
            json.dump(got, f, indent=1)
        print("    %s  (%.1f s)" % (json.dumps(got), time.monotonic() - t0))
        for label, n in zip(AGES, got["result"]):
            print("    %-12s %4d %s" % (label, int(n), "#" * (int(n) // 4)), flush=True)
        if [int(n) for n in got["result"]] != [ages.count(i) for i in range(len(AGES))]:
            raise SystemExit("the collection is not the sum")


def days_ago(n):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() - n * 86400))


def node_of(root):
    """What starts a node that `make stop` finds when this process is killed."""
    def make(name, **more):
        folder = "%s-%s" % (root, name.rpartition("-")[2])
        os.makedirs(folder, exist_ok=True)
        more.update(root=os.path.join(folder, "node"), fsync=True)
        n = base.Node(name, **more)
        n.noted = base.State(folder).note
        return n
    return make


def main():
    if len(sys.argv) > 2:
        print(__doc__, file=sys.stderr)
        return 100
    if os.geteuid() != 0:
        print("demo_aggregate.py: needs root; make calls it with sudo", file=sys.stderr)
        return 100
    signal.signal(signal.SIGTERM, base.on_signal)
    signal.signal(signal.SIGHUP, base.on_signal)
    root = os.path.join(base.RUN, "demo-aggregate-%d" % os.getpid())
    d = Demo(os.path.abspath(sys.argv[1]) if len(sys.argv) == 2 else os.path.join(base.RUN, "aggregate"))
    try:
        d.prepare()
        d.spoiled(d.batches())
        step("two private nodes: each has its own PostgreSQL, blobs, keys and processes")
        t0 = time.monotonic()
        with Pair("demo", make=node_of(root)) as pair:
            print("    up in %.1f s: %s leads, %s helps" % (time.monotonic() - t0, pair.leader.url, pair.helper.url), flush=True)
            d.nodes(pair)
            for profile in ("09", "18"):
                d.task(profile, int(time.time()))
    except (base.Stopped, KeyboardInterrupt) as e:
        print("demo_aggregate.py: %s" % (e or "interrupted"), file=sys.stderr)
        return 75
    finally:
        for side in "ab":
            shutil.rmtree("%s-%s" % (root, side), ignore_errors=True)
    base.give(*(top for top, _, _ in os.walk(d.out)))
    print("\nstopped; what is left: %s/, with a picture of the shares and the sum of each question (places.svg, transport.svg)" % os.path.relpath(d.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
