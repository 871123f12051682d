"""An IPFS node's API for tests: POST /api/v0/block/get and /api/v0/version over HTTP on a free
port.  It makes real UnixFS files of real blocks, by the specifications (ipld.io dag-pb, UnixFS,
multiformats CID), apart from our own code; and it can lie.

    sim = IpfsSim().start()
    cid = sim.add(b"print(1)\\n")                 # one block
    cid = sim.add(data, chunk=1000, raw=True)    # leaves without a wrapper (CIDv1 links)
    sim.fault = "flip"       # see FAULTS; None: honest
    sim.drip.add(cid)        # a byte a second
"""
import base64
import hashlib
import os
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import b58  # noqa: E402
from .simserver import SimServer  # noqa: E402

FAULTS = ("flip", "other", "http500", "huge", "cut", "redirect")


def varint(n):
    out = b""
    while n >= 0x80:
        out += bytes([n & 0x7f | 0x80])
        n >>= 7
    return out + bytes([n])


def field(no, kind, v):
    return bytes([no << 3 | kind]) + (varint(v) if kind == 0 else varint(len(v)) + v)


def unixfs(kind, data=None, size=None, sizes=()):
    out = field(1, 0, kind) + (field(2, 2, data) if data else b"")
    if size is not None:
        out += field(3, 0, size)
    return out + b"".join(field(4, 0, s) for s in sizes)


class IpfsSim(SimServer):
    def __init__(self):
        self.blocks, self.asked, self.fault, self.drip = {}, [], None, set()
        self.hold = threading.Event()
        self.hold.set()

    # ---- files --------------------------------------------------------------
    def put(self, block, raw=False):
        """The CID as bytes, as links hold it."""
        mh = b"\x12\x20" + hashlib.sha256(block).digest()
        cid = b"\x01\x55" + mh if raw else mh
        self.blocks[self.name(cid)] = block
        return cid

    @staticmethod
    def name(cid):
        return b58(cid) if cid[0] == 0x12 else "b" + base64.b32encode(cid).decode().lower().rstrip("=")

    def node(self, links, data):
        """A dag-pb node: links before data, as the codec wants."""
        body = b"".join(field(2, 2, field(1, 2, cid) + field(2, 2, b"") + field(3, 0, size)) for cid, size in links)
        return self.put(body + field(1, 2, data))

    def add(self, data, chunk=256 << 10, raw=False, width=174):
        """A file as `ipfs add` makes it (balanced); its CIDv0."""
        if len(data) <= chunk and not raw:
            return self.name(self.put(field(1, 2, unixfs(2, data, len(data)))))
        level = []
        for at in range(0, len(data), chunk):
            piece = data[at:at + chunk]
            cid = self.put(piece, raw=True) if raw else self.put(field(1, 2, unixfs(2, piece, len(piece))))
            level.append((cid, len(piece)))
        while len(level) > 1 or level[0][0][0] != 0x12:
            level = [(self.node(part, unixfs(2, size=sum(s for _, s in part), sizes=[s for _, s in part])), sum(s for _, s in part))
                     for part in (level[i:i + width] for i in range(0, len(level), width))]
        return self.name(level[0][0])

    def folder(self):
        return self.name(self.put(field(1, 2, unixfs(1))))

    # ---- HTTP ---------------------------------------------------------------
    def handle(self, http):
        url = urllib.parse.urlsplit(http.path)
        if url.path == "/api/v0/version":
            return self.say(http, 200, b'{"Version":"0.0.0"}')
        name = urllib.parse.parse_qs(url.query).get("arg", [""])[0]
        self.asked.append(name)
        self.hold.wait(60)
        block = self.blocks.get(name)
        if url.path != "/api/v0/block/get" or block is None:
            return self.say(http, 500, b'{"Message":"block was not found locally (offline)","Code":0}')
        if self.fault == "flip":
            block = block[:-1] + bytes([block[-1] ^ 1])
        elif self.fault == "other":
            block = field(1, 2, unixfs(2, b"print('not yours')\n", 19))
        elif self.fault == "huge":
            block = block + b"\0" * (3 << 20)
        elif self.fault == "redirect":
            http.send_response(302)
            http.send_header("Location", "http://127.0.0.1:%d/elsewhere" % self.port)
            http.send_header("Content-Length", "0")
            return http.end_headers()
        return self.say(http, 500 if self.fault == "http500" else 200, block, name in self.drip)

    def say(self, http, status, data, drip=False):
        http.send_response(status)
        http.send_header("Content-Length", str(len(data)))
        http.end_headers()
        if drip:
            for b in data:
                http.wfile.write(bytes([b]))
                time.sleep(1)       # pause: a gateway of a byte a second
        else:
            http.wfile.write(data[:-3] if self.fault == "cut" else data)
        http.close_connection = drip or self.fault == "cut"
