"""An HTTP server that misbehaves on request: the client's rules for retries,
breakers and timeouts are tested against real sockets.

    with BadServer([Status(503, retry_after=1), Reset(), Json({})]) as s:
        ... s.url; s.requests: what came in, oldest first
Each connection's each request takes the next behaviour; the last one repeats.
"""
import contextlib
import json
import socket
import struct
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Seen:
    """A request as it came."""

    method: str
    target: str
    headers: dict
    body: bytes
    at: float


@dataclass
class Json:
    """A complete answer."""

    body: object
    status: int = 200
    headers: dict = field(default_factory=dict)

    def act(self, server, sock):
        data = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        lines = ["HTTP/1.1 %d X" % self.status, "Content-Length: %d" % len(data)]
        lines += ["%s: %s" % kv for kv in self.headers.items()]
        sock.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
        return True


def Status(status, code="X", retry_after=None):
    """A refusal with our error body."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Json({"error": {"code": code, "message": "said so", "requestId": "req-1"}}, status, headers)


@dataclass
class Reset:
    """The connection is reset instead of an answer."""

    def act(self, server, sock):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False


@dataclass
class Silence:
    """No byte ever comes."""

    def act(self, server, sock):
        server.stopping.wait()
        return False


@dataclass
class Drip:
    """A byte every 0.2 s: each alone is in time, the answer never is."""

    def act(self, server, sock):
        for byte in b"HTTP/1.1 200 X\r\n" + b"X-Slow: " + b"a" * 1000:
            sock.sendall(bytes([byte]))
            if server.stopping.wait(0.2):
                break
        return False


@dataclass
class Short:
    """Promises the whole body, sends `sent` bytes of it and closes."""

    body: bytes
    sent: int
    status: int = 200

    def act(self, server, sock):
        sock.sendall(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n" % (self.status, len(self.body)))
        sock.sendall(self.body[:self.sent])
        return False


@dataclass
class Refuse:
    """Answers after the headers, without reading the body, and closes."""

    status: int
    before_body = True

    def act(self, server, sock):
        Status(self.status, "FORBIDDEN").act(server, sock)
        return False


class BadServer:
    """context: an SSLContext to speak TLS; unix_path: listen there instead."""

    def __init__(self, script, context=None, unix_path=None):
        self._script = list(script)
        self.requests = []
        self._live = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._context = context
        if unix_path:
            self._listener = socket.create_server(unix_path, family=socket.AF_UNIX)
            self.url = "unix:" + unix_path
        else:
            self._listener = socket.create_server(("127.0.0.1", 0))
            self.url = "%s://127.0.0.1:%d" % ("https" if context else "http", self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for sock in self._live:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.settimeout(10)
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock):
        if self._context:
            try:
                sock = self._context.wrap_socket(sock, server_side=True)
            except OSError:
                sock.close()
                return
        with sock:
            with self._lock:
                self._live.append(sock)
            stream = sock.makefile("rb")
            try:
                while self._one(sock, stream):
                    pass
            except OSError:
                return
            finally:
                stream.close()

    def _next(self):
        with self._lock:
            return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    def _one(self, sock, stream):
        line = stream.readline().split()
        if len(line) != 3:
            return False
        headers = {}
        for raw in iter(stream.readline, b"\r\n"):
            name, value = raw.decode().split(":", 1)
            headers[name.strip().lower()] = value.strip()
        behaviour = self._next()
        body = b""
        if not hasattr(behaviour, "before_body"):
            body = stream.read(int(headers.get("content-length", "0")))
        with self._lock:
            self.requests.append(Seen(line[0].decode(), line[1].decode(), headers, body, time.monotonic()))
        return behaviour.act(self, sock)
