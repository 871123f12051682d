#!/usr/bin/python3
"""nginx in front: its own refusals, request ids, limits by address, what it believes, TLS."""
import concurrent.futures
import http.client
import json
import os
import re
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import TOP, UNPRIV, Client, Node, Tap, free_port  # noqa: E402

RENDER = os.path.join(TOP, "nginx", "render.sh")


def raw(n, data):
    """One request of our own making -> (status, headers, body)."""
    with socket.create_connection(("127.0.0.1", n.port), 10) as s:
        s.sendall(data)
        r = http.client.HTTPResponse(s)
        r.begin()
        return r.status, {k.lower(): v for k, v in r.getheaders()}, r.read()


def is_refusal(t, answer, status, code, what):
    s, h, b = answer
    try:
        error = json.loads(b)["error"]
    except (ValueError, KeyError):
        error = {"code": "%.80r" % b}
    t.is_((s, error["code"]), (status, code), what)
    t.is_((h.get("content-type"), error.get("requestId")), ("application/json", h.get("x-request-id")), what + ": JSON with its request id")
    return h


def test_render(t, n):
    def render(*pairs):
        return subprocess.run([RENDER, n.path("nginx", "try.conf"), "prefix=" + n.path("nginx"), *pairs], capture_output=True, text=True)

    def accepted():
        return subprocess.run(UNPRIV + ["/usr/sbin/nginx", "-t", "-p", n.path("nginx"), "-c", n.path("nginx", "try.conf")],
                              capture_output=True, text=True)
    folders = ["blob_dir=" + n.path("blobs"), "spool_dir=" + n.path("spool", "upload")]
    for what, pairs in (("defaults", []),
                        ("proxies and lists", ["real_ip=10.0.0.0/8,fd00::/8", "metrics_allow=10.0.0.1,10.0.0.2",
                                               "fcgi=unix:/tmp/a.sock,10.1.1.1:9000", "listen=127.0.0.1:1234,[::1]:1234"])):
        t.is_(render(*folders, *pairs).returncode, 0, "renders with " + what)
        p = accepted()
        if not t.is_(p.returncode, 0, "nginx -t takes it"):
            t.diag(p.stderr)
    for what, pair in (("an unknown name", "nonsense=1"), ("a value that ends its directive", "server_name=a;b"),
                       ("a line end", "server_name=a\nb"), ("no value", "server_name")):
        p = render(pair)
        t.ok(p.returncode == 100 and p.stderr.startswith("render.sh: "), "render.sh refuses " + what)
    t.like(subprocess.run([RENDER], capture_output=True, text=True).stdout, "(?m)^rate_address=50$", "without arguments it lists its variables")


def test_own_refusals(t, n):
    host = b"Host: " + n.host.encode() + b"\r\n"
    is_refusal(t, raw(n, b"GARBAGE\r\n\r\n"), 400, "INVALID_REQUEST", "a request line of no form")
    is_refusal(t, raw(n, b"GET /api/v1/assets HTTP/1.1\r\n\r\n"), 400, "INVALID_REQUEST", "no Host")
    is_refusal(t, raw(n, b"GET /" + b"x" * 20000 + b" HTTP/1.1\r\n" + host + b"\r\n"), 414, "INVALID_REQUEST", "a target that is too long")
    is_refusal(t, raw(n, b"GET / HTTP/1.1\r\n" + host + b"X: " + b"x" * 40000 + b"\r\n\r\n"), 431, "INVALID_REQUEST", "headers that are too large")
    is_refusal(t, raw(n, b"GET /nothing HTTP/1.1\r\n" + host + b"\r\n"), 404, "INVALID_REQUEST", "an unknown path")
    h = is_refusal(t, raw(n, b"TRACE /api/v1/assets HTTP/1.1\r\n" + host + b"\r\n"), 405, "METHOD_NOT_ALLOWED", "TRACE")
    t.is_(h.get("x-api-version"), "v1", "with the version of the API")
    is_refusal(t, raw(n, b"POST /api/v1/privacy/execute HTTP/1.1\r\n" + host + b"Content-Length: 5000000\r\n\r\n"), 413, "TOO_LARGE", "a body over the cap")
    is_refusal(t, raw(n, b"PUT /api/v1/scripts HTTP/1.1\r\n" + host + b"Content-Length: 1048577\r\n\r\n"), 413, "TOO_LARGE", "a script over the cap")
    is_refusal(t, raw(n, b"PUT /api/v1/assets/x?kind=file HTTP/1.1\r\n" + host + b"Content-Length: 2147483649\r\n\r\n"), 413, "TOO_LARGE", "an asset over the cap")
    is_refusal(t, raw(n, b"PUT /api/v1/assets/x?kind=file HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 411, "LENGTH_REQUIRED", "an upload without its length")
    for path in (b"/_upload", b"/_upload_check", b"/_blob/", b"/_blob/ab/cd", b"/_once/api/v1/assets/x", b"/_error/500", b"/_check/api/v1/assets/x"):
        is_refusal(t, raw(n, b"PUT " + path + b" HTTP/1.1\r\n" + host + b"Content-Length: 0\r\n\r\n"), 404, "INVALID_REQUEST", "%s is nobody's" % path.decode())
    for path in (b"//metrics", b"/%2e%2e/metrics", b"/x/../_blob/"):
        t.ok(raw(n, b"GET " + path + b" HTTP/1.1\r\n" + host + b"\r\n")[0] in (400, 404), "%s leads nowhere" % path.decode())


def test_request_ids(t, n):
    anonymous = Client(n, "anonymous")
    for path in ("/healthz", "/nothing", "/api/v1/assets"):
        t.is_(anonymous.call("GET", path, headers={"X-Request-Id": "abc.1_2-X"})[1]["x-request-id"], "abc.1_2-X", path + ": the client's id is kept")
        for bad in ("a b", "x" * 65, "<script>", "é".encode().decode("latin-1")):
            rid = anonymous.call("GET", path, headers={"X-Request-Id": bad})[1]["x-request-id"]
            t.like(rid, "^[0-9a-f]{32}$", "%s: one of another form is replaced" % path)
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    anonymous.call("GET", "/healthz", headers={"X-Request-Id": "traced", "traceparent": trace})
    anonymous.call("GET", "/healthz", headers={"X-Request-Id": "forged", "traceparent": "\"} forged"})

    def logged():
        with open(n.path("nginx", "access.log")) as f:
            return {r["request_id"]: r for r in map(json.loads, f)}
    rows = n.wait(lambda: (lambda r: r if "forged" in r and "traced" in r else None)(logged()), 10, "the access log")
    t.is_((rows["traced"]["trace"], rows["forged"]["trace"]), (trace, ""), "the access log is JSON and takes a trace of the right form only")
    t.is_(rows["traced"]["status"], 200, "with the status as a number")


def test_headers(t, n):
    s, h, b = Client(n, "anonymous").call("GET", "/healthz")
    t.is_((h.get("x-content-type-options"), h.get("x-frame-options"), h.get("server")), ("nosniff", "DENY", "nginx"), "security headers")
    t.is_("strict-transport-security" in h, False, "no HSTS without TLS")
    for i in range(8):
        n.principal("p%d" % i, ["consumer"])
    s, h, b = n.client("operator").call("GET", "/api/v1/principals", headers={"Accept-Encoding": "gzip"}, raw=True)
    t.is_((s, h.get("content-encoding"), b[:2]), (200, "gzip", b"\x1f\x8b"), "long JSON is compressed when asked for")


def burst(n, count, headers=None, path="/healthz"):
    """Statuses of count requests, each from a new source port."""
    c = Client(n, "anonymous")
    return [c.call("GET", path, headers=headers(i) if headers else None)[0] for i in range(count)]


def test_rate(t):
    with Node("http-rate", parts=("pg", "fcgi", "nginx"), nginx={"rate_address": "1", "burst_address": "20"}) as n:
        got = burst(n, 60, lambda i: {"X-Forwarded-For": "10.0.0.%d" % i, "X-Real-IP": "10.1.0.%d" % i, "Forwarded": "for=10.2.0.%d" % i})
        t.ok(got.count(429) > 30, "forged addresses and new ports do not change the bucket: %d of 60 refused" % got.count(429))
        t.is_(set(got), {200, 429}, "nothing else happens")
        h = is_refusal(t, raw(n, b"GET /api/v1/assets HTTP/1.1\r\nHost: x\r\n\r\n"), 429, "RATE_LIMITED", "an address over its rate")
        t.is_((h.get("retry-after"), h.get("x-api-version")), ("1", "v1"), "with Retry-After")


def test_proxy(t):
    with Node("http-proxy", parts=("pg", "fcgi", "nginx"),
              nginx={"rate_address": "1", "burst_address": "20", "real_ip": "127.0.0.1"}) as n:
        got = burst(n, 60, lambda i: {"X-Forwarded-For": "10.0.0.%d" % i})
        t.is_(set(got), {200}, "a listed proxy is believed: sixty clients behind it, none refused")
        t.is_(Client(n, "anonymous").call("GET", "/metrics", headers={"X-Forwarded-For": "10.0.0.9"})[0], 403, "metrics are for listed addresses")
        t.is_(Client(n, "anonymous").call("GET", "/metrics")[0], 200, "of which this host is one")


def test_cors(t, n):
    s, h, b = Client(n, "anonymous").call("GET", "/healthz", headers={"Origin": "https://page.example"})
    t.is_([k for k in h if k.startswith("access-control")], [], "no page of another origin may call")
    t.is_(Client(n, "anonymous").call("OPTIONS", "/api/v1/assets", headers={"Origin": "https://page.example"})[0], 405, "nor ask whether")
    with Node("http-cors", parts=("pg", "fcgi", "nginx"), nginx={"cors_origin": "https://page.example,https://b.example"}) as m:
        c = Client(m, "anonymous")
        s, h, _ = c.call("OPTIONS", "/api/v1/assets", headers={"Origin": "https://page.example", "Access-Control-Request-Method": "PUT"})
        t.is_((s, h.get("access-control-allow-origin")), (204, "https://page.example"), "a listed origin may")
        t.like(h.get("access-control-allow-headers"), "X-Darkroom-Nonce", "with our headers")
        s, h, _ = c.call("GET", "/api/v1/assets", headers={"Origin": "https://b.example"})
        t.is_((s, h.get("access-control-allow-origin")), (401, "https://b.example"), "and reads refusals")
        s, h, _ = c.call("OPTIONS", "/api/v1/assets", headers={"Origin": "https://evil.example"})
        t.is_((s, h.get("access-control-allow-origin")), (405, None), "another may not")


def test_waiters(t):
    """200 waiters behind one address at the usual limits: none is refused."""
    with Node("http-waiters", parts=("pg", "fcgi", "nginx"), nginx={"rate_address": "50"}) as n:
        n.client("operator").must("POST", "/api/v1/images", {"name": "data", "digest": "sha256:" + "00" * 32, "loaders": ["csv"]})
        _, consumer, lease = n.pair()
        n.psql("UPDATE core.setting SET value = '1000' WHERE name LIKE 'rate\\_%'")
        comp = consumer.submit(lease, "print(1)", {"v": "data_456"})
        with concurrent.futures.ThreadPoolExecutor(200) as pool:
            waits = [pool.submit(consumer.call, "GET", "/api/v1/privacy/results/%s?wait=30" % comp) for _ in range(200)]
            n.parked(200, 30)
            t.is_(consumer.call("POST", "/api/v1/privacy/results/%s/cancel" % comp, {})[0], 200, "the job is cancelled")
            got = [w.result() for w in waits]
        t.is_({s for s, _, _ in got}, {200}, "200 waiters behind one address, none limited")
        t.is_({b["phase"] for _, _, b in got}, {"cancelled"}, "and each sees the change")


def test_away(t, n):
    n.stop_part("fcgi")
    h = is_refusal(t, raw(n, b"GET /api/v1/assets HTTP/1.1\r\nHost: x\r\n\r\n"), 503, "BACKPRESSURE", "no front")
    t.is_(h.get("retry-after"), "2", "with Retry-After")
    is_refusal(t, raw(n, b"PUT /api/v1/assets/x?kind=file HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"), 503, "BACKPRESSURE", "no front for an upload")
    n.start("fcgi")
    n.wait(n.http_up, 20, "the front is back")


def test_tls(t, n):
    key, cert, port = n.path("nginx", "k.pem"), n.path("nginx", "c.pem"), free_port()
    n.run_tool(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert,
                "-subj", "/CN=node.example", "-days", "2"])
    os.makedirs(n.path("tls", "tmp"))
    conf = n.path("tls", "nginx.conf")
    n.run_tool([RENDER, conf, "prefix=" + n.path("tls"), "listen=127.0.0.1:%d" % port, "fcgi=unix:" + n.path("sock", "fcgi-0.sock"),
                "blob_dir=" + n.path("blobs"), "spool_dir=" + n.path("spool", "upload"), "tls_certificate=" + cert, "tls_key=" + key])
    n.spawn("nginx2", ["/usr/sbin/nginx", "-p", n.path("tls"), "-c", conf, "-g", "daemon off;"], unpriv=True)

    def curl(*args):
        return subprocess.run(["curl", "-sk", "-m", "10", "-i", *args], capture_output=True, text=True).stdout
    n.wait(lambda: "200" in curl("https://127.0.0.1:%d/healthz" % port).split("\n")[0], 20, "TLS up")
    answer = curl("--http2", "https://127.0.0.1:%d/healthz" % port)
    t.like(answer, "^HTTP/2 200", "HTTP/2")
    t.like(answer, "(?im)^strict-transport-security: max-age=31536000", "HSTS with TLS")
    t.like(curl("--tlsv1.2", "--tls-max", "1.2", "https://127.0.0.1:%d/healthz" % port), "200", "TLS 1.2 is served")
    t.is_(curl("--tls-max", "1.1", "https://127.0.0.1:%d/healthz" % port), "", "TLS 1.1 is not")
    t.like(curl("http://127.0.0.1:%d/healthz" % port), '400 .*\n(.*\n)*.*"INVALID_REQUEST"', "plain HTTP to the TLS port is told so in JSON")
    t.is_(n.stop_part("nginx2"), 0, "it stops cleanly")


def main():
    t = Tap()
    with Node("http-nginx", parts=("pg", "fcgi", "nginx")) as n:
        for test in (test_render, test_own_refusals, test_request_ids, test_headers, test_cors, test_away, test_tls):
            with t.case(test.__name__):
                test(t, n)
    for test in (test_rate, test_proxy, test_waiters):
        with t.case(test.__name__):
            test(t)
    t.done()


if __name__ == "__main__":
    main()
