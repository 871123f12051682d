"""Drives darkroom-sandbox without workerd or database: the frames of docs/design/contract.md,
section 5, over a socketpair.

    with Sandbox("minimal") as s:
        r = s.run("print(1)")              # a Result
        r.state, r.reason, r.outcome, r.out, r.err, r.combined, r.artifacts (name -> bytes), r.notes
        s.run(code, inputs={"x": ("csv", b"a,b\\n1,2\\n")}, params={}, limits={"wall_s": 5}, outputs=[...])

Environment: DR_SLOW is how many times slower than a real one this machine is (1): waits are that much longer.
"""
import json
import os
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import BUILD, TOP, Tap, cache_dir, need_root, until  # noqa: E402, F401

FRAME_MAX = 4 << 20
SLOW = float(os.environ.get("DR_SLOW", "1"))
BASE_LIMITS = {"wall_s": int(10 * SLOW), "memory_mb": 128, "disk_mb": 32, "pids": 32}


class Closed(Exception):
    """The sandbox has ended."""


class Result:
    def __init__(self, outcome, folder, seconds, frames):
        self.outcome, self.seconds, self.frames = outcome, seconds, frames
        self.state, self.reason, self.detail = outcome["state"], outcome["reason"], outcome["detail"]
        self.notes = {n["name"]: n["why"] for n in outcome["notes"]}
        self.files = outcome["files"]
        self.bytes = {}
        for f in self.files:
            with open(os.path.join(folder, f["path"]), "rb") as h:
                self.bytes[f["class"], f["name"]] = h.read()
        self.artifacts = {n: b for (c, n), b in self.bytes.items() if c == "artifact"}

    def stream(self, name):
        return self.bytes.get((name, name), b"")

    out = property(lambda self: self.stream("stdout").decode("utf-8", "replace"))
    err = property(lambda self: self.stream("stderr").decode("utf-8", "replace"))
    combined = property(lambda self: self.stream("combined").decode())

    def __repr__(self):
        return "<%s %s exit=%s signal=%s error=%s detail=%s err=%.400r>" % (
            self.state, self.reason, self.outcome["exit_code"], self.outcome["signal"], self.outcome["error"],
            self.detail, self.err)


class Sandbox:
    def __init__(self, image="minimal", instance=None, **settings):
        self.dir = tempfile.mkdtemp(prefix="sandbox-", dir=self.base())
        self.instance = instance or "t%d" % os.getpid()
        ours, theirs = socket.socketpair()
        self.log_path = os.path.join(self.dir, "log")
        argv = [os.path.join(BUILD, "darkroom-sandbox"), "--image=" + image, "--instance=" + self.instance,
                "--image_dir=" + os.path.join(cache_dir(), "images"), "--spool_dir=" + self.dir,
                "--zygote_dir=" + os.path.join(TOP, "worker/sandbox/zygote")]
        argv += ["--%s=%s" % kv for kv in settings.items()]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                                            preexec_fn=lambda: os.dup2(theirs.fileno(), 3), close_fds=False)
        theirs.close()
        self.sock, self.buffer, self.seq = ours, b"", 0
        self.ready = None

    @staticmethod
    def base():
        path = os.path.join(BUILD, "tmp")
        os.makedirs(path, exist_ok=True)
        return path

    # ---- frames --------------------------------------------------------------
    def send(self, t, **members):
        text = json.dumps({"t": t, **members}).encode()
        self.sock.sendall(struct.pack(">I", len(text)) + text)

    def recv(self, timeout=60):
        """The next frame; TimeoutError, or Closed when the sandbox has ended."""
        end = time.monotonic() + timeout * SLOW
        while True:
            if len(self.buffer) >= 4:
                n = struct.unpack(">I", self.buffer[:4])[0]
                assert 0 < n <= FRAME_MAX, n
                if len(self.buffer) >= 4 + n:
                    text, self.buffer = self.buffer[4:4 + n], self.buffer[4 + n:]
                    return json.loads(text)
            if not select.select([self.sock], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError("no frame in %g s; log: %s" % (timeout, self.log()))
            data = self.sock.recv(65536)
            if not data:
                raise Closed(self.log())
            self.buffer += data

    def until(self, t, timeout=60, seen=None):
        while True:
            f = self.recv(timeout)
            if seen is not None:
                seen.append((time.monotonic(), f))
            if f["t"] == "failed":
                raise Closed(f["why"])
            if f["t"] == t:
                return f

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    # ---- jobs ------------------------------------------------------------------
    def wait_ready(self, timeout=60):
        if self.ready is None:
            self.ready = self.until("ready", timeout)
        return self.ready

    def submit(self, code, inputs=None, params=None, limits=None, outputs=None, isolation="zygote", columns=None):
        """Stage the folder of a job and send it; -> (id, folder)"""
        self.wait_ready()
        self.ready = None
        self.seq += 1
        job, folder = "job-%d" % self.seq, os.path.join(self.dir, str(self.seq))
        os.makedirs(os.path.join(folder, "in"), mode=0o700)
        with open(os.path.join(folder, "script"), "wb") as f:
            f.write(code if isinstance(code, bytes) else code.encode())
        rows = []
        for name, (kind, data, *asset) in (inputs or {}).items():
            path = os.path.join(folder, "in", name)
            with open(path, "wb") as f:
                f.write(data)
            os.chmod(path, 0o444)
            rows.append({"variable": name, "asset_id": asset[0] if asset else "asset-" + name, "kind": kind,
                         "columns": (columns or {}).get(name)})
        spec = {"inputs": rows, "params": params or {}, "outputs": outputs or [], "isolation": isolation,
                "limits": {**BASE_LIMITS, **(limits or {})}}
        self.send("job", id=job, token=self.seq, kind="compute.script", attempt=1,
                  timeout_ms=spec["limits"]["wall_s"] * 1000, spec=spec, dir=folder)
        return job, folder

    def result(self, folder, t0=None, timeout=60):
        frames = []
        done = self.until("done", timeout, frames)
        r = Result(done["outcome"], folder, time.monotonic() - (t0 or frames[0][0]), frames)
        shutil.rmtree(folder)
        return r

    def run(self, code, timeout=60, **more):
        self.wait_ready()
        t0 = time.monotonic()
        _, folder = self.submit(code, **more)
        return self.result(folder, t0, timeout)

    # ---- the end -----------------------------------------------------------------
    def close(self):
        """Close the socket, which ends everything; -> exit status"""
        self.sock.close()
        try:
            return self.process.wait(30 * SLOW)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()
