"""The calls of an owner: assets, products, leases on them, releases."""
import datetime
import hashlib
import io
import os

from .api import encode_json, route
from .errors import PandaceaException
from .transport import CHUNK, Budget

SEPARATORS = {"csv": ",", "tsv": "\t"}
KINDS = ("csv", "tsv", "jsonl", "parquet", "npy", "tar")


class _FileBody:
    """A request body read from a file each time it is sent."""

    def __init__(self, f):
        self._f = f
        self._size = f.seek(0, os.SEEK_END)

    def __len__(self):
        return self._size

    def __iter__(self):
        self._f.seek(0)
        left = self._size
        while left:
            piece = self._f.read(min(CHUNK, left))
            if not piece:
                raise PandaceaException("the file became shorter while it was sent")
            left -= len(piece)
            yield piece

    def sha256(self):
        digest = hashlib.sha256()
        for piece in self:
            digest.update(piece)
        return digest.hexdigest()


class OwnerCalls:
    """Mixed into the client."""

    # ---- assets --------------------------------------------------------

    def put_asset(self, asset_id, source, kind=None, *, note=None, if_match=None, if_none_match=None):
        """Store a version of an asset; returns its record.

        source: a path, bytes, a seekable binary file, or a pandas DataFrame,
        which is stored as csv (or tsv) without its index.  kind is taken from
        the path's ending when not given ("file" for unknown ones).  The
        digest is declared first, so that the node stores exactly these bytes
        or nothing."""
        if isinstance(source, (str, os.PathLike)):
            try:
                with open(source, "rb") as f:
                    return self._put(asset_id, f, kind or _kind_of(source), note, if_match, if_none_match)
            except OSError as e:
                raise PandaceaException("cannot read %s: %s" % (source, e.strerror)) from e
        if hasattr(source, "to_csv"):
            kind = kind or "csv"
            source = _table_bytes(source, kind)
        f = io.BytesIO(source) if isinstance(source, (bytes, bytearray)) else source
        return self._put(asset_id, f, kind or "file", note, if_match, if_none_match)

    def _put(self, asset_id, f, kind, note, if_match, if_none_match):
        body = _FileBody(f)
        query = {"kind": kind}
        if note is not None:
            query["note"] = note
        conditions = {"If-Match": if_match, "If-None-Match": if_none_match}
        return self._api.call(
            "PUT", route("/api/v1/assets/{}", asset_id), query, body=body, body_sha256=body.sha256(),
            content_type="application/octet-stream", budget=Budget(idle_s=self.timeout),
            headers={name: value for name, value in conditions.items() if value is not None})

    def list_assets(self):
        """Iterate over your assets."""
        return self._api.rows("/api/v1/assets")

    def get_asset(self, asset_id):
        return self._api.get(route("/api/v1/assets/{}", asset_id))

    def set_asset(self, asset_id, **changes):
        """Change title, keywords, columns, release_mode or policy."""
        return self._api.call("PATCH", route("/api/v1/assets/{}", asset_id), body=encode_json(changes))

    def remove_asset(self, asset_id):
        """Remove it; open jobs over it end with ASSET_REVOKED."""
        return self._api.call("DELETE", route("/api/v1/assets/{}", asset_id))

    # ---- products ------------------------------------------------------

    def put_product(self, product_id, name, data_type, keywords, assets, min_price=None, chain_product_id=None):
        """Offer assets as a product; chain_product_id is its 32 bytes in a
        contract, as 64 hex digits."""
        body = {"productId": product_id, "name": name, "dataType": data_type,
                "keywords": list(keywords), "assets": list(assets)}
        if min_price is not None:
            body["min_price"] = str(min_price)
        if chain_product_id is not None:
            body["chain_product_id"] = chain_product_id
        return self._api.post("/api/v1/products", body)

    def remove_product(self, product_id):
        return self._api.call("DELETE", route("/api/v1/products/{}", product_id))

    # ---- leases --------------------------------------------------------

    def grant_lease(self, consumer, assets=None, *, product_id=None, expires_at, max_runs=None, spender=None,
                    max_limits=None, max_priority=None, lease_id=None):
        """Lease assets (or what a product covers) to a consumer, named by
        peer id or public id; returns the lease.

        expires_at: a datetime with a time zone, or RFC 3339 text."""
        if (assets is None) == (product_id is None):
            raise PandaceaException("give exactly one of assets and product_id")
        body = {"consumer": consumer, "assets": None if assets is None else list(assets),
                "productId": product_id, "expires_at": _rfc3339(expires_at), "max_runs": max_runs,
                "spender": spender, "max_limits": max_limits, "max_priority": max_priority,
                "lease_id": lease_id}
        return self._api.post("/api/v1/leases/grant",
                              {name: value for name, value in body.items() if value is not None})

    def get_lease(self, lease_id):
        """By lease id, proposal id or serial number."""
        return self._api.get(route("/api/v1/leases/{}", str(lease_id)))

    def list_leases(self, **filters):
        """Iterate over leases given or held: state, consumer, asset, limit."""
        return self._api.rows("/api/v1/leases", filters)

    def approve_lease(self, lease_id, **terms):
        """Approve a proposal: price, max_runs, max_limits, max_priority."""
        return self._api.post(route("/api/v1/leases/{}/approve", str(lease_id)), terms)

    def reject_lease(self, lease_id, reason=None):
        return self._decide("/api/v1/leases/{}/reject", lease_id, reason)

    def revoke_lease(self, lease_id, reason=None):
        """End a lease; its queued and running jobs end too."""
        return self._decide("/api/v1/leases/{}/revoke", lease_id, reason)

    def close_dispute(self, lease_id, note=None):
        """Settle what is disputed about a lease: jobs are admitted again."""
        return self._api.post(route("/api/v1/leases/{}/dispute/close", str(lease_id)), {} if note is None else {"note": note})

    # ---- held results --------------------------------------------------

    def release_computation(self, computation_id):
        """Let the consumer read what waits for your decision."""
        return self._decide("/api/v1/privacy/results/{}/release", computation_id, None)

    def withhold_computation(self, computation_id, reason=None):
        """Refuse it; the consumer is told the reason."""
        return self._decide("/api/v1/privacy/results/{}/withhold", computation_id, reason)

    def _decide(self, template, name, reason):
        return self._api.post(route(template, str(name)), {} if reason is None else {"reason": reason})

    # ---- tokens --------------------------------------------------------

    def create_token(self, name, scopes, expires_in_s):
        """Make a bearer token; the answer holds it, once."""
        return self._api.post("/api/v1/tokens", {"name": name, "scopes": list(scopes), "expires_in_s": expires_in_s})

    def list_tokens(self):
        return self._api.rows("/api/v1/tokens")

    def remove_token(self, token_id):
        return self._api.call("DELETE", route("/api/v1/tokens/{}", token_id))


def _kind_of(path):
    ending = os.path.splitext(os.fspath(path))[1][1:].lower()
    return ending if ending in KINDS else "file"


def _table_bytes(frame, kind):
    """The text form of a DataFrame, by its own writer."""
    if kind not in SEPARATORS:
        raise PandaceaException("kind: a DataFrame is stored as csv or tsv")
    return frame.to_csv(index=False, sep=SEPARATORS[kind]).encode("utf-8")


def _rfc3339(when):
    if isinstance(when, str):
        return when
    if when.tzinfo is None:
        raise PandaceaException("expires_at: a datetime needs a time zone")
    return when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
