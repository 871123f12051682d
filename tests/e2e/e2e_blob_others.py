#!/usr/bin/python3
"""darkroom-blob against an S3 server that others wrote (s3rver, from npm): requests, ranges, parts, removal.

It does not verify version 4 signatures: those are checked by AWS's own vectors (t_sigv4) and by tests/s3sim.py.
"""
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
from harness import BUILD, Node, Tap, cache_dir, free_port  # noqa: E402

HERE = os.path.join(TOP, "tests", "s3rver")


def installed():
    """The folder of the server, installed once; OSError or SubprocessError without npm or its registry."""
    with open(os.path.join(HERE, "package.json"), "rb") as f:
        folder = os.path.join(cache_dir(), "s3rver-" + hashlib.sha256(f.read()).hexdigest()[:8])
    os.makedirs(folder, exist_ok=True)
    with open(folder + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(folder, "installed")):
            shutil.copy(os.path.join(HERE, "package.json"), folder)
            subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True, timeout=180,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            with open(os.path.join(folder, "installed"), "w") as f:
                f.write("yes\n")
    return folder


class Store:
    def __init__(self, n, folder):
        self.n, self.port = n, free_port()
        argv = ["node", os.path.join(folder, "node_modules/s3rver/bin/s3rver.js"), "-d", n.path("s3rver"), "-a", "127.0.0.1", "-p", str(self.port),
                "--no-vhost-buckets", "--configure-bucket", "darkroom"]
        os.makedirs(n.path("s3rver"))
        n.spawn("s3rver", argv)
        n.wait(self.answers, 30, "s3rver up")

    def answers(self):
        try:
            urllib.request.urlopen("http://127.0.0.1:%d/" % self.port, timeout=5)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def conf(self, secret):
        path = self.n.path("conf", "s3.key")
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
            f.write("access_key_id = S3RVER\nsecret_access_key = %s\n" % secret)
        self.n.conf.update({"blob_store": "s3", "s3_endpoint": "http://127.0.0.1:%d" % self.port, "s3_bucket": "darkroom", "s3_prefix": "a/b/",
                            "s3_credentials_file": path})
        self.n.write_conf()


def blob(n, task, lines="", fd=None):
    """-> exit status, what it printed"""
    argv = [os.path.join(BUILD, "darkroom-blob"), "-c", n.path("conf", "workerd.conf"), task]
    work = None if fd is None else lambda: (os.dup2(fd, 3), os.set_inheritable(3, True))
    p = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=work, close_fds=False)
    out, said = p.communicate(lines, timeout=120)
    return p.returncode, out or said


def round_trip(t, n, size, what):
    data = os.urandom(size)
    digest = hashlib.sha256(data).hexdigest()
    with open(n.path("body"), "wb") as f:
        f.write(data)
    folder = os.open(n.dir, os.O_RDONLY)
    status, out = blob(n, "put", "%s %d body\n" % (digest, size), folder)
    os.close(folder)
    if not t.is_(status, 0, what + ": stored"):
        return t.diag(out)
    place = out.split()[1]
    for a, k in ((0, size), (size // 3, min(size // 3, 77_777))):
        back = os.open(n.path("back"), os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        status, said = blob(n, "get", "s3 %s %s %d %d %d\n" % (digest, place, size, a, k), back)
        os.close(back)
        with open(n.path("back"), "rb") as f:
            t.ok(status == 0 and f.read() == data[a:a + k], "%s: %d bytes from %d come back" % (what, k, a))


def main():
    t = Tap()
    try:
        folder = installed()
    except (OSError, subprocess.SubprocessError) as e:
        t.skip("darkroom-blob against another's S3 server", "it cannot be installed: %s" % e)
        t.done()
    with Node("blob-others", parts=("pg",)) as n:
        store = Store(n, folder)
        store.conf("S3RVER")
        status, said = blob(n, "check")
        t.is_(status, 0, "a probe is stored, read and removed")
        t.diag(said) if status else None
        round_trip(t, n, 100_000, "one request")
        round_trip(t, n, 40_000_001, "three parts")
        n.psql("UPDATE core.setting SET value = '0' WHERE name = 'blob_coming_s'")
        t.is_(blob(n, "tidy")[0], 0, "what nothing names")
        t.is_(n.psql("SELECT count(*) FROM core.blob_place"), "0", "is removed")
        left = [f for _, _, fs in os.walk(n.path("s3rver")) for f in fs if "._S3rver" in f and "object" in f]
        t.is_(left, [], "and not there any more")
        n.stop_part("s3rver")
    t.done()


if __name__ == "__main__":
    main()
