"""Private keys from files, and the peer id that names a public key."""
import base64
import binascii
import re

from . import ed25519
from .errors import PandaceaException

try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
except ImportError:
    Ed25519PrivateKey = None

KEY_FILE_MAX = 64 * 1024

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]+)-----END \1-----")

_OID_ED25519 = bytes.fromhex("2b6570")
_OTHER_KEYS = {
    bytes.fromhex("2a864886f70d010101"): "RSA",
    bytes.fromhex("2a8648ce3d0201"): "elliptic-curve",
    "RSA PRIVATE KEY": "RSA",
    "EC PRIVATE KEY": "elliptic-curve",
}

# libp2p: identity multihash (00 24) of the key message: type Ed25519
# (08 01), data of 32 bytes (12 20).
_PEER_PREFIX = bytes.fromhex("0024080112" + "20")


def base58(data):
    """Bitcoin's base58 of data."""
    number = int.from_bytes(data, "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = _BASE58[digit] + text
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + text


def peer_id(public):
    """The libp2p peer id ("12D3KooW...") of a 32-byte Ed25519 public key."""
    return base58(_PEER_PREFIX + public)


class SigningKey:
    """An Ed25519 private key: .public_key, .peer_id, sign()."""

    def __init__(self, seed):
        if Ed25519PrivateKey is not None:
            self._sign = Ed25519PrivateKey.from_private_bytes(seed).sign
        else:
            self._sign = lambda message: ed25519.sign(seed, message)
        self.public_key = ed25519.public_key(seed)
        self.peer_id = peer_id(self.public_key)

    def sign(self, message):
        return self._sign(message)

    def __repr__(self):
        return "SigningKey(%s)" % self.peer_id


def load(path):
    """The SigningKey in a file: PEM (PKCS#8), or a 32-byte seed in hex.

    Raises PandaceaException, which never quotes the file."""
    try:
        with open(path, "rb") as f:
            data = f.read(KEY_FILE_MAX + 1)
    except OSError as e:
        raise PandaceaException("cannot read key file %s: %s" % (path, e.strerror)) from e
    if len(data) > KEY_FILE_MAX:
        raise PandaceaException("key file %s is too big to be a key" % path)
    try:
        return SigningKey(_seed(data))
    except PandaceaException as e:
        raise PandaceaException("key file %s: %s" % (path, e.message)) from None


def _seed(data):
    if re.fullmatch(rb"[0-9A-Fa-f]{64}", data.strip()):
        return bytes.fromhex(data.strip().decode("ascii"))
    match = _PEM.search(data)
    if match is None:
        raise PandaceaException("neither a PEM private key nor a 32-byte seed in hex")
    label = match.group(1).decode("ascii")
    if label == "ENCRYPTED PRIVATE KEY":
        raise PandaceaException("encrypted keys are not supported")
    _refuse_other(label)
    if label != "PRIVATE KEY":
        raise PandaceaException("holds a %s, not a PRIVATE KEY" % label)
    try:
        return _pkcs8_seed(base64.b64decode(b"".join(match.group(2).split()), validate=True))
    except (binascii.Error, ValueError, IndexError) as e:
        raise PandaceaException("not a PKCS#8 private key") from e


def _refuse_other(word):
    if word in _OTHER_KEYS:
        raise PandaceaException("%s keys come with a later release; use an Ed25519 key" % _OTHER_KEYS[word])


def _pkcs8_seed(der):
    """The seed in PrivateKeyInfo (RFC 5958, RFC 8410)."""
    outer, _ = _der(der, 0x30)
    _version, rest = _der(outer, 0x02)
    algorithm, rest = _der(rest, 0x30)
    oid, _ = _der(algorithm, 0x06)
    _refuse_other(oid)
    if oid != _OID_ED25519:
        raise PandaceaException("unknown key algorithm")
    wrapped, _ = _der(rest, 0x04)
    seed, _ = _der(wrapped, 0x04)
    if len(seed) != ed25519.SEED_LEN:
        raise ValueError("seed length")
    return seed


def _der(data, tag):
    """(contents of the first element, which must have this tag; what follows)."""
    if data[0] != tag:
        raise ValueError("tag")
    length, start = data[1], 2
    if length > 0x80:
        start += length - 0x80
        length = int.from_bytes(data[2:start], "big")
    if start + length > len(data):
        raise ValueError("length")
    return data[start:start + length], data[start + length:]
