"""HTTP/1.1 to one node: connections kept alive, every wait bounded.

http.client restarts its timeout at each byte received, so a node that drips
could hold a caller for ever.  Here each read gets what is left of a budget.
"""
import http.client
import io
import re
import select
import socket
import ssl
import threading
import time
import urllib.parse

from .errors import AgentConnectionError, PandaceaException

IDLE_MAX = 8
CHUNK = 64 * 1024


class Budget:
    """Time that a call may take: `total_s` in all, or `idle_s` for every
    single wait of a transfer whose length nobody knows.  .spent tells that
    it was what ended the call."""

    def __init__(self, total_s=None, idle_s=None):
        self.spent = False
        self.seconds = total_s if idle_s is None else idle_s
        self._idle_s = idle_s
        self._end = None if idle_s is not None else time.monotonic() + total_s

    def left(self):
        """Seconds for the next wait; TimeoutError when there are none."""
        if self._end is None:
            return self._idle_s
        left = self._end - time.monotonic()
        if left <= 0:
            self.spent = True
            raise TimeoutError("timed out")
        return left

    def allows(self, delay_s):
        """Is there time to sleep delay_s and still do something?"""
        if self._end is not None and time.monotonic() + delay_s >= self._end:
            self.spent = True
        return not self.spent


class _BudgetReader(io.RawIOBase):
    """A socket's reading side whose waits come out of a budget."""

    def __init__(self, sock, budget):
        self._sock, self._raw, self._budget = sock, sock.makefile("rb", buffering=0), budget

    def readable(self):
        return True

    def readinto(self, data):
        self._sock.settimeout(self._budget.left())
        return self._raw.readinto(data)

    def close(self):
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock, debuglevel=0, method=None, url=None):
        super().__init__(sock, debuglevel, method, url)
        self.fp.close()
        self.fp = io.BufferedReader(_BudgetReader(sock, sock.darkroom_budget()), CHUNK)


class _Socket(socket.socket):
    """A socket with room for the budget of the call it serves; an SSLSocket
    has that room by itself."""

    __slots__ = ("darkroom_budget",)


class _Connection(http.client.HTTPConnection):
    """One connection: TCP, TLS when it has a context, or a unix socket."""

    response_class = _Response

    def __init__(self, address, context):
        super().__init__(address.host, address.port)
        self._address, self._context = address, context
        self.budget = None

    def connect(self):
        sock = self._open()
        try:
            if self._context is not None:
                sock.settimeout(self.budget.left())
                sock = self._context.wrap_socket(sock, server_hostname=self._address.host)
        except BaseException:
            sock.close()
            raise
        sock.darkroom_budget = lambda: self.budget
        self.sock = sock

    def _open(self):
        if self._address.unix_path:
            return self._dial(socket.AF_UNIX, socket.SOCK_STREAM, 0, self._address.unix_path)
        error = None
        for family, kind, proto, _, where in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
            try:
                sock = self._dial(family, kind, proto, where)
            except OSError as e:
                error = e
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        raise error or OSError("no address for %s" % self.host)

    def _dial(self, family, kind, proto, where):
        sock = _Socket(family, kind, proto)
        try:
            sock.settimeout(self.budget.left())
            sock.connect(where)
        except BaseException:
            sock.close()
            raise
        return sock

    def send(self, data):
        if self.sock is None:
            self.connect()
        self.sock.settimeout(self.budget.left())
        super().send(data)

    def stale(self):
        """Has the node closed it, or said what nobody asked for?"""
        return self.sock is None or bool(select.select([self.sock], [], [], 0)[0])


class Address:
    """Where a node is: http://host[:port], https://…, or unix:/path."""

    def __init__(self, base_url):
        self.unix_path = None
        if base_url.startswith("unix:"):
            self.unix_path = base_url[len("unix:"):]
            self.host, self.port, self.tls, self.prefix = "localhost", 80, False, ""
            if not self.unix_path.startswith("/"):
                raise PandaceaException("base_url: unix:/absolute/path is expected")
        else:
            self._parse(base_url)
        literal = "[%s]" % self.host if ":" in self.host else self.host
        default = self.port == (443 if self.tls else 80)
        self.authority = literal if default else "%s:%d" % (literal, self.port)

    def _parse(self, base_url):
        try:
            url = urllib.parse.urlsplit(base_url)
            port = url.port
        except ValueError as e:
            raise PandaceaException("base_url: %s" % e) from e
        if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment or url.username:
            raise PandaceaException("base_url: http://host[:port] or https://host[:port] is expected")
        if not re.fullmatch(r"(/[A-Za-z0-9._~/%-]*)?", url.path):
            raise PandaceaException("base_url: unexpected character in the path")
        self.tls = url.scheme == "https"
        self.host, self.port = url.hostname, port or (443 if self.tls else 80)
        self.prefix = url.path.rstrip("/")


class Answer:
    """A response whose body has been read, or (stream=True) is still to come."""

    def __init__(self, response, release, budget):
        self.status = response.status
        self.headers = response.headers
        self._response, self._release, self._budget = response, release, budget
        self._body = None

    def read(self, limit):
        """The whole body; the connection may then serve the next call."""
        if self._body is None:
            self._body = self._read(limit)
        return self._body

    def _read(self, limit):
        try:
            body = self._response.read(limit + 1)
            if len(body) > limit:
                raise PandaceaException("the answer is longer than %d bytes" % limit)
            # read(n) does not complain about a body cut short; length says what is missing
            if self._response.length:
                raise http.client.IncompleteRead(body, self._response.length)
        except (OSError, http.client.HTTPException) as e:
            self.close()
            raise connection_error(e, self._budget) from e
        except BaseException:
            self.close()
            raise
        self._release(reusable=not self._response.will_close)
        return body

    def chunks(self):
        """The body in pieces."""
        try:
            while True:
                data = self._response.read(CHUNK)
                if not data:
                    break
                yield data
            if self._response.length:
                raise http.client.IncompleteRead(b"", self._response.length)
        except (OSError, http.client.HTTPException) as e:
            raise connection_error(e, self._budget) from e
        finally:
            self.close()

    def arriving(self):
        """The body as it comes: each piece is what one read brought."""
        try:
            while True:
                data = self._response.read1(CHUNK)
                if not data:
                    break
                yield data
        except (OSError, http.client.HTTPException) as e:
            raise connection_error(e, self._budget) from e
        finally:
            self.close()

    def close(self):
        self._release(reusable=False)


class Session:
    """The connections to one node; safe to share between threads."""

    def __init__(self, base_url, ca_file=None):
        self.address = Address(base_url)
        self.headers = {}
        self._context = None
        if self.address.tls:
            self._context = _tls_context(ca_file)
        self._idle = []
        self._lock = threading.Lock()

    def send(self, method, target, headers, body, budget):
        """One request, one Answer.  body: bytes, or a list-like of pieces
        with Content-Length among the headers.  AgentConnectionError when no
        answer came."""
        connection = self._take()
        connection.budget = budget
        try:
            self._write(connection, method, target, headers, body)
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as e:
            connection.close()
            raise connection_error(e, budget) from e
        except BaseException:
            connection.close()
            raise

        def release(reusable):
            response.close()
            self._give(connection, reusable)

        return Answer(response, release, budget)

    @staticmethod
    def _write(connection, method, target, headers, body):
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(body if isinstance(body, bytes) else None)
            if not isinstance(body, bytes):
                for piece in body:
                    connection.send(piece)
        except (BrokenPipeError, ConnectionResetError):
            # The node may refuse a body before it has read all of it; its
            # answer, if there is one, says more than the broken pipe.
            if connection.sock is None:
                raise

    def _take(self):
        with self._lock:
            while self._idle:
                connection = self._idle.pop()
                if not connection.stale():
                    return connection
                connection.close()
        return _Connection(self.address, self._context)

    def _give(self, connection, reusable):
        with self._lock:
            if reusable and len(self._idle) < IDLE_MAX:
                self._idle.append(connection)
                return
        connection.close()

    def close(self):
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


def _tls_context(ca_file):
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as e:
        raise PandaceaException("cannot use CA file %s: %s" % (ca_file, e)) from e
    return context


def connection_error(error, budget):
    """The AgentConnectionError that tells what happened."""
    if isinstance(error, (TimeoutError, socket.timeout)):  # one type since Python 3.10
        budget.spent = True
        return AgentConnectionError("Request to agent timed out after %g seconds" % budget.seconds, error)
    return AgentConnectionError("Unable to connect to agent: %s" % (error or type(error).__name__), error)
