#!/usr/bin/python3
"""The Python that tests speak DAP with, against the published vectors of Prio3Count and RFC figures: a peer must be right before it judges."""
import glob
import json
import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True
import dapwire as w  # noqa: E402
from harness import Tap  # noqa: E402

VECTORS = os.environ.get("DR_VECTORS", "")
SETS = (("09", "vdaf/08/Prio3Count_[0-9]*.json"), ("18", "vdaf/20/vdaf/Prio3Count_*.json"))
# RFC 9861: 32 bytes of output of the empty message with D=1F, and of ff with D=01
SHAKE = ((b"", 0x1f, "1e415f1c5983aff2169217277d17bb538cd945a397ddec541f1ce41af2c1b74c"),
         (b"\xff", 1, "012ad664922ce3f81b058735b50aacbde383f1a9a75180b4b9f929550a5552b5"))


def operations(vector):
    """{name of an operation: whether it is expected to succeed}, of files that say so"""
    return {o["operation"]: o["success"] for o in vector.get("operations", [])}


def judge(t, name, p, vector):
    v, unhex = p.vdaf, bytes.fromhex
    ctx, key, good = unhex(vector.get("ctx", "")), unhex(vector["verify_key"]), all(operations(vector).values())
    if vector["shares"] != 2:
        return
    for i, report in enumerate(vector.get("prep") or vector["reports"]):
        nonce, shares = unhex(report["nonce"]), [unhex(x) for x in report["input_shares"]]
        if good:
            made = v.shard(int(report["measurement"]), unhex(report["rand"]), ctx)
            t.is_([x.hex() for x in made], report["input_shares"], "%s: shares of report %d" % (name, i))
        preps = [v.prep_init(key, a, nonce, shares[a], ctx) for a in (0, 1)]
        want = report.get("prep_shares") or report["verifier_shares"]
        if want and good:
            t.is_([x.share.hex() for x in preps], want[0], "%s: prepare shares of report %d" % (name, i))
        t.is_(v.decide([x.share for x in preps]), good, "%s: %s" % (name, "accepted" if good else "refused"))


def main():
    t = Tap()
    for message, domain, want in SHAKE:
        t.is_(w.TurboShake(message, domain).read(32).hex(), want, "TurboSHAKE128, D=%02x" % domain)
    if os.path.isdir(VECTORS):
        for profile, pattern in SETS:
            paths = sorted(glob.glob(os.path.join(VECTORS, pattern)))
            t.ok(paths, "vectors of profile %s" % profile)
            for path in paths:
                with open(path) as f:
                    judge(t, "%s %s" % (profile, os.path.basename(path)), w.PROFILES[profile], json.load(f))
    else:
        t.skip("vectors of Prio3Count", "DR_VECTORS names no folder")
    config, key = w.HpkeConfig.generate(7)
    t.is_(w.hpke_open(key, b"i", b"a", config.seal(b"i", b"a", b"text")), b"text", "HPKE: what was sealed is opened")
    # RFC 9180, appendix A.1.1: the first key and nonce of base mode
    dh_free = w.labeled_extract(w.SUITE, bytes.fromhex("fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc"), b"secret", b"")
    t.is_(dh_free.hex(), "12fff91991e93b48de37e7daddb52981084bd8aa64289c3788471d9a9712f397", "HPKE: the secret of RFC 9180, A.1.1")
    t.done()


main()
