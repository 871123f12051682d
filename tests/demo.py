#!/usr/bin/python3
"""A private node in this checkout, and one real computation on it.

usage: demo.py run     start (or find) the node in run/, compute, show the result, leave it up
       demo.py demo    the same in a folder of its own, then stop and leave nothing
       demo.py stop    stop what `run` left up; its data stays in run/

One at a time in a checkout, except demos.  run/node.json names each process before it begins its work, so a killed
`run` or `demo` leaves nothing that the next `run` or `stop` does not find.  Called through sudo, keys and results
belong to the caller.  Everything a person would type is shown as it is typed: the darkroom command does the work over HTTP.
"""
import contextlib
import fcntl
import glob
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True      # root's files in the checkout of another
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests"))
import harness  # noqa: E402

RUN = os.path.join(TOP, "run")
CLI = os.path.join(harness.BUILD, "darkroom")
DATASET = "usr/lib/python3/dist-packages/sklearn/datasets/data/breast_cancer.csv"
ORDER = ("workerd", "nginx", "fcgi", "pg")      # the order of stopping
BOLD, DIM, OFF = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


def step(text):
    print("%s==> %s%s" % (BOLD, text, OFF), flush=True)


class Stopped(Exception):
    """TERM or HUP: end in good order."""


class State:
    """node.json of a root: the port, who made it, and the processes (pid and start time: pids are reused)."""

    def __init__(self, root):
        self.path = os.path.join(root, "node.json")
        try:
            with open(self.path) as f:
                self.data = json.load(f)
        except (FileNotFoundError, ValueError):
            self.data = {}
        self.data = {"port": None, "maker": None, "procs": {}, **self.data}

    def save(self):
        tmp = self.path + ".tmp"
        with open(tmp, "w") as f:
            json.dump(self.data, f)
        os.replace(tmp, self.path)

    @staticmethod
    def identity(pid):
        """-> {"pid", "start"}; start is None when there is no such process."""
        try:
            with open("/proc/%d/stat" % pid) as f:
                fields = f.read().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            fields = ["Z"]
        return {"pid": pid, "start": None if fields[0] == "Z" else fields[19]}

    def lives(self, p):
        return bool(p) and p["start"] is not None and self.identity(p["pid"]) == p

    def alive(self, part):
        return self.lives(self.data["procs"].get(part))

    def note(self, node):
        self.data["port"], self.data["maker"] = node.port, self.identity(os.getpid())
        self.data["procs"] = {k: self.identity(p.pid) for k, p in node.procs.items()}
        self.save()

    def stop(self):
        stopped = [part for part in ORDER if self.end(self.data["procs"].get(part), signal.SIGINT if part == "pg" else signal.SIGTERM)]
        self.data["procs"] = {}
        if os.path.isdir(os.path.dirname(self.path)):
            self.save()
        return stopped

    def end(self, p, sig):
        """Ask a process to end, kill it after 30 s; -> whether it lived."""
        try:
            fd = os.pidfd_open(p["pid"]) if p else -1
        except ProcessLookupError:
            fd = -1
        if fd == -1:
            return False
        with os.fdopen(fd):
            if not self.lives(p):
                return False
            for s, seconds in ((sig, 30), (signal.SIGKILL, 10)):
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(fd, s)
                if select.select([fd], [], [], seconds)[0]:
                    break
        return True


class Node(harness.Node):
    """A node whose processes are noted as they start."""
    noted = None

    def spawn(self, part, argv, unpriv=False):
        """What node.json does not name never runs: a process begins with the line that tells it that it is named,
        and ends when its maker was killed before."""
        p = super().spawn(part, ["sh", "-c", 'read -r named && exec "$@" </dev/null', part, *argv], unpriv, stdin=subprocess.PIPE)
        with contextlib.suppress(BrokenPipeError), p.stdin as go:
            self.noted(self)
            go.write(b"named\n")
        return p


class Demo:
    def __init__(self, root, keep):
        os.makedirs(root, exist_ok=True)
        self.root, self.state = root, State(root)
        self.node = Node("run", root=os.path.join(root, "node"), images=("data", "minimal"), keep=keep, fsync=True,
                         port=self.port(), shared_buffers="256MB", conf={"pool_size": 3}, nginx={"rate_address": "50"})
        self.node.noted = self.state.note
        self.keys = os.path.join(root, "keys")
        os.makedirs(self.keys, mode=0o700, exist_ok=True)

    def port(self):
        """The port of the last time, while nobody else took it."""
        last = self.state.data.get("port")
        if last and not self.is_up():
            with socket.socket() as s:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    s.bind(("127.0.0.1", last))
                except OSError:
                    return None
        return last

    def is_up(self):
        return all(self.state.alive(p) for p in ORDER)

    def start(self):
        if self.is_up():
            step("the node of this checkout is up already: %s" % self.node.url)
            return
        self.state.stop()       # what is left of a half-stopped one
        step("container images from Debian packages (cached in %s)" % harness.cache_dir())
        for name in self.node.images:
            t0 = time.monotonic()
            subprocess.run([os.path.join(TOP, "image", "darkroom-image"), "build", name], check=True, stdout=subprocess.DEVNULL)
            print("    %-8s %.1f s" % (name, time.monotonic() - t0), flush=True)
        step("private PostgreSQL, nginx, darkroom-fcgi, darkroom-workerd in %s" % os.path.relpath(self.node.dir, TOP))
        t0 = time.monotonic()
        try:
            self.node.up()
        except BaseException:
            self.node.down()
            raise
        print("    up in %.1f s at %s, three warm containers on the way" % (time.monotonic() - t0, self.node.url), flush=True)

    def key(self, who):
        return os.path.join(self.keys, who + ".pem")

    def cli(self, who, *args, show=True, js=True):
        """Run the darkroom command as one of the three; -> its JSON."""
        if show:
            print("%s    %s$ darkroom %s%s" % (DIM, who, " ".join(a.replace(TOP + "/", "") for a in args), OFF), flush=True)
        p = subprocess.run([CLI, *args] + (["--json"] if js else []), capture_output=True, text=True,
                           env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": self.root, "XDG_CONFIG_HOME": self.root,
                                "DARKROOM_URL": self.node.url, "DARKROOM_KEY_FILE": self.key(who)})
        if p.returncode:
            raise SystemExit("darkroom %s: exit %d\n%s%s" % (" ".join(args), p.returncode, p.stdout, p.stderr))
        return json.loads(p.stdout) if js and p.stdout.strip() else p.stdout

    def people(self):
        """Three keys; the operator by SQL, once; the others by the operator."""
        for who in ("operator", "owner", "consumer"):
            if not os.path.exists(self.key(who)):
                self.cli(who, "key", "new", self.key(who), show=False)
        peer = {w: self.cli(w, "key", "show", self.key(w), show=False)["peer_id"] for w in ("operator", "owner", "consumer")}
        if self.node.psql("SELECT count(*) FROM core.principal") == "0":
            public = harness.unb58(peer["operator"])[-32:].hex()
            self.node.psql("SELECT api.operator_bootstrap('operator', '%s', '%s')" % (peer["operator"], public))
        known = self.node.psql("SELECT string_agg(name, ' ') FROM core.principal").split()
        for who in ("owner", "consumer"):
            if who not in known:
                self.cli("operator", "principal", "add", who, "--role", who, "--key", peer[who])
        return peer

    def compute(self):
        step("an owner leases a real data set: 569 tumours, 30 features (scikit-learn's copy of the Wisconsin data)")
        peer = self.people()
        csv = os.path.join(self.root, "breast_cancer.csv")
        rootfs = self.node.run_tool([os.path.join(TOP, "image", "darkroom-image"), "path", "data"]).strip()
        self.node.run_tool(["/usr/bin/python3", os.path.join(TOP, "examples", "make_dataset.py"),
                            os.path.join(rootfs, "rootfs", DATASET), csv])
        self.cli("owner", "asset", "put", "tumours", csv, "--kind", "csv")
        lease = self.cli("owner", "lease", "grant", "--to", peer["consumer"], "--asset", "tumours", "--expires", "30d", "--runs", "100")
        step("a consumer trains a model on it, without ever holding a row")
        out = os.path.join(self.root, "results")
        shutil.rmtree(out, ignore_errors=True)
        script = os.path.join(TOP, "examples", "train.py")
        t0 = time.monotonic()
        job = self.cli("consumer", "run", script, "--lease", lease["lease_id"], "--input", "features=tumours", "--out", out)
        self.show(job, time.monotonic() - t0, lease["lease_id"], out)

    def show(self, job, seconds, lease, out):
        print("\n%s    %s after %.2f s%s" % (BOLD, job["status"], seconds, OFF))
        for line in job["results"]["output"].rstrip().splitlines():
            print("    | " + line)
        print("\n    %-24s %10s  %s" % ("artifact", "bytes", "sha256"))
        for a in job["artifact_meta"]:
            print("    %-24s %10d  %s" % (a["name"], a["size"], a["sha256"]))
        rel = os.path.relpath
        token = os.path.join(self.keys, "consumer.token")
        if not os.path.exists(token):
            self.cli("consumer", "token", "new", "demo", "--scope", "job:submit", "--scope", "job:read", "--expires", "30d", "--out", token, show=False)
        give(self.root, self.keys, out)
        self.by_hand(job["computation_id"], lease, rel(token), rel(out), rel(self.key("consumer")), rel(self.node.pg_socket))

    def by_hand(self, job, lease, token, out, key, sock):
        print("""
By hand, from this folder:

  curl -s -H "Authorization: Bearer $(cat %(token)s)" %(url)s/api/v1/privacy/results/%(job)s?artifacts=none
  curl -s -H "Authorization: Bearer $(cat %(token)s)" %(url)s/api/v1/privacy/execute \\
       --json '{"lease_id":"%(lease)s","code":"print(features.shape)","inputs":[{"asset_id":"tumours","variable_name":"features"}]}'
  %(sudo)spsql "host=$PWD/%(sock)s dbname=darkroom user=darkroom_operator" -c 'SELECT * FROM ops.queue' -c 'SELECT * FROM ops.workers'
  DARKROOM_URL=%(url)s DARKROOM_KEY_FILE=%(key)s build/darkroom ls
  PYTHONPATH=sdk /usr/bin/python3 - <<'PY'
from darkroom import DarkroomClient
with DarkroomClient("%(url)s", "%(key)s") as node:
    job = node.execute_computation("%(lease)s", code="print(features['mean radius'].mean())",
                                   inputs=[{"asset_id": "tumours", "variable_name": "features"}])
    print(node.wait_for_computation(job)["results"]["output"])
PY

results: %(out)s/   address: %(url)s""" % {"token": token, "url": self.node.url, "job": job, "lease": lease, "out": out, "key": key, "sock": sock,
                                              "sudo": "sudo " if os.environ.get("SUDO_UID") else ""})


def give(*folders):
    """Root's files to whoever called sudo: keys and results are for the lines to type by hand."""
    uid, gid = (int(os.environ.get(k) or 0) for k in ("SUDO_UID", "SUDO_GID"))
    for folder in folders if uid else ():
        os.chown(folder, uid, gid)
        for entry in os.scandir(folder):
            if entry.is_file(follow_symlinks=False):
                os.chown(entry.path, uid, gid, follow_symlinks=False)


@contextlib.contextmanager
def alone():
    """One `run` or `stop` at a time in a checkout."""
    os.makedirs(RUN, exist_ok=True)
    with open(os.path.join(RUN, "lock"), "w") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield


def run():
    with alone():
        demo = Demo(RUN, keep=True)
        was_up = demo.is_up()
        try:
            demo.start()
            demo.compute()
        except BaseException:
            if not was_up:
                print("stopping what was started; logs: %s/log" % demo.node.dir, file=sys.stderr)
                demo.state.stop()
            raise
    print("stop it with: make stop", flush=True)


def demo():
    root = os.path.join(RUN, "demo-%d" % os.getpid())
    try:
        d = Demo(root, keep=False)
        try:
            d.start()
            d.compute()
        finally:
            d.node.down()
    finally:
        shutil.rmtree(root, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.rmdir(RUN)       # unless somebody else is in it
    print("stopped; nothing is left", flush=True)


def stop():
    if not os.path.isdir(RUN):
        print("nothing was ever started here")
        return
    with alone():
        stopped = State(RUN).stop()
        for path in glob.glob(os.path.join(RUN, "demo-*", "node.json")):
            root = os.path.dirname(path)
            state = State(root)
            if not state.lives(state.data["maker"]):        # else it stops by itself
                stopped += state.stop()
                shutil.rmtree(root, ignore_errors=True)
    print("stopped: " + (" ".join(stopped) or "nothing was running"))


def on_signal(sig, _frame):
    raise Stopped("stopped by " + signal.Signals(sig).name)


VERBS = {"run": run, "demo": demo, "stop": stop}


def main():
    verb = sys.argv[1] if len(sys.argv) == 2 else ""
    if verb not in VERBS:
        print(__doc__, file=sys.stderr)
        return 100
    if os.geteuid() != 0:
        print("demo.py: needs root (containers, cgroups); make calls it with sudo", file=sys.stderr)
        return 100
    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGHUP, on_signal)
    try:
        VERBS[verb]()
    except (Stopped, KeyboardInterrupt) as e:
        print("demo.py: %s" % (e or "interrupted"), file=sys.stderr)
        return 75
    return 0


if __name__ == "__main__":
    sys.exit(main())
