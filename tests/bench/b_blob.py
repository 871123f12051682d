"""Blobs: upload of an asset and ranged download of an artifact of 1 GiB, beside nginx's own PUT and GET of the same bytes.

curl sends and takes them on the same host.  nginx writes a body to a file and renames it; Darkroom also checks who
asks, hashes it, looks at its form, brings it to the disk and makes its row.
"""
import hashlib
import os
import statistics
import subprocess

from bench import Node, about, emit, free_port, within

MIB = 1 << 20
SIZE = max(64, within(1024)) * MIB
PIECES = 16             # ranges of one download
ROUNDS = within(3)
PUT_TARGET = GET_TARGET = ">= 0.7"
CODE = """
with open('/out/big.bin', 'wb') as f:
    for i in range(%d):
        f.write(bytes([i %% 256]) * 1048576)
"""
PEER_CONF = """
worker_processes 1;
pid %(dir)s/peer.pid;
error_log %(dir)s/peer.log error;
events { worker_connections 256; }
http {
	access_log off;
	sendfile on;
	sendfile_max_chunk 1m;
	tcp_nopush on;
	client_max_body_size 4g;
	client_body_temp_path %(dir)s/peer-tmp;
	client_body_buffer_size 64k;
	proxy_temp_path %(dir)s/peer-tmp; fastcgi_temp_path %(dir)s/peer-tmp; scgi_temp_path %(dir)s/peer-tmp; uwsgi_temp_path %(dir)s/peer-tmp;
	server {
		listen 127.0.0.1:%(port)d;
		root %(dir)s/peer;
		dav_methods PUT;
	}
}
"""


def curl(url, *args):
    """-> seconds; the transfer must succeed."""
    p = subprocess.run(["curl", "-s", "-S", "-o", "/dev/null", "-w", "%{http_code} %{time_total}", "-H", "Expect:", *args, url],
                       capture_output=True, text=True)
    status, _, seconds = p.stdout.partition(" ")
    if p.returncode or not status.startswith("2"):
        raise RuntimeError("curl %s: %s %s" % (url, p.stdout, p.stderr))
    return float(seconds)


def flags(headers):
    return [x for k, v in headers.items() for x in ("-H", "%s: %s" % (k, v))]


def upload(n, owner, path, digest, k):
    target = "/api/v1/assets/big%d?kind=file" % k
    return curl(n.url + target, *flags(owner.headers("PUT", target, digest)), "-T", path)


def download(base, target, headers):
    """The whole in PIECES ranges, one after the other."""
    step = SIZE // PIECES
    return sum(curl(base + target, *flags(headers(target)), "-r", "%d-%d" % (a, a + step - 1)) for a in range(0, SIZE, step))


class Peer:
    """A bare nginx with WebDAV's PUT on the same disk."""

    def __init__(self, n):
        port = free_port()
        for d in ("peer", "peer-tmp"):
            os.makedirs(n.path(d))
        with open(n.path("peer.conf"), "w") as f:
            f.write(PEER_CONF % {"dir": n.dir, "port": port})
        n.spawn("peer", ["/usr/sbin/nginx", "-p", n.dir, "-c", n.path("peer.conf"), "-g", "daemon off;"], unpriv=True)
        self.url = "http://127.0.0.1:%d" % port
        n.wait(lambda: subprocess.run(["curl", "-s", "-o", "/dev/null", self.url]).returncode == 0, 10, "the bare nginx")


def artifact(n, owner, consumer):
    """-> target and content of one of SIZE bytes."""
    lease = owner.grant(consumer, ["data_456"])
    mib = SIZE // MIB
    r = consumer.run(lease, CODE % mib, {"v": "data_456"}, timeout=300,
                     limits={"output_mb": mib + 1, "disk_mb": 2 * mib + 64, "wall_s": 280})
    if r["status"] != "completed":
        raise RuntimeError(r)
    return r["artifact_meta"][0]["url"], r["artifact_meta"][0]["sha256"]


def tell(task, ours, peers, target, store):
    rate = lambda seconds: SIZE / MIB / statistics.median(seconds)
    a, b = rate(ours), rate(peers)
    emit("blob", "%s, MiB/s" % task, a, "MiB/s", peer="nginx", ratio=a / b, target=target, n=len(ours), task=task, who="darkroom, %s" % store,
         low=SIZE / MIB / max(ours), high=SIZE / MIB / min(ours))
    emit("blob", "%s, nginx alone" % task, b, "MiB/s", n=len(peers), task=task, who="nginx alone", low=SIZE / MIB / max(peers), high=SIZE / MIB / min(peers))


def measure(n, store, targets):
    peer = Peer(n)
    try:
        against(n, peer, store, targets)
    finally:
        n.stop_part("peer")


def against(n, peer, store, targets):
    owner, consumer, _ = n.pair()
    path = n.path("body")
    h = hashlib.sha256()
    with open(path, "wb") as f:
        for i in range(SIZE // MIB):
            piece = bytes([i % 256]) * (MIB - 1) + b"\n"
            f.write(piece)
            h.update(piece)
        f.flush()
        os.fsync(f.fileno())
    puts, peer_puts, gets, peer_gets = [], [], [], []
    for k in range(ROUNDS):
        peer_puts.append(curl(peer.url + "/put%d" % k, "-T", path))
        puts.append(upload(n, owner, path, h.hexdigest(), k))
        if k:
            os.unlink(n.path("peer", "put%d" % k))
    target, _ = artifact(n, owner, consumer)
    signed = lambda t: consumer.headers("GET", t, hashlib.sha256(b"").hexdigest())
    for _ in range(ROUNDS):
        peer_gets.append(download(peer.url, "/put0", lambda _: {}))
        gets.append(download(n.url, target, signed))
    tell("upload of %d MiB" % (SIZE // MIB), puts, peer_puts, targets[0], store)
    tell("download of %d MiB in %d ranges" % (SIZE // MIB, PIECES), gets, peer_gets, targets[1], store)


def run():
    about("Uploads and downloads", __doc__, size="%d MiB" % (SIZE // MIB), rounds=ROUNDS, ranges=PIECES)
    with Node("bench-blob") as n:
        measure(n, "folder", (PUT_TARGET, GET_TARGET))
    with Node("bench-blob-rows", conf={"blob_store": "postgres"}) as n:
        measure(n, "postgres", (None, None))
