"""OpenStack Swift with its S3 interface, from Debian packages: four servers on loopback, one folder.

    with Swift(folder) as s:      # .url .region .users {"admin" | "a" | "b": (key id, secret)}
        s.rights("bucket", read="a", write="ab")     # of users a and b; admin may do everything

It checks AWS signatures of version 4 by itself.  A bucket that nobody was given is admin's alone.
"""
import http.client
import os
import socket
import subprocess
import time

PYTHON = "/usr/bin/python3"

COMMON = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = %(port)d
swift_dir = %(dir)s
devices = %(dir)s/node
mount_check = false
workers = 0
user = %(user)s
log_level = WARNING
log_address = %(dir)s/nolog
"""
STORAGE = COMMON + """[pipeline:main]
pipeline = %(kind)s-server
[app:%(kind)s-server]
use = egg:swift#%(kind)s
"""
PROXY = COMMON + """[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
# tempauth insists on one; nothing answers there, and nothing that S3 needs is kept in it
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_one_admin = secret-of-admin .admin
user_one_a = secret-of-a
user_one_b = secret-of-b
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
"""


# swift.conf is read from /etc when modules are imported: then again, from where ours is
CONF = ("import swift.common.utils as u, swift.common.constraints as c, swift.common.storage_policy as p, runpy, sys;"
        "u.SWIFT_CONF_FILE = c.SWIFT_CONF_FILE = p.SWIFT_CONF_FILE = %r;"
        "u.validate_hash_conf(); c.reload_constraints(); p.reload_storage_policies();")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Swift:
    region = "us-east-1"
    users = {name: ("one:" + name, "secret-of-" + name) for name in ("admin", "a", "b")}

    def __init__(self, folder):
        self.dir, self.children = folder, []
        os.makedirs(os.path.join(folder, "node", "sda1"))
        self.ports = {k: free_port() for k in ("account", "container", "object", "proxy")}
        self.url = "http://127.0.0.1:%d" % self.ports["proxy"]
        self.write("swift.conf", "[swift-hash]\nswift_hash_path_prefix = a\nswift_hash_path_suffix = b\n"
                   "[storage-policy:0]\nname = one\ndefault = yes\n[swift-constraints]\n")
        for kind in ("account", "container", "object"):
            self.ring(kind)
            self.write(kind + ".conf", STORAGE % self.words(kind))
        self.write("proxy.conf", PROXY % self.words("proxy"))

    def path(self, name):
        return os.path.join(self.dir, name)

    def rights(self, bucket, read="", write=""):
        """Which of users a and b may read and list a bucket, and which may put and delete in it."""
        headers = {"X-Container-%s" % k: ",".join("one:" + u for u in users) for k, users in (("Read", read), ("Write", write))}
        # an owner sets them with a token, and tokens need a memcached: so the server of containers is told itself
        code = CONF % self.path("swift.conf") + (
            "from swift.common.ring import Ring;"
            "print(Ring(%r, ring_name='container').get_part('AUTH_one', %r))") % (self.dir, bucket)
        part = int(subprocess.run([PYTHON, "-c", code], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout)
        c = http.client.HTTPConnection("127.0.0.1", self.ports["container"], timeout=30)
        c.request("POST", "/sda1/%d/AUTH_one/%s" % (part, bucket), b"", {**headers, "X-Timestamp": "%.5f" % time.time()})
        answer = c.getresponse()
        if answer.status != 204:
            raise RuntimeError("rights of %s: %d" % (bucket, answer.status))

    def words(self, kind):
        import pwd
        return {"port": self.ports[kind], "dir": self.dir, "kind": kind, "user": pwd.getpwuid(os.getuid()).pw_name}

    def write(self, name, text):
        with open(os.path.join(self.dir, name), "w") as f:
            f.write(text)

    def ring(self, kind):
        builder = os.path.join(self.dir, kind + ".builder")
        for args in (["create", "2", "1", "1"], ["add", "--region", "1", "--zone", "1", "--ip", "127.0.0.1", "--port", str(self.ports[kind]),
                                                "--device", "sda1", "--weight", "1"], ["rebalance"]):
            subprocess.run(["swift-ring-builder", builder] + args, check=True, stdout=subprocess.DEVNULL)

    def __enter__(self):
        for kind in self.ports:
            code = CONF % self.path("swift.conf") + (
                "sys.argv = ['swift-%s-server', %r, 'verbose'];"
                "runpy.run_path('/usr/bin/swift-%s-server', run_name='__main__')") % (kind, self.path(kind + ".conf"), kind)
            with open(os.path.join(self.dir, kind + ".log"), "wb") as log:
                self.children.append(subprocess.Popen([PYTHON, "-c", code], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                                      start_new_session=True))
        self.wait()
        return self

    def wait(self):
        deadline = time.monotonic() + 60
        for kind, port in self.ports.items():
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if time.monotonic() > deadline or any(c.poll() is not None for c in self.children):
                        raise RuntimeError("swift's %s server does not start: %s" % (kind, self.log(kind)))
                    time.sleep(0.1)     # pause: between two tries
        c = http.client.HTTPConnection("127.0.0.1", self.ports["proxy"], timeout=30)
        c.request("GET", "/")
        c.getresponse().read()

    def log(self, kind):
        with open(os.path.join(self.dir, kind + ".log"), errors="replace") as f:
            return f.read()[-2000:]

    def __exit__(self, *_):
        for c in self.children:
            c.kill()
        for c in self.children:
            c.wait()

