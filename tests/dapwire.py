"""DAP and Prio3Count once more, in Python, from the specification: what a test needs to speak as a client, a leader or a collector of its
own, byte by byte.  A third implementation beside ours and npm's; slow, of one measurement type, never a part of the product.

    p = PROFILES["09"]
    r = Report.make(p, task_id, (leader_config, helper_config), time, True)      # r.bytes(p) is the body of an upload
    init = p.init_request([r.prepare_init(p, verify_key)])                       # what a leader sends
    config, key = HpkeConfig.generate(7)                                         # a collector's; key.open(...)
"""
import collections
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

LEADER, HELPER, COLLECTOR, CLIENT = 2, 3, 0, 1


def v2(x):
    return struct.pack(">H", len(x)) + x


def v4(x):
    return struct.pack(">I", len(x)) + x


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        if self.at + n > len(self.data):
            raise ValueError("short: %d bytes wanted at %d of %d" % (n, self.at, len(self.data)))
        self.at += n
        return self.data[self.at - n:self.at]

    def u(self, n):
        return int.from_bytes(self.take(n), "big")

    def v(self, n):
        return self.take(self.u(n))

    def end(self):
        if self.at != len(self.data):
            raise ValueError("%d trailing bytes" % (len(self.data) - self.at))


# ---- TurboSHAKE128 (RFC 9861) ---------------------------------------------------
def round_constants():
    """The last 12 of Keccak's 24, by its shift register."""
    out, r = [], 1
    for _ in range(24):
        c = 0
        for j in range(7):
            if r & 1:
                c |= 1 << ((1 << j) - 1)
            r = (r << 1) ^ (0x171 if r & 0x80 else 0)
        out.append(c)
    return out[12:]


RC, M64, RATE = round_constants(), (1 << 64) - 1, 168


def rotations():
    out, x, y = [0] * 25, 1, 0
    for t in range(24):
        out[x + 5 * y] = (t + 1) * (t + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    return out


ROT = rotations()


def keccak_p(a):
    for rc in RC:
        c = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        d = [c[x - 1] ^ ((c[(x + 1) % 5] << 1 | c[(x + 1) % 5] >> 63) & M64) for x in range(5)]
        b = [0] * 25
        for i in range(25):
            v, n = a[i] ^ d[i % 5], ROT[i]
            x, y = i % 5, i // 5
            b[y + 5 * ((2 * x + 3 * y) % 5)] = (v << n | v >> (64 - n)) & M64 if n else v
        a = [b[i] ^ (~b[i - i % 5 + (i + 1) % 5] & b[i - i % 5 + (i + 2) % 5] & M64) for i in range(25)]
        a[0] ^= rc
    return a


class TurboShake:
    def __init__(self, message, domain=1):
        m = message + bytes([domain])
        m += b"\0" * (-len(m) % RATE)
        m = m[:-1] + bytes([m[-1] ^ 0x80])
        self.state = [0] * 25
        for i in range(0, len(m), RATE):
            self.state = keccak_p([s ^ w for s, w in zip(self.state, struct.unpack("<21Q", m[i:i + RATE]) + (0,) * 4)])
        self.out = b""

    def read(self, n):
        while len(self.out) < n:
            self.out += struct.pack("<21Q", *self.state[:21])
            self.state = keccak_p(self.state)
        got, self.out = self.out[:n], self.out[n:]
        return got


# ---- Prio3Count ------------------------------------------------------------------
P64 = 2**64 - 2**32 + 1
P128 = 2**66 * 4611686018427387897 + 1
HALF = pow(2, -1, P64)
ROOT4 = pow(pow(7, (P64 - 1) >> 32, P64), 1 << 30, P64)      # a principal fourth root
Prep = collections.namedtuple("Prep", "share out")


def encode64(xs):
    return b"".join(x.to_bytes(8, "little") for x in xs)


Field = collections.namedtuple("Field", "p size")
FIELD64, FIELD128 = Field(P64, 8), Field(P128, 16)


def decode(field, data):
    xs = [int.from_bytes(data[i:i + field.size], "little") for i in range(0, len(data), field.size)]
    if len(data) % field.size or any(x >= field.p for x in xs):
        raise ValueError("not elements of a field of %d bytes" % field.size)
    return xs


def decode64(data):
    return decode(FIELD64, data)


class Count:
    """Prio3Count of one profile; the draft's names: a proof is two wire seeds and the gadget polynomial."""
    PROOF = 5

    def __init__(self, version, algorithm, seed, prefix):
        self.version, self.algorithm, self.seed, self.prefix = version, algorithm, seed, prefix

    def xof(self, seed, usage, binder, ctx):
        dst = struct.pack(">BBIH", self.version, 0, self.algorithm, usage) + ctx
        return TurboShake(self.prefix(dst, seed) + seed + binder)

    def vector(self, n, *args):
        x, out = self.xof(*args), []
        while len(out) < n:
            v = int.from_bytes(x.read(8), "little")
            if v < P64:
                out.append(v)
        return out

    def rand_size(self):
        return self.seed * (3 if self.version == 8 else 2)

    def helper(self, share, ctx):
        """-> measurement share and proof share of a helper's seeds"""
        second = share[self.seed:] or share[:self.seed]
        return self.vector(1, share[:self.seed], 1, b"\1", ctx) + self.vector(self.PROOF, second, 2, b"\1\1", ctx)

    def shard(self, measurement, rand, ctx):
        """-> (leader's share, helper's share); the public share is empty."""
        helper, prove = rand[:-self.seed], rand[-self.seed:]
        m, s = int(measurement), self.vector(2, prove, 4, b"\1", ctx)
        wires = [((x + m) * HALF % P64, (x - m) * HALF % P64) for x in s]
        (a0, a1), (b0, b1) = wires
        c = [a0 * b0 % P64, (a0 * b1 + a1 * b0) % P64, a1 * b1 % P64]
        poly = c if self.version == 8 else [self.at(c, pow(ROOT4, k, P64)) for k in range(3)]
        whole = [m] + s + poly
        return encode64([(x - y) % P64 for x, y in zip(whole, self.helper(helper, ctx))]), helper

    @staticmethod
    def at(c, x):
        return sum(v * pow(x, i, P64) for i, v in enumerate(c)) % P64

    def gadget(self, poly, t):
        """-> the output of the one call, and the polynomial at t"""
        if self.version == 8:
            return (poly[0] - poly[1] + poly[2]) % P64, self.at(poly, t)
        y = poly + [-ROOT4 * self.at(poly, ROOT4) % P64]
        nodes, total = [pow(ROOT4, k, P64) for k in range(4)], 0
        for i, xi in enumerate(nodes):
            num = den = 1
            for j, xj in enumerate(nodes):
                if i != j:
                    num, den = num * (t - xj) % P64, den * (xi - xj) % P64
            total += y[i] * num * pow(den, -1, P64)
        return poly[2], total % P64

    def prep_init(self, verify_key, agg_id, nonce, share, ctx):
        m, s0, s1, *poly = decode64(share) if agg_id == 0 else self.helper(share, ctx)
        t, = self.vector(1, verify_key, 5, b"\1" + nonce, ctx)
        out, at_t = self.gadget(poly, t)
        wires = [((s + m) * HALF + (s - m) * HALF * t) % P64 for s in (s0, s1)]
        return Prep(encode64([(out - m) % P64, *wires, at_t]), m)

    @staticmethod
    def decide(shares):
        v, a, b, p = (sum(x) % P64 for x in zip(*(decode64(s) for s in shares)))
        return v == 0 and a * b % P64 == p


# ---- HPKE base mode: X25519, HKDF-SHA256, AES-128-GCM (RFC 9180) -----------------
def extract(salt, ikm):
    return hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()


def expand(prk, info, n):
    out = block = b""
    while len(out) < n:
        block = hmac.new(prk, block + info + bytes([len(out) // 32 + 1]), hashlib.sha256).digest()
        out += block
    return out[:n]


KEM_SUITE, SUITE = b"KEM\0\x20", b"HPKE\0\x20\0\1\0\1"


def labeled_extract(suite, salt, label, ikm):
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, prk, label, info, n):
    return expand(prk, struct.pack(">H", n) + b"HPKE-v1" + suite + label + info, n)


def key_nonce(dh, enc, public, info):
    prk = labeled_extract(KEM_SUITE, b"", b"eae_prk", dh)
    shared = labeled_expand(KEM_SUITE, prk, b"shared_secret", enc + public, 32)
    context = b"\0" + labeled_extract(SUITE, b"", b"psk_id_hash", b"") + labeled_extract(SUITE, b"", b"info_hash", info)
    secret = labeled_extract(SUITE, shared, b"secret", b"")
    return labeled_expand(SUITE, secret, b"key", context, 16), labeled_expand(SUITE, secret, b"base_nonce", context, 12)


def raw(public):
    return public.public_bytes(ser.Encoding.Raw, ser.PublicFormat.Raw)


class Ciphertext(collections.namedtuple("Ciphertext", "config_id enc payload")):
    def bytes(self):
        return bytes([self.config_id]) + v2(self.enc) + v4(self.payload)

    @classmethod
    def read(cls, r):
        return cls(r.u(1), r.v(2), r.v(4))


class HpkeConfig(collections.namedtuple("HpkeConfig", "id kem kdf aead public")):
    def bytes(self):
        return struct.pack(">BHHH", self.id, self.kem, self.kdf, self.aead) + v2(self.public)

    @classmethod
    def read(cls, r):
        return cls(r.u(1), r.u(2), r.u(2), r.u(2), r.v(2))

    @classmethod
    def list(cls, data):
        r = Reader(data)
        inner = Reader(r.v(2))
        r.end()
        out = []
        while inner.at < len(inner.data):
            out.append(cls.read(inner))
        return out

    @classmethod
    def generate(cls, config_id):
        key = X25519PrivateKey.generate()
        return cls(config_id, 0x20, 1, 1, raw(key.public_key())), key

    def seal(self, info, aad, plain):
        eph = X25519PrivateKey.generate()
        enc = raw(eph.public_key())
        key, nonce = key_nonce(eph.exchange(X25519PublicKey.from_public_bytes(self.public)), enc, self.public, info)
        return Ciphertext(self.id, enc, AESGCM(key).encrypt(nonce, plain, aad))


def hpke_open(key, info, aad, c):
    k, nonce = key_nonce(key.exchange(X25519PublicKey.from_public_bytes(c.enc)), c.enc, raw(key.public_key()), info)
    return AESGCM(k).decrypt(nonce, c.payload, aad)


# ---- the two profiles ------------------------------------------------------------
class Profile:
    """Draft 09 over VDAF-08."""
    name, label, media, upload_verb, upload_status = "09", b"dap-09", "application/dap-%s", "PUT", 201
    vdaf = Count(8, 0, 16, lambda dst, seed: bytes([len(dst)]) + dst)
    collect_media, collection_media = "collect-req", "collection"
    report_media = "report"

    def ctx(self, _task_id):
        return b""

    def metadata(self, r):
        return r.id + struct.pack(">Q", r.time)

    def input_aad(self, task, r):
        return task.id + self.metadata(r) + v4(r.public)

    def share_aad(self, task, selector, _query):
        return task.id + v4(b"") + selector

    def interval_query(self, start, duration):
        return b"\1" + struct.pack(">QQ", start, duration)

    def collect_request(self, query):
        return query + v4(b"")

    def init_request(self, inits, batch=None, agg_param=b""):
        return v4(agg_param) + (b"\1" if batch is None else b"\2" + batch) + v4(b"".join(inits))

    def job_response(self, body):
        """-> [(report id, ping-pong message or None, error or None)]"""
        r = Reader(body)
        inner = Reader(r.v(4))
        r.end()
        return self.responses(inner)

    @staticmethod
    def responses(r):
        out = []
        while r.at < len(r.data):
            rid, kind = r.take(16), r.u(1)
            if kind not in (0, 1, 2):
                raise ValueError("kind %d" % kind)
            out.append((rid, r.v(4) if kind == 0 else None, r.u(1) if kind == 2 else None))
        return out

    def share_request(self, selector, count, checksum, _query=None):
        return selector + v4(b"") + struct.pack(">Q", count) + checksum

    def collection(self, body):
        """-> (count, start, duration, leader's ciphertext, helper's)"""
        r = Reader(body)
        if r.u(1) == 2:
            r.take(32)
        out = r.u(8), r.u(8), r.u(8), Ciphertext.read(r), Ciphertext.read(r)
        r.end()
        return out

    def totals(self, key, task, selector, body, query=None, field=FIELD64):
        """A collection of a type whose sums are those of its elements -> (count, the sum of each)"""
        count, _, _, *boxes = self.collection(body)
        aad = self.share_aad(task, selector, query)
        shares = [decode(field, hpke_open(key, self.label + b" aggregate share" + bytes([role, COLLECTOR]), aad, box))
                  for role, box in zip((LEADER, HELPER), boxes)]
        return count, [sum(x) % field.p for x in zip(*shares, strict=True)]

    def total(self, key, task, selector, body, query=None):
        """A collection of Count -> (count, sum)"""
        count, (total,) = self.totals(key, task, selector, body, query)
        return count, total


class Profile18(Profile):
    """Draft 18 over VDAF-18..20."""
    name, label, media, upload_verb, upload_status = "18", b"dap-18", "application/ppm-dap;message=%s", "POST", 200
    vdaf = Count(18, 1, 32, lambda dst, seed: struct.pack("<H", len(dst)) + dst + bytes([len(seed)]))
    collect_media, collection_media = "collection-job-req", "collection-job-resp"
    report_media = "upload-req"

    def ctx(self, task_id):
        return b"dap-18" + task_id

    def metadata(self, r):
        return super().metadata(r) + v2(b"")

    def input_aad(self, task, r):
        return task.id + task.configuration + self.metadata(r) + v4(r.public)

    def share_aad(self, task, selector, query):
        return task.id + task.configuration + self.collect_request(query)

    def interval_query(self, start, duration):
        return b"\1" + v2(struct.pack(">QQ", start, duration))

    def collect_request(self, query):
        return query + v4(b"") + v2(b"")

    def init_request(self, inits, batch=None, agg_param=b"", key_id=0):
        extensions = b"" if batch is None else struct.pack(">H", 1) + v2(batch)
        return bytes([key_id]) + v4(agg_param) + v2(extensions) + b"".join(inits)

    def job_response(self, body):
        return self.responses(Reader(body))

    def share_request(self, selector, count, checksum, query=None):
        return self.collect_request(query) + selector + struct.pack(">Q", count) + checksum

    def collection(self, body):
        r = Reader(body)
        out = r.u(8), r.u(8), r.u(8), Ciphertext.read(r), Ciphertext.read(r)
        r.end()
        return out


PROFILES = {"09": Profile(), "18": Profile18()}


# What client and collector must know of a type whose sums are those of its elements: its id in draft 18, its field, and
# vdaf_config of draft 18.
Vdaf = collections.namedtuple("Vdaf", "id field config")
VDAFS = {
    "Prio3Count": Vdaf(1, FIELD64, lambda v: b""),
    "Prio3SumVec": Vdaf(3, FIELD128, lambda v: struct.pack(">IQI", v["length"], v["max"], v["chunk_length"])),
    "Prio3Histogram": Vdaf(4, FIELD128, lambda v: struct.pack(">II", v["length"], v["chunk_length"])),
}
Task = collections.namedtuple("Task", "id configuration", defaults=(b"",))


class Report:
    """One report; change what you like before bytes() or prepare_init()."""

    def __init__(self, task, rid, time, shares, configs):
        self.task, self.id, self.time, self.public, self.shares, self.configs = task, rid, time, b"", shares, configs
        self.extensions, self.boxes = (b"", b""), None

    @classmethod
    def make(cls, p, task, configs, time, measurement, rid=None):
        rid = rid or os.urandom(16)
        return cls(task, rid, time, p.vdaf.shard(measurement, os.urandom(p.vdaf.rand_size()), p.ctx(task.id)), configs)

    def seal(self, p):
        if self.boxes is None:
            aad = p.input_aad(self.task, self)
            self.boxes = [c.seal(p.label + b" input share" + bytes([CLIENT, role]), aad, v2(x) + v4(s))
                          for c, role, x, s in zip(self.configs, (LEADER, HELPER), self.extensions, self.shares)]
        return self.boxes

    def bytes(self, p):
        return p.metadata(self) + v4(self.public) + b"".join(b.bytes() for b in self.seal(p))

    def prepare_init(self, p, verify_key):
        """PrepareInit of a leader that has opened this report."""
        prep = p.vdaf.prep_init(verify_key, 0, self.id, self.shares[0], p.ctx(self.task.id))
        return p.metadata(self) + v4(self.public) + self.seal(p)[1].bytes() + v4(b"\0" + v4(prep.share))


def checksum(ids):
    out = bytes(32)
    for i in ids:
        out = bytes(a ^ b for a, b in zip(out, hashlib.sha256(i).digest()))
    return out
