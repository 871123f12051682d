#!/usr/bin/python3
"""darkroom dap: pairing, uploading and collecting in both profiles against aggregators of another make, which also refuse, fail, change their
keys and lie."""
import json
import os
import ssl
import stat
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tests", "outside")]
sys.dont_write_bytecode = True
from dapsim import DapSim  # noqa: E402
from harness import BUILD, Tap  # noqa: E402

CLI = os.path.join(BUILD, "darkroom")
FILES = {"leader.json": {"verify_key", "leader_token", "collector_token"}, "helper.json": {"verify_key", "leader_token"},
         "collector.json": {"collector_token"}, "client.json": set()}
SECRETS = {"verify_key", "leader_token", "collector_token"}


def cli(*argv, stdin=None):
    """-> (exit code, stdout, stderr)"""
    p = subprocess.run([CLI, *argv], input=stdin, capture_output=True, text=True, timeout=60, env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"})
    return p.returncode, p.stdout, p.stderr


def last(text):
    return text.strip().split("\n")[-1]


class Story:
    def __init__(self, t, profile, folder):
        self.t, self.profile, self.dir = t, profile, os.path.join(folder, profile)
        self.sim = DapSim(profile).start()
        self.now = int(time.time()) // 60 * 60
        self.query = "%d/60" % self.now

    def is_(self, got, want, what):
        return self.t.is_(got, want, "%s: %s" % (self.profile, what))

    def ok(self, cond, what):
        return self.t.ok(cond, "%s: %s" % (self.profile, what))

    def pair(self):
        description = {"profile": self.profile, "leader_url": self.sim.url + "/leader/", "helper_url": self.sim.url + "/helper",
                       "vdaf": {"type": "Prio3Count"}, "batch": {"mode": "time_interval"}, "time_precision_s": 60, "min_batch_size": 2,
                       "expires_at": self.now + 86400, **({"task_info": "a test"} if self.profile == "18" else {})}
        path = self.dir + ".json"
        with open(path, "w") as f:
            json.dump(description, f)
        code, out, err = cli("dap", "task", path, "--out", self.dir)
        self.is_((code, err), (0, ""), "the files of all parties are made")
        self.ok(not SECRETS & set(json.loads(out)), "what is printed holds no secret")
        for name, want in FILES.items():
            with open(os.path.join(self.dir, name)) as f:
                o = json.load(f)
            self.is_(SECRETS & set(o), want, "%s holds its secrets only" % name)
            self.is_(cli("dap", "task", os.path.join(self.dir, name))[0], 0, "and is a task")
        self.is_({stat.S_IMODE(os.stat(os.path.join(self.dir, f)).st_mode) for f in os.listdir(self.dir)}, {0o600}, "all files are mode 0600")
        self.is_(stat.S_IMODE(os.stat(self.dir).st_mode), 0o700, "in a folder of mode 0700")
        code, _, err = cli("dap", "task", path, "--out", self.dir)
        self.ok(code == 100 and "is there already" in err, "not twice into one folder: " + last(err))
        with open(os.path.join(self.dir, "leader.json")) as f:
            self.sim.use(json.load(f))

    def file(self, name):
        return os.path.join(self.dir, name)

    def upload(self, *argv, **kw):
        return cli("dap", "upload", "--task", self.file("client.json"), *argv, **kw)

    def collect(self, *argv):
        return cli("dap", "collect", "--task", self.file("collector.json"), "--query", self.query, *argv)

    # ---- uploads ------------------------------------------------------------------
    def uploads(self):
        self.is_(self.upload("1", "true", "0"), (0, "3 uploaded\n", ""), "three measurements on the command line")
        self.is_(self.upload("1", "--count", "4", "--quiet"), (0, "", ""), "one four times")
        self.is_(self.upload("--json", stdin="1\nfalse\n\n0")[:2], (0, '{"uploaded":3,"refused":{}}\n'), "lines of standard input")
        self.is_((self.sim.count, sum(self.sim.sums) % 2**64 % (2**64 - 2**32 + 1)), (10, 7), "are ten, and their sum is 7")
        for bad, word in (("2", "measurement"), ("[1]", "measurement"), ('"1"', "measurement"), ("1.5", "measurement"),
                          ("x", "measurement")):
            code, _, err = self.upload(bad)
            self.ok(code == 100 and word in err, "no measurement: %s: %s" % (bad, last(err)))
        self.is_(self.sim.count, 10, "none of those was sent")

    def failures(self):
        self.sim.fail = [(503, [("Retry-After", "1")]), (429, [])]
        self.is_(self.upload("1")[0], 0, "an upload outlives 503 and 429")
        self.sim.fail = [(502, [])] * 5
        code, _, err = self.upload("1")
        self.ok(code == 75 and "502" in err, "five times 502 is enough: exit 75: " + last(err))
        self.sim.fail = [(404, [])]
        self.is_(self.upload("1")[0], 100, "404 is not asked again")
        self.is_(self.sim.fail, [], "one answer was enough")

    def outdated(self):
        """Keys change between fetching and uploading: exactly once they are fetched anew."""
        before, asked = self.sim.count, len(self.sim.log)
        hook, rotated = self.sim.upload, []

        def change(http, body):
            if not rotated:
                rotated.append(self.sim.rotate())
            return hook(http, body)
        self.sim.upload = change
        self.is_(self.upload("1", "1")[0], 0, "keys that change meanwhile")
        self.is_(self.sim.count, before + 2, "both reports arrive")
        self.is_(sum(path == "hpke_config" for _, _, path in self.sim.log[asked:]), 4, "after one more look at each")
        self.sim.upload = lambda http, body: (self.sim.rotate(), hook(http, body))
        code, _, err = self.upload("1")
        self.ok(code == 100 and "outdated_config" in err, "keys that change each time end it: " + last(err))
        self.sim.upload = hook

    def refused(self):
        self.sim.early = 1
        code, out, err = self.upload("1", "1", "--json")
        self.ok(code == 100 and "report_too_early" in err, "one of two is too early: " + last(err))
        self.is_(json.loads(out), {"uploaded": 1, "refused": {"report_too_early": 1}}, "the other one is taken")

    # ---- collections ----------------------------------------------------------------
    def collections(self):
        total = sum(self.sim.sums) % (2**64 - 2**32 + 1)
        code, out, err = self.collect()
        got = json.loads(out or "{}")
        self.is_((code, got.get("report_count"), got.get("result")), (0, self.sim.count, total), "a collection: " + last(err))
        self.is_(got.get("interval", {}).get("duration"), 60, "and its interval")
        self.is_(cli("collect", "--task", self.file("collector.json"), "--query", self.query)[1], out, "darkroom collect is the same")
        self.sim.wait = 1000
        code, out, err = self.collect("--wait", "2")
        self.ok(code == 75 and "not ready" in err and not out, "a batch that is not ready: " + last(err))
        self.sim.wait = 1
        if self.profile == "09":
            cid = err.split()[1]
            self.sim.asked[cid][0] = 1
            self.is_(self.collect("--id", cid)[0], 0, "goes on by its id")
        else:
            self.sim.location = "http://192.0.2.1/elsewhere"
            code, _, err = self.collect()
            self.ok(code == 111 and "another host" in err, "the token goes to no other host: " + last(err))
            self.sim.location = None

    def lies(self):
        """What a collector must not print."""
        key = os.path.join(self.dir, "other.key")
        cli("dap", "keygen", key)
        code, _, err = self.collect("--key", key)
        self.ok(code == 100 and "is not the key" in err, "another key: " + last(err))
        kept = self.sim.sums
        self.sim.sums = [(kept[0] + 2**40) % (2**64 - 2**32 + 1), kept[1]]
        code, out, err = self.collect()
        self.ok(code == 111 and not out and "cannot have this sum" in err, "a sum that cannot be: " + last(err))
        self.sim.sums, count = kept, self.sim.count
        self.sim.count = 1
        code, out, err = self.collect()
        self.ok(code == 111 and not out, "a batch below the minimum: " + last(err))
        self.sim.count = count
        other = self.sim.wire
        self.sim.wire = other._replace(id=bytes(32))
        code, out, err = self.collect()
        self.ok(code == 111 and "does not open" in err, "shares of another task: " + last(err))
        self.sim.wire = other
        self.sim.task = {**self.sim.task, "collector_token": "another-token-altogether"}
        code, _, err = self.collect()
        self.ok(code == 100 and "unauthorizedRequest" in err, "another token: " + last(err))

    def words(self):
        for argv, word in ((("--query", "1/2"), "multiples"), (("--query", "soon"), "START/DURATION"), (("--query", "%d/x" % self.now), "START/DURATION")):
            code, _, err = cli("dap", "collect", "--task", self.file("collector.json"), *argv)
            self.ok(code == 100 and word in err, "%s: %s" % (argv[1], last(err)))
        code, _, err = cli("dap", "collect", "--task", self.file("client.json"), "--query", self.query)
        self.ok(code == 100 and "role" in err, "a client does not collect: " + last(err))
        path = self.file("collector.json")
        os.chmod(path, 0o644)
        code, _, err = self.collect()
        self.ok(code == 100 and "others may read it" in err, "a task file with secrets that others may read: " + last(err))
        os.chmod(path, 0o600)

    def tls(self):
        """Aggregators whose certificate only --ca-file vouches for."""
        cert, key = self.file("cert.pem"), self.file("cert.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert,
                        "-days", "1", "-subj", "/CN=t", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        sim, self.sim.context = self.sim, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        sim.context.load_cert_chain(cert, key)
        sim.stop()
        sim.start()
        with open(self.file("client.json")) as f:
            task = json.load(f)
        path = self.file("tls.json")
        with open(path, "w") as f:
            json.dump({**task, "leader_url": sim.url + "/leader/", "helper_url": sim.url + "/helper/"}, f)
        sim.use({**sim.task, "leader_url": sim.url + "/leader/", "helper_url": sim.url + "/helper/"})
        code, _, err = cli("dap", "upload", "--task", path, "1")
        self.ok(code == 75 and "certificate" in err, "a certificate that nobody vouches for: " + last(err))
        self.is_(cli("dap", "upload", "--task", path, "1", "--ca-file", cert)[0], 0, "--ca-file vouches")

    def run(self):
        self.pair()
        self.uploads()
        self.failures()
        self.outdated()
        self.refused()
        self.collections()
        self.words()
        self.lies()
        self.tls()
        self.sim.stop()


def main():
    t = Tap()
    with tempfile.TemporaryDirectory() as folder:
        for profile in ("09", "18"):
            Story(t, profile, folder).run()
    t.done()


if __name__ == "__main__":
    main()
