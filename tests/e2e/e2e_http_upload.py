#!/usr/bin/python3
"""Uploads: who may, what is stored, and what is left when something goes wrong."""
import glob
import hashlib
import http.client
import io
import json
import os
import shutil
import signal
import socket
import struct
import sys
import tarfile
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Client, Node, Tap  # noqa: E402


def big(n):
    """A csv of about n bytes."""
    line = b"12345,67.5,some text\n"
    return b"id,value,word\n" + line * (n // len(line))


def put(who, name, data, kind="file", digest=None, headers=None):
    target = "/api/v1/assets/%s?kind=%s" % (name, kind)
    h = who.headers("PUT", target, digest or hashlib.sha256(data).hexdigest())
    return who.call("PUT", target, data, headers={**h, **(headers or {})})


def stored(n):
    """Files of the blob folder, without what is being written."""
    return sorted(p for p in glob.glob(n.path("blobs", "??", "*")))


def spooled(n):
    return [f for d in (n.path("spool", "upload"), n.path("blobs", "tmp")) for f in os.listdir(d)]


def nothing_left(t, n, files, what):
    n.wait(lambda: spooled(n) == [], 10, "an empty spool")
    t.is_(stored(n), files, what + ": no file is stored")
    t.is_(spooled(n), [], what + ": the spool is empty")


def test_sizes(t, n, owner):
    small, large = big(16000), big(5_000_000)
    s, _, b = put(owner, "small", small, "csv")
    t.is_((s, b["size"]), (201, len(small)), "16 KiB are stored")
    t.is_(n.psql("SELECT store FROM core.blob WHERE sha256 = '\\x%s'" % b["sha256"]), "pg", "in PostgreSQL")
    s, _, b = put(owner, "large", large, "csv")
    t.is_((s, b["sha256"]), (201, hashlib.sha256(large).hexdigest()), "5 MB are stored")
    path = n.path("blobs", b["sha256"][:2], b["sha256"][2:])
    with open(path, "rb") as f:
        t.ok(f.read() == large, "in the blob folder, byte for byte")
    t.is_(os.stat(path).st_mode & 0o777, 0o444, "readable, writable for nobody")
    row = owner.must("GET", "/api/v1/assets/large")
    t.is_(row["row_count"], large.count(b"\n") - 1, "rows are counted")
    t.is_(row["columns"], [{"name": "id", "type": "int64"}, {"name": "value", "type": "float64"},
                           {"name": "word", "type": "string"}], "columns have types")
    t.is_(spooled(n), [], "the spool is empty")


def test_equal_bytes(t, n, owner):
    files = stored(n)
    other = n.principal("other", ["owner"])
    s, _, b = put(other, "mine", big(5_000_000), "csv")
    t.is_((s, b["version"]), (201, 1), "another owner stores the same bytes like new ones")
    t.is_(stored(n), files, "which are on the disk once")


def test_refused(t, n, owner):
    files = stored(n)
    data = big(3_000_000)
    s, _, b = put(owner, "wrong", data, digest="00" * 32)
    t.is_((s, b["error"]["code"]), (403, "FORBIDDEN"), "another digest than declared is refused")
    nothing_left(t, n, files, "wrong digest")
    t.is_(owner.call("GET", "/api/v1/assets/wrong")[0], 404, "no asset came of it")
    for kind, body in (("npy", b"no array" * 10000), ("parquet", b"PAR1" + b"x" * 40000), ("tar", b"x" * 40000)):
        s, _, b = put(owner, "wrong", body, kind)
        t.is_((s, b["error"]["code"]), (400, "VALIDATION_ERROR"), "bytes that are no %s are refused" % kind)
    nothing_left(t, n, files, "wrong kind")


def tar(*members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as f:
        for name, kind, data in members:
            i = tarfile.TarInfo(name)
            i.type, i.size, i.linkname = kind, len(data), "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            f.addfile(i, io.BytesIO(data))
    return out.getvalue()


def test_tars(t, n, owner):
    good = tar(("d", tarfile.DIRTYPE, b""), ("d/a.txt", tarfile.REGTYPE, b"a" * 50000), ("d/" + "n" * 150, tarfile.REGTYPE, b"b"))
    t.is_(put(owner, "tree", good, "tar")[0], 201, "a tar of files and folders is stored")
    for what, member in (("a link", ("l", tarfile.SYMTYPE, b"")), ("a hard link", ("l", tarfile.LNKTYPE, b"")),
                         ("a device", ("l", tarfile.CHRTYPE, b"")), ("a pipe", ("l", tarfile.FIFOTYPE, b"")),
                         ("a name that climbs", ("a/../../b", tarfile.REGTYPE, b"x")), ("an absolute name", ("/b", tarfile.REGTYPE, b"x"))):
        s, _, b = put(owner, "bad", tar(("ok", tarfile.REGTYPE, b"1"), member), "tar")
        t.is_((s, b["error"]["code"]), (400, "VALIDATION_ERROR"), "a tar with %s is refused" % what)


def test_strangers_fill_no_disk(t, n, owner, consumer):
    """Refused before a byte of the body is taken: nginx does not even say 100 Continue."""
    data = b"x" * 100
    for who, want in ((Client(n, "nobody"), 401), (consumer, 403)):
        h = who.headers("PUT", "/api/v1/assets/x?kind=file", hashlib.sha256(data).hexdigest())
        with socket.create_connection(("127.0.0.1", n.port), 10) as s:
            lines = ["PUT /api/v1/assets/x?kind=file HTTP/1.1", "Host: " + n.host, "Content-Length: 1000000000", "Expect: 100-continue"]
            s.sendall(("\r\n".join(lines + ["%s: %s" % kv for kv in h.items()]) + "\r\n\r\n").encode())
            answer = b""
            while b"}}" not in answer:
                part = s.recv(65536)
                if not part:
                    break
                answer += part
            t.like(answer.decode(), r"^HTTP/1\.1 %d " % want, "refused with %d on the headers alone" % want)
            t.is_(spooled(n), [], "and nothing is spooled")


def test_interrupted(t, n, owner):
    files = stored(n)
    before = owner.must("GET", "/api/v1/assets/large")
    data = big(6_000_000)
    target = "/api/v1/assets/large?kind=csv"
    h = owner.headers("PUT", target, hashlib.sha256(data).hexdigest())
    s = socket.create_connection(("127.0.0.1", n.port), 10)
    lines = ["PUT %s HTTP/1.1" % target, "Host: " + n.host, "Content-Length: %d" % len(data)]
    s.sendall(("\r\n".join(lines + ["%s: %s" % kv for kv in h.items()]) + "\r\n\r\n").encode() + data[:2_000_000])
    n.wait(lambda: spooled(n) != [], 10, "a body on its way")
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()
    nothing_left(t, n, files, "an interrupted upload")
    t.is_(owner.must("GET", "/api/v1/assets/large"), before, "the old version is still there")


def test_races(t, n, owner):
    """Two versions at once: each is a version of its own, the precondition lets one through."""
    tag = '"%s"' % owner.must("GET", "/api/v1/assets/large")["sha256"]
    got = []

    def one(i):
        got.append(put(owner, "large", big(1_000_000 + 100000 * i), "csv", headers={"If-Match": tag})[0])
    threads = [threading.Thread(target=one, args=(i,)) for i in range(6)]
    for x in threads:
        x.start()
    for x in threads:
        x.join()
    t.is_(sorted(got), [200] + [412] * 5, "If-Match lets one of six racing uploads through")


def test_front_killed(t, n, owner):
    """The front dies with the whole body in its hands: nothing is half stored, the client sends it again."""
    data, files = big(3_000_000), stored(n)
    target = "/api/v1/assets/again?kind=csv"
    h = owner.headers("PUT", target, hashlib.sha256(data).hexdigest())
    lines = ["PUT %s HTTP/1.1" % target, "Host: " + n.host, "Content-Length: %d" % len(data)]
    with socket.create_connection(("127.0.0.1", n.port), 60) as s:
        s.sendall(("\r\n".join(lines + ["%s: %s" % kv for kv in h.items()]) + "\r\n\r\n").encode() + data[:1_000_000])
        n.wait(lambda: spooled(n) != [], 10, "a body on its way")
        os.killpg(n.pid("fcgi"), signal.SIGSTOP)
        s.sendall(data[1_000_000:])
        path = n.path("spool", "upload", spooled(n)[0])
        n.wait(lambda: os.stat(path).st_size == len(data), 10, "the whole body in the spool")
        os.killpg(n.pid("fcgi"), signal.SIGKILL)
        r = http.client.HTTPResponse(s)
        r.begin()
        t.is_((r.status, json.loads(r.read())["error"]["code"]), (503, "BACKPRESSURE"), "the client is told to come again")
    nothing_left(t, n, files, "a front that was killed")
    s, _, b = put(owner, "again", data, "csv")
    t.is_((s, b["error"]["code"]), (503, "BACKPRESSURE"), "so it is while no front is there")
    n.start("fcgi")
    n.wait(n.http_up, 20, "the front is back")
    n.wait(lambda: n.client("operator").call("GET", "/api/v1/lanes")[0] == 200, 20, "its database too")
    t.is_(put(owner, "again", data, "csv")[0], 201, "and then it is stored")
    n.wait(lambda: spooled(n) == [], 10, "an empty spool")


def main():
    t = Tap()
    with Node("http-upload", parts=("pg", "fcgi", "nginx")) as n:
        owner, consumer = n.principal("owner", ["owner"]), n.principal("consumer", ["consumer"])
        for test in (lambda: test_sizes(t, n, owner), lambda: test_equal_bytes(t, n, owner), lambda: test_refused(t, n, owner),
                     lambda: test_tars(t, n, owner), lambda: test_strangers_fill_no_disk(t, n, owner, consumer),
                     lambda: test_interrupted(t, n, owner), lambda: test_races(t, n, owner), lambda: test_front_killed(t, n, owner)):
            with t.case("uploads"):
                test()
    # A spool on another file system: bodies are copied instead of renamed.
    spool = tempfile.mkdtemp(prefix="darkroom-upload-", dir="/dev/shm")
    try:
        with Node("http-upload-copy", parts=("pg", "fcgi", "nginx"), nginx={"spool_dir": spool}) as n:
            owner = n.principal("owner", ["owner"])
            data = big(3_000_000)
            t.is_(put(owner, "large", data, "csv")[0], 201, "a body from another file system is stored")
            sha = hashlib.sha256(data).hexdigest()
            with open(n.path("blobs", sha[:2], sha[2:]), "rb") as f:
                t.ok(f.read() == data, "byte for byte")
            t.is_(put(owner, "large", data, "csv", digest="00" * 32)[0], 403, "a wrong digest is refused there too")
            n.wait(lambda: os.listdir(n.path("blobs", "tmp")) + os.listdir(spool) == [], 10, "nothing that is left")
            t.is_(len(stored(n)), 1, "and leaves nothing")
    finally:
        shutil.rmtree(spool)
    t.done()


if __name__ == "__main__":
    main()
