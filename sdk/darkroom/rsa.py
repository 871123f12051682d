"""RSA signatures, PKCS#1 v1.5 with SHA-256 (RFC 8017, section 8.2.1), and a plain Python way to make them.

For machines without the `cryptography` package.  It is correct, blinded and
checks what it made, but not constant-time: whoever can time signatures finely on
the signing machine may learn the key.  Install darkroom[crypto] where that matters.
"""
import hashlib
import secrets

from . import der

BITS_MIN, BITS_MAX, EXPONENT_MAX = 2048, 4096, 2**32

# AlgorithmIdentifier of an RSA key, and the DigestInfo before a SHA-256 digest
_ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")
_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")


class PrivateKey:
    """The numbers of RSAPrivateKey (RFC 8017, A.1.2); ValueError when they do not fit."""

    def __init__(self, data):
        body, _ = der.take(data, der.SEQUENCE)
        _, self.n, self.e, self.d, self.p, self.q, self.dp, self.dq, self.q_inverse = der.integers(body, 9)
        if not BITS_MIN <= self.n.bit_length() <= BITS_MAX or not 3 <= self.e < EXPONENT_MAX or not self.e & 1:
            raise ValueError("size")
        if self.p * self.q != self.n or self.q_inverse * self.q % self.p != 1:
            raise ValueError("numbers")

    @property
    def public_der(self):
        """SubjectPublicKeyInfo."""
        numbers = der.element(der.SEQUENCE, der.integer(self.n) + der.integer(self.e))
        return der.element(der.SEQUENCE, _ALGORITHM + der.element(der.BITS, b"\0" + numbers))

    def sign(self, message):
        length = (self.n.bit_length() + 7) // 8
        info = _SHA256 + hashlib.sha256(message).digest()
        padded = int.from_bytes(b"\0\1" + b"\xff" * (length - len(info) - 3) + b"\0" + info, "big")
        signature = self._power(padded)
        if pow(signature, self.e, self.n) != padded:
            raise ArithmeticError("a signature came out wrong")
        return signature.to_bytes(length, "big")

    def _power(self, value):
        """value^d mod n by the Chinese remainder theorem, blinded."""
        blind = secrets.randbelow(self.n - 2) + 2
        value = value * pow(blind, self.e, self.n) % self.n
        a, b = pow(value, self.dp, self.p), pow(value, self.dq, self.q)
        return (b + self.q_inverse * (a - b) % self.p * self.q) * pow(blind, -1, self.n) % self.n
