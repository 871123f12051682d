#!/usr/bin/python3
"""The darkroom command: every command against a real node, its exit codes, files and terminal."""
import contextlib
import json
import os
import pty
import re
import select
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
import harness  # noqa: E402

CLI = os.path.join(harness.BUILD, "darkroom")
CSV = b"a,b\n1,2\n3,4\n5,6\n"
PRODUCT = "did:pandacea:tests:cli/table"
MAKES = """\
import pathlib
print("rows", len(features), "x", params.get("x"))
out = pathlib.Path("/out"); (out / "deep").mkdir()
(out / "deep" / "small.txt").write_text("hello\\n")
(out / "big.bin").write_bytes(bytes(i * 7 % 256 for i in range(3000000)))
"""
BIG = bytes(i * 7 % 256 for i in range(3000000))


class Forward:
    """A unix socket (or a TLS port, with a context) that leads to the node; cuts each of the first `cuts` answers
    after `after` bytes."""

    def __init__(self, path, port, cuts=0, after=0, context=None):
        self.path, self.port, self.cuts, self.after, self.context = path, port, cuts, after, context
        if context:
            self.listener = socket.create_server(("127.0.0.1", 0))
        else:
            self.listener = socket.create_server(path, family=socket.AF_UNIX)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        if self.context:
            try:
                client = self.context.wrap_socket(client, server_side=True)
            except OSError:
                client.close()
                return
        with client, socket.create_connection(("127.0.0.1", self.port)) as node, contextlib.suppress(OSError):
            back = 0
            while True:
                ready, _, _ = select.select([client, node], [], [], 60)
                if not ready:
                    return
                for side in ready:
                    data = side.recv(65536)
                    if not data:
                        return
                    if side is client:
                        back = 0
                        node.sendall(data)
                        continue
                    back += len(data)
                    if self.cuts and back > self.after:
                        self.cuts -= 1
                        return
                    client.sendall(data)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Story:
    def __init__(self, t, node, folder):
        self.t, self.node, self.folder = t, node, folder
        self.keys = {}

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        with open(self.path(name), "w") as f:
            f.write(text)
        return self.path(name)

    def env(self, who, **more):
        env = {"PATH": os.environ["PATH"], "HOME": self.folder, "LANG": "C.UTF-8",
               "XDG_CONFIG_HOME": self.path("config"), **more}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                env[name] = os.environ[name]
        if who:
            env.update(DARKROOM_URL=self.node.url, DARKROOM_KEY_FILE=self.keys[who])
        return env

    def cli(self, who, *args, stdin="", timeout=90, **env):
        """-> (exit code, standard output, standard error)"""
        p = subprocess.run([CLI, *args], input=stdin, capture_output=True, text=True, timeout=timeout,
                           cwd=self.folder, env=self.env(who, **env))
        return p.returncode, p.stdout, p.stderr

    def ok(self, who, *args, **kw):
        """The standard output of a call that must succeed."""
        code, out, err = self.cli(who, *args, **kw)
        if code:
            raise AssertionError("darkroom %s: exit %d: %s" % (" ".join(args), code, err))
        return out

    def js(self, who, *args, **kw):
        return json.loads(self.ok(who, *args, "--json", **kw))

    def run(self):
        for step in (self.offline, self.people, self.kinds, self.login, self.assets, self.leases, self.jobs, self.resume, self.endings,
                     self.listing, self.held, self.tokens, self.operating, self.terminal, self.unreachable, self.tls, self.tidy):
            with self.t.case(step.__name__):
                step()

    # ---- without a node ------------------------------------------------

    def offline(self):
        t = self.t
        out = self.ok(None, "help")
        names = re.findall(r"^  ([a-z]+(?: [a-z-]+)?)  +\S", out, re.M)
        t.ok(len(names) > 50, "help lists the commands")
        broken = [n for n in names if n not in ("migrate", "keys", "image", "doctor") and
                  not self.ok(None, *n.split(), "--help").startswith("darkroom " + n)]
        t.is_(broken, [], "each of them explains itself")
        t.like(self.ok(None, "help", "lease", "grant"), "--expires TIME", "help of one command")
        t.like(self.ok(None, "help", "lease"), "lease revoke", "help of a group")
        t.like(self.ok(None, "--version"), r"^darkroom \d", "version")
        t.is_(self.ok(None, "complete", "--", "lease", "gr"), "grant\n", "complete")
        for args, said in ((["lease", "gran"], "did you mean: darkroom lease grant"), (["statsu", "x"], "darkroom status"),
                           (["status"], "usage: darkroom status ID"), (["ls", "--nope"], "unknown option --nope"),
                           (["ls", "--limit"], "--limit needs a value"), (["ls", "--limit", "0", "--url=http://h"], "--limit"),
                           (["ls", "--json=1"], "takes no value"), (["ls", "--label", "a", "--label", "b"], "twice"),
                           (["ls"], "which node"), (["ls", "--url", "ftp://x"], "url:"),
                           (["run", "x.py", "--url", "http://h", "--lease", "l"], "cannot read x.py"),
                           (["wait", "x", "--url", "http://h", "--timeout", "soon"], "duration"),
                           (["zzzzzz"], "see: darkroom help")):
            code, _, err = self.cli(None, *args)
            t.ok(code == 100 and said in err, "100 and a reason: %s" % " ".join(args))
        code, _, err = self.cli(None, "ls", "--url", "http://127.0.0.1:1")
        t.is_(code, 75, "75 when nobody is there")

    def people(self):
        t = self.t
        for who in ("operator", "owner", "consumer"):
            path = self.path(who + ".pem")
            peer = self.ok(None, "key", "new", path).strip()
            t.is_(os.stat(path).st_mode & 0o777, 0o600, "a key file is its owner's")
            t.is_(self.js(None, "key", "show", path), {"peer_id": peer, "alg": "ed25519"}, "key show names the same key")
            self.keys[who] = path
        t.is_(self.cli(None, "key", "new", self.keys["owner"])[0], 100, "key new never overwrites")
        with open(self.keys["owner"]) as f:
            t.is_(self.ok(None, "key", "show", "-", stdin=f.read()), self.ok(None, "key", "show", self.keys["owner"]),
                  "a key from standard input")
        bad = self.write("bad.pem", "PRIVATE THING")
        os.chmod(bad, 0o600)
        code, _, err = self.cli(None, "key", "show", bad)
        t.ok(code == 100 and "PRIVATE THING" not in err, "a bad key is refused and not quoted")
        os.chmod(bad, 0o644)
        t.like(self.cli(None, "key", "show", bad)[2], "chmod", "a key that others can read is refused")
        self.peer = {w: self.ok(None, "key", "show", k).strip() for w, k in self.keys.items()}
        public = harness.unb58(self.peer["operator"])[-32:].hex()
        self.node.psql("SELECT api.operator_bootstrap('operator', '%s', '%s')" % (self.peer["operator"], public))
        for who in ("owner", "consumer"):
            made = self.js("operator", "principal", "add", who, "--role", who, "--key", self.peer[who])
            t.is_(made["roles"], [who], "principal add")
        code, _, err = self.cli("operator", "principal", "add", "x", "--role", "owner", "--key", self.keys["owner"])
        t.ok(code == 100 and "public key is expected" in err, "a private key is never sent as a public one")

    def kinds(self):
        """Keys of the other kinds: made, registered by their public key, used."""
        t = self.t
        made = self.js("operator", "principal", "add", "kinds", "--role", "consumer", "--key", harness.Key().peer_id)["id"]
        for kind in ("rsa", "secp256k1", "ecdsa"):
            path = self.path(kind + ".pem")
            peer = self.ok(None, "key", "new", path, "--type", kind).strip()
            shown = self.js(None, "key", "show", path)
            t.is_((shown["peer_id"], shown["alg"], "alias" in shown), (peer, kind, kind == "rsa"), "key new --type %s" % kind)
            self.keys[kind] = path
            t.like(self.cli(kind, "ls")[2], "(no key is known under this peer id|unknown key)", "not registered: refused")
            self.write(kind + ".pub", self.ok(None, "key", "show", path, "--public"))
            self.ok("operator", "key", "add", made, kind + ".pub")
            t.is_([self.ok(kind, "ls", "--json").strip() for _ in range(2)], ["[]"] * 2, "registered by its PEM, it signs")
            self.ok("operator", "key", "rm", made, shown.get("alias", peer))
            t.like(self.cli(kind, "ls")[2], "unknown key", "removed: refused")
        t.is_(self.cli(None, "key", "new", self.path("x.pem"), "--type", "dsa")[0], 100, "a kind that is none")

    def login(self):
        t = self.t
        self.ok(None, "login", "--url", self.node.url, "--key-file", "consumer.pem")
        path = self.path("config", "darkroom", "config")
        t.is_(os.stat(path).st_mode & 0o777, 0o600, "login keeps a private file")
        with open(path) as f:
            t.is_(f.read(), "url = %s\nkey_file = %s\n" % (self.node.url, self.keys["consumer"]), "with absolute paths")
        t.is_(json.loads(self.ok(None, "ls", "--json")), [], "later commands need nothing else")
        with open(path, "a") as f:
            f.write("colour = blue\n")
        code, _, err = self.cli(None, "ls")
        t.ok(code == 100 and "line 3" in err, "a bad line is named")
        os.unlink(path)

    # ---- owner and consumer --------------------------------------------

    def assets(self):
        t = self.t
        with open(self.path("data.csv"), "wb") as f:
            f.write(CSV)
        made = self.js("owner", "asset", "put", "data_456", "data.csv", "--note", "three rows", "--new")
        t.is_((made["version"], made["kind"], made["size"]), (1, "csv", len(CSV)), "asset put")
        t.is_(self.cli("owner", "asset", "put", "data_456", "data.csv", "--new")[0], 100, "--new refuses what exists")
        t.like(self.ok("owner", "asset", "ls"), r"^ASSET .*\ndata_456 +csv +1 +16 B +3 +auto", "asset ls, aligned")
        t.is_(self.js("owner", "asset", "set", "data_456", "--title", "T", "--keyword", "k")["keywords"], ["k"], "asset set")
        t.like(self.ok("owner", "asset", "show", "data_456"), r"(?m)^keywords +k$", "asset show")
        self.ok("owner", "product", "set", PRODUCT, "--name", "Table", "--type", "tabular", "--asset", "data_456")
        t.is_([p["productId"] for p in self.js("consumer", "products")], [PRODUCT], "product set, products")
        with open(os.path.join(self.folder, "template.py"), "w") as f:
            f.write("print(len(dataset))\n")
        self.ok("owner", "template", "set", "count", os.path.join(self.folder, "template.py"), "--output", "*.txt")
        t.is_([(x["task"], x["outputs"]) for x in self.js("owner", "template", "ls")], [("count", ["*.txt"])], "template set, template ls")
        self.ok("owner", "template", "rm", "count")
        t.is_(self.js("owner", "template", "ls"), [], "template rm")
        self.ok("owner", "asset", "put", "gone", "data.csv")
        self.ok("owner", "asset", "rm", "gone")
        t.is_(len(self.js("owner", "asset", "ls")), 1, "asset rm")

    def leases(self):
        t = self.t
        lease = self.js("owner", "lease", "grant", "--to", self.peer["consumer"], "--asset", "data_456", "--expires", "30d",
                        "--runs", "50", "--id", "lease_123", "--limit", "memory_mb=700")
        t.is_((lease["lease_id"], lease["max_limits"]), ("lease_123", {"memory_mb": 700}), "lease grant")
        proposal = self.js("consumer", "lease", "request", PRODUCT, "--price", "1.5", "--duration", "1d")["leaseProposalId"]
        t.like(self.ok("consumer", "lease", "ls", "--state", "pending"), proposal, "lease request, lease ls")
        t.is_(self.js("owner", "lease", "approve", proposal, "--price", "1.2")["state"], "approved", "lease approve")
        t.is_(self.js("consumer", "lease", "show", proposal)["status"], "approved", "lease show")
        raised = self.js("consumer", "lease", "dispute", proposal, "--reason", "wrong columns")
        t.is_(self.js("owner", "lease", "show", proposal)["disputes"][0]["disputeId"], raised["disputeId"], "lease dispute")
        t.is_(self.js("operator", "lease", "settle", proposal, "--note", "they are back")["state"], "approved", "lease settle")
        t.is_(self.js("owner", "lease", "revoke", proposal, "--reason", "no more")["state"], "revoked", "lease revoke")
        proposal = self.js("consumer", "lease", "request", PRODUCT, "--price", "1.5", "--duration", "1d")["leaseProposalId"]
        t.is_(self.js("owner", "lease", "reject", proposal, "--reason", "no")["state"], "rejected", "lease reject")
        code, _, err = self.cli("consumer", "lease", "grant", "--to", self.peer["consumer"], "--asset", "data_456", "--expires", "1d")
        t.ok(code == 100 and re.search(r"request [0-9a-f]", err), "a refusal tells its request id")

    def job(self, command, script, *more, **kw):
        return self.cli("consumer", command, script, "--lease", "lease_123", "--input", "features=data_456", *more, **kw)

    def jobs(self):
        t = self.t
        script = self.write("makes.py", MAKES)
        code, out, err = self.job("run", script, "--params", "-", "--out", "got", "--label", "first", stdin='{"x": "ü"}')
        t.is_((code, out), (0, "rows 3 x ü\n"), "run prints the script's output")
        with open(self.path("got", "big.bin"), "rb") as f, open(self.path("got", "deep", "small.txt")) as g:
            t.is_((f.read() == BIG, g.read()), (True, "hello\n"), "and fetches its artifacts, folders too")
        self.comp = re.search(r"^comp-[a-z2-7]{26}", err).group()
        code, out, _ = self.job("run", "-", "--json", stdin="print('from stdin')")
        t.is_((code, json.loads(out)["results"]["output"]), (0, "from stdin\n"), "a script from standard input, JSON out")
        code, out, err = self.job("run", "-", "--output", "a.txt", stdin="print(1)")
        t.ok(code == 1 and "OUTPUT_MISSING" in err, "1 and the reason when the job fails")
        code, _, err = self.job("run", "-", stdin="raise KeyError('x')")
        t.ok(code == 1 and "EXCEPTION: KeyError at line 1" in err, "1 for an exception")
        t.is_(self.job("run", "-", "--limit", "memory_mb=900", stdin="1")[0], 100, "100 for a limit above the lease's")
        t.is_(self.job("run", "-", "--priority", "11", stdin="1")[0], 100, "100 for a bad number")
        t.is_(self.job("run", "-", stdin="\0")[0], 100, "100 for what is no text")

    def resume(self):
        t = self.t
        os.makedirs(self.path("again"))
        with open(self.path("again", "big.bin.part"), "wb") as f:
            f.write(BIG[:1000000])
        forward = Forward(self.path("s.sock"), self.node.port, cuts=3, after=500000)
        try:
            self.ok("consumer", "get", self.comp, "big.bin", "--out", "again", "--url", "unix:" + self.path("s.sock"))
        finally:
            forward.close()
        with open(self.path("again", "big.bin"), "rb") as f:
            t.ok(f.read() == BIG, "a transfer over a unix socket, cut three times, is whole")
        t.ok(forward.cuts == 0, "it was cut")
        t.is_(sorted(os.listdir(self.path("again"))), ["big.bin"], "nothing else was fetched, no part is left")
        with open(self.path("again", "big.bin.part"), "wb") as f:
            f.write(b"x" * 2999999)
        os.unlink(self.path("again", "big.bin"))
        self.ok("consumer", "get", self.comp, "big.bin", "--out", "again")
        with open(self.path("again", "big.bin"), "rb") as f:
            t.ok(f.read() == BIG, "a wrong part is fetched anew")
        code, _, err = self.cli("consumer", "get", self.comp, "nope")
        t.ok(code == 100 and "no artifact named nope" in err, "an unknown artifact")

    def endings(self):
        t = self.t
        slow = self.write("slow.py", "import time\nprint('begun', flush=True)\ntime.sleep(300)\n")
        comp = self.job("submit", slow)[1].strip()
        code, _, err = self.cli("consumer", "wait", comp, "--timeout", "1s")
        t.ok(code == 75 and "not final" in err, "75 when a wait runs out")
        t.is_(self.cli("consumer", "get", comp)[0], 75, "75 when there is nothing to fetch yet")
        watch = subprocess.Popen([CLI, "watch", comp], env=self.env("consumer"), stdout=subprocess.PIPE, text=True)
        first = watch.stdout.readline()
        t.like(first, "^phase ", "watch prints the phase")
        t.like(self.ok("consumer", "status", comp), r"(?m)^status +pending$", "status")
        t.is_(self.js("consumer", "cancel", comp)["phase"], "cancelled", "cancel")
        rest = watch.communicate(timeout=30)[0]
        t.ok("cancelled" in (first + rest).splitlines()[-1] and watch.returncode == 1, "watch ends with it, exit 1")
        t.is_(self.cli("consumer", "wait", comp)[0], 1, "wait on a failed job: 1")
        t.is_(self.ok("consumer", "wait", self.comp), "rows 3 x ü\n", "wait on a finished one prints its output")
        t.is_(self.ok("consumer", "logs", self.comp, "--stream", "stdout"), "rows 3 x ü\n", "logs")
        self.ok("consumer", "purge", self.comp)
        t.is_(self.js("consumer", "status", self.comp)["phase"], "purged", "purge")

    def listing(self):
        t = self.t
        rows = self.js("consumer", "ls", "--label", "first")
        t.is_([r["computation_id"] for r in rows], [self.comp], "ls filters")
        t.is_(len(self.js("consumer", "ls", "--limit", "2")), 2, "ls bounds")
        t.like(self.ok("owner", "job", "ls"), self.comp, "job ls shows an owner what ran over the asset")
        t.is_(self.js("owner", "job", "show", self.comp)["id"], self.comp, "job show")
        t.is_(self.cli("owner", "ls", "--status", "nonsense")[0], 100, "the node's refusal of a word")

    def held(self):
        t = self.t
        self.ok("owner", "asset", "set", "data_456", "--release-mode", "hold")
        comps = [self.job("submit", "-", stdin="print(%d)" % i)[1].strip() for i in (1, 2)]
        for comp in comps:
            watch = subprocess.Popen([CLI, "watch", comp], env=self.env("consumer"), stdout=subprocess.PIPE, text=True)
            for line in watch.stdout:
                if "in_review" in line:
                    break
            watch.send_signal(signal.SIGTERM)
            watch.communicate()
        t.is_(self.cli("consumer", "wait", comps[0], "--timeout", "1s")[0], 75, "held output is not final")
        self.ok("owner", "job", "release", comps[0])
        t.is_(self.ok("consumer", "wait", comps[0]), "1\n", "job release")
        self.ok("owner", "job", "withhold", comps[1], "--reason", "not this one")
        code, out, err = self.cli("consumer", "wait", comps[1])
        t.ok(code == 1 and out == "" and "OUTPUT_WITHHELD" in err, "job withhold")
        self.ok("owner", "asset", "set", "data_456", "--release-mode", "auto")

    def tokens(self):
        t = self.t
        path = self.path("token")
        made = self.js("consumer", "token", "new", "reader", "--scope", "job:read", "--expires", "1h", "--out", path)
        t.ok("token" not in made and os.stat(path).st_mode & 0o777 == 0o600, "token new writes a private file")
        t.ok(self.js(None, "ls", DARKROOM_URL=self.node.url, DARKROOM_TOKEN_FILE=path), "a token reads")
        with open(path) as f:
            t.ok(json.loads(self.ok(None, "ls", "--json", "--url", self.node.url, "--token-file", "-", stdin=f.read())),
                 "a token from standard input")
        t.is_(self.cli(None, "cancel", self.comp, DARKROOM_URL=self.node.url, DARKROOM_TOKEN_FILE=path)[0], 100,
              "but may not cancel")
        t.like(self.ok("consumer", "token", "new", "shown", "--scope", "job:read", "--expires", "1h"), r"^drk_\S{43}\n$",
               "or prints it once")
        t.is_(self.cli("consumer", "token", "new", "again", "--scope", "job:read", "--expires", "1h", "--out", path)[0], 100,
              "--out never overwrites")
        t.is_(len(self.js("consumer", "token", "ls")), 2, "and then makes no token")
        self.ok("consumer", "token", "rm", made["id"])
        t.is_(self.cli(None, "ls", DARKROOM_URL=self.node.url, DARKROOM_TOKEN_FILE=path)[0], 100, "token rm kills it")

    # ---- operator ------------------------------------------------------

    def operating(self):
        t = self.t
        who = {p["name"]: p for p in self.js("operator", "principal", "ls")}
        t.is_(sorted(who), ["consumer", "kinds", "operator", "owner"], "principal ls")
        new = self.ok(None, "key", "new", self.path("second.pem")).strip()
        self.ok("operator", "key", "add", who["consumer"]["id"], new)
        self.keys["second"] = self.path("second.pem")
        t.ok(self.js("second", "ls"), "key add admits another key")
        self.ok("operator", "key", "rm", who["consumer"]["id"], new)
        t.is_(self.cli("second", "ls")[0], 100, "key rm refuses it at once")
        self.ok("operator", "principal", "off", who["consumer"]["id"])
        t.is_(self.cli("consumer", "ls")[0], 100, "principal off")
        self.ok("operator", "principal", "on", who["consumer"]["id"])
        t.is_(self.js("operator", "lane", "size", "compute", "3")["max_running"], 3, "lane size")
        self.ok("operator", "lane", "pause", "compute")
        comp = self.job("submit", "-", stdin="print(1)")[1].strip()
        t.is_(self.js("consumer", "status", comp)["wait_reason"], "lane_paused", "lane pause")
        self.ok("operator", "lane", "resume", "compute")
        t.is_(self.ok("consumer", "wait", comp), "1\n", "lane resume")
        images = self.js("operator", "image", "ls")
        t.is_([i["name"] for i in images if i["allowed"]], ["minimal"], "image ls")
        digest = "sha256:" + "0" * 64
        self.ok("operator", "image", "allow", "other", digest, "--loader", "csv")
        self.ok("operator", "image", "deny", "other", digest)
        t.is_([i["allowed"] for i in self.js("operator", "image", "ls") if i["name"] == "other"], [False], "image allow, image deny")
        t.is_(len(self.js("operator", "pool")), 1, "pool")
        t.like(self.ok("operator", "top", "--once"), r"(?s)^LANE.*compute.*WORKER.*LAST HOUR.*completed", "top")
        self.node.wait(lambda: self.cli(None, "health", "--url", self.node.url)[0] == 0, 60, "health")
        t.like(self.ok(None, "health", "--url", self.node.url), r"(?m)^pool +ready", "health")

    # ---- terminal, faults ----------------------------------------------

    def terminal(self):
        t = self.t
        parent, child = pty.openpty()
        p = subprocess.Popen([CLI, "run", self.write("nap.py", "import time; time.sleep(2.5); print('up')"), "--lease", "lease_123",
                              "--input", "features=data_456"], env=self.env("consumer"), stdout=subprocess.PIPE, stderr=child, text=True)
        os.close(child)
        out, shown = p.communicate(timeout=60)[0], b""
        with contextlib.suppress(OSError):
            while True:
                data = os.read(parent, 65536)
                if not data:
                    break
                shown += data
        os.close(parent)
        t.is_((p.returncode, out), (0, "up\n"), "run on a terminal")
        t.like(shown.decode(), r"running, 0:0[12]", "shows phase and elapsed time meanwhile")
        t.ok(shown.rstrip().endswith(b"\x1b[K"), "and clears the line")
        code, out, err = self.job("run", "-", "--quiet", stdin="print('x')")
        t.is_((code, out, err), (0, "x\n", ""), "--quiet says nothing besides")
        self.ok("owner", "asset", "set", "data_456", "--title", "a\x1b[31mred\nline")
        t.ok("\x1b" not in self.ok("owner", "asset", "show", "data_456"), "text of others cannot steer the terminal")

    def unreachable(self):
        t = self.t
        self.node.stop_part("fcgi")
        code, _, err = self.cli("consumer", "ls")
        t.ok(code == 75, "75 when the front is down")
        self.node.start("fcgi")
        self.node.wait(self.node.http_up, 30, "front up")
        t.is_(self.cli("consumer", "ls")[0], 0, "and 0 when it is back")
        p = subprocess.run([CLI, "ls"], env=self.env("consumer"), stdout=open("/dev/full", "w"), stderr=subprocess.PIPE, text=True)
        t.is_(p.returncode, 111, "111 when the output cannot be written")
        comp = self.job("submit", "-", stdin="import time; time.sleep(300)")[1].strip()
        p = subprocess.run([CLI, "watch", comp], env=self.env("consumer"), stdout=open("/dev/full", "w"), stderr=subprocess.PIPE, text=True,
                           timeout=60)
        t.is_(p.returncode, 111, "a watch that nobody can read ends, too")
        self.ok("consumer", "cancel", comp)

    def tls(self):
        t = self.t
        cert, key = self.path("cert.pem"), self.path("cert.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                        "-out", cert, "-days", "1", "-subj", "/CN=t", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        forward = Forward(None, self.node.port, context=context)
        url = "https://localhost:%d" % forward.listener.getsockname()[1]
        try:
            code, _, err = self.cli(None, "health", "--url", url)
            t.ok(code == 100 and "TLS" in err, "a certificate that nobody vouches for is refused")
            t.like(self.ok(None, "health", "--url", url, "--ca-file", cert), "database +ready", "--ca-file vouches")
        finally:
            forward.close()

    def tidy(self):
        t = self.t
        text = "".join(self.node.log(p) for p in ("fcgi", "nginx", "workerd"))
        with open(self.keys["consumer"]) as f:
            secret = f.read().splitlines()[1]
        t.ok(secret not in text, "no key reached a log")
        t.ok(not [f for f in os.listdir(self.folder) if f.endswith(".part")], "no part is left behind")
        out = subprocess.run([CLI, "migrate", "--help"], capture_output=True, text=True)
        t.ok("sql-dir" in out.stdout + out.stderr or "sql_dir" in out.stdout + out.stderr, "darkroom migrate runs the tool beside it")


def main():
    harness.need_root()
    t = harness.Tap()
    with harness.Node("cli", conf={"pool_size": 2}) as node, tempfile.TemporaryDirectory() as folder:
        node.psql("UPDATE core.setting SET value = '\"minimal\"' WHERE name = 'default_image'")
        Story(t, node, folder).run()
    t.done()


main()
