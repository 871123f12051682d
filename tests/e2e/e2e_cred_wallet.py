#!/usr/bin/python3
"""Wallets, records, DIDs, keys and messages through a real worker: what comes back, what is refused."""
import base64
import hashlib
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Tap, b58  # noqa: E402
from credential import KEY, CredNode  # noqa: E402

SEED = "000000000000000000000000Trustee1"
DID, VERKEY = "V4SGRU86Z58d6TV7PBUe6f", "GJ1SzoWzavQYfNL9XkaJdrQejfztN4XqdsiV4ct3LXKL"     # Indy's own of that seed


def b64(data):
    return base64.b64encode(data).decode()


def code(a):
    return (a.error or {}).get("code")


def wallets(t, ann, ben):
    t.is_(ann.run("wallet.create", {"id": "w", "method": "raw"}, {"key": KEY}).body, {"wallet": "w"}, "a wallet with a raw key")
    t.is_(code(ann.run("wallet.unlock", {"wallet": "w"}, {"key": "1" * 32})), "WALLET_ACCESS_FAILED", "another key does not open it")
    t.is_(code(ann.run("wallet.unlock", {"wallet": "w"}, {"key": "short"})), "WALLET_INPUT", "nor what is no key")
    ann.unlock("w", KEY)
    t.like(ann.handles["w"], "^dru_", "its own key gives a handle")
    ann.must("wallet.create", {"id": "m", "method": "managed"})
    t.is_(ann.run("did.create_my", {"wallet": "m"}, {"seed": SEED}).body["did"], DID, "a managed wallet needs no handle")
    t.is_(code(ann.run("wallet.create", {"id": "m2", "method": "managed"}, {"key": KEY})), "WALLET_INPUT", "and takes no key")
    ann.must("wallet.create", {"id": "i", "method": "argon2i_int"}, {"key": "pass phrase"})
    ann.unlock("i", "pass phrase")
    t.is_(code(ann.run("wallet.unlock", {"wallet": "i"}, {"key": "pass phrases"})), "WALLET_ACCESS_FAILED", "a pass phrase is kept to the letter")
    ann.must("wallet.rekey", {"wallet": "i", "new_method": "raw"}, {"new_key": KEY})
    ann.unlock("i", KEY)
    t.is_(ann.run("did.list", {"wallet": "i"}).body, {"data": [], "nextCursor": None}, "rekeyed, it opens with the new key")
    ann.must("wallet.lock", {"wallet": "i"})
    with t.case("locked"):
        try:
            ann.run("did.list", {"wallet": "i"})
            t.ok(False, "locked, it is locked")
        except AssertionError as e:
            t.like(e, "WALLET_LOCKED", "locked, it is locked")
    ann.unlock("i", KEY)
    ann.must("wallet.delete", {"wallet": "i"})
    try:
        ben.submit("did.list", {"wallet": "w"}, unlock=ann.handles["w"])
        t.ok(False, "another tenant does not see it")
    except AssertionError as e:
        t.like(e, "WALLET_NOT_FOUND", "another tenant does not see it")


def records(t, ann):
    def put(name, value, tags):
        return ann.run("wallet.record_put", {"wallet": "w"}, {"type": "note", "id": name, "value": value, "tags": tags})
    t.is_(put("a", "one", {"colour": "red", "~n": "1"}).status, None, "a record")
    put("b", "two", {"colour": "blue", "~n": "2"})
    put("a", "uno", {"colour": "red", "~n": "3"})
    a = ann.run("wallet.record_get", {"wallet": "w"}, {"type": "note", "id": "a"})
    t.is_(a.body, {"type": "note", "id": "a", "value": "uno", "tags": {"colour": "red", "~n": "3"}}, "put twice: the second stays")

    def find(query, **kw):
        r = ann.run("wallet.record_search", {"wallet": "w", **kw}, {"type": "note", "query": query})
        return sorted(x["id"] for x in r.body["data"]) if r.body else code(r)
    t.is_(find({}), ["a", "b"], "all")
    t.is_(find({"colour": "blue"}), ["b"], "by a sealed tag")
    t.is_(find({"~n": {"$gt": "2"}}), ["a"], "by the order of a plain one")
    t.is_(find({"$not": {"colour": "red"}}), ["b"], "by what it has not")
    t.is_(find({"colour": {"$gt": "a"}}), "QUERY_ERROR", "sealed tags have no order")
    t.is_(code(ann.run("wallet.record_get", {"wallet": "w"}, {"type": "note", "id": "c"})), "ITEM_NOT_FOUND", "no such record")
    ann.must("wallet.record_delete", {"wallet": "w"}, {"type": "note", "id": "b"})
    t.is_(code(ann.run("wallet.record_delete", {"wallet": "w"}, {"type": "note", "id": "b"})), "ITEM_NOT_FOUND", "deleted once")


def dids(t, ann):
    def run(kind, secrets=None, **args):
        return ann.run("did." + kind, {"wallet": "w", **args}, secrets)
    t.is_(run("create_my", {"seed": SEED}).body, {"did": DID, "verkey": VERKEY}, "the DID of a seed is Indy's")
    t.is_(code(run("create_my", {"seed": SEED})), "DID_EXISTS", "not twice")
    t.is_(code(run("create_my", {"seed": "x"})), "INVALID_STRUCTURE", "no seed")
    t.is_(code(run("create_my", crypto_type="secp")), "UNKNOWN_CRYPTO", "no kind of key")
    t.like(run("create_my", cid=True, method_name="sov").body["did"], "^did:sov:", "a qualified one")
    new = run("rotate_start", did=DID).body["verkey"]
    t.is_(run("get", did=DID).body, {"did": DID, "verkey": VERKEY, "temp_verkey": new}, "a rotation that was started")
    t.is_(run("rotate_apply", did=DID).body, {}, "and applied")
    t.is_(run("get", did=DID).body, {"did": DID, "verkey": new}, "has the new key")
    t.is_(code(run("rotate_apply", did=DID)), "ITEM_NOT_FOUND", "once")
    t.is_(len(run("list").body["data"]), 2, "both are listed")
    first = run("list", limit=1).body
    rest = run("list", limit=1, cursor=first["nextCursor"]).body
    t.is_(len({first["data"][0]["did"], rest["data"][0]["did"]}), 2, "a page at a time")
    short = ann.run("did.abbreviate", {"did": DID, "verkey": VERKEY}).body["verkey"]
    t.is_(ann.run("did.store_their", {"wallet": "w", "did": DID, "verkey": short}).body, {"did": DID, "verkey": VERKEY}, "an abbreviated key in full again")


def messages(t, ann):
    key = ann.must("crypto.create_key", {"wallet": "w"})["verkey"]
    other = ann.must("crypto.create_key", {"wallet": "m"})["verkey"]
    t.is_(code(ann.run("crypto.create_key", {"wallet": "w"}, {"seed": SEED})), "ITEM_EXISTS", "a key that is there")
    sig = ann.must("crypto.sign", {"wallet": "w", "verkey": key}, {"message": b64(b"words")})["signature"]
    for text, valid in ((b"words", True), (b"worde", False)):
        t.is_(ann.must("crypto.verify", {"verkey": key, "signature": sig}, {"message": b64(text)}), {"valid": valid}, "a signature of %r" % text)
    t.is_(code(ann.run("crypto.sign", {"wallet": "w", "verkey": other}, {"message": b64(b"words")})), "ITEM_NOT_FOUND", "no key of that name")
    for sender in ({"sender": key}, {}):
        box = ann.must("crypto.pack", {"wallet": "w", "recipients": [other], **sender}, {"message": b64(b"secret words")})
        r = ann.must("crypto.unpack", {"wallet": "m"}, {"envelope": box})
        t.is_(r, {"message": b64(b"secret words"), "recipient_verkey": other, **({"sender_verkey": key} if sender else {})}, "packed, and opened by %s" % sorted(r))
    box["tag"] = ("B" if box["tag"][0] == "A" else "A") + box["tag"][1:]
    t.is_(code(ann.run("crypto.unpack", {"wallet": "m"}, {"envelope": box})), "CRYPTO_REFUSED", "a damaged one is refused")
    t.is_(code(ann.run("crypto.unpack", {"wallet": "w"}, {"envelope": box})), "ITEM_NOT_FOUND", "as is one for others")


def upload(n, owner, data):
    """A file for an import, as an upload leaves it."""
    sha = hashlib.sha256(data).hexdigest()
    n.psql("SET darkroom.tenant = '*'; INSERT INTO core.blob (sha256, size, store, data) VALUES ('\\x%s', %d, 'pg', '\\x%s') ON CONFLICT DO NOTHING; "
           "INSERT INTO core.cred_blob (tenant, sha256, use, size) SELECT core.tenant_of(id), '\\x%s', 'import', %d FROM core.principal WHERE name = '%s'"
           % (sha, len(data), data.hex(), sha, len(data), owner.name))
    return sha


def exports(t, n, ann):
    big = "x" * 100000
    ann.must("wallet.record_put", {"wallet": "w"}, {"type": "note", "id": "big", "value": big, "tags": {"~kept": "yes"}})
    out = ann.must("wallet.export", {"wallet": "w", "method": "argon2i_int"}, {"key": "export key"})
    with open(os.path.join(n.path("blobs"), out["sha256"][:2], out["sha256"][2:]), "rb") as f:
        data = f.read()
    t.is_((hashlib.sha256(data).hexdigest(), len(data)), (out["blob"], out["size"]), "an export is a blob of its digest")

    def bring(blob, name, key="export key", export=None):
        return ann.run("wallet.import", {"id": name, "blob": blob, "method": "raw"}, {"export_key": key, "key": export or KEY})
    t.is_(bring(out["blob"], "copy").body, {"wallet": "copy"}, "it can be imported")
    ann.unlock("copy", KEY)
    r = ann.must("wallet.record_get", {"wallet": "copy"}, {"type": "note", "id": "big"})
    t.is_((r["value"], r["tags"]), (big, {"~kept": "yes"}), "with all of its records")
    t.is_(len(ann.must("did.list", {"wallet": "copy"})["data"]), 2, "and DIDs")
    try:
        t.is_(code(bring(out["blob"], "copy")), "WALLET_EXISTS", "not over another")
    except AssertionError as e:
        t.like(e, "WALLET_EXISTS", "not over another")
    t.is_(code(bring(out["blob"], "no", key="other")), "WALLET_ACCESS_FAILED", "with another key it is refused")
    t.is_(code(bring(upload(n, ann, data[:-40]), "no")), "IMPORT_TRUNCATED", "cut off it is refused")
    for name, want in (("raw", "raw"), ("int", "argon2i_int")):
        with t.case("the published export of method " + name):
            vectors(t, n, ann, name, bring)
    t.is_(n.psql("SET darkroom.tenant = '*'; SELECT count(*) FROM core.wallet WHERE job IS NOT NULL OR name = 'no'"), "0", "nothing is left of those refused")


def vectors(t, n, ann, name, bring):
    base = os.path.join(os.environ.get("DR_VECTORS", "/nowhere"), "anoncreds")
    if not os.path.isdir(base):
        t.skip("the published export of method " + name, "DR_VECTORS is not set")
        return
    with open(os.path.join(base, "wallet-export-%s.bin" % name), "rb") as f:
        data = f.read()
    with open(os.path.join(base, "wallet-export.json")) as f:
        said = json.load(f)
    key = said["passphrase_for_int"] if name == "int" else b58(bytes.fromhex(said["raw_key_hex"]))
    t.is_(bring(upload(n, ann, data), "v" + name, key=key).state, "completed", "the published export of method %s" % name)
    ann.unlock("v" + name, KEY)
    for r in said["records"]:
        got = ann.must("wallet.record_get", {"wallet": "v" + name}, {"type": r["type"], "id": r["id"]})
        t.is_(got, {k: r[k] for k in ("type", "id", "value", "tags")}, "its record %s" % r["id"])


def main():
    t = Tap()
    with CredNode("cred-wallet") as n:
        ann, ben = n.caller("ann"), n.caller("ben")
        for what, run in (("wallets", lambda: wallets(t, ann, ben)), ("records", lambda: records(t, ann)), ("DIDs", lambda: dids(t, ann)),
                          ("messages", lambda: messages(t, ann)), ("exports", lambda: exports(t, n, ann))):
            with t.case(what):
                run()
    t.done()


main()
