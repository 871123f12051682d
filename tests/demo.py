#!/usr/bin/python3
"""A private node in this checkout, and one real computation on it.

usage: demo.py run     start (or find) the node in run/, compute, show the result, leave it up
       demo.py demo    the same in a folder of its own, then stop and leave nothing
       demo.py stop    stop what `run` left up; its data stays in run/

Everything a person would type is shown as it is typed: the darkroom command does the work over HTTP.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import time

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


class State:
    """run/node.json: the port and, while it is up, the processes (pid and start time: pids are reused)."""

    def __init__(self, root):
        self.path = os.path.join(root, "node.json")
        try:
            with open(self.path) as f:
                self.data = json.load(f)
        except (FileNotFoundError, ValueError):
            self.data = {"port": None, "procs": {}}

    def save(self):
        tmp = self.path + ".tmp"
        with open(tmp, "w") as f:
            json.dump(self.data, f)
        os.replace(tmp, self.path)

    @staticmethod
    def start_time(pid):
        try:
            with open("/proc/%d/stat" % pid) as f:
                fields = f.read().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[0] == "Z" else fields[19]

    def alive(self, part):
        p = self.data["procs"].get(part)
        return bool(p) and self.start_time(p["pid"]) == p["start"]

    def note(self, node):
        self.data["port"] = node.port
        self.data["procs"] = {k: {"pid": p.pid, "start": self.start_time(p.pid)} for k, p in node.procs.items()}
        self.save()

    def stop(self):
        stopped = []
        for part in ORDER:
            if not self.alive(part):
                continue
            p = self.data["procs"][part]
            os.kill(p["pid"], signal.SIGINT if part == "pg" else signal.SIGTERM)
            end = time.monotonic() + 30
            while self.alive(part):
                if time.monotonic() > end:
                    os.kill(p["pid"], signal.SIGKILL)
                time.sleep(0.05)
            stopped.append(part)
        self.data["procs"] = {}
        if os.path.isdir(os.path.dirname(self.path)):
            self.save()
        return stopped


class Demo:
    def __init__(self, root, keep):
        os.makedirs(root, exist_ok=True)
        self.root, self.state = root, State(root)
        self.node = harness.Node("run", root=os.path.join(root, "node"), images=("data", "minimal"), keep=keep, fsync=True,
                                 port=self.port(), shared_buffers="256MB", conf={"pool_size": 3}, nginx={"rate_address": "50"})
        self.keys = os.path.join(root, "keys")
        os.makedirs(self.keys, mode=0o700, exist_ok=True)

    def port(self):
        """The port of the last time, while nobody else took it."""
        last = self.state.data.get("port")
        if last and not self.is_up():
            import socket
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
        self.state.note(self.node)
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
        self.by_hand(job["computation_id"], lease, rel(token), rel(out), rel(self.key("consumer")), rel(self.node.pg_socket))

    def by_hand(self, job, lease, token, out, key, sock):
        print("""
By hand, from this folder:

  curl -s -H "Authorization: Bearer $(cat %(token)s)" %(url)s/api/v1/privacy/results/%(job)s?artifacts=none
  curl -s -H "Authorization: Bearer $(cat %(token)s)" %(url)s/api/v1/privacy/execute \\
       --json '{"lease_id":"%(lease)s","code":"print(features.shape)","inputs":[{"asset_id":"tumours","variable_name":"features"}]}'
  psql "host=$PWD/%(sock)s dbname=darkroom user=darkroom_operator" -c 'SELECT * FROM ops.queue' -c 'SELECT * FROM ops.workers'
  DARKROOM_URL=%(url)s DARKROOM_KEY_FILE=%(key)s build/darkroom ls
  PYTHONPATH=sdk /usr/bin/python3 - <<'PY'
from darkroom import DarkroomClient
with DarkroomClient("%(url)s", "%(key)s") as node:
    job = node.execute_computation("%(lease)s", code="print(features['mean radius'].mean())",
                                   inputs=[{"asset_id": "tumours", "variable_name": "features"}])
    print(node.wait_for_computation(job)["results"]["output"])
PY

results: %(out)s/   address: %(url)s""" % {"token": token, "url": self.node.url, "job": job, "lease": lease, "out": out, "key": key, "sock": sock})


def main():
    verb = sys.argv[1] if len(sys.argv) == 2 else ""
    if verb not in ("run", "demo", "stop"):
        print(__doc__, file=sys.stderr)
        return 100
    if os.geteuid() != 0:
        print("demo.py: needs root (containers, cgroups); make calls it with sudo", file=sys.stderr)
        return 100
    if verb == "stop":
        if os.path.exists(os.path.join(RUN, "node.json")):
            print("stopped: " + (" ".join(State(RUN).stop()) or "nothing was running"))
        else:
            print("nothing was ever started here")
        return 0
    root = RUN if verb == "run" else os.path.join(RUN, "demo-%d" % os.getpid())
    demo = Demo(root, keep=verb == "run")
    was_up = demo.is_up()
    try:
        demo.start()
        demo.compute()
    except BaseException:
        if verb == "run" and not was_up:
            print("stopping what was started; logs: %s/log" % demo.node.dir, file=sys.stderr)
            demo.state.stop()
        raise
    finally:
        if verb == "demo":
            demo.node.down()
            shutil.rmtree(root, ignore_errors=True)
            if not os.listdir(RUN):
                os.rmdir(RUN)
    print("stopped; nothing is left" if verb == "demo" else "stop it with: make stop", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
