"""darkroom-agg alone: whoever starts it here stands where workerd does, on descriptor 3, and tells it what the database would have said.

    with Runner("agg") as r:
        outcome = r.run("dap.prepare", on, secrets, {"hpke_key": lambda args: ...}, files={"request": b"..."})
"""
import contextlib
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import uuid

from harness import BUILD

FRAME_MAX = 4 << 20


class Runner:
    def __init__(self, memory_mb=256):
        self.spool = tempfile.mkdtemp(prefix="aggrunner")
        self.sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(120)
        self.log = open(os.path.join(self.spool, "log"), "wb")

        def only_three():
            os.dup2(theirs.fileno(), 3)
            os.set_inheritable(3, True)
        self.child = subprocess.Popen([os.path.join(BUILD, "darkroom-agg"), "--spool=" + self.spool, "--memory-mb=%d" % memory_mb], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=self.log, close_fds=False, preexec_fn=only_three, pass_fds=())
        theirs.close()
        self.expect("ready")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with contextlib.suppress(OSError):
            self.say({"t": "quit"})
        self.sock.close()
        self.child.wait(timeout=20)
        self.log.close()
        shutil.rmtree(self.spool, ignore_errors=True)

    # ---- frames -------------------------------------------------------------------
    def say(self, frame):
        data = json.dumps(frame, separators=(",", ":")).encode()
        assert len(data) <= FRAME_MAX, len(data)
        self.sock.sendall(struct.pack(">I", len(data)) + data)

    def take(self, n):
        out = bytearray()
        while len(out) < n:
            got = self.sock.recv(n - len(out))
            if not got:
                raise EOFError("the runner is gone:\n" + self.logged())
            out += got
        return bytes(out)

    def hear(self):
        return json.loads(self.take(struct.unpack(">I", self.take(4))[0]))

    def expect(self, t):
        f = self.hear()
        if f["t"] != t:
            raise ValueError("%s instead of %s\n%s" % (f, t, self.logged()))
        return f

    def logged(self):
        with open(os.path.join(self.spool, "log"), encoding="utf-8") as f:
            return f.read()[-4000:]

    # ---- a job --------------------------------------------------------------------
    def run(self, kind, on, secrets=None, answers=None, files=None, args=None):
        """-> the outcome; .asked are the calls that it made."""
        job, folder = str(uuid.uuid4()), os.path.join(self.spool, "job")
        shutil.rmtree(folder, ignore_errors=True)
        for d in ("in", "out"):
            os.makedirs(os.path.join(folder, d))
        for name, data in (files or {}).items():
            with open(os.path.join(folder, "in", name), "wb") as f:
                f.write(data)
        self.folder, self.asked = folder, []
        self.say({"t": "job", "id": job, "kind": kind, "spec": {"args": args or {}}, "timeout_ms": 60000, "dir": folder, "on": on,
                  "secrets": secrets is not None})
        if secrets is not None:
            self.say(secrets)
        while True:
            f = self.hear()
            if f["t"] == "ask":
                self.asked.append(f["call"])
                said = answers[f["call"]](f["args"])
                said = said if isinstance(said, tuple) else (said, None)
                self.say({"t": "answer", "id": job, "n": f["n"], "value": said[0], **({"opened": said[1]} if said[1] else {})})
            elif f["t"] == "done":
                self.expect("ready")
                if f["outcome"]["state"] == "failed" and os.environ.get("DR_VERBOSE"):
                    print("#", self.logged())
                return f["outcome"]
            elif f["t"] != "progress":
                raise ValueError("%s\n%s" % (f, self.logged()))
