"""One call to the node: signed, retried, its answer decoded.

Everything above this file names routes and fields; everything below moves
bytes."""
import hashlib
import json
import secrets
import sys
import time
import urllib.parse

from . import auth, otel
from .errors import AgentConnectionError, APIResponseError, PandaceaException
from .retry import CircuitBreaker, RetryPolicy, retry_after_s
from .transport import Budget, Session
from .version import VERSION

ANSWER_MAX = 256 << 20
ERROR_TEXT_MAX = 64 << 10
USER_AGENT = "darkroom-python/%s Python/%d.%d" % ((VERSION,) + sys.version_info[:2])


def route(template, *names):
    """A request path; each {} takes one name, percent-encoded."""
    for name in names:
        if not isinstance(name, str) or not name:
            raise PandaceaException("an id must be a non-empty string")
    return template.format(*(urllib.parse.quote(name, safe="") for name in names))


def encode_json(value):
    """The compact JSON bytes that are signed and sent."""
    try:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError) as e:
        raise PandaceaException("request cannot be written as JSON: %s" % e) from e


class ApiCaller:
    """The way from a method call to the node and back."""

    def __init__(self, base_url, key_path, token_path, timeout, ca_file, environ):
        if not timeout > 0:
            raise PandaceaException("timeout: a positive number of seconds is expected")
        self.timeout = timeout
        self.session = Session(base_url, ca_file)
        self._auth = auth.choose(key_path, token_path, environ)
        self.peer_id = self._auth.peer_id
        self.spans = otel.NoSpans()
        self._retry = RetryPolicy.from_env(environ)
        self._breaker = CircuitBreaker.from_env(environ)

    def get(self, target, query=None, budget=None):
        return self.call("GET", target, query, budget=budget)

    def post(self, target, value, spender="", idempotency_key=None):
        """POST a JSON value.  Each gets an idempotency key, kept across the
        retries, so a lost reply never does anything twice."""
        return self.call("POST", target, body=encode_json(value), spender=spender,
                         idempotency_key=idempotency_key or secrets.token_urlsafe(24))

    def call(self, method, target, query=None, *, body=b"", body_sha256=None, content_type="application/json",
             headers=None, spender="", idempotency_key="", budget=None, raw=False):
        """One call; returns the JSON object of the answer (None when it has
        no body, or when a removal finds that an attempt whose answer was lost
        has done it), or its bytes with raw."""
        answer = self.open(method, target, query, body=body, content_type=content_type, headers=headers,
                           spender=spender, idempotency_key=idempotency_key, body_sha256=body_sha256,
                           budget=budget or Budget(self.timeout), whole=True)
        data = answer.read(ANSWER_MAX)
        if answer.status == 404:
            return None
        return data if raw else _decode(data)

    def get_changed(self, target, query, etag, wait_s):
        """(state, etag): at once with wait_s 0, else when it differs from the
        one that etag names; (None, etag) when the node waited for nothing."""
        headers = {"If-None-Match": etag} if etag else {}
        budget = Budget(self.timeout + wait_s)
        if wait_s:
            query = {**query, "wait": wait_s}
        answer = self.open("GET", target, query, headers=headers, budget=budget, also_fine=(304,), whole=True)
        data = answer.read(ANSWER_MAX)
        if answer.status == 304:
            return None, etag
        return _decode(data), answer.headers.get("ETag")

    def rows(self, target, filters=None):
        """Iterate over a list, page after page."""
        query = {name: value for name, value in (filters or {}).items() if value is not None}
        while True:
            page = self.get(target, query)
            data = page.get("data")
            if not isinstance(data, list):
                raise PandaceaException("the answer has no data list")
            yield from data
            cursor = page.get("nextCursor")
            if not cursor:
                return
            query["cursor"] = cursor

    def open(self, method, target, query=None, *, body=b"", body_sha256=None, content_type=None,
             headers=None, spender="", idempotency_key="", budget=None, also_fine=(), whole=False):
        """Like call(), but returns the Answer.  Its body is still to be read
        unless `whole`: then losing part of it is a lost answer, and retried.

        body: bytes, or an object with len() that yields its pieces each time
        it is iterated; body_sha256 is needed for the latter."""
        target = self.session.address.prefix + target
        if query:
            target += "?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote)
        fixed = self._headers(method, body, content_type, headers, spender, idempotency_key)
        digest = body_sha256 or hashlib.sha256(body).hexdigest()

        def send():
            signed = self._auth.headers(method, self.session.address.authority, target, digest,
                                        spender, idempotency_key)
            answer = self.session.send(method, target, {**fixed, **signed}, body, budget)
            if whole:
                answer.read(ANSWER_MAX)
            return answer

        with self.spans.span(method, target.partition("?")[0], fixed):
            return self._attempts(method, send, budget, also_fine)

    def _headers(self, method, body, content_type, more, spender, idempotency_key):
        headers = {"Host": self.session.address.authority, "User-Agent": USER_AGENT,
                   "Accept": "application/json", **self.session.headers}
        if method in ("POST", "PUT", "PATCH"):
            headers["Content-Length"] = str(len(body))
            headers["Content-Type"] = content_type or "application/json"
        if spender:
            headers["X-Pandacea-Spender-Address"] = spender
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        headers.update(more or {})
        return headers

    def _attempts(self, method, send, budget, also_fine):
        attempt, lost = 0, False
        while True:
            self._breaker.check()
            try:
                answer = send()
            except AgentConnectionError as e:
                self._breaker.failure()
                delay = self._retry.delay(attempt)
                if attempt >= self._retry.retries or not budget.allows(delay):
                    raise
                failure, lost = e, True
            else:
                self._count(answer.status)
                if 200 <= answer.status < 300 or answer.status in also_fine:
                    return answer
                if method == "DELETE" and lost and answer.status == 404:
                    return answer
                lost = lost or answer.status >= 500
                delay = self._retry.delay(attempt, retry_after_s(answer.headers.get("Retry-After")))
                failure = _refusal(answer)
                if (attempt >= self._retry.retries or not self._retry.wanted(method, answer.status)
                        or not budget.allows(delay)):
                    raise failure
            time.sleep(delay)
            attempt += 1

    def _count(self, status):
        if status >= 500:
            self._breaker.failure()
        else:
            self._breaker.success()


def _decode(data):
    if not data:
        return None
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as e:
        raise PandaceaException("the answer is not JSON") from e
    if not isinstance(value, dict):
        raise PandaceaException("the answer is not a JSON object")
    return value


def _refusal(answer):
    """The APIResponseError of an answer that is no success."""
    try:
        text = answer.read(ERROR_TEXT_MAX).decode("utf-8", "replace")
    except PandaceaException:  # the status alone says enough
        text = ""
    try:
        error = json.loads(text)["error"]
        code, message, request_id = error.get("code"), error.get("message"), error.get("requestId")
    except (ValueError, KeyError, TypeError, AttributeError):
        code = message = None
        request_id = answer.headers.get("X-Request-Id")
    said = "API returned error status %d" % answer.status
    if code:
        said += ": %s: %s" % (code, message)
    return APIResponseError(said, answer.status, text, code, request_id)
