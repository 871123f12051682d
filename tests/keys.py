"""Keys of callers that are no Ed25519 keys, and wallets: by python3-cryptography, a peer of our own code."""
import base64
import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sdk"))
from cryptography.hazmat.primitives import hashes, serialization as ser  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa  # noqa: E402
from darkroom import evm  # noqa: E402

import harness  # noqa: E402


def varint(n):
    return bytes([n]) if n < 0x80 else bytes([n & 0x7f | 0x80, n >> 7])


class HashedKey:
    """A key whose ids are hashes: .ids (libp2p's, and of RSA the first SDK's), .public_pem, sign()."""

    def __init__(self, key, libp2p_type):
        self.key, self.type = key, libp2p_type
        public = key.public_key()
        self.public_pem = public.public_bytes(ser.Encoding.PEM, ser.PublicFormat.SubjectPublicKeyInfo).decode()
        self.pem = key.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption())
        der = public.public_bytes(ser.Encoding.DER, ser.PublicFormat.SubjectPublicKeyInfo)
        message = b"\x08" + bytes([libp2p_type]) + b"\x12" + varint(len(der)) + der
        self.ids = [harness.b58(b"\x12\x20" + hashlib.sha256(b).digest()) for b in ((message, der) if libp2p_type == 0 else (message,))]
        self.peer_id = self.ids[0]

    def sign(self, data):
        if self.type == 0:
            raw = self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        else:
            raw = self.key.sign(data, ec.ECDSA(hashes.SHA256()))
        return base64.b64encode(raw).decode()


def rsa_key(bits=2048):
    return HashedKey(rsa.generate_private_key(65537, bits), 0)


def ecdsa_key():
    return HashedKey(ec.generate_private_key(ec.SECP256R1()), 3)


class SecpKey:
    """secp256k1: the id holds the key.  Signatures come with either S, as the library makes them."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256K1())
        self.pem = self.key.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption())
        self.public = self.key.public_key().public_bytes(ser.Encoding.X962, ser.PublicFormat.CompressedPoint)
        self.peer_id = harness.b58(b"\x00\x25\x08\x02\x12\x21" + self.public)

    def sign(self, data):
        return base64.b64encode(self.key.sign(data, ec.ECDSA(hashes.SHA256()))).decode()


class Wallet:
    """An Ethereum wallet that signs messages (EIP-191)."""

    def __init__(self, private_key=None):
        self.wallet = evm.Wallet(private_key or os.urandom(32).hex())
        self.address = self.wallet.address

    def sign_digest(self, digest, v=27):
        r, s, parity = self.wallet.sign(digest)
        return "0x%064x%064x%02x" % (r, s, v + parity)

    def sign_message(self, text, v=27):
        data = text.encode()
        return self.sign_digest(evm.keccak256(b"\x19Ethereum Signed Message:\n%d" % len(data) + data), v)
