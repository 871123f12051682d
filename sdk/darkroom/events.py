"""Event streams: followed to their end over as many connections as it takes.

A connection that ends without an "end" is made again after the last event
that came, so no phase is missed and none comes twice."""
import json
import time

from .errors import AgentConnectionError, PandaceaException
from .transport import Budget

IDLE_S = 45                 # the node says something every 15 s
LINE_MAX = 16 << 20
FAILURES_MAX = 5            # connections without an event, one after the other
PAUSE_S = 1.0


def follow(api, target, last_id=None):
    """Yield (id, event, data) of each event; returns after an "end"."""
    failures = 0
    while True:
        moved = False
        try:
            for event_id, name, data in _connection(api, target, last_id):
                moved = moved or data is not None or event_id != last_id
                last_id = event_id
                if data is not None:
                    yield last_id, name, data
                if name == "end":
                    return
        except AgentConnectionError:
            if failures >= FAILURES_MAX:
                raise
        failures = 0 if moved else failures + 1
        if failures > FAILURES_MAX:
            raise AgentConnectionError("the event stream ends each time without an event")
        time.sleep(PAUSE_S)


def _connection(api, target, last_id):
    """(id so far, event, data or None) of each frame of one connection."""
    headers = {"Accept": "text/event-stream"}
    if last_id is not None:
        headers["Last-Event-ID"] = last_id
    answer = api.open("GET", target, headers=headers, budget=Budget(idle_s=IDLE_S))
    try:
        name, data = "", []
        for line in _lines(answer):
            if not line:
                yield last_id, name, _value(data)
                name, data = "", []
                continue
            field, _, value = line.partition(":")
            value = value[1:] if value.startswith(" ") else value
            if field == "id":
                last_id = value
            elif field == "event":
                name = value
            elif field == "data":
                data.append(value)
    finally:
        answer.close()


def _lines(answer):
    """Whole lines, as they arrive; what the end cuts off is none."""
    rest = b""
    for piece in answer.arriving():
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > LINE_MAX:
            raise PandaceaException("an event is longer than %d bytes" % LINE_MAX)
        for line in lines:
            yield line.decode("utf-8", "replace")


def _value(data):
    if not data:
        return None
    try:
        value = json.loads("\n".join(data))
    except (ValueError, RecursionError) as e:
        raise PandaceaException("an event is not JSON") from e
    if not isinstance(value, dict):
        raise PandaceaException("an event is not a JSON object")
    return value
