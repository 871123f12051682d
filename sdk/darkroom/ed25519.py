"""Ed25519 signing in plain Python (RFC 8032, section 5.1).

For machines without the `cryptography` package.  It is correct but not
constant-time: whoever can time signatures finely on the signing machine may
learn the key.  Install darkroom[crypto] where that matters.
"""
import hashlib

SEED_LEN = 32
PUBLIC_LEN = 32
SIGNATURE_LEN = 64

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_D2 = 2 * _D % _P
_BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
_BASE_Y = 4 * pow(5, _P - 2, _P) % _P
_NEUTRAL = (0, 1, 1, 0)


def _add(p, q):
    """Sum of two points in extended coordinates (X, Y, Z, T)."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = p[3] * _D2 * q[3] % _P
    d = 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _powers():
    """B, 2B, 4B, ... for every bit of a scalar."""
    point = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)
    out = []
    for _ in range(255):
        out.append(point)
        point = _add(point, point)
    return out


_POWERS = []


def _times_base(scalar):
    if not _POWERS:
        _POWERS.extend(_powers())
    point = _NEUTRAL
    for bit, power in enumerate(_POWERS):
        if scalar >> bit & 1:
            point = _add(point, power)
    return point


def _encode(point):
    x, y, z, _ = point
    inverse = pow(z, _P - 2, _P)
    x, y = x * inverse % _P, y * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _expand(seed):
    if len(seed) != SEED_LEN:
        raise ValueError("an Ed25519 seed is 32 bytes")
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little")
    scalar = scalar & (2**254 - 8) | 2**254
    return scalar, digest[32:]


def _hash_mod_l(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % _L


def public_key(seed):
    """The 32-byte public key of a 32-byte seed."""
    return _encode(_times_base(_expand(seed)[0]))


def sign(seed, message):
    """The 64-byte signature of message."""
    scalar, prefix = _expand(seed)
    public = _encode(_times_base(scalar))
    r = _hash_mod_l(prefix, message)
    commitment = _encode(_times_base(r))
    s = (r + _hash_mod_l(commitment, public, message) * scalar) % _L
    return commitment + s.to_bytes(32, "little")
