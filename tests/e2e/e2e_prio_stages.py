#!/usr/bin/python3
"""darkroom prio, stage by stage over files: the published batch byte for byte, what bad records cost with either
rule of points, the words by which they are counted, state against recomputing, secrets and exit codes."""
import base64
import json
import os
import random
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
import harness  # noqa: E402

CLI = os.path.join(harness.BUILD, "darkroom")
N, BITS, BATCH = 8, 5, "test"
TAP = harness.Tap()
ok = TAP.ok


def prio(command, env=None, name="darkroom", **opts):
    words = [CLI, "prio"] if name == "darkroom" else [name]
    args = words + [command] + [w for k, v in opts.items() if v is not None for w in ("--" + k.replace("_", "-"), str(v))]
    return subprocess.run(args, env={"PATH": os.environ["PATH"], **(env or {})}, capture_output=True, text=True)


def lines(path):
    with open(path) as f:
        return [json.loads(x) for x in f]


def write(path, rows):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.writelines(r if isinstance(r, str) else json.dumps(r) + "\n" for r in rows)
    return path


class Side:
    def __init__(self, folder, name):
        self.dir, self.name = os.path.join(folder, name), name
        os.makedirs(self.dir)
        out = prio("keygen").stdout
        self.public = json.loads(out)["public_key"]
        self.key = self.put("key", out)

    def put(self, name, text):
        path = os.path.join(self.dir, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            f.write(text)
        return path

    def at(self, *parts):
        return os.path.join(self.dir, *parts)


class Batch:
    """Both servers over one file of answers."""

    def __init__(self, folder, answers, bits=BITS, **opts):
        self.a, self.b = Side(folder, "A"), Side(folder, "B")
        self.seed = self.a.put("seed", prio("shared-seed").stdout)
        self.opts = {"n_data": bits, "batch_id": BATCH, **opts}
        rules = {k: v for k, v in self.opts.items() if k in ("n_data", "batch_id", "compat", "prg")}
        path = write(os.path.join(folder, "part.ndjson"), [{"payload": x} for x in answers])
        r = prio("encode-shares", input=path, output_a=self.a.at("raw"), output_b=self.b.at("raw"),
                 public_key_hex_internal=self.a.public, public_key_hex_external=self.b.public, **rules)
        assert r.returncode == 0, r.stderr

    def peer(self, s):
        return self.b if s is self.a else self.a

    def server(self, s):
        return {"server_id": s.name, "private_key_file": s.key, "shared_secret_file": self.seed, **self.opts}

    def verify1(self, s, **more):
        return prio("verify1", input=s.at("raw/part.ndjson"), output=s.at("v1"), **self.server(s), **more)

    def join(self, command, s, before, after, **source):
        return prio(command, input_internal=s.at(before, "part.ndjson"), input_external=self.peer(s).at(before, "part.ndjson"),
                    output=s.at(after), **(source or {"input": s.at("raw/part.ndjson")}), **self.server(s))

    def run(self, state=False):
        """Every stage of both; the counts of verify2's and aggregate's standard error."""
        for s in (self.a, self.b):
            r = self.verify1(s, state=s.at("state") if state else None)
            assert r.returncode == 0, r.stderr
        out = {}
        for command, before, after in (("verify2", "v1", "v2"), ("aggregate", "v2", "ag")):
            for s in (self.a, self.b):
                r = self.join(command, s, before, after, **({"state": s.at("state")} if state else {}))
                assert r.returncode == 0, r.stderr
                out[command, s.name] = r.stderr
        return out

    def publish(self, s):
        return prio("publish", n_data=self.opts["n_data"], server_id=s.name, input_internal=s.at("ag/part.ndjson"),
                    input_external=self.peer(s).at("ag/part.ndjson"), output=s.at("pub"))

    def sums(self, s):
        r = self.publish(s)
        assert r.returncode == 0, r.stderr
        return lines(s.at("pub/part.ndjson"))[0]


def answers(n, bits=BITS, seed=1):
    rnd = random.Random(seed)
    return [[rnd.randint(0, 1) for _ in range(bits)] for _ in range(n)]


def total(rows):
    return [sum(c) for c in zip(*rows)]


def accepted(b, s):
    """Which records of the raw file both packets of verify2 accept: by leaving each out, aggregate's sum says so."""
    return [x["id"] for x in lines(s.at("v2/part.ndjson"))]


def spoil(side, i):
    """One bit of a sealed share."""
    rows = lines(side.at("raw/part.ndjson"))
    p = bytearray(base64.b64decode(rows[i]["payload"]))
    p[70] ^= 1
    rows[i]["payload"] = base64.b64encode(p).decode()
    write(side.at("raw/part.ndjson"), rows)


def published(tmp):
    v = os.environ.get("DR_VECTORS")
    if not v:
        TAP.skip("the published batch", "DR_VECTORS is not set")
        return
    v = os.path.join(v, "prio1")
    with open(os.path.join(v, "shared_seed.json")) as f:
        secret = json.load(f)["shared_seed"]
    link = os.path.join(tmp, "darkroom-prio")
    os.symlink(os.path.abspath(CLI), link)
    for letter in "ab":
        side = os.path.join(v, "server_" + letter)
        with open(side + "_keys.json") as f:
            key = json.load(f)["private_key"]
        for part, stage, before in ((0, "verify1", None), (0, "verify2", "verify1"), (0, "aggregate", "verify2"), (1, "publish", "aggregate")):
            out = os.path.join(tmp, letter, stage)
            env = {"N_DATA": "5", "BATCH_ID": "test", "SERVER_ID": letter.upper(), "SHARED_SECRET": secret, "PRIVATE_KEY_HEX": key,
                   "INPUT": side + "/raw/data.ndjson", "OUTPUT": out, "COMPAT": "libprio", "PRG": "raw-seed"}
            for whose in ("internal", "external") if before else ():
                env["INPUT_" + whose.upper()] = "%s/intermediate/%s/%s/data.ndjson" % (side, whose, before)
            r = prio(stage, env=env, name=link)
            got = open(out + "/data.ndjson").read() if r.returncode == 0 else r.stderr
            if part == 0:
                want = open("%s/intermediate/internal/%s/data.ndjson" % (side, stage)).read()
                ok(got == want, "%s of server %s, byte for byte" % (stage, letter))
            else:
                want = json.load(open(side + "/processed/data.ndjson"))
                mine = json.loads(got)
                ok(mine["payload"] == want["payload"] and list(mine) == list(want) and not got.endswith("\n"),
                   "%s of server %s, all but its id and time" % (stage, letter))


def own_points(tmp):
    rows = answers(N)
    b = Batch(tmp, rows, run="r/1")
    spoil(b.b, 3)
    errors = b.run(state=True)
    good = [x for i, x in enumerate(rows) if i != 3]
    ok(b.sums(b.a)["payload"] == total(good) == b.sums(b.b)["payload"], "a point a record: one share that does not open costs one record")
    ok(b.sums(b.a)["error"] == 1 and b.sums(b.a)["total"] == N, "and the result counts it")
    ok(errors["aggregate", "B"] == "1 errors out of 8 total\ndecrypt 1\n", "as what it is, where it was seen")
    ok(errors["aggregate", "A"] == "1 errors out of 8 total\nno_peer 1\n", "and as missing at the other server")
    kept = {s.name: [open(s.at(d, "part.ndjson")).read() for d in ("v1", "v2", "ag")] for s in (b.a, b.b)}
    b.run(state=False)
    ok(kept["A"] == [open(b.a.at(d, "part.ndjson")).read() for d in ("v1", "v2", "ag")], "without state the same bytes come out")
    os.chmod(b.a.at("seed"), 0o600)
    ok(b.publish(b.a).returncode == 0, "publish asks for no key")
    b.opts["run"] = "r/2"
    r = b.join("verify2", b.a, "v1", "v3", state=b.a.at("state"))
    ok(r.returncode == 111 and "another batch, run or server" in r.stderr, "the state of another run is refused")
    state = bytearray(open(b.a.at("state"), "rb").read())
    b.opts["run"] = "r/1"
    for at, what in ((40, "in its rows"), (len(state) - 150, "at its end"), (30, "in a block's head")):
        bad = bytearray(state)
        bad[at] ^= 1
        open(b.a.at("bad"), "wb").write(bad)
        r = b.join("verify2", b.a, "v1", "v3", state=b.a.at("bad"))
        ok(r.returncode == 111 and not os.path.exists(b.a.at("v3/part.ndjson")), "a state that is changed %s is refused, and nothing made" % what)
    open(b.a.at("bad"), "wb").write(state[:-200])
    ok(b.join("aggregate", b.a, "v2", "v3", state=b.a.at("bad")).returncode == 111, "and one that is cut")
    os.remove(b.a.at("v2/part.ndjson"))
    os.replace(b.a.at("v1/part.ndjson"), b.a.at("v2/part.ndjson"))
    b.join("aggregate", b.a, "v2", "ag", state=b.a.at("state"))
    ok(lines(b.a.at("ag/part.ndjson"))[0]["error"] == N, "packets of the wrong stage accept nothing")


def legacy(tmp):
    rows = answers(N, seed=2)
    b = Batch(tmp, rows, compat="libprio")
    spoil(b.b, 3)
    out = b.run()
    ok(b.sums(b.a)["payload"] == total(rows[:3]), "points by position: one share that does not open costs those after it, too")
    ok("compat=libprio" in out["verify2", "A"] and out["verify2", "A"].count("\n") <= 3, "and one line says what is given up")
    ok(accepted(b, b.a)[:3] == [x["id"] for x in lines(b.a.at("raw/part.ndjson"))][:3], "records before it stay")
    for point in ("position", "batch"):
        os.mkdir(os.path.join(tmp, point))
        b = Batch(os.path.join(tmp, point), rows, run="x", point=point)
        spoil(b.a, 5)
        b.run()
        ok(b.sums(b.b)["payload"] == total(rows[:5] + rows[6:]), "points by %s: it costs one record" % point)


def words(tmp):
    """One record of each kind; all others are accepted."""
    rows = answers(12, seed=3)
    b = Batch(tmp, rows, run="words")
    raw = lines(b.b.at("raw/part.ndjson"))
    other = os.path.join(tmp, "other")
    os.mkdir(other)
    c = Batch(other, rows[:2], run="words")
    c_raw = lines(c.b.at("raw/part.ndjson"))
    mixed = [
        {"id": raw[0]["id"], "payload": raw[0]["payload"]},
        '{"id": "%s", "payload": \n' % raw[1]["id"],                        # bad_json
        {"id": raw[2]["id"], "payload": raw[2]["payload"][:-1] + "!"},       # bad_base64
        {"id": raw[3]["id"], "payload": "AAAA"},                             # short
        {"id": raw[4]["id"], "payload": c_raw[0]["payload"]},                # decrypt
        {"id": raw[5]["id"], "payload": raw[5]["payload"] + "A" * 400},      # length
        raw[0],                                                              # duplicate_id
        {"payload": raw[6]["payload"], "id": raw[6]["id"]},
        '  {"id":"%s","payload":"%s"}  \r\n' % (raw[7]["id"], raw[7]["payload"]),
        "\n",
        '{"more": [1, {"x": null}], "id": "%s", "payload": "%s"}\n' % (raw[8]["id"], raw[8]["payload"]),
        '[1]\n', '{"id": "", "payload": ""}\n', '{"id": 7, "payload": "AAAA"}\n',
        '{"id": "%s", "payload": "%s"}' % (raw[9]["id"], raw[9]["payload"]),  # no end of line
    ]
    write(b.b.at("raw/part.ndjson"), mixed)
    r = b.verify1(b.b, state=b.b.at("state"))
    found = dict(x.split() for x in r.stderr.splitlines()[1:])
    want = {"bad_json": "4", "bad_base64": "1", "short": "1", "decrypt": "1", "length": "1", "duplicate_id": "1"}
    ok(found == want and r.stderr.startswith("9 errors out of 14 total\n"), "every fault has its word: %s" % found)
    got = [x["id"] for x in lines(b.b.at("v1/part.ndjson"))]
    ok(got == [raw[i]["id"] for i in (0, 6, 7, 8, 9)], "and the others come out, however their lines are written")
    wrong = b.b
    b.opts["server_id"] = "A"
    r = prio("verify1", input=wrong.at("raw/part.ndjson"), output=wrong.at("x"), **{**b.server(wrong), "server_id": "A"})
    ok("server 5" in r.stderr, "shares of the other server")
    b.opts.pop("server_id")
    r = prio("verify1", input=wrong.at("raw/part.ndjson"), output=wrong.at("x"), **{**b.server(wrong), "batch_id": "tess"})
    ok("batch 5" in r.stderr, "shares of another batch")
    r = prio("verify1", input=wrong.at("raw/part.ndjson"), output=wrong.at("x"), **{**b.server(wrong), "n_data": 4})
    ok(r.returncode == 0 and "5 errors" not in r.stderr, "B's share says no number of values")
    r = prio("verify1", input=b.a.at("raw/part.ndjson"), output=b.a.at("x"), **{**b.server(b.a), "n_data": 4})
    ok("length 12" in r.stderr, "A's does")
    r = prio("verify1", input=wrong.at("raw/part.ndjson"), output=wrong.at("x"), **b.server(wrong), json_style="prio-processor")
    ok(open(wrong.at("x/part.ndjson")).read().splitlines()[1].startswith('{"payload": "'), "its style keeps the order of members")


def cheating(tmp):
    """Totals that accepted answers cannot make."""
    b = Batch(tmp, answers(4, seed=4), run="c")
    b.run()
    part = lines(b.a.at("ag/part.ndjson"))[0]
    p = bytearray(base64.b64decode(part["payload"]))
    p[-1] ^= 1 << 6
    part["payload"] = base64.b64encode(p).decode()
    write(b.a.at("ag/part.ndjson"), [part])
    r = b.publish(b.b)
    ok(r.returncode == 111 and "implausible_total" in r.stderr and not os.path.exists(b.b.at("pub/part.ndjson")),
       "a changed total share is implausible, and nothing is published")


def integers(tmp):
    values = [[5, 0, 1023], [6, 1, 1], [7, 0, 1000]]
    a, b = Side(tmp, "A"), Side(tmp, "B")
    path = write(os.path.join(tmp, "part.ndjson"), [{"payload": v} for v in values])
    r = prio("encode-shares", input=path, output_a=a.at("raw"), output_b=b.at("raw"), n_data=30, bits=10, batch_id=BATCH,
             public_key_hex_internal=a.public, public_key_hex_external=b.public)
    ok(r.returncode == 0, "integers of ten bits")
    bad = write(os.path.join(tmp, "bad.ndjson"), [{"payload": [1, 2, 3]}, {"payload": [1, 1024, 3]}])
    r = prio("encode-shares", input=bad, output_a=a.at("raw"), output_b=b.at("raw"), n_data=30, bits=10, batch_id=BATCH,
             public_key_hex_internal=a.public, public_key_hex_external=b.public)
    ok(r.returncode == 111 and "line 2" in r.stderr and "value 1" in r.stderr and not os.path.exists(a.at("raw/bad.ndjson")),
       "one of eleven bits is named, and no output made")
    seed = a.put("seed", prio("shared-seed").stdout)
    common = {"n_data": 30, "batch_id": BATCH, "run": "i", "shared_secret_file": seed}
    for s in (a, b):
        prio("verify1", input=s.at("raw/part.ndjson"), output=s.at("v1"), server_id=s.name, private_key_file=s.key, **common)
    for command, before, after in (("verify2", "v1", "v2"), ("aggregate", "v2", "ag")):
        for s, o in ((a, b), (b, a)):
            prio(command, input=s.at("raw/part.ndjson"), input_internal=s.at(before, "part.ndjson"),
                 input_external=o.at(before, "part.ndjson"), output=s.at(after), server_id=s.name, private_key_file=s.key, **common)
    prio("publish", n_data=30, bits=10, server_id="B", input_internal=b.at("ag/part.ndjson"), input_external=a.at("ag/part.ndjson"), output=b.at("pub"))
    result = lines(b.at("pub/part.ndjson"))[0]
    ok(result["payload"] == total(values), "add up as integers")
    ok(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", result["timestamp"]) is not None, "the time is UTC without zone")


def indexing(tmp):
    config = write(os.path.join(tmp, "config.json"), [json.dumps([{"batch_id": "o-0", "n_data": 3}, {"batch_id": "o-1", "n_data": 3}])])
    origins = write(os.path.join(tmp, "origins.json"), [json.dumps([{"name": "n%d" % i, "hash": "h%d" % i, "index": 10 + i} for i in range(5)])])
    source = write(os.path.join(tmp, "r.ndjson"), [{"id": "x", "payload": [7, 8, 9]}])
    r = prio("index", input=source, output=os.path.join(tmp, "out"), batch_id="o-1", config=config, origins=origins)
    got = lines(os.path.join(tmp, "out/r.ndjson"))
    ok(r.returncode == 0 and got == [{"batch_id": "o", "origin": "n%d" % i, "hash": "h%d" % i, "index": 10 + i, "aggregate": 4 + i} for i in (3, 4)],
       "the second part goes on where the first ended")
    r = prio("index", input=source, output=os.path.join(tmp, "out"), batch_id="o-2", config=config, origins=origins)
    ok(r.returncode == 111 and "not in the configuration" in r.stderr, "a batch that nobody configured")


def usage(tmp):
    r = prio("verify1", input="/nonexistent", output=tmp, n_data=5, batch_id=BATCH, server_id="A")
    ok(r.returncode == 100 and "--run" in r.stderr, "a run needs a name: exit 100")
    r = prio("verify1", n_data=5, batch_id=BATCH, server_id="C", run="x")
    ok(r.returncode == 100 and "--server-id" in r.stderr, "a server that is neither")
    r = prio("verify1", n_data=262144, batch_id=BATCH, server_id="A", run="x")
    ok(r.returncode == 100 and "1 to 262143" in r.stderr, "too many values")
    s = Side(tmp, "A")
    os.chmod(s.key, 0o644)
    r = prio("verify1", n_data=5, batch_id=BATCH, server_id="A", run="x", private_key_file=s.key)
    ok(r.returncode == 100 and "key" in r.stderr, "a key that others may read")
    hidden = prio("keygen", env={"SHARED_SECRET": "x"})
    ok(hidden.returncode == 0 and len(json.loads(hidden.stdout)["private_key"]) == 64, "keygen prints one object")
    ok(len(base64.b64decode(json.loads(prio("shared-seed").stdout)["shared_seed"])) == 16, "and shared-seed")


def main():
    for test in (published, own_points, legacy, words, cheating, integers, indexing, usage):
        with tempfile.TemporaryDirectory() as tmp:
            test(tmp)
    TAP.done()


main()
