"""Spans: a stand-in for OpenTelemetry's API counts what the client does with it."""
import contextlib
import os
import tempfile
import types
import unittest
import warnings
from unittest import mock

from badserver import BadServer, Json, Status
from darkroom import PandaceaException, otel
from darkroom.pandacea import PandaceaClient


class Api:
    """The part of opentelemetry.trace and .propagate that is used."""

    SpanKind = types.SimpleNamespace(CLIENT="client")

    def __init__(self):
        self.names, self.attributes, self.ended = [], {}, 0

    def get_tracer(self, name):
        return self

    def set_attribute(self, name, value):
        self.attributes[name] = value

    @contextlib.contextmanager
    def start_as_current_span(self, name, kind):
        self.names.append(name)
        yield self
        self.ended += 1

    def inject(self, headers):
        headers["traceparent"] = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"


class Spans(unittest.TestCase):
    def client(self, server):
        with tempfile.NamedTemporaryFile() as f:
            f.write(b"11" * 32)
            f.flush()
            client = PandaceaClient(server.url, f.name)
        self.addCleanup(client.close)
        return client

    def test_one_span_a_call_in_every_attempt(self):
        api = Api()
        with BadServer([Status(503), Json({"status": "completed"})]) as server, \
                mock.patch.object(otel, "trace", api), mock.patch.object(otel, "propagate", api):
            client = self.client(server)
            client.telemetry_init("svc")
            client.get_computation_result("comp-a")
            self.assertEqual(api.names, ["GET /api/v1/privacy/results/comp-a"])
            self.assertEqual((api.ended, api.attributes["http.request.method"]), (1, "GET"))
            self.assertEqual([r.headers["traceparent"][:3] for r in server.requests], ["00-", "00-"])

    @unittest.skipIf(otel.trace is not None, "OpenTelemetry is installed")
    def test_without_the_extra(self):
        with BadServer([Json({})]) as server:
            with self.assertRaisesRegex(PandaceaException, r"\[otel\]"):
                self.client(server).telemetry_init()
            with mock.patch.dict(os.environ, {"PANDACEA_OTEL": "1"}), warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                self.client(server).get_computation_result("comp-a")
            self.assertIn("[otel]", str(caught[0].message))
            self.assertNotIn("traceparent", server.requests[0].headers)


if __name__ == "__main__":
    unittest.main()
