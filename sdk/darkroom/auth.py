"""Who is calling: signed requests (authentication v2) and bearer tokens."""
import base64
import hashlib
import re
import secrets
import time

from . import keys
from .errors import PandaceaException

EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
TOKEN_FILE_MAX = 4096


def canonical(method, host, target, body_sha256, timestamp, nonce, spender="", idempotency_key=""):
    """The bytes that are signed: nine lines, each ended by a newline."""
    lines = ("darkroom-auth-2", method, host.lower(), target, body_sha256,
             str(timestamp), nonce, spender.lower(), idempotency_key)
    return "".join(line + "\n" for line in lines).encode("utf-8")


class KeyAuth:
    """Signs each request; every attempt gets a time and nonce of its own."""

    def __init__(self, key):
        self.key = key
        self.peer_id = key.peer_id

    def headers(self, method, host, target, body_sha256, spender="", idempotency_key=""):
        timestamp, nonce = int(time.time()), secrets.token_urlsafe(24)
        signature = self.key.sign(canonical(
            method, host, target, body_sha256, timestamp, nonce, spender, idempotency_key))
        return {
            "X-Pandacea-Peer-ID": self.peer_id,
            "X-Pandacea-Signature": base64.b64encode(signature).decode("ascii"),
            "X-Darkroom-Timestamp": str(timestamp),
            "X-Darkroom-Nonce": nonce,
            "X-Darkroom-Content-SHA256": body_sha256,
        }


class TokenAuth:
    """Sends a bearer token."""

    peer_id = None

    def __init__(self, token):
        self._value = "Bearer " + token

    def headers(self, method, host, target, body_sha256, spender="", idempotency_key=""):
        return {"Authorization": self._value, "X-Darkroom-Content-SHA256": body_sha256}


class NoAuth:
    """Calls that need none: health, and the node's refusal of all others."""

    peer_id = None

    def headers(self, method, host, target, body_sha256, spender="", idempotency_key=""):
        return {}


def read_token(path):
    """The token in a file; an error never quotes it."""
    try:
        with open(path, "rb") as f:
            data = f.read(TOKEN_FILE_MAX + 1).strip()
    except OSError as e:
        raise PandaceaException("cannot read token file %s: %s" % (path, e.strerror)) from e
    if not re.fullmatch(rb"drk_[A-Za-z0-9_-]{43}", data):
        raise PandaceaException("token file %s does not hold a token (drk_ and 43 characters)" % path)
    return data.decode("ascii")


def choose(key_path, token_path, environ):
    """The authentication that arguments, or else the environment, ask for."""
    if key_path and token_path:
        raise PandaceaException("give a private key or a token file, not both")
    if not key_path and not token_path:
        key_path = environ.get("DARKROOM_KEY_FILE")
        token_path = None if key_path else environ.get("DARKROOM_TOKEN_FILE")
    if key_path:
        return KeyAuth(keys.load(key_path))
    if token_path:
        return TokenAuth(read_token(token_path))
    return NoAuth()
