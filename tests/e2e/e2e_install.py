#!/usr/bin/python3
"""The package as docs/install.md installs it, in a scratch root: its users, roles with passwords, nginx with TLS.

Unpacked, not installed: darkroom-fcgi and nginx run as a user of their own, darkroom-workerd as root, PostgreSQL asks for
passwords, each folder is what the package's tmpfiles line says.
"""
import glob
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
import harness  # noqa: E402

FRONT = 64998       # stands for the package's user "darkroom"
AS_FRONT = ["setpriv", "--reuid=%d" % FRONT, "--regid=%d" % FRONT, "--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]
UNITS = ("darkroom-fcgi.service", "darkroom-nginx.service", "darkroom-workerd.service")
LINES = b"".join(b"%d,%d\n" % (i, i * i) for i in range(20000))     # more than a row holds: a file of the blob folder


class System(harness.Node):
    """The node of a system installation whose root is a folder."""

    def __init__(self, root, images):
        super().__init__("install", root=root, images=images)
        self.host = "localhost:%d" % self.port
        self.url = "https://" + self.host
        self.pg_socket = self.path("run/postgresql")
        self.secret = {"fcgi": "front's", "workerd": "worker's"}
        self.ca = self.path("etc/ssl/node.pem")

    def tool(self, name):
        return self.path("usr/lib/darkroom", name)

    def edit(self, path, *pairs):
        """The edits that an administrator makes in a file, by pattern."""
        with open(self.path(path)) as f:
            text = f.read()
        for pattern, new in pairs:
            text, n = re.subn(pattern, new, text, flags=re.M)
            assert n, "%s: no %s" % (path, pattern)
        with open(self.path(path), "w") as f:
            f.write(text)

    def make_folders(self):
        """As systemd-tmpfiles would, and what the units and PostgreSQL's package bring."""
        with open(self.path("usr/lib/tmpfiles.d/darkroom.conf")) as f:
            rows = [line.split() for line in f if not line.startswith("#")]
        rows += [["d", "/run/darkroom", "0755", "darkroom", "darkroom"], ["d", "/run/postgresql", "0750", "root", "darkroom"],
                 ["d", "/log", "0755", "root", "root"], ["d", "/etc/ssl", "0755", "root", "root"]]
        for _, path, mode, user, group in (r[:5] for r in rows):
            os.makedirs(self.path(path[1:]), exist_ok=True)
            os.chown(self.path(path[1:]), *(FRONT if who == "darkroom" else 0 for who in (user, group)))
            os.chmod(self.path(path[1:]), int(mode, 8))

    def configure(self):
        self.edit("etc/darkroom/darkroom.conf", (r"/(var|usr)/", self.dir + r"/\1/"), (r"/run/darkroom", self.path("run/darkroom")), (r"/etc/darkroom/keys", self.path("etc/darkroom/keys")),
                  (r"^server_names = .*", "server_names = %s,localhost" % self.host), (r"^images = .*", "images = " + ",".join(self.images)),
                  (r"^image_dir = .*", "image_dir = %s/images\npool_size = 1" % harness.cache_dir()))
        for part, role, owner in (("fcgi", "darkroom_fcgi", FRONT), ("workerd", "darkroom_worker", 0)):
            self.edit("etc/darkroom/%s.env" % part, (r"/run/postgresql", self.pg_socket), (r"/etc/darkroom", self.path("etc/darkroom")))
            path = self.path("etc/darkroom/%s.pgpass" % part)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
                f.write("*:*:darkroom:%s:%s\n" % (role, self.secret[part]))
            os.chown(path, owner, owner)

    def make_keys(self):
        """As the package does when it is installed, and again when it is upgraded."""
        for _ in range(2):
            self.run_tool([self.tool("darkroom-keys"), "init", self.path("etc/darkroom/keys")])
        os.chown(self.path("etc/darkroom/keys/result.key"), FRONT, FRONT)

    def database(self):
        self.start_pg()
        hba = self.path("pg/pg_hba.conf")
        with open(hba) as f:
            rest = f.read()
        with open(hba, "w") as f:
            f.write("local darkroom darkroom_fcgi,darkroom_worker scram-sha-256\n" + rest)
        os.chmod(os.path.join(self.pg_socket, ".s.PGSQL.5432"), 0o777)      # a system PostgreSQL's; the folder keeps others out
        self.psql("SELECT pg_reload_conf()", db="postgres")
        self.psql("CREATE DATABASE darkroom", db="postgres")
        for _ in range(2):      # the second time as after an upgrade
            self.run_tool([self.path("usr/bin/darkroom"), "migrate", "--database=" + self.dsn(), "--sql-dir=" + self.path("usr/share/darkroom/sql"), "up"])
        self.psql("ALTER ROLE darkroom_fcgi LOGIN PASSWORD '%s'; ALTER ROLE darkroom_worker LOGIN PASSWORD '%s'"
                  % tuple(self.secret[p].replace("'", "''") for p in ("fcgi", "workerd")))

    def daemon(self, part, argv, before=()):
        """Start one as its unit does: user, environment file, command line."""
        with open(self.path("etc/darkroom/%s.env" % part)) as f:
            env = dict(re.findall(r'^([A-Z_]+)="(.*)"$', f.read(), re.M))
        self.spawn(part, list(before) + ["env"] + ["%s=%s" % kv for kv in env.items()] + argv + ["-c", self.path("etc/darkroom/darkroom.conf")])

    def start_fcgi(self, part="fcgi"):
        self.daemon(part, [self.tool("darkroom-fcgi")], AS_FRONT)

    def start_workerd(self, part="workerd"):
        self.daemon(part, [self.tool("darkroom-workerd")])

    def nginx(self, *argv):
        conf = self.path("etc/darkroom/nginx.conf")
        return AS_FRONT + ["/usr/sbin/nginx", "-p", self.path("var/lib/darkroom/nginx"), "-c", conf] + list(argv)

    def certificate(self):
        self.run_tool(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                       "-addext", "subjectAltName=DNS:localhost", "-keyout", self.path("etc/ssl/node.key"), "-out", self.ca])
        os.chown(self.path("etc/ssl/node.key"), FRONT, FRONT)

    def render(self):
        lib = self.path("var/lib/darkroom")
        self.run_tool([self.path("usr/share/darkroom/nginx/render.sh"), self.path("etc/darkroom/nginx.conf"), "listen=127.0.0.1:%d" % self.port,
                       "server_name=localhost", "tls_certificate=" + self.ca, "tls_key=" + self.path("etc/ssl/node.key"),
                       "fcgi=unix:" + self.path("run/darkroom/fcgi-0.sock"), "prefix=" + os.path.join(lib, "nginx"),
                       "blob_dir=" + os.path.join(lib, "blobs"), "spool_dir=" + os.path.join(lib, "upload")])

    def get(self, target):
        c = http.client.HTTPSConnection("localhost", self.port, timeout=5, context=ssl.create_default_context(cafile=self.ca))
        try:
            c.request("GET", target)
            r = c.getresponse()
            return r.status, dict((k.lower(), v) for k, v in r.getheaders()), r.read()
        finally:
            c.close()

    def ready(self, target):
        try:
            return self.get(target)[0] == 200
        except OSError:
            return False

    def cli(self, who, *argv):
        env = {"PATH": "/usr/bin:/bin", "HOME": self.dir, "DARKROOM_URL": self.url, "DARKROOM_CA_FILE": self.ca, "DARKROOM_KEY_FILE": self.path(who + ".pem")}
        out = self.run_tool([self.path("usr/bin/darkroom"), *argv, "--json"], env=env)
        return json.loads(out) if out.strip() else None


def unpack(t, root):
    deb = harness.Node.run_tool(["make", "-s", "--no-print-directory", "deb"], cwd=TOP).strip()
    harness.Node.run_tool(["dpkg-deb", "-x", os.path.join(TOP, deb), root])
    t.like(harness.Node.run_tool(["dpkg-deb", "-f", os.path.join(TOP, deb), "Depends"]), r"libpq5.*nginx", "the package names its libraries and nginx")
    return sorted(os.path.relpath(os.path.join(d, f), root) for d, _, files in os.walk(root) for f in files)


def check_make_install(t, root, packaged):
    """make install, twice: the same files, and a changed configuration is kept."""
    dest = os.path.join(root, "dest")
    install = ["make", "-s", "install", "DESTDIR=" + dest]
    harness.Node.run_tool(install, cwd=TOP)
    conf = os.path.join(dest, "etc/darkroom/darkroom.conf")
    with open(conf, "a") as f:
        f.write("pool_size = 7\n")
    harness.Node.run_tool(install, cwd=TOP)
    with open(conf) as f:
        t.like(f.read(), "pool_size = 7", "make install leaves a changed configuration alone")
    plain = lambda names: {n[:-3] if n.endswith(".gz") else n for n in names if "share/doc" not in n}
    installed = [os.path.relpath(os.path.join(d, f), dest) for d, _, files in os.walk(dest) for f in files]
    t.is_(plain(installed) ^ plain(packaged), set(), "and installs the files of the package")
    shutil.rmtree(dest)


def check_units(t, node):
    units = [node.path("lib/systemd/system", u) for u in UNITS]
    t.is_(sorted(os.path.basename(p) for p in glob.glob(node.path("lib/systemd/system/*"))), sorted(UNITS), "three units")
    for u in units:     # their programs and files stand below the scratch root
        node.edit(u, (r"=-?/(usr/lib|etc)/darkroom", r"=%s/\1/darkroom" % node.dir))
    p = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    t.is_((p.returncode, p.stderr), (0, ""), "systemd finds nothing to say about them")


def check_https(t, node):
    status, headers, body = node.get("/healthz")
    t.is_(status, 200, "HTTPS with the certificate checked")
    t.is_(headers.get("strict-transport-security"), "max-age=31536000", "asks for HTTPS from now on")
    with socket.create_connection(("localhost", node.port)) as s:
        context = ssl.create_default_context(cafile=node.ca)
        context.set_alpn_protocols(["h2", "http/1.1"])
        with context.wrap_socket(s, server_hostname="localhost") as tls:
            t.is_((tls.selected_alpn_protocol(), tls.version()), ("h2", "TLSv1.3"), "HTTP/2 over TLS 1.3 is offered")
    out = node.run_tool(["curl", "-s", "--cacert", node.ca, "-o", "/dev/null", "-w", "%{http_version} %{http_code}", node.url + "/healthz"])
    t.is_(out, "2 200", "and spoken")


def check_compute(t, node, digest):
    """First operator and image as docs/install.md has it, then an owner's file, a lease, a script, its artifact."""
    peers = {}
    for who in ("operator", "owner", "consumer"):
        peers[who] = node.cli(who, "key", "new", node.path(who + ".pem"))
    public = node.run_tool(["sh", "-c", "openssl pkey -in operator.pem -pubout -outform DER | tail -c 32 | od -An -v -tx1 | tr -d ' \\n'"], cwd=node.dir)
    node.psql("SELECT api.operator_bootstrap('operator', '%s', '%s')" % (peers["operator"]["peer_id"], public))
    node.cli("operator", "image", "allow", "minimal", digest, "--loader", "csv")
    node.wait(lambda: node.ready("/readyz"), 60, "ready")
    for who in ("owner", "consumer"):
        node.cli("operator", "principal", "add", who, "--role", who, "--key", peers[who]["peer_id"])
    data, script, out = node.path("table.csv"), node.path("script.py"), node.path("out")
    with open(data, "wb") as f:
        f.write(b"n,square\n" + LINES)
    with open(script, "w") as f:
        f.write("print(sum(int(r['square']) for r in table))\nopen('/out/big.bin', 'wb').write(bytes(range(256)) * 400)\n")
    node.cli("owner", "asset", "put", "table", data, "--kind", "csv")
    blobs = [os.stat(p) for p in glob.glob(node.path("var/lib/darkroom/blobs/??/*"))]
    t.is_([(s.st_uid, s.st_mode & 0o777, s.st_size) for s in blobs], [(FRONT, 0o444, len(LINES) + 9)], "an upload becomes a file of the front's user")
    lease = node.cli("owner", "lease", "grant", "--to", peers["consumer"]["peer_id"], "--asset", "table", "--expires", "1d")
    job = node.cli("consumer", "run", script, "--lease", lease["lease_id"], "--input", "table=table", "--image", "minimal", "--out", out)
    t.is_((job["status"], job["results"]["output"].strip()), ("completed", str(sum(i * i for i in range(20000)))), "a computation over HTTPS")
    with open(os.path.join(out, "big.bin"), "rb") as f:
        t.is_(f.read(), bytes(range(256)) * 400, "its artifact, a file of the worker's, comes through nginx")
    fans = {os.stat(p).st_uid for p in glob.glob(node.path("var/lib/darkroom/blobs/??"))}
    t.is_(fans, {FRONT}, "the front may add to every folder of the store")


def story(t, node, packaged):
    check_make_install(t, node.dir, packaged)
    node.make_folders()
    node.configure()
    node.make_keys()
    check_units(t, node)
    node.database()
    out = node.run_tool([node.tool("darkroom-image"), "build", "minimal"], env={**os.environ, "DARKROOM_CONF": node.path("etc/darkroom/darkroom.conf")})
    name, digest, folder = out.split()
    t.is_((name, os.path.dirname(folder)), ("minimal", harness.cache_dir() + "/images"), "an installed darkroom-image builds where the daemons look")
    node.certificate()
    node.render()
    p = subprocess.run(node.nginx("-t"), capture_output=True, text=True)
    t.ok(p.returncode == 0 and "warn" not in p.stderr, "nginx -t has nothing to complain of")
    t.diag(p.stderr if p.returncode or "warn" in p.stderr else "")
    node.start_fcgi()
    node.start_workerd()
    node.spawn("nginx", node.nginx("-g", "daemon off;"))
    node.wait(lambda: node.ready("/healthz"), 30, "HTTPS up")
    check_https(t, node)
    check_compute(t, node, digest)
    for part in ("workerd", "nginx", "fcgi"):
        # a safe prime for the pool, the first job of a new node, has grace_ms, 30 s, to be found
        t.is_(node.stop_part(part, timeout=60), 0, part + " ends with 0")
        t.ok('"level":"error"' not in node.log(part), "and logged no error")
    t.is_([w for w in node.secret.values() if any(w in node.log(p) for p in ("fcgi", "workerd"))], [], "no password in a log")


def main():
    harness.need_root()
    t = harness.Tap()
    root = tempfile.mkdtemp(prefix="darkroom-install-", dir="/var/tmp")
    os.chmod(root, 0o755)
    try:
        packaged = unpack(t, root)
        node = System(root, ("minimal",))
        try:
            story(t, node, packaged)
        except BaseException:
            for part in node.procs:
                t.diag("%s: %s" % (part, node.log(part)[-1500:]))
            raise
        finally:
            node.down()
    finally:
        shutil.rmtree(root, ignore_errors=True)
    t.done()


if __name__ == "__main__":
    main()
