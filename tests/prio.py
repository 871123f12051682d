"""Two servers of prio1 over two stores, made from nothing: keys, answers, runs.

    p = Pair(folder)                      # folders a/ and b/ as buckets
    p.answers("part-00000.ndjson", [[1, 0, 1], ..])      # encoded for both, into raw/
    p.ready()                             # markers of raw/
    rc, summary, stderr = p.run("A", "--once")
    p.both()                              # both at once, until they end
"""
import json
import os
import subprocess
import time

from harness import BUILD

DARKROOM = os.path.join(BUILD, "darkroom")


def darkroom(*args, env=None, data=None, timeout=120):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DARKROOM_", "BUCKET", "INTERNAL", "EXTERNAL", "MINIO"))}
    return subprocess.run([DARKROOM, *map(str, args)], env={**clean, **(env or {})}, input=data, capture_output=True, timeout=timeout,
                          stdin=subprocess.DEVNULL if data is None else None)


def write(path, data, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)
    os.chmod(path, mode)
    return path


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Pair:
    def __init__(self, folder, bits=3, batch="test", date=None, buckets=None, env=None):
        self.folder, self.bits, self.batch = folder, bits, batch
        self.date = date or time.strftime("%Y-%m-%d", time.gmtime())
        self.env = {"A": {}, "B": {}} if env is None else env
        self.bucket = buckets or {"A": self.path("a"), "B": self.path("b")}
        for side in "ab":
            os.makedirs(self.path(side), exist_ok=True)
        os.makedirs(self.path("work"), exist_ok=True)
        self.public, self.peer_id = {}, {}
        for side in "AB":
            key = darkroom("prio", "keygen").stdout
            write(self.path("keys", side), key, 0o600)
            self.public[side] = json.loads(key)["public_key"]
            self.peer_id[side] = darkroom("key", "new", self.path("keys", side + ".sign")).stdout.decode().strip()
        write(self.path("keys", "shared"), darkroom("prio", "shared-seed").stdout, 0o600)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def encode(self, name, answers, a, b, batch=None, more=()):
        """answers: lists of values, or the bytes of their lines"""
        if not isinstance(answers, bytes):
            answers = b"".join(b'{"payload":%s}\n' % json.dumps(v).encode() for v in answers)
        src = write(self.path("clients", name), answers)
        p = darkroom("prio", "encode-shares", "--n-data", self.bits, "--batch-id", batch or self.batch, "--input", src, "--output-a", a,
                     "--output-b", b, "--public-key-hex-internal", self.public["A"], "--public-key-hex-external", self.public["B"],
                     *more, timeout=3600)
        if p.returncode != 0:
            raise RuntimeError(p.stderr.decode())

    def answers(self, name, answers):
        self.encode(name, answers, self.path("a/raw"), self.path("b/raw"))

    def ready(self):
        for side in "ab":
            parts = len([n for n in os.listdir(self.path(side, "raw")) if n.startswith("part-")])
            write(self.path(side, "raw/_SUCCESS"), b"%s %d\n" % (self.date.encode(), parts))

    def argv(self, side, *more):
        peer = "B" if side == "A" else "A"
        out = ["prio", "run", "--server-id", side, "--private-key-file", self.path("keys", side),
               "--shared-secret-file", self.path("keys/shared"), "--sign-key-file", self.path("keys", side + ".sign"),
               "--peer-sign-key", self.peer_id[peer], "--state-dir", self.path("state-" + side), "--work-dir", self.path("work"),
               "--min-batch-size", 1, "--retry-delay", "0.05", "--peer-deadline", "60s"]
        if "--data-config" not in more:
            out += ["--n-data", self.bits, "--batch-id", self.batch]
        if "--app-name" not in more:
            out += ["--bucket-internal", self.bucket[side], "--bucket-external", self.bucket[peer]]
        out += ["--submission-date", self.date]
        return self.override(out, [str(x) for x in more])

    def settings(self, side):
        """The words of the command line as a file of settings."""
        words = [str(w) for w in self.argv(side)[2:]]
        return "# server %s\n" % side + "".join("%s=%s\n" % (k[2:].upper().replace("-", "_"), v) for k, v in zip(words[::2], words[1::2]))

    @staticmethod
    def override(base, more):
        """base without the options that more has, too, or has as --no-<option>."""
        given = {x for x in more if x.startswith("--")}
        out, i = base[:2], 2
        while i < len(base):        # all of base have a value
            if base[i] not in given and "--no-" + base[i][2:] not in given:
                out += base[i:i + 2]
            i += 2
        return out + [x for x in more if not x.startswith("--no-")]

    def run(self, side, *more, env=None):
        p = darkroom(*self.argv(side, *more), env={**self.env[side], **(env or {})})
        summary = json.loads(p.stdout)["batches"] if p.stdout else None
        return p.returncode, summary, p.stderr.decode()

    def start(self, side, *more):
        out = open(self.path("out-" + side), "ab")
        return subprocess.Popen([DARKROOM, *map(str, self.argv(side, *more))], env={**os.environ, **self.env[side]}, stdout=out,
                                stderr=out, stdin=subprocess.DEVNULL)

    def both(self, *more):
        """(A's, B's) exit status and first batch of the summary; run together."""
        a = self.start("A", *more)
        b = self.run("B", *more)
        a.wait(60)
        again = self.run("A", *more)
        return again, b

    def result(self, side, name=None):
        folder = self.path(side.lower(), "processed")
        name = name or sorted(n for n in os.listdir(folder) if not n.startswith(("_", ".")))[0]
        return json.loads(read(os.path.join(folder, name)))
