"""DarkroomClient: the calls of a consumer, over one signed connection."""
import base64
import binascii
import os
import re
import time
import warnings

from . import chain, download, events, ipfs, otel
from .api import ApiCaller, route
from .credential import CredentialCalls
from .errors import (APIResponseError, AgentConnectionError, ComputationFailed,
                     ComputationTimeout, PandaceaException)
from .models import DataProduct
from .owner import OwnerCalls
from .transport import Budget

CODE_MAX = 1 << 20
WAIT_MAX_S = 60
DONE = ("completed", "failed")
_CID_V0 = re.compile(r"Qm[1-9A-HJ-NP-Za-km-z]{44}")


class DarkroomClient(OwnerCalls, CredentialCalls, chain.ChainCalls):
    """A client of one node.  Safe to share between threads.

    base_url          http://host[:port], https://… or unix:/path
    private_key_path  PEM (Ed25519, RSA; with [crypto] secp256k1, P-256) or a file with a 32-byte hex seed
    timeout           seconds that one call may take, its retries included
    token_file        a bearer token instead of a key
    spender           0x address sent with (and covered by) each execute
    ca_file           certificates to trust instead of the system's

    What is not given comes from DARKROOM_URL, DARKROOM_KEY_FILE,
    DARKROOM_TOKEN_FILE, DARKROOM_SPENDER and DARKROOM_CA_FILE.  With the
    [chain] extra, .w3 is set by RPC_URL and .contract by CONTRACT_ADDRESS.
    """

    def __init__(self, base_url=None, private_key_path=None, timeout=30.0, *,
                 token_file=None, spender=None, ca_file=None):
        base_url = base_url or os.environ.get("DARKROOM_URL")
        if not base_url:
            raise PandaceaException("base_url: give one or set DARKROOM_URL")
        self._api = ApiCaller(base_url.rstrip("/"), private_key_path, token_file, timeout,
                              ca_file or os.environ.get("DARKROOM_CA_FILE"), os.environ)
        self._spender = spender or os.environ.get("DARKROOM_SPENDER") or ""
        if self._spender and not re.fullmatch(r"0x[0-9A-Fa-f]{40}", self._spender):
            raise PandaceaException("spender: 0x and 40 hex digits are expected")
        self.base_url = base_url.rstrip("/")
        self.timeout = timeout
        self.session = self._api.session
        self.peer_id = self._api.peer_id
        self._chain_init(os.environ)
        if os.environ.get("PANDACEA_OTEL", "").lower() in ("1", "true", "yes", "on"):
            self._telemetry_wanted()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        """Close the idle connections; a later call opens new ones."""
        self.session.close()
        if self.w3 is not None:
            self.w3.close()

    # ---- products and leases -------------------------------------------

    def discover_products(self):
        """Every product that can be leased, as DataProduct objects."""
        products = []
        for row in self._api.rows("/api/v1/products"):
            try:
                products.append(DataProduct.from_row(row))
            except ValueError as e:
                warnings.warn("product skipped: %s" % e, stacklevel=2)
        return products

    def request_lease(self, product_id, max_price, duration):
        """Propose a lease; returns the proposal's id."""
        answer = self._api.post("/api/v1/leases", {
            "productId": product_id, "maxPrice": str(max_price), "duration": duration})
        return _field(answer, "leaseProposalId")

    # ---- computations --------------------------------------------------

    def execute_computation(self, lease_id, computation_cid=None, inputs=None, *, code_path=None, code=None,
                            image=None, params=None, outputs=None, limits=None, priority=None,
                            label=None, queue_ttl_s=None, idempotency_key=None):
        """Submit a script over leased inputs; returns the computation's id.

        Exactly one of computation_cid, code_path and code; a computation_cid
        that does not look like a CID is taken as a path."""
        if computation_cid is not None and not _CID_V0.fullmatch(computation_cid):
            if code_path is not None:
                raise PandaceaException("computation_cid: not a CID")
            computation_cid, code_path = None, computation_cid
        if sum(given is not None for given in (computation_cid, code_path, code)) != 1:
            raise PandaceaException("give exactly one of computation_cid, code_path and code")
        if code_path is not None:
            code = _read_code(code_path)
        body = {"lease_id": lease_id, "code": code, "computationCid": computation_cid, "inputs": inputs or [],
                "image": image, "params": params, "outputs": outputs, "limits": limits, "priority": priority,
                "label": label, "queue_ttl_s": queue_ttl_s}
        answer = self._api.post("/api/v1/privacy/execute",
                                {name: value for name, value in body.items() if value is not None},
                                spender=self._spender, idempotency_key=idempotency_key)
        return _field(answer, "computation_id")

    def get_computation_result(self, computation_id):
        """The state now, results included when it is completed: one read."""
        return self._api.get(route("/api/v1/privacy/results/{}", computation_id))

    def wait_for_computation(self, computation_id, timeout=300.0, poll_interval=2.0):
        """Wait until it is completed and return its result.

        ComputationFailed when it failed, ComputationTimeout when it is not
        final after `timeout` seconds in all, whatever the node does."""
        end = time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            if left <= 0:
                raise _late(computation_id, timeout)
            wait_s = min(WAIT_MAX_S, int(left))
            asked_at, budget = time.monotonic(), Budget(left)
            try:
                result = self._api.get(route("/api/v1/privacy/results/{}", computation_id),
                                       {"wait": wait_s} if wait_s else None, budget)
            except (AgentConnectionError, APIResponseError) as e:
                if budget.spent:
                    raise _late(computation_id, timeout) from e
                raise
            if result.get("status") == "completed":
                return result
            if result.get("status") == "failed":
                raise _failed(computation_id, result)
            if time.monotonic() - asked_at < wait_s - 0.5 or not wait_s:  # the node did not wait, so we do
                time.sleep(max(0.0, min(poll_interval, end - time.monotonic())))

    def events(self, computation_id=None, last_event_id=None):
        """Yield the state (without results) at each phase, to the final one;
        without an id those of all your computations, from now on, for ever.
        Phases that are over come first, with what belonged to them."""
        target = route("/api/v1/privacy/results/{}/events", computation_id) if computation_id else "/api/v1/privacy/events"
        for _, name, data in events.follow(self._api, target, last_event_id):
            if name == "phase":
                yield data

    def list_computations(self, **filters):
        """Iterate over your computations, newest first.

        Filters: status, phase, lease_id, label, role; limit is the page
        size, not the number of rows."""
        return self._api.rows("/api/v1/privacy/computations", filters)

    def get_computation(self, computation_id):
        """The full record, with what was asked."""
        return self._api.get(route("/api/v1/privacy/computations/{}", computation_id))

    def cancel(self, computation_id):
        """Stop it in any phase; returns the state it is in then."""
        return self._api.post(route("/api/v1/privacy/results/{}/cancel", computation_id), {})

    def purge(self, computation_id):
        """Cancel it, or remove the output of a finished one."""
        return self._api.call("DELETE", route("/api/v1/privacy/results/{}", computation_id))

    # ---- code, artifacts, logs -----------------------------------------

    @staticmethod
    def decode_artifact(encoded):
        """The bytes of an inline artifact (results.artifacts)."""
        try:
            return base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError, TypeError) as e:
            raise PandaceaException("artifact is not base64") from e

    def upload_code_to_ipfs(self, file_path):
        """Store a script at the node (or at IPFS_API_URL, when that is set)
        and return its CID."""
        code = _read_code(file_path).encode("utf-8")
        ipfs_url = os.environ.get("IPFS_API_URL")
        if ipfs_url:
            return ipfs.add(ipfs_url, os.path.basename(file_path), code, self.timeout)
        answer = self._api.call("PUT", "/api/v1/scripts", body=code, content_type="text/x-python")
        return _field(answer, "cid")

    def download_artifact(self, computation_id, name, path):
        """Fetch one artifact into the file `path`, and return that path.

        A broken transfer goes on where it stopped, also in a later call
        (path + ".part"); the digest is checked before the file appears."""
        return download.artifact(self._api, computation_id, name, path)

    def logs(self, computation_id, stream="combined"):
        """What the script printed: stream is stdout, stderr or combined."""
        raw = self._api.call("GET", route("/api/v1/privacy/results/{}/logs", computation_id),
                             {"stream": stream}, raw=True)
        return raw.decode("utf-8", "replace")

    def telemetry_init(self, service_name=None):
        """A span for every call from now on, passed on to the node; needs the
        [otel] extra.  Exported to OTEL_EXPORTER_OTLP_ENDPOINT when that is
        set, else by the provider that the program has set up."""
        self._api.spans = otel.spans(service_name)

    def _telemetry_wanted(self):
        """PANDACEA_OTEL asks for spans; a client works without them."""
        try:
            self.telemetry_init()
        except PandaceaException as e:
            warnings.warn("PANDACEA_OTEL: %s" % e, stacklevel=3)


def _read_code(file_path):
    try:
        with open(file_path, "rb") as f:
            data = f.read(CODE_MAX + 1)
    except OSError as e:
        raise PandaceaException("cannot read %s: %s" % (file_path, e.strerror)) from e
    if len(data) > CODE_MAX:
        raise PandaceaException("%s is longer than 1 MiB" % file_path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as e:
        raise PandaceaException("%s is not UTF-8" % file_path) from e


def _field(answer, name):
    value = answer.get(name)
    if not isinstance(value, str):
        raise PandaceaException("the answer has no %s" % name)
    return value


def _late(computation_id, timeout):
    return ComputationTimeout("computation %s was not final after %g seconds" % (computation_id, timeout),
                              computation_id)


def _failed(computation_id, result):
    return ComputationFailed("computation %s failed: %s" % (computation_id, result.get("error")),
                             computation_id, result.get("reason_code"), result.get("hint"))
