"""Keys, signatures and what is signed, against published vectors."""
import base64
import hashlib
import os
import tempfile
import unittest
from unittest import mock

from darkroom import PandaceaException, auth, ed25519, keys, rsa

try:
    from cryptography.hazmat.primitives.asymmetric import utils
except ImportError:
    utils = None

# RFC 8032, section 7.1: seed, public key, message, signature
RFC8032 = [
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
     "d25bf5f0595bbe24655141438e7a100b"),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
     "387b2eaeb4302aeeb00d291612bb0c00"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
     "4a7c15e9716ed28dc027beceea1ec40a"),
    ("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
     "454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
     "3dca179c138ac17ad9bef1177331a704"),
]
SEED = bytes.fromhex(RFC8032[0][0])
BODY = b'{"lease_id":"lease_123","code":"print(1)","inputs":[{"asset_id":"data_456","variable_name":"features"}]}'


class Ed25519(unittest.TestCase):
    def test_published_vectors(self):
        for seed, public, message, signature in RFC8032:
            seed = bytes.fromhex(seed)
            self.assertEqual(ed25519.public_key(seed).hex(), public)
            self.assertEqual(ed25519.sign(seed, bytes.fromhex(message)).hex(), signature)

    def test_long_message(self):
        # RFC 8032's 1023-byte message is only its length here: the library below is the other opinion
        if keys.Ed25519PrivateKey is None:
            self.skipTest("cryptography is not installed")
        for length in (0, 1, 63, 64, 1023, 100000):
            message = bytes(i % 251 for i in range(length))
            other = keys.Ed25519PrivateKey.from_private_bytes(SEED).sign(message)
            self.assertEqual(ed25519.sign(SEED, message), other)

    def test_wrong_seed_length(self):
        with self.assertRaises(ValueError):
            ed25519.sign(b"short", b"")


class PeerId(unittest.TestCase):
    def test_published_id(self):
        self.assertEqual(keys.peer_id(bytes.fromhex(RFC8032[0][1])),
                         "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV")

    def test_base58_keeps_leading_zeros(self):
        self.assertEqual(keys.base58(b"\0\0\1"), "112")
        self.assertEqual(keys.base58(b""), "")


class Canonical(unittest.TestCase):
    def test_published_request(self):
        text = auth.canonical("POST", "Node.example", "/api/v1/privacy/execute", hashlib.sha256(BODY).hexdigest(),
                              1767225600, "A" * 22, "", "k-1")
        self.assertEqual(hashlib.sha256(text).hexdigest(),
                         "c47720e531c25d35a10352eb6a26aab9f66d097162d3f6158fb1f8b679eac8cf")
        self.assertEqual(base64.b64encode(keys.SigningKey(SEED).sign(text)).decode(),
                         "g9TCUfw2tVRM0DJea9AmUdaV5fmBD6n/7CZirnAvMNjpyxGVhMbTFjd1kWmSuLUgHa9+7PakYIJlbfD9G3wHCA==")

    def test_each_attempt_is_new(self):
        caller = auth.KeyAuth(keys.SigningKey(SEED))
        one, two = (caller.headers("GET", "h", "/", auth.EMPTY_SHA256) for _ in range(2))
        self.assertNotEqual(one["X-Darkroom-Nonce"], two["X-Darkroom-Nonce"])
        self.assertRegex(one["X-Darkroom-Nonce"], r"^[A-Za-z0-9_-]{16,64}$")


class KeyFiles(unittest.TestCase):
    def load(self, data):
        with tempfile.NamedTemporaryFile() as f:
            f.write(data)
            f.flush()
            return keys.load(f.name)

    def pem(self, der, label=b"PRIVATE KEY"):
        return b"-----BEGIN %s-----\n%s\n-----END %s-----\n" % (label, base64.encodebytes(der), label)

    def test_pem_and_hex_are_the_same_key(self):
        der = bytes.fromhex("302e020100300506032b657004220420") + SEED
        want = "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV"
        self.assertEqual(self.load(self.pem(der)).peer_id, want)
        self.assertEqual(self.load(SEED.hex().encode() + b"\n").peer_id, want)

    def test_pem_with_public_key(self):
        # RFC 8410, section 10.3
        key = self.load(b"-----BEGIN PRIVATE KEY-----\n"
                        b"MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
                        b"oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n"
                        b"Z9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PRIVATE KEY-----\n")
        self.assertEqual(key.public_key.hex(), "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1")

    def test_without_cryptography_signs_the_same(self):
        want = keys.SigningKey(SEED).sign(b"x")
        with mock.patch.object(keys, "Ed25519PrivateKey", None):
            self.assertEqual(keys.SigningKey(SEED).sign(b"x"), want)

    def test_refused(self):
        rsa = bytes.fromhex("3020020100300d06092a864886f70d0101010500040c") + b"x" * 12
        for data, said in ((b"hello", "neither"), (b"", "neither"), (self.pem(rsa), "not a usable PRIVATE KEY"),
                           (self.pem(b"x", b"RSA PRIVATE KEY"), "not a usable RSA"),
                           (self.pem(b"x", b"EC PRIVATE KEY"), "EC PRIVATE KEY|elliptic-curve"),
                           (self.pem(b"x", b"ENCRYPTED PRIVATE KEY"), "encrypted"),
                           (self.pem(b"x", b"PUBLIC KEY"), "holds a PUBLIC KEY"),
                           (self.pem(b"\x30"), "not a usable PRIVATE KEY"), (b"0" * 70000, "too big")):
            with self.assertRaisesRegex(PandaceaException, said):
                self.load(data)

    def test_error_never_quotes_the_file(self):
        with self.assertRaises(PandaceaException) as caught:
            self.load(b"SECRET-BYTES")
        self.assertNotIn("SECRET-BYTES", caught.exception.message)

    def test_missing_file(self):
        with self.assertRaisesRegex(PandaceaException, "cannot read key file"):
            keys.load("/nonexistent")


class OtherKeys(unittest.TestCase):
    """RSA by two implementations, curves by the library; ids as js-libp2p and the node have them."""

    @staticmethod
    def load(name):
        return keys.load(os.path.join(os.path.dirname(os.path.abspath(__file__)), "keys", name))

    def test_rsa_ids(self):
        for name in ("rsa2048.pem", "rsa2048-pkcs1.pem"):
            key = self.load(name)
            self.assertEqual(key.peer_id, "QmQcLzisePPHwaLvbc9yAmjChFnwcE83P53w9K3ZhUvy7e")
            self.assertEqual(key.alias, "QmebfB31PL4h29TKd3RqJeN6Uvn3yFRzqoLkGVBXZpLrE3")
            self.assertIn(key.peer_id, repr(key))

    def test_rsa_without_cryptography_signs_the_same(self):
        want = self.load("rsa2048.pem").sign(b"x")
        with mock.patch.object(keys, "Ed25519PrivateKey", None):
            plain = self.load("rsa2048.pem")
            self.assertEqual([plain.sign(b"x") for _ in range(3)], [want] * 3)
            self.assertEqual(len(want), 256)
            with self.assertRaisesRegex(PandaceaException, r"need the \[crypto\] extra"):
                self.load("secp256k1.pem")

    def test_rsa_that_is_no_key(self):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "keys", "rsa2048-pkcs1.pem"), "rb") as f:
            good = base64.b64decode(b"".join(f.read().split(b"\n")[1:-2]))
        for bad in (good[:-3], good[:40] + bytes([good[40] ^ 1]) + good[41:]):
            with self.assertRaises((ValueError, IndexError)):
                rsa.PrivateKey(bad)

    @unittest.skipIf(keys.Ed25519PrivateKey is None, "cryptography is not installed")
    def test_curves(self):
        secp = self.load("secp256k1.pem")
        self.assertEqual(secp.public_key.hex(), "03c71bc7a8cc5c0ef1e18251f7ca24eb25b45f21368d3d93ef865fe7aebc8feee2")
        self.assertEqual(secp.peer_id, "16Uiu2HAmS4E3vSHcyrVdkkTUhjC9NXbm4Q21JUJdhJ4zCGwbDc5F")
        self.assertEqual(self.load("p256.pem").peer_id, "QmdohF6CPETHcxU9eQNK9HWc5ntuy5oV7wbyWcDs5yeC5e")
        for _ in range(8):
            _, s = utils.decode_dss_signature(secp.sign(b"x"))
            self.assertLessEqual(s, keys._SECP256K1_ORDER // 2)


class TokenFiles(unittest.TestCase):
    def test_token(self):
        token = "drk_" + "A" * 43
        with tempfile.NamedTemporaryFile() as f:
            f.write(token.encode() + b"\n")
            f.flush()
            self.assertEqual(auth.TokenAuth(auth.read_token(f.name)).headers("GET", "h", "/", "")["Authorization"],
                             "Bearer " + token)
            f.write(b"x")
            f.flush()
            with self.assertRaisesRegex(PandaceaException, "does not hold a token"):
                auth.read_token(f.name)

    def test_key_and_token_exclude_each_other(self):
        with self.assertRaises(PandaceaException):
            auth.choose("a", "b", {})

    def test_nothing_given(self):
        self.assertIsInstance(auth.choose(None, None, {}), auth.NoAuth)


if __name__ == "__main__":
    unittest.main()
