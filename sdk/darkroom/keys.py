"""Private keys from files, and the peer id that names a public key.

Ed25519 and RSA keys work everywhere; elliptic-curve keys (secp256k1, P-256) need
the [crypto] extra."""
import base64
import binascii
import hashlib
import re

from . import der, ed25519, rsa
from .errors import PandaceaException

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
except ImportError:
    Ed25519PrivateKey = None

KEY_FILE_MAX = 64 * 1024

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]+)-----END \1-----")

_OID_ED25519 = bytes.fromhex("2b6570")
_OID_RSA = bytes.fromhex("2a864886f70d010101")
_OID_EC = bytes.fromhex("2a8648ce3d0201")
_SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

# libp2p: a key message is its type (08 xx) and its data (12, length); the id is
# its identity multihash (00, length) or, above 42 bytes, its SHA-256 (12 20).
_TYPE_RSA, _TYPE_ED25519, _TYPE_SECP256K1, _TYPE_ECDSA = range(4)


def base58(data):
    """Bitcoin's base58 of data."""
    number = int.from_bytes(data, "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + text


def _id_of(kind, data):
    length = bytes([len(data)]) if len(data) < 0x80 else bytes([len(data) & 0x7F | 0x80, len(data) >> 7])
    message = bytes([0x08, kind, 0x12]) + length + data
    if len(message) <= 42:
        return base58(bytes([0x00, len(message)]) + message)
    return base58(b"\x12\x20" + hashlib.sha256(message).digest())


def peer_id(public):
    """The libp2p peer id ("12D3KooW...") of a 32-byte Ed25519 public key."""
    return _id_of(_TYPE_ED25519, public)


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
        return "%s(%s)" % (type(self).__name__, self.peer_id)


class RsaKey(SigningKey):
    """An RSA private key from the DER of RSAPrivateKey: .public_key is its
    SubjectPublicKeyInfo, .alias the id by which the first SDK knows it."""

    def __init__(self, data):
        own = rsa.PrivateKey(data)
        self._sign = own.sign
        if Ed25519PrivateKey is not None:
            key = serialization.load_der_private_key(data, None)
            self._sign = lambda message: key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        self.public_key = own.public_der
        self.peer_id = _id_of(_TYPE_RSA, self.public_key)
        self.alias = base58(b"\x12\x20" + hashlib.sha256(self.public_key).digest())


class EcKey(SigningKey):
    """A secp256k1 or P-256 private key of `cryptography`: .public_key is the
    compressed point or the SubjectPublicKeyInfo."""

    def __init__(self, key):
        self._key, public = key, key.public_key()
        if isinstance(key.curve, ec.SECP256K1):
            self.public_key = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
            self.peer_id = _id_of(_TYPE_SECP256K1, self.public_key)
        elif isinstance(key.curve, ec.SECP256R1):
            self.public_key = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            self.peer_id = _id_of(_TYPE_ECDSA, self.public_key)
        else:
            raise PandaceaException("a key on %s; secp256k1 and P-256 are known" % key.curve.name)

    def sign(self, message):
        signature = self._key.sign(message, ec.ECDSA(hashes.SHA256()))
        if isinstance(self._key.curve, ec.SECP256K1):   # the lower S, as libp2p makes it
            r, s = utils.decode_dss_signature(signature)
            signature = utils.encode_dss_signature(r, min(s, _SECP256K1_ORDER - s))
        return signature


def load(path):
    """The key in a file: PEM (PKCS#8; "RSA PRIVATE KEY", "EC PRIVATE KEY"), or
    a 32-byte Ed25519 seed in hex.

    Raises PandaceaException, which never quotes the file."""
    try:
        with open(path, "rb") as f:
            data = f.read(KEY_FILE_MAX + 1)
    except OSError as e:
        raise PandaceaException("cannot read key file %s: %s" % (path, e.strerror)) from e
    if len(data) > KEY_FILE_MAX:
        raise PandaceaException("key file %s is too big to be a key" % path)
    try:
        return _parse(data)
    except PandaceaException as e:
        raise PandaceaException("key file %s: %s" % (path, e.message)) from None


def _parse(data):
    if re.fullmatch(rb"[0-9A-Fa-f]{64}", data.strip()):
        return SigningKey(bytes.fromhex(data.strip().decode("ascii")))
    match = _PEM.search(data)
    if match is None:
        raise PandaceaException("neither a PEM private key nor a 32-byte seed in hex")
    label = match.group(1).decode("ascii")
    if label == "ENCRYPTED PRIVATE KEY":
        raise PandaceaException("encrypted keys are not supported")
    if label not in _LABELS:
        raise PandaceaException("holds a %s, not a PRIVATE KEY" % label)
    try:
        return _LABELS[label](base64.b64decode(b"".join(match.group(2).split()), validate=True))
    except (binascii.Error, ValueError, IndexError) as e:
        raise PandaceaException("not a usable %s" % label) from e


def _pkcs8(data):
    """PrivateKeyInfo (RFC 5958)."""
    outer, _ = der.take(data, der.SEQUENCE)
    _version, rest = der.take(outer, der.INTEGER)
    algorithm, rest = der.take(rest, der.SEQUENCE)
    oid, _ = der.take(algorithm, der.OID)
    wrapped, _ = der.take(rest, der.OCTETS)
    if oid == _OID_RSA:
        return RsaKey(wrapped)
    if oid == _OID_EC:
        return _ec(data)
    if oid != _OID_ED25519:
        raise PandaceaException("unknown key algorithm")
    seed, _ = der.take(wrapped, der.OCTETS)
    if len(seed) != ed25519.SEED_LEN:
        raise ValueError("seed length")
    return SigningKey(seed)


def _ec(data):
    if Ed25519PrivateKey is None:
        raise PandaceaException("elliptic-curve keys need the [crypto] extra: pip install 'darkroom[crypto]'")
    try:
        return EcKey(serialization.load_der_private_key(data, None))
    except UnsupportedAlgorithm as e:
        raise ValueError("curve") from e


_LABELS = {"PRIVATE KEY": _pkcs8, "RSA PRIVATE KEY": RsaKey, "EC PRIVATE KEY": _ec}
