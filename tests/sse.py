"""Server-sent events for tests, read by hand: what came, frame by frame, also after a cut."""
import json
import socket


class Stream:
    """One GET of an event stream by a harness.Client; last: Last-Event-ID."""

    def __init__(self, client, target, last=None, timeout=30, head=None):
        import hashlib
        h = client.headers("GET", target, hashlib.sha256(b"").hexdigest())
        h.update(head or {})
        if last is not None:
            h["Last-Event-ID"] = last
        self.s = socket.create_connection(("127.0.0.1", client.node.port), timeout=timeout)
        lines = ["GET %s HTTP/1.1" % target, "Host: " + client.node.host] + ["%s: %s" % kv for kv in h.items()]
        self.s.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.raw = b""
        self.text = ""
        self.last = last            # as a client keeps it for the next time
        self.comments = []
        self.ended = False          # the server closed the answer in order
        while b"\r\n\r\n" not in self.raw:
            self.fill()
        head, self.raw = self.raw.split(b"\r\n\r\n", 1)
        self.head = head.decode()
        self.status = int(self.head.split()[1])
        self.chunked = "transfer-encoding: chunked" in self.head.lower()
        self.length = None
        for line in self.head.lower().split("\r\n"):
            if line.startswith("content-length:"):
                self.length = int(line.split(":")[1])
        self.taken = 0

    def fill(self):
        data = self.s.recv(65536)
        if not data:
            raise EOFError("the connection was cut")
        self.raw += data

    def more(self):
        """Decode what is there into text; read when nothing is."""
        if not self.chunked:
            if self.length is not None and self.taken >= self.length:
                self.ended = True
                return
            if not self.raw:
                self.fill()
            self.text += self.raw.decode()
            self.taken += len(self.raw)
            self.raw = b""
            return
        while True:
            head, sep, rest = self.raw.partition(b"\r\n")
            if sep:
                n = int(head, 16)
                if len(rest) >= n + 2:
                    self.text += rest[:n].decode()
                    self.raw = rest[n + 2:]
                    self.ended = n == 0
                    return
            self.fill()

    def frames(self):
        """-> each frame as a dict of its fields, until the server ends the stream; comments are kept apart."""
        while True:
            while "\n\n" in self.text:
                frame, self.text = self.text.split("\n\n", 1)
                out = {}
                for line in frame.split("\n"):
                    name, _, value = line.partition(":")
                    if name:
                        out[name] = value[1:] if value.startswith(" ") else value
                    else:
                        self.comments.append(value.strip())
                        yield {"comment": value.strip()}
                if "id" in out:
                    self.last = out["id"]
                if "data" in out:
                    out["data"] = json.loads(out["data"])
                if out:
                    yield out
            if self.ended:
                return
            self.more()

    def events(self):
        """-> (event, data) as they come; at "end" the data of the end."""
        for f in self.frames():
            if "event" in f:
                yield f["event"], f["data"]

    def close(self):
        self.s.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def phases(client, target, last=None, upto=None):
    """The phases of one connection (at most upto of them), and where to go on."""
    out = []
    with Stream(client, target, last) as s:
        for event, data in s.events():
            if event == "phase":
                out.append(data["phase"])
            if event == "end" or (upto is not None and len(out) >= upto):
                break
        return out, s.last
