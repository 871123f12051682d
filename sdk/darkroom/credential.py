"""Wallets and credentials: every operation is a job, and each call here waits for its result."""
import os
import secrets
import time

from .api import ANSWER_MAX, _decode, encode_json, route
from .download import blob
from .errors import CredentialFailed, PandaceaException
from .keys import BASE58
from .owner import _FileBody
from .transport import Budget

JOBS = "/api/v1/credentials/jobs"
WAIT_MAX_S = 30
OVER = ("completed", "failed", "cancelled")


class CredentialCalls:
    """Mixed into the client."""

    # ---- any operation ---------------------------------------------------

    def run_credential_job(self, kind, args=None, *, unlock=None, timeout=120.0, idempotency_key=None):
        """Run a kind by its name, or by the one that indy-sdk has for it, and
        return its result.  unlock: the handle of the wallet.  Raises
        CredentialFailed with what the job ended with."""
        end = time.monotonic() + timeout
        wait_s = int(min(WAIT_MAX_S, timeout))
        headers = {"X-Darkroom-Unlock": unlock} if unlock else {}
        if wait_s:
            headers["Prefer"] = "wait=%d" % wait_s
        answer = self._api.open("POST", JOBS, body=encode_json({"kind": kind, "args": args or {}}), headers=headers,
                                idempotency_key=idempotency_key or secrets.token_urlsafe(24),
                                budget=Budget(self.timeout + wait_s), whole=True)
        value = _decode(answer.read(ANSWER_MAX))
        return self.wait_for_credential_job(value["job_id"], end - time.monotonic()) if answer.status == 202 else value

    def submit_credential_jobs(self, jobs, *, idempotency_key=None):
        """Queue up to 1,000 jobs in one transaction: [{"kind", "args",
        "unlock"}, ...].  Returns a {"job_id"} or {"error"} for each."""
        return self._api.post(JOBS, {"jobs": jobs}, idempotency_key=idempotency_key)["jobs"]

    def wait_for_credential_job(self, job_id, timeout=120.0):
        """Its result once it is over."""
        end = time.monotonic() + timeout
        while True:
            wait_s = int(max(0, min(WAIT_MAX_S, end - time.monotonic())))
            job = self._api.get(route(JOBS + "/{}", job_id), {"wait": wait_s} if wait_s else None,
                                Budget(self.timeout + wait_s))
            if job.get("state") in OVER:
                return _result(job)
            if time.monotonic() >= end:
                raise CredentialFailed("job %s is not over; it goes on" % job_id, job_id)

    def get_credential_job(self, job_id):
        """How far it is: state, phase, progress, and its result or error."""
        return self._api.get(route(JOBS + "/{}", job_id))

    def list_credential_jobs(self, **filters):
        """Iterate over your jobs, newest first; kind=, wallet=, state=."""
        return self._api.rows(JOBS, filters)

    def cancel_credential_job(self, job_id):
        """End a job in whatever phase it is."""
        return self._api.call("DELETE", route(JOBS + "/{}", job_id))

    # ---- wallets ---------------------------------------------------------

    def create_wallet(self, name, method="managed", key=None):
        """Make a wallet, and return it as Wallet()."""
        self.run_credential_job("wallet.create", _given(id=name, method=method, key=key))
        return Wallet(self, name)

    def wallet(self, name, unlock=None):
        """The wallet of that name; unlock: a handle of an earlier unlock."""
        return Wallet(self, name, unlock)

    def list_wallets(self):
        """Iterate over the wallets of your tenant."""
        return self._api.rows("/api/v1/wallets")

    def import_wallet(self, name, path, export_key, method="managed", key=None):
        """Make a wallet of the export in a file."""
        blob = self._put_file("/api/v1/credentials/imports/{}", path, lambda digest: digest)
        self.run_credential_job("wallet.import", _given(id=name, blob=blob["blob"], export_key=export_key, method=method, key=key))
        return Wallet(self, name)

    # ---- public objects --------------------------------------------------

    def create_schema(self, issuer_id, name, version, attr_names):
        return self.run_credential_job("issuer.create_schema", _given(
            issuer_id=issuer_id, name=name, version=version, attr_names=list(attr_names)))

    def get_schema(self, schema_id):
        return self._api.get(route("/api/v1/credentials/schemas/{}", schema_id))

    def get_credential_definition(self, cred_def_id):
        return self._api.get(route("/api/v1/credentials/definitions/{}", cred_def_id))

    def get_revocation_registry(self, registry_id):
        return self._api.get(route("/api/v1/credentials/registries/{}", registry_id))

    def get_status_list(self, registry_id, at=None):
        """The newest status list of a registry, or the one of a time (seconds)."""
        return self._api.get(route("/api/v1/credentials/registries/{}/status-lists", registry_id), _given(at=at))

    def revoke(self, registry_id, indices, timestamp=None):
        """Revoke indices; returns the new status list and the change."""
        return self.run_credential_job("issuer.revoke", _given(id=registry_id, indices=list(indices), timestamp=timestamp))

    def unrevoke(self, registry_id, indices, timestamp=None):
        return self.run_credential_job("issuer.unrevoke", _given(id=registry_id, indices=list(indices), timestamp=timestamp))

    def create_revocation_state(self, rev_reg_def, index, status_list, tails, old_state=None, old_status_list=None):
        """The witness of an index; tails: the hash of a file at the node, or its address."""
        return self.run_credential_job("holder.revocation_state", _given(
            rev_reg_def=rev_reg_def, index=index, status_list=status_list, tails=tails, old_state=old_state, old_status_list=old_status_list))

    def verify_presentation(self, request, presentation, schemas, cred_defs, rev_reg_defs=None, status_lists=None,
                            legacy_revocation=None):
        """{"valid", "reasons"}: a proof that does not hold is a result."""
        return self.run_credential_job("verifier.verify_presentation", _given(
            request=request, presentation=presentation, schemas=schemas, cred_defs=cred_defs, rev_reg_defs=rev_reg_defs,
            status_lists=status_lists, legacy_revocation=legacy_revocation))

    def verify_signature(self, verkey, message, signature):
        """message and signature: base64."""
        return self.run_credential_job("crypto.verify", {"verkey": verkey, "message": message, "signature": signature})["valid"]

    # ---- files -----------------------------------------------------------

    def download_tails(self, tails_hash, path):
        """A tails file, whole; its hash is what is fetched."""
        url = route("/api/v1/credentials/tails/{}", tails_hash)
        first = self._api.open("GET", url, headers={"Range": "bytes=0-1"}, budget=Budget(self.timeout), whole=True)
        size = int((first.headers.get("Content-Range") or "/0").rpartition("/")[2])
        return blob(self._api, url, {"name": tails_hash, "size": size, "sha256": _digest_of(tails_hash)}, path)

    def _put_file(self, target, path, name_of):
        try:
            with open(path, "rb") as f:
                body = _FileBody(f)
                digest = body.sha256()
                return self._api.call("PUT", route(target, name_of(digest)), body=body, body_sha256=digest,
                                      content_type="application/octet-stream", budget=Budget(idle_s=self.timeout))
        except OSError as e:
            raise PandaceaException("cannot read %s: %s" % (os.fspath(path), e.strerror)) from e


class Wallet:
    """One wallet of a client, and the handle that unlocks it."""

    def __init__(self, client, name, unlock=None):
        self._client, self.name, self.handle = client, name, unlock

    def run(self, kind, **args):
        """Any kind that works in a wallet; a None is left out."""
        return self._client.run_credential_job(kind, {"wallet": self.name, **_given(**args)}, unlock=self.handle)

    def unlock(self, key=None, ttl_s=None):
        """Keep a handle, which later calls show; a managed wallet needs none."""
        self.handle = self.run("wallet.unlock", key=key, ttl_s=ttl_s)["unlock"]
        return self

    def lock(self):
        self.run("wallet.lock")
        self.handle = None

    def delete(self):
        self.run("wallet.delete")

    def rekey(self, new_method, new_key=None):
        self.run("wallet.rekey", new_method=new_method, new_key=new_key)

    def export(self, path, key, method="argon2i_mod"):
        """All of it, as a file."""
        made = self.run("wallet.export", key=key, method=method)
        blob(self._client._api, route("/api/v1/wallets/{}/exports/{}", self.name, made["sha256"]),
             {"name": "export", "size": made["size"], "sha256": made["sha256"]}, path)
        return made

    # ---- records ---------------------------------------------------------

    def put_record(self, record_type, record_id, value, tags=None):
        self.run("wallet.record_put", type=record_type, id=record_id, value=value, tags=tags)

    def get_record(self, record_type, record_id):
        return self.run("wallet.record_get", type=record_type, id=record_id)

    def delete_record(self, record_type, record_id):
        self.run("wallet.record_delete", type=record_type, id=record_id)

    def search_records(self, record_type, query=None, limit=None):
        """Iterate over the records that fit a query in WQL."""
        cursor = None
        while True:
            page = self.run("wallet.record_search", type=record_type, query=query, limit=limit, cursor=cursor)
            yield from page["data"]
            cursor = page.get("nextCursor")
            if not cursor:
                return

    # ---- DIDs, keys, messages --------------------------------------------

    def create_did(self, **options):
        """{"did", "verkey"}; seed=, did=, cid=, method_name=."""
        return self.run("did.create_my", **options)

    def list_dids(self):
        return self.run("did.list")["data"]

    def get_did(self, did):
        return self.run("did.get", did=did)

    def create_key(self, seed=None):
        return self.run("crypto.create_key", seed=seed)["verkey"]

    def sign(self, verkey, message):
        """message: base64; so is what comes back."""
        return self.run("crypto.sign", verkey=verkey, message=message)["signature"]

    def pack(self, message, recipients, sender=None):
        return self.run("crypto.pack", message=message, recipients=list(recipients), sender=sender)

    def unpack(self, envelope):
        return self.run("crypto.unpack", envelope=envelope)

    # ---- issuer and holder -----------------------------------------------

    def create_definition(self, issuer_id, schema, tag, support_revocation=None, bits=None, auto=None):
        return self.run("issuer.create_cred_def", issuer_id=issuer_id, schema=schema, tag=tag,
                        support_revocation=support_revocation, bits=bits, auto=auto)

    def create_registry(self, cred_def_id, tag, max_cred_num, issuance=None, tails_location=None):
        return self.run("issuer.create_rev_reg", cred_def_id=cred_def_id, tag=tag, max_cred_num=max_cred_num,
                        issuance=issuance, tails_location=tails_location)

    def create_offer(self, cred_def_id):
        return self.run("issuer.create_offer", cred_def_id=cred_def_id)

    def issue(self, offer, request, values, registry=None):
        return self.run("issuer.create_credential", offer=offer, request=request, values=values, registry=registry)

    def create_link_secret(self, name=None, value=None):
        return self.run("holder.create_link_secret", name=name, value=value)["name"]

    def create_request(self, link_secret, offer, cred_def, prover_did=None, entropy=None):
        return self.run("holder.create_request", link_secret=link_secret, offer=offer, cred_def=cred_def,
                        prover_did=prover_did, entropy=entropy)

    def store_credential(self, credential, cred_def, rev_reg_def=None):
        return self.run("holder.process_credential", credential=credential, cred_def=cred_def, rev_reg_def=rev_reg_def)["credential_id"]

    def create_presentation(self, link_secret, request, selection, schemas, cred_defs, states=None, self_attested=None):
        return self.run("holder.create_presentation", link_secret=link_secret, request=request, selection=selection,
                        schemas=schemas, cred_defs=cred_defs, states=states, self_attested=self_attested)


def _given(**args):
    return {name: value for name, value in args.items() if value is not None}


def _digest_of(tails_hash):
    """The SHA-256 that base58 text is."""
    try:
        return sum(BASE58.index(c) * 58 ** i for i, c in enumerate(reversed(tails_hash))).to_bytes(32, "big").hex()
    except (ValueError, OverflowError) as e:
        raise PandaceaException("tails_hash: base58 of 32 bytes is expected") from e


def _result(job):
    if job["state"] == "completed":
        return job.get("result")
    error = job.get("error") or {}
    raise CredentialFailed("job %s: %s: %s" % (job["job_id"], error.get("code", job["state"]), error.get("message", "")),
                           job["job_id"], error.get("code"))
