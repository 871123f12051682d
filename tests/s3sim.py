#!/usr/bin/python3
"""A small S3-compatible store for tests, which verifies every signature by itself
and misbehaves on request.  It is a simulator: objects live in memory (or in a folder,
for large ones) and are gone with it.

    sim = S3Sim(folder)            # thread; .url .bucket .key_id .secret .objects .uploads .log
    sim.misbehave(method="GET", how="cut", times=2)   # the next two GETs end in the middle
    sim.close()
    sim.add_bucket("server-b")                         # beside .bucket; its objects are sim.others["server-b"]
    key, secret = sim.add_key(policy)                  # one that may do what an IAM policy document allows, no more

how: "500", "503" (SlowDown), "cut" (the body ends in the middle), "slow" (a pause before the
answer), "etag" (a wrong ETag), "drop" (no answer at all), "hang" (half of the body, then
silence until close).  match: a part of the path.

Alone: s3sim.py FOLDER PORT CREDENTIALS_FILE serves until killed.
"""
import fnmatch
import hashlib
import hmac
import html
import http.server
import os
import re
import secrets
import socket
import ssl
import sys
import threading
import time
import urllib.parse

EMPTY = hashlib.sha256(b"").hexdigest()
SKEW_S = 900


def signature(secret, date, region, scope_tail, text):
    key = ("AWS4" + secret).encode()
    for word in (date[:8], region, "s3", scope_tail):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class Refused(Exception):
    def __init__(self, status, code):
        self.status, self.code = status, code


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return super().date_time_string(time.time() + self.server.sim.ahead_s if timestamp is None else timestamp)

    # ---- signatures ----------------------------------------------------------
    def check_signature(self, path, query):
        sim = self.server.sim
        m = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?"
                         r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})", self.headers.get("Authorization", ""))
        date, payload = self.headers.get("x-amz-date", ""), self.headers.get("x-amz-content-sha256", "")
        if not m or not re.fullmatch(r"\d{8}T\d{6}Z", date):
            raise Refused(403, "AccessDenied")
        key_id, day, region, names, sig = m.groups()
        if key_id != sim.key_id and key_id not in sim.keys:
            raise Refused(403, "InvalidAccessKeyId")
        secret, self.policy = sim.keys.get(key_id, (sim.secret, None))
        stamp = time.mktime(time.strptime(date + "UTC", "%Y%m%dT%H%M%SZ%Z")) - time.timezone
        if day != date[:8] or abs(stamp - time.time() - sim.ahead_s) > SKEW_S:
            raise Refused(403, "RequestTimeTooSkewed")
        names = names.split(";")
        if names != sorted(names) or not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(names):
            raise Refused(403, "SignatureDoesNotMatch")
        pairs = sorted((urllib.parse.quote(k, safe="-_.~"), urllib.parse.quote(v, safe="-_.~"))
                       for k, v in urllib.parse.parse_qsl(query, keep_blank_values=True))
        canonical = "\n".join([self.command, urllib.parse.quote(urllib.parse.unquote(path), safe="/-_.~"),
                               "&".join("%s=%s" % p for p in pairs)] +
                              ["%s:%s" % (n, " ".join(self.headers.get(n, "").split())) for n in names] +
                              ["", ";".join(names), payload])
        text = "\n".join(["AWS4-HMAC-SHA256", date, "%s/%s/s3/aws4_request" % (day, region),
                          hashlib.sha256(canonical.encode()).hexdigest()])
        if not hmac.compare_digest(signature(secret, date, region, "aws4_request", text), sig):
            raise Refused(403, "SignatureDoesNotMatch")
        return payload

    def allow(self, bucket, key, q):
        """Refuse what the key's policy does not allow: actions by method, resources by pattern."""
        if self.policy is None:
            return
        action = ("s3:ListBucket" if not key else
                  {"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject", "POST": "s3:PutObject",
                   "DELETE": "s3:AbortMultipartUpload" if "uploadId" in q else "s3:DeleteObject"}[self.command])
        arn = "arn:aws:s3:::" + bucket + ("/" + urllib.parse.unquote(key) if key else "")

        def listed(v):
            return v if isinstance(v, list) else [v]

        verdict = [s["Effect"] for s in self.policy["Statement"]
                   if any(fnmatch.fnmatchcase(action, a) for a in listed(s["Action"])) and
                   any(fnmatch.fnmatchcase(arn, r) for r in listed(s["Resource"]))]
        if "Allow" not in verdict or "Deny" in verdict:
            raise Refused(403, "AccessDenied")

    def read_body(self, payload, out):
        left, h, md5 = int(self.headers.get("Content-Length") or 0), hashlib.sha256(), hashlib.md5()
        while left:
            piece = self.rfile.read(min(left, 1 << 20))
            if not piece:
                raise ConnectionError
            left -= len(piece)
            h.update(piece)
            md5.update(piece)
            out.write(piece)
        if payload != "UNSIGNED-PAYLOAD" and h.hexdigest() != payload:
            raise Refused(400, "XAmzContentSHA256Mismatch")
        return md5.hexdigest()

    # ---- answers -------------------------------------------------------------
    def say(self, status, body=b"", headers=()):
        self.send_response(status)
        for k, v in headers:
            self.send_header(k, v)
        self.send_header("x-amz-request-id", secrets.token_hex(8))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code):
        self.close_connection = True    # a body may not have been read
        self.say(status, b"<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>no</Message></Error>" % code.encode(),
                 [("Content-Type", "application/xml"), ("Connection", "close")])

    def serve(self):
        sim = self.server.sim
        path, _, query = self.path.partition("?")
        q = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        fault = sim.fault(self.command, path)
        with sim.lock:
            sim.log.append((self.command, path, query, fault))
        try:
            payload = self.check_signature(path, query)
            if fault in ("500", "503"):
                raise Refused(int(fault), "InternalError" if fault == "500" else "SlowDown")
            if fault == "drop":
                raise ConnectionError
            if fault == "slow":
                sim.over.wait(2)
            m = re.fullmatch(r"/([^/]+)(?:/(.*))?", path)
            if not m or (m.group(1) != sim.bucket and m.group(1) not in sim.others):
                raise Refused(404, "NoSuchBucket")
            self.bucket, self.objects = m.group(1), sim.others.get(m.group(1), sim.objects)
            self.allow(m.group(1), m.group(2) or "", q)
            fn = getattr(self, "%s_%s" % (self.command.lower(), "object" if m.group(2) else "bucket"), None)
            if fn is None:
                raise Refused(405, "MethodNotAllowed")
            fn(m.group(2) or "", q, payload, fault)
        except Refused as r:
            with sim.lock:
                sim.refused.append((self.command, path, r.code))
            self.refuse(r.status, r.code)
        except (ConnectionError, socket.timeout):
            self.close_connection = True

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = serve

    # ---- objects -------------------------------------------------------------
    def put_object(self, key, q, payload, fault):
        sim = self.server.sim
        name = sim.new_file()
        with open(name, "wb") as f:
            etag = self.read_body(payload, f)
        with sim.lock:
            if "uploadId" in q:
                if q["uploadId"] not in sim.uploads:
                    raise Refused(404, "NoSuchUpload")
                sim.uploads[q["uploadId"]][1][int(q["partNumber"])] = (name, etag)
            else:
                self.objects[key] = (name, etag, time.time())
        if fault == "etag":
            etag = "0" * 32
        self.say(200, headers=[("ETag", '"%s"' % etag)])

    def post_object(self, key, q, payload, fault):
        sim = self.server.sim
        name = sim.new_file()
        with open(name, "wb") as f:
            self.read_body(payload, f)
        with open(name, "rb") as f:
            body = f.read().decode()
        os.unlink(name)
        if "uploads" in q:
            uid = secrets.token_urlsafe(24) + "~+="
            with sim.lock:
                sim.uploads[uid] = (key, {})
            self.say(200, ("<InitiateMultipartUploadResult><Bucket>%s</Bucket><Key>%s</Key><UploadId>%s</UploadId>"
                           "</InitiateMultipartUploadResult>" % (sim.bucket, key, uid)).encode())
            return
        with sim.lock:
            upload = sim.uploads.get(q.get("uploadId"))
        if upload is None:
            raise Refused(404, "NoSuchUpload")
        want = re.findall(r"<PartNumber>(\d+)</PartNumber><ETag>\"?([^<\"]*)\"?</ETag>", body)
        if [int(n) for n, _ in want] != sorted(upload[1]) or any(upload[1][int(n)][1] != tag for n, tag in want):
            raise Refused(400, "InvalidPart")
        name, md5 = sim.new_file(), hashlib.md5()
        with open(name, "wb") as out:
            for n, _ in want:
                with open(upload[1][int(n)][0], "rb") as f:
                    for piece in iter(lambda: f.read(1 << 20), b""):
                        out.write(piece)
                md5.update(bytes.fromhex(upload[1][int(n)][1]))
        with sim.lock:
            del sim.uploads[q["uploadId"]]
            self.objects[key] = (name, "%s-%d" % (md5.hexdigest(), len(want)), time.time())
        self.say(200, b"<CompleteMultipartUploadResult><Key>k</Key></CompleteMultipartUploadResult>")

    def delete_object(self, key, q, payload, fault):
        sim = self.server.sim
        with sim.lock:
            if "uploadId" in q:
                if sim.uploads.pop(q["uploadId"], None) is None:
                    raise Refused(404, "NoSuchUpload")
            else:
                self.objects.pop(key, None)
        self.say(204)

    def get_bucket(self, key, q, payload, fault):
        sim = self.server.sim
        if q.get("list-type") == "2":
            return self.list_objects(q)
        if "uploads" not in q:
            raise Refused(405, "MethodNotAllowed")
        with sim.lock:
            rows = [(k, u) for u, (k, _) in sim.uploads.items() if k.startswith(q.get("prefix", ""))]
        self.say(200, ("<ListMultipartUploadsResult>%s</ListMultipartUploadsResult>" % "".join(
            "<Upload><Key>%s</Key><UploadId>%s</UploadId></Upload>" % r for r in rows)).encode())

    def list_objects(self, q):
        sim, most = self.server.sim, int(q.get("max-keys", "1000"))
        with sim.lock:
            rows = sorted((urllib.parse.unquote(k), os.path.getsize(v[0])) for k, v in self.objects.items())
        rows = [r for r in rows if r[0].startswith(q.get("prefix", "")) and r[0] > q.get("start-after", "")]
        key = (lambda k: urllib.parse.quote(k, safe="/-_.~")) if q.get("encoding-type") == "url" else html.escape
        self.say(200, ("<?xml version=\"1.0\"?><ListBucketResult><Name>%s</Name><IsTruncated>%s</IsTruncated>%s%s"
                       "</ListBucketResult>" % (
                           self.bucket, "true" if len(rows) > most else "false",
                           "<EncodingType>url</EncodingType>" if "encoding-type" in q else "",
                           "".join("<Contents><Key>%s</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified>"
                                   "<Size>%d</Size></Contents>" % (key(k), n) for k, n in rows[:most]))).encode())

    def get_object(self, key, q, payload, fault):
        sim = self.server.sim
        with sim.lock:
            found = self.objects.get(key)
        if found is None:
            raise Refused(404, "NoSuchKey")
        size = os.path.getsize(found[0])
        first, last, status = 0, size - 1, 200
        m = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if m:
            first, last, status = int(m.group(1)), min(int(m.group(2) or size - 1), size - 1), 206
            if first > last:
                raise Refused(416, "InvalidRange")
        self.send_response(status)
        self.send_header("ETag", '"%s"' % found[1])
        self.send_header("Content-Type", "binary/octet-stream")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Last-Modified", self.date_time_string(found[2]))
        self.send_header("x-amz-version-id", "null")
        self.send_header("x-amz-server-side-encryption", "AES256")
        self.send_header("Content-Length", str(last - first + 1))
        if status == 206:
            self.send_header("Content-Range", "bytes %d-%d/%d" % (first, last, size))
        self.end_headers()
        if self.command == "HEAD":
            return
        left = last - first + 1
        if fault in ("cut", "hang"):
            left //= 2
        with open(found[0], "rb") as f:
            f.seek(first)
            while left:
                piece = f.read(min(left, 1 << 20))
                left -= len(piece)
                self.wfile.write(piece)
        self.wfile.flush()
        if fault == "hang":
            sim.over.wait(120)
        if fault in ("cut", "hang"):
            raise ConnectionError

    head_object = get_object


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_):
        pass


class S3Sim:
    def __init__(self, folder, port=0, bucket="darkroom", key_id="AKIASIMULATOR", secret=None, address="127.0.0.1", certificate=None):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.bucket, self.key_id, self.secret = folder, bucket, key_id, secret or secrets.token_urlsafe(30)
        self.objects, self.uploads, self.log, self.refused, self.faults = {}, {}, [], [], []
        self.others, self.keys, self.ahead_s = {}, {}, 0    # ahead_s: of the store's clock
        self.lock, self.over = threading.Lock(), threading.Event()
        self.server = Server((address, port), Handler)
        self.server.sim = self
        self.port = self.server.server_address[1]
        self.url = "%s://%s:%d" % ("https" if certificate else "http", address, self.port)
        if certificate:     # (file, key's file): over TLS
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(*certificate)
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def add_bucket(self, name):
        self.others[name] = {}

    def add_key(self, policy):
        key = "AKIA" + secrets.token_hex(8).upper()
        self.keys[key] = (secrets.token_urlsafe(30), policy)
        return key, self.keys[key][0]

    def new_file(self):
        return os.path.join(self.folder, secrets.token_hex(12))

    def misbehave(self, how, times=1, method=None, match=""):
        with self.lock:
            self.faults.append([how, times, method, match])

    def fault(self, method, path):
        with self.lock:
            for f in self.faults:
                if f[1] > 0 and f[2] in (None, method) and f[3] in path:
                    f[1] -= 1
                    return f[0]
        return None

    def credentials(self, path):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
            f.write("access_key_id = %s\nsecret_access_key = %s\n" % (self.key_id, self.secret))
        return path

    def conf(self, path):
        """The settings that lead a node here."""
        return {"blob_store": "s3", "s3_endpoint": self.url, "s3_bucket": self.bucket, "s3_prefix": "node/", "s3_region": "eu-test-1",
                "s3_credentials_file": self.credentials(path)}

    def ours(self):
        """Keys of objects that are no probe."""
        with self.lock:
            return sorted(k for k in self.objects if "/probe/" not in k)

    def close(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


def main():
    folder, port, path = sys.argv[1:4]
    sim = S3Sim(folder, int(port))
    sim.credentials(path)
    print(sim.url, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
