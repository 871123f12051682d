"""Artifacts and other blobs into files: resumed, checked, and never half there."""
import hashlib
import os

from .api import route
from .errors import AgentConnectionError, PandaceaException
from .transport import Budget

RESUMES_MAX = 5


def artifact(api, computation_id, name, target):
    """See DarkroomClient.download_artifact()."""
    return blob(api, route("/api/v1/privacy/results/{}/artifacts/{}", computation_id, name), _meta(api, computation_id, name), target)


def blob(api, url, want, target):
    """The bytes at url, of which name, size and sha256 are wanted."""
    target = os.fspath(target)
    part = target + ".part"
    try:
        with open(part, "a+b") as f:
            _fill(api, url, want, f)
            f.flush()
            os.fsync(f.fileno())
        os.replace(part, target)
    except OSError as e:
        raise PandaceaException("cannot write %s: %s" % (target, e.strerror)) from e
    return target


def _meta(api, computation_id, name):
    """What the record says about the artifact: size and digest."""
    state = api.get(route("/api/v1/privacy/results/{}", computation_id), {"artifacts": "none"})
    for row in state.get("artifact_meta") or []:
        if row.get("name") == name:
            return row
    raise PandaceaException("computation %s has no artifact %r" % (computation_id, name))


def _fill(api, target, want, f):
    """Bring f to the wanted size and digest.  A part that an earlier call
    left may be of something else: then it is fetched once more, whole."""
    resumed = f.tell() > 0
    if _matches(api, target, want, f):
        return
    if resumed:
        f.truncate(0)
        if _matches(api, target, want, f):
            return
    f.truncate(0)
    raise PandaceaException("artifact %r does not have the promised digest" % want["name"])


def _matches(api, target, want, f):
    failures = 0
    while True:
        start = f.seek(0, os.SEEK_END)
        if start >= want["size"]:
            break
        try:
            _append(api, target, start, want["size"], f)
        except AgentConnectionError:
            failures = 0 if f.seek(0, os.SEEK_END) > start else failures + 1
            if failures > RESUMES_MAX:
                raise
    return f.tell() == want["size"] and _sha256(f) == want["sha256"]


def _append(api, target, start, size, f):
    """One request for the bytes from start on."""
    headers = {"Accept": "*/*"}
    if start:
        headers["Range"] = "bytes=%d-" % start
    answer = api.open("GET", target, headers=headers, budget=Budget(idle_s=api.timeout))
    if start and answer.status != 206:
        f.truncate(0)
    room = size - f.seek(0, os.SEEK_END)
    try:
        for data in answer.chunks():
            room -= len(data)
            if room < 0:
                raise PandaceaException("artifact is longer than the %d bytes promised" % size)
            f.write(data)
    finally:
        answer.close()
    if room > 0:
        raise AgentConnectionError("artifact is shorter than promised")


def _sha256(f):
    digest = hashlib.sha256()
    f.seek(0)
    for data in iter(lambda: f.read(1 << 20), b""):
        digest.update(data)
    return digest.hexdigest()
