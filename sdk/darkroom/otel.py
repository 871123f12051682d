"""Spans for the calls of a client, by OpenTelemetry when it is installed."""
import contextlib
import os

from .errors import PandaceaException

try:
    from opentelemetry import propagate, trace
except ImportError:
    propagate = trace = None


class NoSpans:
    """What a client has until telemetry_init()."""

    @contextlib.contextmanager
    def span(self, method, path, headers):
        yield


class Spans:
    """One span a call, its context in `traceparent` of every attempt."""

    def __init__(self, tracer):
        self._tracer = tracer

    @contextlib.contextmanager
    def span(self, method, path, headers):
        with self._tracer.start_as_current_span("%s %s" % (method, path), kind=trace.SpanKind.CLIENT) as span:
            span.set_attribute("http.request.method", method)
            span.set_attribute("url.path", path)
            propagate.inject(headers)
            yield


def _provider(service_name):
    """A provider that exports to OTEL_EXPORTER_OTLP_ENDPOINT, or None when
    nothing is set or the program has one of its own."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as e:
        raise PandaceaException("OTEL_EXPORTER_OTLP_ENDPOINT is set and the exporter is missing: "
                                "pip install 'darkroom[otel]'") from e
    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return None
    provider = TracerProvider(resource=Resource.create({"service.name": service_name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def spans(service_name=None):
    """Spans by the program's own provider, or by one that exports to
    OTEL_EXPORTER_OTLP_ENDPOINT.  PandaceaException without the extra."""
    if trace is None:
        raise PandaceaException("telemetry needs the [otel] extra: pip install 'darkroom[otel]'")
    name = service_name or os.environ.get("PANDACEA_SERVICE_NAME") or "darkroom-sdk"
    provider = _provider(name)
    if provider is not None:
        trace.set_tracer_provider(provider)
    return Spans(trace.get_tracer("darkroom"))
