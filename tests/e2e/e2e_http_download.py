#!/usr/bin/python3
"""Results and downloads: byte for byte, by range, from PostgreSQL and from the blob folder."""
import base64
import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Node, Tap, need_root  # noqa: E402

# Three artifacts on both sides of what PostgreSQL keeps, one that is not inline.
SCRIPT = """
import os
os.makedirs('/out/sub', exist_ok=True)
for name, n in (('small.bin', 1000), ('sub/middle.bin', 100_000), ('big.bin', 9_000_000)):
    with open('/out/' + name, 'wb') as f:
        f.write(bytes((i * 7 + i // 251) % 256 for i in range(1000)) * (n // 1000))
print('quote " backslash \\\\ tab \\t umlaut \\u00fc smile \\U0001f600 bell \\a end')
import sys
sys.stdout.flush()
sys.stdout.buffer.write(b'raw \\xff\\xfe bytes\\n' + b'line \\xc3\\xa9\\n' * 20000)
"""


def content(n):
    return bytes((i * 7 + i // 251) % 256 for i in range(1000)) * (n // 1000)


SIZES = {"small.bin": 1000, "sub/middle.bin": 100_000, "big.bin": 9_000_000}


def test_results(t, r):
    meta = {m["name"]: m for m in r["artifact_meta"]}
    t.is_(sorted(meta), sorted(SIZES), "every artifact is listed")
    for name, n in SIZES.items():
        t.is_((meta[name]["size"], meta[name]["sha256"]), (n, hashlib.sha256(content(n)).hexdigest()), name + ": size and digest")
        t.is_(meta[name]["inline"], n < 8 << 20, name + ": inline while the whole fits 8 MiB")
    for name in ("small.bin", "sub/middle.bin"):
        t.ok(base64.b64decode(r["results"]["artifacts"][name], validate=True) == content(SIZES[name]), name + " inline, byte for byte")
    t.ok("big.bin" not in r["results"]["artifacts"], "what does not fit is not inline")
    out = r["results"]["output"]
    t.ok('quote " backslash \\ tab \t umlaut ü smile \U0001f600 bell \x07 end' in out, "output survives JSON")
    t.like(out, "raw \ufffd\ufffd bytes", "bytes that are no text are replaced")
    t.is_(out.count("line é\n"), 20000, "long output, streamed from a file, splits no character")
    return meta


def get(who, url, **headers):
    return who.call("GET", url, headers={k.replace("_", "-"): v for k, v in headers.items()}, raw=True)


def test_ranges(t, who, url, data, where):
    s, h, b = get(who, url)
    tag = h.get("etag")
    t.ok((s, b) == (200, data), where + ": whole, byte for byte")
    t.is_(tag, '"%s"' % hashlib.sha256(data).hexdigest(), where + ": the ETag is the digest")
    t.is_((h.get("accept-ranges"), h.get("x-content-type-options"), h.get("x-api-version")), ("bytes", "nosniff", "v1"),
          where + ": headers")
    t.like(h.get("content-disposition"), '^attachment; filename="[a-z]+\\.bin"$', where + ": an attachment")
    n = len(data)
    for spec, a, z in (("0-0", 0, 1), ("5-99", 5, 100), ("%d-" % (n - 3), n - 3, n), ("-10", n - 10, n), ("100-%d" % (n * 2), 100, n)):
        s, h, b = get(who, url, Range="bytes=" + spec)
        t.ok((s, b, h.get("content-range")) == (206, data[a:z], "bytes %d-%d/%d" % (a, z - 1, n)), "%s: bytes=%s" % (where, spec))
    t.is_(get(who, url, Range="bytes=%d-" % n)[0], 416, where + ": past the end")
    t.ok(get(who, url, Range="bytes=x")[0] in (200, 416), where + ": a range of no form is ignored or refused")
    for spec in ("bytes=0-1,5-6", "lines=0-1"):
        s, _, b = get(who, url, Range=spec)
        t.ok((s, b) == (200, data), "%s: %s is ignored" % (where, spec))
    s, _, b = get(who, url, Range="bytes=0-4", If_Range=tag)
    t.ok((s, b) == (206, data[:5]), where + ": If-Range with its tag")
    s, _, b = get(who, url, Range="bytes=0-4", If_Range='"other"')
    t.ok((s, b) == (200, data), where + ": If-Range with another tag is the whole")
    s, _, b = get(who, url, If_None_Match=tag)
    t.ok((s, b) == (304, b""), where + ": unchanged")
    s, h, b = who.call("HEAD", url, raw=True)
    t.is_((s, b, h.get("content-length")), (200, b"", str(n)), where + ": HEAD tells the length")
    s, h, b = who.call("HEAD", url, raw=True, headers={"Range": "bytes=0-9"})
    t.is_((s, b, h.get("content-length")), (206, b"", "10"), where + ": HEAD of a range too")


def test_logs(t, who, owner, comp):
    url = "/api/v1/privacy/results/%s/logs" % comp
    s, h, b = get(who, url + "?stream=stdout")
    t.ok(s == 200 and b"raw \xff\xfe bytes\n" in b, "stdout as the script wrote it")
    t.is_(get(who, url + "?stream=stderr")[2], b"", "stderr is empty")
    t.is_(get(owner, url + "?stream=stdout")[2], b, "the owner reads the same")


def test_gone(t, n, who, url, comp):
    """The row is there, the file is not: an operator's mistake, or a removal in between."""
    sha = hashlib.sha256(content(SIZES["big.bin"])).hexdigest()
    os.unlink(n.path("blobs", sha[:2], sha[2:]))
    s, _, b = who.call("GET", url)
    t.is_((s, b["error"]["code"]), (410, "GONE"), "a file that is gone is GONE")
    t.is_(who.call("GET", "/api/v1/privacy/results/%s?artifacts=none" % comp)[0], 200, "the results are still there")
    t.is_(who.call("DELETE", "/api/v1/privacy/results/%s" % comp)[0], 204, "the output is purged")
    t.is_(who.call("GET", url)[0], 410, "and stays gone")
    r = who.must("GET", "/api/v1/privacy/results/%s" % comp)
    t.is_((r["status"], r["phase"], r["results"]), ("completed", "purged", {"output": "", "artifacts": {}}), "the record says purged")


def main():
    need_root()
    t = Tap()
    with Node("http-download") as n:
        owner, consumer, lease = n.pair()
        comp = consumer.submit(lease, SCRIPT, {"v": "data_456"})
        with t.case("results"):
            r = consumer.wait(comp)
            t.is_(r["status"], "completed", "the job is done")
            meta = test_results(t, r)
        with t.case("downloads"):
            test_ranges(t, consumer, meta["small.bin"]["url"], content(1000), "PostgreSQL")
            test_ranges(t, consumer, meta["sub/middle.bin"]["url"], content(100_000), "the blob folder")
            test_ranges(t, consumer, meta["big.bin"]["url"], content(9_000_000), "a large file")
            t.is_(owner.call("GET", meta["big.bin"]["url"])[0], 403, "not for the owner of the input")
        with t.case("logs"):
            test_logs(t, consumer, owner, comp)
        with t.case("nothing there"):
            test_gone(t, n, consumer, meta["big.bin"]["url"], comp)
    t.done()


if __name__ == "__main__":
    main()
