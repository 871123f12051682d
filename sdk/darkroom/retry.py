"""When to try again, how long to wait first, and when to stop asking."""
import random
import threading
import time
from dataclasses import dataclass

from .errors import CircuitBreakerOpenError

RETRY_ALWAYS = frozenset((429, 503))
RETRY_SAFE = frozenset((502, 504))
REPEATABLE = frozenset(("GET", "HEAD", "PUT", "DELETE"))    # twice is as good as once
MAX_DELAY_S = 60.0


def _number(environ, name, default, low, high):
    """A number from the environment; nonsense is the default."""
    try:
        value = float(environ.get(name, ""))
    except ValueError:
        return default
    return value if low <= value <= high else default


@dataclass(frozen=True)
class RetryPolicy:
    """Up to `retries` more attempts, from `base_s` doubling to a minute."""

    retries: int = 5
    base_s: float = 0.1

    @classmethod
    def from_env(cls, environ):
        return cls(int(_number(environ, "SDK_MAX_RETRIES", 5, 0, 100)),
                   _number(environ, "SDK_BASE_DELAY_MS", 100, 0, 60000) / 1000)

    @staticmethod
    def wanted(method, status):
        """Can the same request do better later?"""
        return status in RETRY_ALWAYS or (method in REPEATABLE and status in RETRY_SAFE)

    def delay(self, attempt, retry_after=None):
        """Seconds before attempt + 1, jittered, never below Retry-After."""
        delay = min(self.base_s * 2**attempt, MAX_DELAY_S) * random.uniform(0.5, 1.0)
        return max(delay, retry_after or 0.0)


def retry_after_s(value):
    """A Retry-After header in seconds (the form we serve), or None."""
    return float(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else None


class CircuitBreaker:
    """Opens after `threshold` failures in a row, lets calls through again
    after `reset_s`, and closes for good after CLOSE_AFTER successes.

    Failures are lost connections and 5xx; any other answer is a success."""

    CLOSE_AFTER = 2

    def __init__(self, threshold=10, reset_s=30.0, clock=time.monotonic):
        self._threshold, self._reset_s, self._clock = threshold, reset_s, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._successes = 0
        self._opened_at = None

    @classmethod
    def from_env(cls, environ):
        return cls(int(_number(environ, "SDK_CIRCUIT_FAIL_THRESHOLD", 10, 1, 10**6)),
                   _number(environ, "SDK_CIRCUIT_RESET_SEC", 30.0, 0, 86400))

    def check(self):
        """Raise CircuitBreakerOpenError while open."""
        with self._lock:
            if self._opened_at is None:
                return
            left = self._opened_at + self._reset_s - self._clock()
        if left > 0:
            raise CircuitBreakerOpenError("circuit breaker is open for %.1f more seconds" % left, left)

    def success(self):
        with self._lock:
            self._failures = 0
            if self._opened_at is not None:
                self._successes += 1
                if self._successes >= self.CLOSE_AFTER:
                    self._opened_at = None

    def failure(self):
        with self._lock:
            self._failures += 1
            if self._opened_at is not None or self._failures >= self._threshold:
                self._opened_at, self._successes = self._clock(), 0
