"""What an EVM chain needs from a caller: Keccak-256, RLP, the ABI's words, signed transactions.

Only the signature touches a secret, and `cryptography` makes it; the rest is
arithmetic on public values."""

from .errors import PandaceaException

try:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils
except ImportError:
    ec = None

_MASK = (1 << 64) - 1
_RATE = 136
_ROUNDS = 24

# secp256k1 (SEC 2, section 2.4.1): y^2 = x^3 + 7 over P, base point G of order N
P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
     0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8)


def _round_constants():
    """FIPS 202, algorithm 5: bits of an LFSR at the places 2^j - 1."""
    register, out = 1, []
    for _ in range(_ROUNDS):
        value = 0
        for j in range(7):
            if register & 1:
                value |= 1 << ((1 << j) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        out.append(value)
    return out


def _rotations():
    """FIPS 202, section 3.2.2: offsets along the walk (x, y) -> (y, 2x + 3y)."""
    out, (x, y) = {(0, 0): 0}, (1, 0)
    for t in range(24):
        out[x, y] = (t + 1) * (t + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    return out


_CONSTANTS, _OFFSETS = _round_constants(), _rotations()


def _rol(value, bits):
    return (value << bits | value >> (64 - bits)) & _MASK


def _permute(lanes):
    for constant in _CONSTANTS:
        column = [lanes[x, 0] ^ lanes[x, 1] ^ lanes[x, 2] ^ lanes[x, 3] ^ lanes[x, 4] for x in range(5)]
        mix = [column[x - 1] ^ _rol(column[(x + 1) % 5], 1) for x in range(5)]
        moved = {(y, (2 * x + 3 * y) % 5): _rol(lanes[x, y] ^ mix[x], _OFFSETS[x, y]) for x, y in lanes}
        lanes = {(x, y): moved[x, y] ^ (~moved[(x + 1) % 5, y] & moved[(x + 2) % 5, y]) for x, y in moved}
        lanes[0, 0] ^= constant
    return lanes


def keccak256(data):
    """The 32 bytes of Keccak-256: SHA-3 as it was before its padding changed."""
    data = bytearray(data) + b"\x01" + bytes(-(len(data) + 1) % _RATE)
    data[-1] |= 0x80
    lanes = {(x, y): 0 for x in range(5) for y in range(5)}
    for begin in range(0, len(data), _RATE):
        for i in range(_RATE // 8):
            at = begin + 8 * i
            lanes[i % 5, i // 5] ^= int.from_bytes(data[at:at + 8], "little")
        lanes = _permute(lanes)
    return b"".join(lanes[i, 0].to_bytes(8, "little") for i in range(4))


def rlp(item):
    """Recursive length prefix of bytes, a non-negative int, or a list of them."""
    if isinstance(item, list):
        body, base = b"".join(rlp(x) for x in item), 0xC0
    else:
        body, base = item if isinstance(item, bytes) else item.to_bytes((item.bit_length() + 7) // 8, "big"), 0x80
        if len(body) == 1 and body[0] < 0x80:
            return body
    if len(body) < 56:
        return bytes([base + len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([base + 55 + len(size)]) + size + body


def address(text, name):
    """The 20 bytes of an address."""
    try:
        raw = bytes.fromhex(text[2:]) if text.startswith("0x") else b""
    except (ValueError, AttributeError):
        raw = b""
    if len(raw) != 20:
        raise PandaceaException("%s: 0x and 40 hex digits are expected" % name)
    return raw


def word32(value, name):
    """Exactly 32 bytes, from bytes or 64 hex digits (0x optional)."""
    if isinstance(value, str):
        try:
            value = bytes.fromhex(value[2:] if value.startswith("0x") else value)
        except ValueError:
            value = b""
    if not isinstance(value, (bytes, bytearray)) or len(value) != 32:
        raise PandaceaException("%s: 32 bytes, or 64 hex digits, are expected" % name)
    return bytes(value)


def uint(value, name):
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 256:
        raise PandaceaException("%s: an integer of at most 256 bits is expected" % name)
    return value.to_bytes(32, "big")


def call_data(signature, *words, text=None):
    """The data of a call: selector, words (20-byte addresses are padded), and
    one string after them when the signature ends with one."""
    data = keccak256(signature.encode())[:4] + b"".join(w.rjust(32, b"\0") for w in words)
    if text is not None:
        raw = text.encode("utf-8")
        data += (32 * (len(words) + 1)).to_bytes(32, "big") + len(raw).to_bytes(32, "big")
        data += raw + bytes(-len(raw) % 32)
    return data


# ---- points: public values only --------------------------------------------

def _add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P) % P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P) % P
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def _times(k, point):
    total = None
    while k:
        if k & 1:
            total = _add(total, point)
        point, k = _add(point, point), k >> 1
    return total


def recover(digest, r, s, parity):
    """The public point that made the signature (SEC 1, section 4.1.6), or None."""
    square = (pow(r, 3, P) + 7) % P
    y = pow(square, (P + 1) // 4, P)
    if y * y % P != square:
        return None
    y = y if y % 2 == parity else P - y
    inverse, z = pow(r, -1, N), int.from_bytes(digest, "big")
    return _add(_times(s * inverse % N, (r, y)), _times(-z * inverse % N, G))


def address_of(point):
    """"0x" and the last 20 bytes of the key's Keccak-256."""
    return "0x" + keccak256(point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big"))[12:].hex()


class Wallet:
    """A secp256k1 private key (64 hex digits, 0x optional): .address, sign()."""

    def __init__(self, private_key):
        if ec is None:
            raise PandaceaException("signing transactions needs the [chain] extra: pip install 'darkroom[chain]'")
        secret = int.from_bytes(word32(private_key, "SPENDER_PRIVATE_KEY"), "big")
        if not 0 < secret < N:
            raise PandaceaException("SPENDER_PRIVATE_KEY: not a private key")
        self._key = ec.derive_private_key(secret, ec.SECP256K1())
        numbers = self._key.public_key().public_numbers()
        self._point = (numbers.x, numbers.y)
        self.address = address_of(self._point)

    def sign(self, digest):
        """(r, s, parity) over 32 bytes, s in the lower half."""
        der = self._key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        r, s = utils.decode_dss_signature(der)
        s = min(s, N - s)
        for parity in (0, 1):
            if recover(digest, r, s, parity) == self._point:
                return r, s, parity
        raise PandaceaException("the signature does not lead back to its key")

    def transaction(self, chain_id, nonce, gas_price, gas, to, value, data):
        """The bytes of a signed transaction (EIP-155) for eth_sendRawTransaction."""
        fields = [nonce, gas_price, gas, to, value, data]
        r, s, parity = self.sign(keccak256(rlp(fields + [chain_id, 0, 0])))
        return rlp(fields + [2 * chain_id + 35 + parity, r, s])
