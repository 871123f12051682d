#!/usr/bin/python3
"""prio1: two servers over two folders: results, what a peer or a disk may do to them, kills at random points."""
import base64
import fcntl
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Tap  # noqa: E402
from prio import Pair, darkroom, read, write  # noqa: E402

# Parts of 3, 4 and 7 answers, with the sums that they have in prio-processor's example.
PARTS = [([[1, 1, 1], [1, 1, 0], [1, 0, 0]], [3, 2, 1]),
         ([[1, 0, 1], [1, 1, 1], [1, 0, 1], [1, 1, 1]], [4, 2, 4]),
         ([[1, 0, 0]] * 4 + [[1, 1, 0], [1, 1, 0], [1, 1, 1]], [7, 3, 1])]
TOTAL = [sum(p[1][i] for p in PARTS) for i in range(3)]


def example(folder, **more):
    p = Pair(folder, **more)
    for i, (answers, _) in enumerate(PARTS):
        p.answers("part-%05d.ndjson" % i, answers)
    p.ready()
    return p


def files(folder):
    return sorted(os.path.relpath(os.path.join(d, f), folder) for d, _, fs in os.walk(folder) for f in fs)


def by_turns(p, *more):
    """Both servers by turns, each until it ends: [(exit status, batches, stderr) of A, of B]."""
    now = [None, None]
    for _ in range(5):
        for i, side in enumerate("AB"):
            if now[i] is None or now[i][0] == 75:
                now[i] = p.run(side, "--once", *more)
    return now


def test_plain(t, folder):
    p = example(folder)
    rc, s, err = p.run("A", "--once")
    t.is_(rc, 75, "the peer is not ready: try again")
    t.is_((s[0]["state"], s[0]["stage"], s[0]["waits_for"]), ("waiting_peer", "verify2", "verify1 of the peer"), "and for what")
    t.is_([f for f in files(p.path("b/intermediate/external/verify1"))],
          ["_MANIFEST.json", "_MANIFEST.sig", "_SUCCESS"] + ["part-0000%d.ndjson" % i for i in range(3)], "the peer has all of verify1")
    (rca, sa, ea), (rcb, sb, eb) = p.both()
    t.is_((rca, rcb), (0, 0), "both end")
    t.is_(p.result("A")["payload"], TOTAL, "A's sums")
    t.is_(p.result("B")["payload"], TOTAL, "B's sums")
    t.is_((sb[0]["state"], sb[0]["total"], sb[0]["accepted"]), ("published", 14, 14), "all accepted")
    t.ok(os.path.exists(p.path("a/processed/_SUCCESS")), "the marker is there")
    t.is_([f for f in files(p.path("state-A")) if "state." in f or "noise" in f], [], "nothing secret stays")
    rc, s, err = p.run("A", "--once")
    t.is_((rc, s[0]["already"]), (0, True), "once more: it was done already")
    before = read(p.path("a/processed/part-00000.ndjson"))
    p.run("A", "--once")
    t.is_(read(p.path("a/processed/part-00000.ndjson")), before, "and stays as it is")
    return p


def test_name_once(t, p):
    rc, s, err = p.run("A", "--once", "--n-data", "2")
    t.like(s[0]["error"], "run_used.*n_data", "the name of a run with other parameters is refused")
    held = read(p.path("a/raw/part-00001.ndjson"))
    os.unlink(p.path("a/raw/part-00001.ndjson"))
    rc, s, err = p.run("A", "--once")
    t.is_((rc, s[0]["state"], s[0].get("already")), (0, "published", True), "parts of raw/ that were cleared away change nothing of what is published")
    shutil.copytree(p.path("a/raw"), p.path("a/raw.old"))
    for name in os.listdir(p.path("a/raw.old")):
        if name.startswith("part-"):
            write(p.path("a/raw", name), b"x" * os.path.getsize(p.path("a/raw.old", name)))
    rc, s, err = p.run("A", "--once")
    t.is_(rc, 111, "other answers of the same length")
    t.like(s[0].get("error"), "run_used", "are told by their digest: shares of B have all one length")
    shutil.rmtree(p.path("a/raw"))
    shutil.move(p.path("a/raw.old"), p.path("a/raw"))
    write(p.path("a/raw/part-00001.ndjson"), held)
    write(p.path("a/raw/part-00009.ndjson"), held)
    rc, s, err = p.run("A", "--once")
    t.is_((rc, s[0]["state"], s[0].get("already")), (0, "published", True), "a part that comes later is not of this run")
    t.like(err, "1 parts came after this run began", "and is mentioned")
    os.unlink(p.path("a/raw/part-00009.ndjson"))
    write(p.path("a/raw/part-00001.ndjson"), held)
    shutil.move(p.path("a/raw"), p.path("a/raw.old"))
    shutil.copytree(p.path("b/raw"), p.path("a/raw"))
    rc, s, err = p.run("A", "--once")
    t.is_(rc, 111, "other answers under a name that was used")
    t.like(s[0]["error"], "run_used", "are refused")
    shutil.rmtree(p.path("a/raw"))
    shutil.move(p.path("a/raw.old"), p.path("a/raw"))
    now = by_turns(p, "--run", "another")
    t.like(now[0][1][0]["error"], "batch_too_small: 0", "the same answers under another name: their ids were used")
    t.is_(now[0][1][0]["duplicate_id"], 14, "every one is a duplicate")
    now = by_turns(p, "--run", "again", "--replay", "allow")
    t.is_([r[0] for r in now], [0, 0], "allowed by an operator, they are summed again")


def test_flat_again(t, folder):
    """raw/ of a flat tree still has the marker and the parts of the day before."""
    p = example(folder, date="2024-05-31")
    rules = ("--replay", "allow")
    t.is_([r[0] for r in by_turns(p, *rules)], [0, 0], "a day")
    rc, s, err = p.run("A", "--once", "--submission-date", "2024-06-01", *rules)
    t.is_((rc, s[0]["state"], s[0]["waits_for"]), (75, "waiting_peer", "raw: its marker does not say 2024-06-01"),
          "on the next its marker is not yet ours")
    write(p.path("a/raw/_SUCCESS"), b"2024-06-01 2\n")
    rc, s, err = p.run("A", "--once", "--submission-date", "2024-06-01", *rules)
    t.is_((rc, s[0]["waits_for"]), (75, "raw: its marker does not say 3 parts"), "nor with a part that stayed behind")
    write(p.path("a/raw/_SUCCESS"), b"")
    rc, s, err = p.run("A", "--once", "--submission-date", "2024-06-01", *rules)
    t.is_((rc, s[0]["waits_for"]), (75, "raw: its marker does not say 2024-06-01"), "nor a bare one")
    rc, s, err = p.run("A", "--once", "--submission-date", "2024-06-01", "--raw-marker", "any", *rules)
    t.is_((rc, s[0]["stage"]), (75, "verify2"), "unless the run is told so")


def corrupt(path, line):
    rows = read(path).splitlines()
    row = json.loads(rows[line])
    raw = bytearray(base64.b64decode(row["payload"]))
    raw[80] ^= 1
    row["payload"] = base64.b64encode(raw).decode()
    rows[line] = json.dumps(row).encode()
    write(path, b"\n".join(rows) + b"\n")


def test_undecryptable(t, folder):
    p = example(folder)
    corrupt(p.path("a/raw/part-00002.ndjson"), 3)
    now = by_turns(p)
    t.is_([r[0] for r in now], [0, 0], "one record that A cannot open")
    t.is_((now[0][1][0]["accepted"], now[0][1][0]["decrypt"], now[1][1][0]["no_peer"]), (13, 1, 1), "costs one record, in the middle of a part")
    t.is_((p.result("A")["payload"], p.result("B")["payload"]), ([TOTAL[0] - 1] + TOTAL[1:],) * 2, "all others are in the sums")
    t.is_((p.result("A")["error"], p.result("A")["total"]), (1, 14), "and the result says so")


def test_raw_changes(t, folder):
    p = example(folder)
    p.run("A", "--once")
    p.run("B", "--once")
    corrupt(p.path("a/raw/part-00001.ndjson"), 1)
    write(p.path("a/raw/part-00009.ndjson"), read(p.path("a/raw/part-00000.ndjson")))
    now = by_turns(p)
    t.is_([r[0] for r in now], [0, 0], "raw/ changes after verify1")
    t.is_(p.result("A")["payload"], TOTAL, "it is not read again")
    p = example(folder + "2")
    p.run("A", "--once")
    p.run("B", "--once")
    for f in files(p.path("state-A")):
        if "/state." in f:
            os.unlink(p.path("state-A", f))
    rc, s, err = p.run("A", "--once")
    t.is_((rc, s[0]["stage"]), (75, "publish"), "what was kept is lost: the raw part is read again")
    p = example(folder + "3")
    p.run("A", "--once")
    p.run("B", "--once")
    for f in files(p.path("state-A")):
        if "/state." in f:
            os.unlink(p.path("state-A", f))
    corrupt(p.path("a/raw/part-00001.ndjson"), 1)
    rc, s, err = p.run("A", "--once")
    t.is_(rc, 111, "lost, and raw/ is another")
    t.like(s[0]["error"], "part_changed", "is refused")
    write(p.path("a/intermediate/external/verify1/part-00000.ndjson"), b"{}\n")
    rc, s, err = p.run("A", "--once")
    t.like(s[0]["error"], "part_changed", "so is a part of the peer's that is not in its manifest")


def test_date(t, folder):
    p = example(folder)
    rc, s, err = p.run("A", "--once", "--no-submission-date")
    t.is_(rc, 100, "a run without a name and a date")
    t.like(err, "submission-date .or SUBMISSION_DATE. is missing", "is refused: it would become another at midnight")
    rc, s, err = p.run("A", "--once", "--no-submission-date", "--run", "mine")
    t.like((rc, err), "100.*the marker of raw/ is of a day", "a name alone is of no day, as the marker is")
    rc, s, err = p.run("A", "--once", "--no-submission-date", "--run", "mine", "--raw-marker", "any")
    t.like((rc, err), "100.*age of answers", "nor does one know whether ids of such answers are still kept")
    rc, s, err = p.run("A", "--once", "--no-submission-date", "--run", "mine", "--raw-marker", "any", "--replay", "allow")
    t.is_((rc, s and s[0]["run"]), (75, "mine"), "with any marker it is enough")
    r = darkroom("prio", "preprocess", os.devnull, "--bucket", p.path("parts"), "--state-dir", p.path("state-pre"))
    t.is_(r.returncode, 100, "parts need a date, too")
    t.like(r.stderr.decode(), "submission-date", "and say so")


def test_state_id(t, folder):
    p = example(folder)
    p.run("A", "--once")
    name = read(p.path("state-A/id")).decode()
    rc, s, err = p.run("A", "--once", "--state-id", name)
    t.is_((rc, s and s[0]["stage"]), (75, "verify2"), "a run goes on in its state folder")
    rc, s, err = p.run("A", "--once", "--state-id", name, "--state-dir", p.path("state-other"))
    t.is_((rc, s, files(p.path("state-other"))), (75, None, ["id"]), "and in no other one")
    t.like(err, name, "which is said")


def test_passing(t, folder):
    """A store that fails for a while."""
    p = example(folder)
    in_the_way = p.path("b/intermediate/external/verify1/.part-00001.ndjson.tmp")
    os.makedirs(in_the_way)
    rc, s, err = p.run("A", "--retry-limit", "3")
    t.is_((rc, s[0]["state"]), (75, "waiting_peer"), "a run waits for a store as for a peer")
    t.like(s[0]["waits_for"], "Is a directory", "and says so")
    t.is_(err.count("errors out of"), 4, "each round looks again")
    os.rmdir(in_the_way)
    t.is_([r[0] for r in by_turns(p)], [0, 0], "when it is there, it goes on")


def test_small(t, folder):
    p = example(folder)
    now = by_turns(p, "--min-batch-size", "15")
    t.is_([r[0] for r in now], [111, 111], "a batch below the minimum")
    t.like(now[0][1][0]["error"], "batch_too_small: 14 records were accepted, 15 are the minimum", "is refused")
    t.ok(not os.path.exists(p.path("b/intermediate/external/aggregate")) and not os.path.exists(p.path("a/processed")),
         "and its sum is given to nobody, not to the peer either")


def sign(p, side, manifest):
    """The manifest under the key of a side, as that server would sign it."""
    from cryptography.hazmat.primitives import serialization
    key = serialization.load_pem_private_key(read(p.path("keys", side + ".sign")), None)
    return key.sign(b"darkroom prio1 manifest v1\0" + manifest)


def test_signature(t, folder):
    p = example(folder)
    p.run("B", "--once")
    there = p.path("a/intermediate/external/verify1/")
    good = read(there + "_MANIFEST.json")
    m = json.loads(good)
    write(there + "_MANIFEST.sig", sign(p, "A", good))
    rc, s, err = p.run("A", "--once")
    t.is_((rc, s[0]["waits_for"]), (75, "verify1 of the peer: its manifest is not signed with the peer's key"),
          "a manifest with another key's signature may be half delivered")
    rc, s, err = p.run("A", "--once")
    t.is_(rc, 111, "seen again by the next call")
    t.like(s[0]["error"], "bad_signature", "it is refused")
    write(there + "_MANIFEST.json", good + b"\n")
    rc, s, err = p.run("A")
    t.like(s[0]["error"], "bad_signature", "a run that waits refuses it at its second look")
    for key, value in (("batch_id", "other"), ("stage", "verify2"), ("server", "A")):
        text = json.dumps({**m, key: value}).encode()
        write(there + "_MANIFEST.json", text)
        write(there + "_MANIFEST.sig", sign(p, "B", text))
        rc, s, err = p.run("A", "--once")
        t.like(s[0]["error"], key + " is another than ours", "one of another %s is refused" % key)
    text = json.dumps({**m, "run": "yesterday"}).encode()
    write(there + "_MANIFEST.json", text)
    write(there + "_MANIFEST.sig", sign(p, "B", text))
    rc, s, err = p.run("A", "--once")
    t.is_((rc, s[0]["waits_for"]), (75, "verify1 of the peer: a manifest of another run is there"), "one of another run is not yet ours")
    write(there + "_MANIFEST.json", good)
    write(there + "_MANIFEST.sig", sign(p, "B", good))
    t.is_([r[0] for r in by_turns(p)], [0, 0], "with the right one it goes on")


def test_mismatch(t, folder):
    p = example(folder)
    for side in "ABAB":
        p.run(side, "--once")
    there = p.path("a/intermediate/external/aggregate/")
    m = json.loads(read(there + "_MANIFEST.json"))
    m["accepted"]["count"] -= 1
    text = json.dumps(m).encode()
    write(there + "_MANIFEST.json", text)
    write(there + "_MANIFEST.sig", sign(p, "B", text))
    rc, s, err = p.run("A", "--once")
    t.is_(rc, 111, "a peer that accepted another set")
    t.like(s[0]["error"], "batch_mismatch: we accepted 14 records .checksum [0-9a-f]{64}., the peer 13 ", "is told apart, with both figures")
    t.ok(not os.path.exists(p.path("a/processed")), "and nothing is published")


def test_noise(t, folder):
    p = example(folder)
    for s, own, peer in (("A", "7/2", "5/3"), ("B", "5/3", "7/2")):
        p.env[s].update(NOISE=own, PEER_NOISE=peer)
    now = by_turns(p)
    a, b = p.result("A"), p.result("B")
    t.is_([r[0] for r in now], [0, 0], "noise of each server")
    t.is_(a["payload"], b["payload"], "both have the same sums")
    one, other = {"sigma": "7/2", "variance": "49/4"}, {"sigma": "5/3", "variance": "25/9"}
    t.is_(a["noise"], {"own": one, "peer": other, "variance": "541/36"}, "the result says what was added by each, and in all")
    t.is_(b["noise"], {"own": other, "peer": one, "variance": "541/36"}, "as the other's does")
    t.ok(all(abs(x - y) <= 2 * 16 * 7 for x, y in zip(a["payload"], TOTAL)), "which is not much")


def dated(folder, batches):
    """A dated tree of six buckets with answers of some batches: (pair, folders, raw folders, words of a server's run)."""
    p = Pair(folder, date="2024-05-31")
    names = {s: {w: p.path("%s-%s" % (s, w)) for w in ("ingest", "private", "shared")} for s in "ab"}
    for s in "ab":
        for d in names[s].values():
            os.makedirs(d)
    raw = {s: os.path.join(names[s]["ingest"], "data/v1", p.public["B" if s == "a" else "A"], "app/2024-05-31/raw/shares") for s in "ab"}
    for batch, answers in batches:
        d = "batch_id=" + batch.replace("/", "%2F")
        p.encode("part-00000.json", answers, os.path.join(raw["a"], d), os.path.join(raw["b"], d), batch)
    for s in "ab":
        write(os.path.join(raw[s], "_SUCCESS"), b"")
    config = write(p.path("config.json"), json.dumps([{"batch_id": b, "n_data": 3} for b, _ in batches] + [{"batch_id": "none", "n_data": 3}]).encode())

    def args(s):
        o = "b" if s == "a" else "a"
        return ["--app-name", "app", "--data-config", config, "--bucket-internal-ingest", names[s]["ingest"], "--bucket-internal-private",
                names[s]["private"], "--bucket-internal-shared", names[s]["shared"], "--bucket-external-shared", names[o]["shared"],
                "--public-key-hex-internal", p.public[s.upper()], "--public-key-hex-external", p.public[o.upper()],
                "--compat", "libprio", "--once", "--no-sign-key-file", "--no-peer-sign-key"]

    return p, names, raw, args


def test_family(t, folder):
    p, names, raw, args = dated(folder, [("first", PARTS[0][0]), ("second", PARTS[0][0])])
    for s in "ab":
        rows = [[json.loads(x) for x in read(os.path.join(raw[s], "batch_id=" + b, "part-00000.json")).splitlines()] for b in ("first", "second")]
        same = [{**new, "id": old["id"]} for old, new in zip(*rows)]
        write(os.path.join(raw[s], "batch_id=second/part-00000.json"), b"".join(json.dumps(x).encode() + b"\n" for x in same))
    rules = ("--replay", "refuse", "--retain-days", "36500")
    rc, s, err = p.run("A", *args("a"), *rules)
    t.is_([x["duplicate_id"] for x in s], [0, 0, 0], "the same ids in two batches are of two families")
    rc, s, err = p.run("A", *args("a"), *rules, "--family", "both", "--state-dir", p.path("state-other"))
    t.is_([x["duplicate_id"] for x in s], [0, 3, 0], "unless one family is given for a list of batches")


def test_dated(t, folder):
    """Two batches in a dated tree, without manifests, as foreign peers are."""
    p, names, raw, args = dated(folder, [("first", PARTS[0][0]), ("se/cond", PARTS[1][0])])
    verify1 = os.path.join(names["b"]["shared"], "data/v1", p.public["A"], "app/2024-05-31/intermediate/external/verify1")
    in_the_way = os.path.join(verify1, "batch_id=se%2Fcond", ".part-00000.json.tmp")
    os.makedirs(in_the_way)
    rc, s, err = p.run("A", *args("a"))
    t.is_((rc, [x["state"] for x in s]), (75, ["waiting_peer", "waiting_peer", "empty"]), "a store that takes one of the batches")
    t.like(s[1]["waits_for"], "Is a directory", "lets the other one wait")
    t.is_(files(verify1), ["batch_id=first/_SUCCESS", "batch_id=first/part-00000.json"],
          "and the peer is not told that all are there")
    os.rmdir(in_the_way)
    for _ in range(4):
        a, b = p.run("A", *args("a")), p.run("B", *args("b"))
    t.is_((a[0], b[0]), (0, 0), "two batches and one that has no answers")
    t.like(a[2], "compat=libprio", "what is given up is said")
    t.is_([x["state"] for x in a[1]], ["published", "published", "empty"], "end as they should")
    base = os.path.join(names["a"]["private"], "data/v1", p.public["B"], "app/2024-05-31/processed/publish")
    t.is_([json.loads(read(os.path.join(base, d, "part-00000.json")))["payload"] for d in ("batch_id=first", "batch_id=se%2Fcond")],
          [PARTS[0][1], PARTS[1][1]], "their sums are below processed/publish")
    there = files(os.path.join(names["b"]["shared"], "data/v1", p.public["A"], "app/2024-05-31/intermediate/external/verify1"))
    t.is_(there, ["_SUCCESS", "batch_id=first/_SUCCESS", "batch_id=first/part-00000.json", "batch_id=se%2Fcond/_SUCCESS",
                  "batch_id=se%2Fcond/part-00000.json"], "the marker of the stage stands above its batches; no manifest without a key to sign")


def test_foreign(t, folder):
    """A peer without manifests that divides a batch in its own way."""
    p = example(folder)
    rules = ("--ready", "success", "--set-agreement", "off")
    p.run("A", "--once", *rules)
    p.run("B", "--once", *rules)
    there = p.path("a/intermediate/external/verify1")
    parts = [f for f in os.listdir(there) if f.startswith("part")]
    write(os.path.join(there, "00000-spark.json"), b"".join(read(os.path.join(there, f)) for f in sorted(parts, reverse=True)))
    for f in parts:
        os.unlink(os.path.join(there, f))
    now = by_turns(p, *rules)
    t.is_([r[0] for r in now], [0, 0], "the peer's packets in one file of another name")
    t.is_((p.result("A")["payload"], p.result("B")["payload"]), (TOTAL, TOTAL), "are joined by id")


def test_preprocess(t, folder):
    """Pings of two forms become parts, and the parts sums."""
    import gzip
    p = Pair(folder, date="2024-05-31")
    p.encode("x.ndjson", [[1, 0, 1]] * 40 + [[0, 1, 1]] * 20, p.path("enc/a"), p.path("enc/b"))
    shares = [[json.loads(row)["payload"] for row in read(p.path("enc", s, "x.ndjson")).splitlines()] for s in "ab"]
    pings = []
    for i, (a, b) in enumerate(zip(*shares)):
        prio = {"a": a, "b": b}
        pings.append({"id": "ping-%d" % i, "payload": {"test": prio, "stray": prio} if i % 2 else
                      {"prioData": [{"encoding": "test", "prio": prio}]}})
    pings += [pings[3], {"id": "half", "payload": {"test": {"a": shares[0][0]}}}, {"no": "ping"}]
    rows = [json.dumps(x).encode() for x in pings]
    one = write(p.path("pings/one.ndjson"), b"\n".join(rows[:30]) + b"\n")
    two = write(p.path("pings/two.ndjson.gz"), gzip.compress(b"\n".join(rows[30:])))
    os.makedirs(p.path("parts"))
    argv = ["prio", "preprocess", one, two, "--bucket", p.path("parts"), "--submission-date", p.date, "--batch", "test", "--part-mb", "1",
            "--deliver-a", p.path("a"), "--deliver-b", p.path("b"), "--state-dir", p.path("state-pre"), "--work-dir", p.path("work"),
            "--retain-days", 36500]
    r = darkroom(*argv)
    s = json.loads(r.stdout or b"{}")
    t.is_((r.returncode, s.get("pings"), s.get("records"), s.get("known_id"), s.get("bad_ping"), s.get("incomplete"), s.get("unknown_batch"),
           s.get("delivered")), (0, 63, 60, 1, 1, 1, 30, 2), "pings, and what was dropped %s" % r.stderr.decode())
    a, b = ([json.loads(x)["id"] for x in read(p.path(s, "raw/part-00000.ndjson")).splitlines()] for s in "ab")
    t.ok(a == b and len(set(a)) == 60, "both servers have the same new ids in the same order")
    order = [shares[0].index(json.loads(x)["payload"]) for x in read(p.path("a/raw/part-00000.ndjson")).splitlines()]
    t.ok(order != sorted(order) and sorted(order) == list(range(60)), "which is not the one of the pings")
    t.ok("ping-1" not in read(p.path("a/raw/part-00000.ndjson")).decode(), "no id of a ping leaves")
    before = read(p.path("a/raw/part-00000.ndjson"))
    r = darkroom(*argv)
    t.is_((json.loads(r.stdout)["already"], read(p.path("a/raw/part-00000.ndjson")) == before), (True, True), "once more: it was done")
    lock = os.open(p.path("state-pre/pings"), os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    r = darkroom(*argv)
    t.is_(r.returncode, 75, "while another process is at it, also delivering, a second one is told to wait")
    os.close(lock)
    now = by_turns(p, "--retain-days", "36500")
    t.is_(([x[0] for x in now], p.result("A")["payload"]), ([0, 0], [40, 20, 60]), "the servers sum them")
    os.unlink(p.path("parts/prio/v1/submission_date=2024-05-31/_SUCCESS"))
    r = darkroom(*argv)
    t.is_(r.returncode, 111, "a day that is made anew has new ids: servers that were told of the old ones")
    t.like(r.stderr.decode(), "raw/_SUCCESS is there already, of other parts", "are told nothing else")
    for s in "ab":
        os.unlink(p.path(s, "raw/_SUCCESS"))
    r = darkroom(*argv)
    t.is_((json.loads(r.stdout)["already"], json.loads(r.stdout)["delivered"]), (True, 2), "until that was taken away")
    argv[argv.index("--submission-date") + 1] = "2024-06-01"
    r = darkroom(*argv)
    t.is_((r.returncode, read(p.path("a/raw/_SUCCESS"))), (100, b"2024-05-31 1\n"), "a flat tree that is another day's is refused")
    t.like(r.stderr.decode(), "server A: raw/_SUCCESS is not of 2024-06-01", "and named")
    shutil.rmtree(p.path("parts/prio/v1/submission_date=2024-06-01"))
    for s in "ab":
        shutil.rmtree(p.path(s, "raw"))
    r = darkroom(*argv)
    t.is_((json.loads(r.stdout)["known_id"], json.loads(r.stdout)["records"]), (62, 0), "the ids of another day are known")
    r = darkroom(*argv[:-1], 30)
    t.is_(r.returncode, 100, "pings so old that their ids were forgotten are refused")


def test_preprocess_shared(t, folder):
    """Two buckets with one state folder, a batch that was not looked for, and a flat raw/ that was emptied."""
    def ping(name):
        prio = {"a": "QUJD", "b": "REVG"}
        return json.dumps({"id": name, "payload": {"one": prio, "two": prio}}).encode() + b"\n"

    def call(bucket, date, name, *more):
        os.makedirs(os.path.join(folder, bucket), exist_ok=True)
        path = write(os.path.join(folder, "pings", name + ".ndjson"), ping(name))
        r = darkroom("prio", "preprocess", path, "--bucket", os.path.join(folder, bucket), "--submission-date", date,
                     "--state-dir", os.path.join(folder, "state"), "--work-dir", folder, "--retain-days", 36500, *more)
        return r.returncode, json.loads(r.stdout or b"{}"), r.stderr.decode()

    def servers(batch, at):
        for s in "ab":
            os.makedirs(os.path.join(folder, at, s), exist_ok=True)
        return ["--batch", batch, "--deliver-a", os.path.join(folder, at, "a"), "--deliver-b", os.path.join(folder, at, "b")]

    for bucket in ("app1", "app2"):
        t.is_(call(bucket, "2024-05-31", "of-" + bucket)[1].get("records"), 2, "%s: a day of pings" % bucket)
    for bucket in ("app1", "app2"):
        t.is_(call(bucket, "2024-06-01", "of-" + bucket)[1].get("known_id"), 1, "%s: the same ping on the next day is known" % bucket)
    first = call("flat", "2024-06-02", "p", *servers("one", "x"))
    t.is_((first[0], first[1].get("delivered")), (0, 2), "a flat pair of servers gets its batch")
    rc, _, err = call("flat", "2024-06-02", "p", *servers("two", "y"))
    t.is_((rc, os.path.exists(os.path.join(folder, "y/a/raw/_SUCCESS"))), (111, False), "another batch of a day that was made for one: nothing is delivered")
    t.like(err, "batch: two was not looked for", "and it is named, for its sum would be empty")
    for s in "ab":
        shutil.rmtree(os.path.join(folder, "x", s, "raw"))
    rc, said, _ = call("flat", "2024-06-02", "p", *servers("one", "x"))
    t.is_((rc, said.get("already"), os.path.exists(os.path.join(folder, "x/a/raw"))), (0, True, False), "what was given once and emptied is not given again")
    day = os.path.join(folder, "flat/prio/v1/submission_date=2024-06-02")
    given = [os.path.join(day, name) for name in os.listdir(day) if name.startswith("_GIVEN.")]
    for name in given:
        os.unlink(name)
    os.makedirs(os.path.join(folder, "x/a/raw"))
    write(os.path.join(folder, "x/a/raw/_SUCCESS"), b"2024-06-02 1\n")
    rc, said, _ = call("flat", "2024-06-02", "p", *servers("one", "x"))
    t.is_((len(given), rc, said.get("delivered")), (2, 0, 1), "killed between a server's marker and the note: A has its part, B gets one")
    rc, said, _ = call("any", "2024-06-03", "q")
    t.is_((rc, said.get("records")), (0, 2), "a day for all batches that pings name")
    for batch, at in (("one", "u"), ("two", "v")):
        t.is_(call("any", "2024-06-03", "q", *servers(batch, at))[1].get("delivered"), 2, "is delivered batch by batch: %s" % batch)
    for s in "ab":
        shutil.rmtree(os.path.join(folder, "u", s, "raw"))
    t.is_(call("any", "2024-06-03", "q", *servers("two", "u"))[1].get("delivered"), 2, "when raw/ is empty, the next batch goes to the same servers")
    rc, _, err = call("any", "2024-06-03", "q", *servers("one", "v"))
    t.like((rc, err), "111.*of other parts than these", "but not over what is there of another")
    open(os.path.join(folder, "any/prio/v1/submission_date=2024-06-03/_SUCCESS"), "w").close()
    t.is_(call("any", "2024-06-03", "q", *servers("one", "v"))[0], 0, "a day of an earlier release is taken as it was")
    os.makedirs(os.path.join(folder, "long"))
    write(os.path.join(folder, "pings/l.ndjson"), json.dumps({"id": "l", "payload": {"\u00e4" * 83: {"a": "QUJD", "b": "REVG"}, "ok": {"a": "QUJD", "b": "REVG"}}}).encode())
    r = darkroom("prio", "preprocess", os.path.join(folder, "pings/l.ndjson"), "--bucket", os.path.join(folder, "long"), "--submission-date", "2024-06-04",
                 "--state-dir", os.path.join(folder, "state"), "--work-dir", folder, "--retain-days", 36500)
    t.is_((r.returncode, json.loads(r.stdout or b"{}").get("unknown_batch"), json.loads(r.stdout or b"{}").get("records")), (0, 1, 1),
          "a name that no folder can have costs its own record")


def test_noise_stays(t, folder):
    """A result says which noise is in it: it cannot be changed under way."""
    p = example(folder)
    rc, s, err = p.run("A", "--once", "--noise", "5/1")
    t.is_(rc, 75, "a run that waits")
    rc, s, err = p.run("A", "--once")
    t.is_((rc, s[0]["state"]), (111, "failed"), "without its noise")
    t.like(s[0]["error"], "run_used.*another noise", "is another run")
    rc, s, err = p.run("A", "--once", "--noise", "5/1")
    t.is_(rc, 75, "with it, it goes on")


def test_preprocess_abuse(t, folder):
    """What a client names must not stop the day of all others."""
    pings = [{"id": "real", "payload": {"test": {"a": "AAAA", "b": "AAAA"}}}]
    pings += [{"id": "p%d" % i, "payload": {"b%d-%d" % (i, k): {"a": "AAAA", "b": "AAAA"} for k in range(50)}} for i in range(9)]
    path = write(os.path.join(folder, "pings.ndjson"), b"".join(json.dumps(x).encode() + b"\n" for x in pings))
    for d in ("parts", "a", "b", "work"):
        os.makedirs(os.path.join(folder, d))
    argv = ["prio", "preprocess", path, "--bucket", os.path.join(folder, "parts"), "--submission-date", "2024-05-31", "--state-dir",
            os.path.join(folder, "state"), "--work-dir", os.path.join(folder, "work"), "--replay", "allow"]
    deliver = ["--deliver-a", os.path.join(folder, "a"), "--deliver-b", os.path.join(folder, "b")]
    r = darkroom(*argv, *deliver)
    t.is_((r.returncode, files(os.path.join(folder, "parts"))), (100, []), "a delivery without names of batches is refused before a ping is read")
    r = darkroom(*argv, *deliver, "--batch", "test", "--batch", "b0-0")
    t.is_((r.returncode, files(os.path.join(folder, "parts"))), (100, []), "so are two batches for a flat tree")
    r = darkroom(*argv)
    s = json.loads(r.stdout or b"{}")
    t.is_((r.returncode, s.get("records"), s.get("unknown_batch")), (0, 400, 51), "batches past the bound are left out and counted %s" % r.stderr.decode())
    r = darkroom(*argv, *deliver, "--batch", "test")
    s = json.loads(r.stdout or b"{}")
    t.is_((r.returncode, s.get("already"), s.get("delivered")), (0, True, 2), "what was made of any batch is delivered of one %s" % r.stderr.decode())


def storm(t, p, kills, seed, expect):
    """Both servers at once, killed at random; then they must end, and agree."""
    rng = random.Random(seed)
    live = {s: p.start(s) for s in "AB"}
    done = 0
    began = time.monotonic()
    while done < kills and time.monotonic() - began < 60 + kills:
        s = rng.choice("AB")
        time.sleep(rng.random() * 0.06)     # pause: the moment of the next kill is drawn
        if live[s].poll() is None:
            live[s].send_signal(signal.SIGKILL)
            done += 1
        live[s].wait()
        if all(os.path.exists(p.path(x, "processed/_SUCCESS")) for x in "ab"):
            break
        live[s] = p.start(s)
    for s in "AB":
        if live[s].poll() is None:
            live[s].wait(120)
    (rca, sa, _), (rcb, sb, _) = p.both()
    t.is_((rca, rcb), (0, 0), "after %d kills both end" % done)
    t.is_((p.result("A")["payload"], p.result("B")["payload"]), (expect, expect), "with the sum of every answer, once")
    t.is_((sa[0]["accepted"], sb[0]["accepted"]), (sb[0]["total"], sb[0]["total"]), "and accepted the same records")
    digests = [hashlib.sha256(read(p.path(s, "processed", f))).hexdigest() for s in "ab" for f in os.listdir(p.path(s, "processed"))
               if f.startswith("part")]
    t.is_(len(digests), 2, "one result each")
    left = [f for s in "ab" for f in files(p.path(s)) if f.endswith(".tmp")]
    t.ok(len(left) <= done, "temporary files of the dead are hidden: %d" % len(left))
    return done


def thirty(folder, parts=30, bits=64):
    """30 parts; the sum of every bit."""
    p = Pair(folder, bits=bits)
    rng = random.Random(7)
    total = [0] * bits
    for i in range(parts):
        answers = [[rng.randrange(2) for _ in range(bits)] for _ in range(rng.randrange(5, 12))]
        total = [a + sum(c) for a, c in zip(total, zip(*answers))]
        p.answers("part-%05d.ndjson" % i, answers)
    p.ready()
    return p, total


def main():
    t = Tap()
    # a killed process loses nothing of a file in memory; what a disk would lose is no matter of this test
    with tempfile.TemporaryDirectory(prefix="dr-prio-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as base:
        def folder(name):
            return os.path.join(base, name)

        with t.case("a run"):
            test_name_once(t, test_plain(t, folder("plain")))
        for name, test in (("flat", test_flat_again), ("undecryptable", test_undecryptable), ("changes", test_raw_changes), ("date", test_date), ("state-id", test_state_id), ("passing", test_passing),
                           ("small", test_small),
                           ("signature", test_signature), ("mismatch", test_mismatch), ("noise", test_noise), ("family", test_family), ("dated", test_dated), ("foreign", test_foreign),
                           ("preprocess", test_preprocess), ("shared", test_preprocess_shared),
                           ("noise stays", test_noise_stays), ("abuse", test_preprocess_abuse)):
            with t.case(name):
                test(t, folder(name))
        with t.case("kills"):
            p, total = thirty(folder("storm"))
            storm(t, p, 12, 1, total)
    t.done()


if __name__ == "__main__":
    main()
