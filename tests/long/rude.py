"""Clients that do not behave: slow ones, ones that vanish, bytes that are no HTTP and records that are no FastCGI.

Each case is one connection with what may come back: a status, or "closed" without an answer.  A refusal must be JSON with
error.code.  What the cases did is counted; what no case allows is kept in `wrong`.
"""
import asyncio
import collections
import random
import re

FCGI_BEGIN, FCGI_ABORT, FCGI_END, FCGI_PARAMS, FCGI_STDIN, FCGI_GET_VALUES = 1, 2, 3, 4, 5, 9
ANSWER_S = 100


def record(kind, request, content=b"", version=1, length=None):
    n = len(content) if length is None else length
    return bytes((version, kind, request >> 8, request & 255, n >> 8 & 255, n & 255, 0, 0)) + content


def begin(request, role=1, keep=1):
    return record(FCGI_BEGIN, request, bytes((role >> 8, role & 255, keep, 0, 0, 0, 0, 0)))


def pair(name, value):
    def size(n):
        return bytes((n,)) if n < 128 else (n | 1 << 31).to_bytes(4, "big")
    return size(len(name)) + size(len(value)) + name + value


HEALTH = pair(b"REQUEST_METHOD", b"GET") + pair(b"REQUEST_URI", b"/health") + pair(b"REMOTE_ADDR", b"127.0.0.1")
SUBMIT = pair(b"REQUEST_METHOD", b"POST") + pair(b"REQUEST_URI", b"/api/v1/privacy/execute") + pair(b"CONTENT_LENGTH", b"99999999")


def request_of(request, params=HEALTH, body=b""):
    out = begin(request) + record(FCGI_PARAMS, request, params) + record(FCGI_PARAMS, request)
    return out + (record(FCGI_STDIN, request, body) if body else b"") + record(FCGI_STDIN, request)


def oversized(request):
    many = b"".join(record(FCGI_PARAMS, request, pair(b"HTTP_X_%d" % i, b"v" * 8000)) for i in range(40))
    return begin(request) + many + record(FCGI_PARAMS, request) + record(FCGI_STDIN, request)


# On the front's own socket.  want: what must be in the answer, or b"" for any end at all.
RECORDS = {
    "a request": (request_of(1), b"200"),
    "two requests at once": (begin(1) + record(FCGI_PARAMS, 1, HEALTH) + begin(2) + record(FCGI_PARAMS, 1) + record(FCGI_STDIN, 1), b"200"),
    "another version": (record(FCGI_BEGIN, 1, bytes(8), version=9), b""),
    "an unknown role": (begin(1, role=7), b""),
    "a management record nobody knows": (record(77, 0, b"x"), b""),
    "values": (record(FCGI_GET_VALUES, 0, pair(b"FCGI_MAX_CONNS", b"")), b"FCGI_MAX_CONNS"),
    "parameters over the cap": (oversized(1), b"Status: 400"),
    "parameters that end early": (begin(1) + record(FCGI_PARAMS, 1, b"\xff\xff\xff\xff\x01") + record(FCGI_PARAMS, 1) + record(FCGI_STDIN, 1), b"400"),
    "a body over its cap": (begin(1) + record(FCGI_PARAMS, 1, SUBMIT) + record(FCGI_PARAMS, 1)
                            + record(FCGI_STDIN, 1, bytes(65535)) * 90 + record(FCGI_STDIN, 1), b""),
    "records of nobody": (record(FCGI_STDIN, 9, b"x") * 50 + request_of(1), b"200"),
    "an abort": (begin(1) + record(FCGI_PARAMS, 1, HEALTH) + record(FCGI_ABORT, 1), b""),
    "a record cut short": (begin(1) + record(FCGI_PARAMS, 1, b"half", length=60000), None),
    "half a header": (b"\x01\x01\x00", None),
    "zeros": (bytes(70000), b""),
}
# Through nginx.
HTTP = {
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200) + b"\r\n\r\n", {400}),
    "no version": (b"GET /health\r\n\r\n", {400, 200, "closed"}),
    "a long target": (b"GET /api/v1/" + b"a" * 40000 + b" HTTP/1.1\r\nHost: HOST\r\n\r\n", {414}),
    "a long header": (b"GET /health HTTP/1.1\r\nHost: HOST\r\nX-A: " + b"a" * 40000 + b"\r\n\r\n", {431}),
    "many headers": (b"GET /health HTTP/1.1\r\nHost: HOST\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"v" * 500) for i in range(200)) + b"\r\n", {431}),
    "two lengths": (b"POST /api/v1/privacy/execute HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", {400}),
    "a negative length": (b"POST /api/v1/privacy/execute HTTP/1.1\r\nHost: HOST\r\nContent-Length: -3\r\n\r\n", {400}),
    "length and chunks": (b"POST /api/v1/privacy/execute HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    "a body over the cap": (b"POST /api/v1/privacy/execute HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9999999\r\n\r\n", {413}),
    "an unknown method": (b"BREW /health HTTP/1.1\r\nHost: HOST\r\n\r\n", {405}),
    "no host": (b"GET /health HTTP/1.1\r\n\r\n", {400}),
    "no caller": (b"GET /api/v1/assets HTTP/1.1\r\nHost: HOST\r\n\r\n", {401}),
    "a false token": (b"GET /api/v1/assets HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer drk_xx\r\n\r\n", {401}),
    "no JSON": (b"POST /api/v1/privacy/execute HTTP/1.1\r\nHost: HOST\r\nAUTH\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n{\"a\"", {400}),
}


class Rude:
    def __init__(self, node, token, slow):
        self.node, self.token, self.n_slow = node, token, slow
        self.host = node.host.encode()
        self.seen, self.wrong = collections.Counter(), []
        self.socket = node.path("sock", "fcgi-0.sock")

    # ---- what comes back -----------------------------------------------------
    def note(self, case, got, allowed, text=b""):
        self.seen[case, got] += 1
        shed = got == 503 and b'"BACKPRESSURE"' in text     # comes before what is wrong with the request
        if allowed is not None and got not in allowed and not shed:
            self.wrong.append("%s: %s %r" % (case, got, text[:200]))
        if isinstance(got, int) and got >= 400 and not re.search(rb'"code": ?"[A-Z_]+"', text):
            self.wrong.append("%s: %d without a typed error: %r" % (case, got, text[:300]))

    async def answer(self, reader):
        """-> (status or "closed", bytes)"""
        data = b""
        try:
            async with asyncio.timeout(ANSWER_S):
                while True:
                    part = await reader.read(65536)
                    data += part
                    head, sep, body = data.partition(b"\r\n\r\n")
                    m = re.search(rb"content-length: *(\d+)", head, re.I)
                    if not part or (sep and m and len(body) >= int(m.group(1))):
                        break
        except (OSError, TimeoutError):
            pass
        m = re.match(rb"HTTP/1\.[01] (\d+)", data)
        return (int(m.group(1)) if m else "closed"), data

    async def open(self):
        return await asyncio.open_connection("127.0.0.1", self.node.port)

    def fill(self, data):
        return data.replace(b"HOST", self.host).replace(b"AUTH", b"Authorization: Bearer " + self.token.encode())

    # ---- cases ---------------------------------------------------------------
    async def http(self, case):
        data, allowed = HTTP[case]
        reader, writer = await self.open()
        writer.write(self.fill(data))
        got, text = await self.answer(reader)
        writer.close()
        self.note(case, got, allowed, text)

    async def records(self, case):
        data, want = RECORDS[case]
        reader, writer = await asyncio.open_unix_connection(self.socket)
        writer.write(data)
        got = b""
        if want is not None:
            try:
                async with asyncio.timeout(3):
                    while not (want and want in got):
                        part = await reader.read(65536)
                        if not part:
                            break
                        got += part
            except (OSError, TimeoutError):
                pass
            self.seen["fastcgi: " + case, "answered" if got else "closed"] += 1
            if want and want not in got:
                self.wrong.append("fastcgi: %s: %r" % (case, got[:200]))
        writer.close()

    async def slow(self, head, body):
        """A byte at a time, as long as the node has patience."""
        reader, writer = await self.open()
        task = asyncio.create_task(self.answer(reader))
        try:
            writer.write(self.fill(head))
            for byte in self.fill(body):
                writer.write(bytes((byte,)))
                await writer.drain()
                await asyncio.wait({task}, timeout=self.pause)
                if task.done():
                    break
        except OSError:
            pass
        got, text = await task
        writer.close()
        return got, text

    async def slow_header(self):
        got, text = await self.slow(b"", b"GET /health HTTP/1.1\r\nHost: HOST\r\nX-Slow: " + b"s" * 5000)
        self.note("a header a byte at a time", got, {408, 431, "closed"}, text)

    async def slow_body(self):
        got, text = await self.slow(b"POST /api/v1/privacy/execute HTTP/1.1\r\nHost: HOST\r\nAUTH\r\nContent-Length: 60\r\n\r\n", b"{" * 60)
        self.note("a body a byte at a time", got, {400, 408, "closed"}, text)

    async def half_closed(self):
        reader, writer = await self.open()
        writer.write(self.fill(b"GET /health HTTP/1.1\r\nHost: HOST\r\n\r\n"))
        writer.write_eof()
        got, text = await self.answer(reader)
        writer.close()
        self.note("half closed", got, {200, "closed"}, text)

    async def vanish(self):
        _, writer = await self.open()
        writer.write(self.fill(b"POST /api/v1/privacy/execute HTTP/1.1\r\nHost: HOST\r\nAUTH\r\nContent-Length: 600000\r\n\r\n") + bytes(random.randrange(1, 300000)))
        writer.transport.abort()
        self.note("gone amid its body", "closed", None)

    async def vanish_unread(self):
        _, writer = await self.open()
        writer.write(self.fill(b"GET /api/v1/assets HTTP/1.1\r\nHost: HOST\r\nAUTH\r\n\r\n") * 20)
        await asyncio.sleep(0)      # pause: what is written is sent
        writer.transport.abort()
        self.note("gone before its answer", "closed", None)

    # ---- the run -------------------------------------------------------------
    async def again(self, case, *args):
        while not self.over:
            try:
                await case(*args)
            except OSError as e:
                self.seen[case.__name__, type(e).__name__] += 1
            await asyncio.sleep(random.uniform(0.5, 1) * self.rest)     # pause: of a rude client

    async def main(self, seconds):
        self.over, self.rest, self.pause = False, min(2.0, seconds / 10), min(1.0, seconds / 100)
        tasks = [asyncio.create_task(self.again(c)) for c in (self.half_closed, self.vanish, self.vanish_unread)]
        tasks += [asyncio.create_task(self.again(self.http, c)) for c in HTTP]
        tasks += [asyncio.create_task(self.again(self.records, c)) for c in RECORDS]
        tasks += [asyncio.create_task(self.again(c)) for c in (self.slow_header, self.slow_body) for _ in range(self.n_slow)]
        await asyncio.sleep(seconds)        # pause: the length of the run
        self.over = True
        _, late = await asyncio.wait(tasks, timeout=5)      # slow ones may still be at it
        for t in late:
            t.cancel()
        for t in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(t, Exception):
                self.wrong.append(repr(t))

    def run(self, seconds):
        asyncio.run(self.main(seconds))

    def report(self):
        rows = collections.defaultdict(dict)
        for (case, got), n in self.seen.items():
            rows[case][str(got)] = n
        return "\n".join("  %-40s %s" % (case, ", ".join("%s: %d" % kv for kv in sorted(got.items()))) for case, got in sorted(rows.items()))
