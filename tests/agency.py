"""Issuer, holder and verifier over HTTP, as a client of the credential service meets them.

    a = Agency(client, wait=30)             # client: a Client of harness.py; every call waits for its job
    a.wallet("issuer")                      # a managed wallet, made
    schema = a.schema(ISSUER, "degree", ["name", "age"])
    definition = a.definition("issuer", ISSUER, schema["schema"], "d1", revocable=True)
"""
import json

C, W = "/api/v1/credentials", "/api/v1/wallets"


class Refused(Exception):
    """A job that failed, or a call that was refused: status and word."""

    def __init__(self, status, body):
        self.status, self.error = status, body.get("error", body)
        super().__init__("%d %s" % (status, json.dumps(self.error)[:600]))

    @property
    def code(self):
        return self.error.get("code")


class Agency:
    def __init__(self, client, wait=60):
        self.client, self.wait, self.handles = client, wait, {}

    def call(self, method, target, body=None, wallet=None):
        """The result of a call's job; it waits as long as it takes."""
        headers = {"Prefer": "wait=%d" % self.wait}
        if wallet in self.handles:
            headers["X-Darkroom-Unlock"] = self.handles[wallet]
        status, h, answer = self.client.call(method, target, body, headers)
        while status == 202:
            status, h, answer = self.client.call("GET", h["location"] + "?wait=%d" % self.wait)
            if status == 200 and answer["state"] in ("queued", "running"):
                status, h = 202, {"location": C + "/jobs/" + answer["job_id"]}
            elif status == 200 and answer["state"] != "completed":
                raise Refused(422, answer)
            elif status == 200:
                answer = answer["result"]
        if not 200 <= status < 300:
            raise Refused(status, answer)
        return answer

    def post(self, target, body, wallet=None):
        return self.call("POST", target, body, wallet)

    def wallet(self, name, method="managed", key=None):
        self.post(W, {"id": name, "method": method, **({"key": key} if key else {})})
        if method != "managed":
            self.handles[name] = self.post("%s/%s/unlock" % (W, name), {"key": key})["unlock"]

    # ---- issuer --------------------------------------------------------------
    def schema(self, issuer, name, attrs, version="1.0"):
        return self.post(C + "/schemas", {"issuer_id": issuer, "name": name, "version": version, "attr_names": attrs})

    def definition(self, wallet, issuer, schema, tag, revocable=False, **more):
        return self.post(C + "/definitions", {"wallet": wallet, "issuer_id": issuer, "schema": schema, "tag": tag,
                                              "support_revocation": revocable, **more}, wallet)

    def registry(self, wallet, definition, tag, size, **more):
        return self.post(C + "/registries", {"wallet": wallet, "cred_def_id": definition, "tag": tag, "max_cred_num": size, **more}, wallet)

    def offer(self, wallet, definition):
        return self.post(C + "/offers", {"wallet": wallet, "cred_def_id": definition}, wallet)

    def issue(self, wallet, offer, request, values, **more):
        return self.post(C + "/issue", {"wallet": wallet, "offer": offer, "request": request, "values": values, **more}, wallet)

    def revoke(self, registry, indices, verb="revoke", **more):
        return self.post("%s/registries/%s/%s" % (C, quote(registry), verb), {"indices": indices, **more})

    # ---- holder --------------------------------------------------------------
    def link_secret(self, wallet, name="default", **more):
        return self.post("%s/%s/link-secrets" % (W, wallet), {"name": name, **more}, wallet)

    def request(self, wallet, offer, definition, link="default", **more):
        return self.post(C + "/requests", {"wallet": wallet, "link_secret": link, "offer": offer, "cred_def": definition,
                                           **(more or {"prover_did": "VsKV7grR1BUE29mG2Fm2kX"})}, wallet)

    def store(self, wallet, credential, definition, registry=None):
        return self.post(C + "/store", {"wallet": wallet, "credential": credential, "cred_def": definition,
                                        **({"rev_reg_def": registry} if registry else {})}, wallet)["credential_id"]

    def obtain(self, issuer, holder, definition, values, registry=None, link="default"):
        """Offer, request, credential, storing -> (credential id, what the issuer answered)."""
        offer = self.offer(issuer, definition["cred_def_id"])
        request = self.request(holder, offer, definition["cred_def"], link)
        issued = self.issue(issuer, offer, request, values)
        return self.store(holder, issued["credential"], definition["cred_def"], registry), issued

    def witness(self, registry, index, status_list, **more):
        return self.post(C + "/witnesses", {"rev_reg_def": registry, "index": index, "status_list": status_list,
                                            "tails": registry["value"]["tailsHash"], **more})

    def present(self, wallet, request, selection, schemas, definitions, states=None, link="default", **more):
        return self.post(C + "/presentations", {"wallet": wallet, "link_secret": link, "request": request, "selection": selection,
                                                "schemas": schemas, "cred_defs": definitions, "states": states or {}, **more}, wallet)

    # ---- verifier ------------------------------------------------------------
    def verify(self, request, presentation, schemas, definitions, registries=None, lists=None, **more):
        return self.post(C + "/presentations/verify", {
            "request": request, "presentation": presentation, "schemas": schemas, "cred_defs": definitions,
            "rev_reg_defs": registries or {}, "status_lists": lists or [], **more})


def quote(text):
    from urllib.parse import quote as q
    return q(text, safe="")
