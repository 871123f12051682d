#!/usr/bin/python3
"""The executors of the aggregate service alone: leader and helper prepare the same reports, over HTTP; both share the sum; what is wrong
with a report is said by its word, and what is wrong with a peer ends no run but waits."""
import collections
import hashlib
import json
import os
import ssl
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import dapwire  # noqa: E402
from aggrunner import NOW, PRECISION, PROGRAM, Runner, World, b64, b64u, serve, total, unb64, words, write  # noqa: E402
from certs import Authority  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey  # noqa: E402
from harness import Tap  # noqa: E402

def pair(t, profile):
    """Leader and helper, each in its process; the helper's answer comes over HTTP."""
    server = serve()
    w = World(profile, server)
    with Runner() as leader, Runner() as helper:
        halves = []

        def say(method, path, body):
            halves.append(w.prepare(helper, body))
            return 201, w.p.media % "aggregation-job-resp", unb64(write(halves[-1], "agg_commit")["response_b64"]), {}
        server.say = say
        reports = [w.report(i % 3 != 0) for i in range(9)]
        out = w.aggregate(leader, reports)
        t.is_(out["state"], "completed", "%s: a leader's job ends" % profile)
        (a, n), (b, m) = total(out), total(halves[0])
        t.is_((n, m), (9, 9), "%s: both took all nine" % profile)
        t.is_((a + b) % dapwire.P64, 6, "%s: the two shares are the sum" % profile)
        t.is_(write(out, "agg_commit")["parts"][0]["checksum"], dapwire.checksum(r.id for r in reports).hex(), "%s: and the checksum is that of the ids" % profile)
        t.is_(set(words(out).values()) | set(words(halves[0]).values()), {"accepted"}, "%s: each outcome is accepted" % profile)
        method, path, headers, body = server.seen[0]
        t.is_((method, headers["Authorization"]), ("PUT" if profile == "09" else "POST", "Bearer a-token-of-sixteen"), "%s: sent as the profile says, with the token" % profile)
        w.aggregate(leader, reports)
        t.is_(server.seen[1][3] == body and w.sent[0] == w.sent[1], True, "%s: a second run sends the same bytes" % profile)
        t.is_(write(halves[1], "agg_commit")["response_b64"], write(halves[0], "agg_commit")["response_b64"], "%s: and the helper's answer is the same" % profile)
        shares(t, w, leader, halves[0], out)
    server.shutdown()


def shares(t, w, runner, helper, leader):
    """Collection: both aggregate shares, opened with the collector's key."""
    parts = {"leader": write(leader, "agg_commit")["parts"], "helper": write(helper, "agg_commit")["parts"]}
    start = w.time()
    query = w.p.interval_query(start, PRECISION if w.p.name == "09" else 1)
    request = w.p.collect_request(query)

    def answers(role, ready=True):
        return {"agg_batch": lambda _: {"ready": ready, "waiting": 0, "count": 9, "checksum": parts[role][0]["checksum"], "t_min": NOW, "t_max": NOW},
                "agg_parts": lambda _: {"parts": [{"count": p["count"], "opened": {"share": p["seal_share"]}} for p in parts[role]]},
                "agg_sent": lambda a: {}}
    served = []

    def say(method, path, body):
        out = runner2.run("dap.share", w.on("helper", share={"digest": "00" * 32, "request_b64": b64(body), "mode": 1}), w.secrets, answers("helper"))
        served.append(write(out, "agg_served"))
        if "word" in served[-1]:
            return 400, "application/problem+json", json.dumps({"type": "urn:ietf:params:ppm:dap:error:" + served[-1]["word"]}).encode(), {}
        return 200, w.p.media % "aggregate-share", unb64(served[-1]["share_b64"]), {}
    w.server.say = say
    on = w.on("leader", collection={"collection_id": b64u(bytes(16)), "request_b64": b64(request), "mode": 1})
    with Runner() as runner2:
        out = runner.run("dap.collect", on, w.of_leader, answers("leader"))
        done = write(out, "agg_collected")
        aad, found = w.p.share_aad(w.wire, query, query), 0
        for role, field in ((dapwire.LEADER, "leader_b64"), (dapwire.HELPER, "helper_b64")):
            box = dapwire.Ciphertext.read(dapwire.Reader(unb64(done[field])))
            found += dapwire.decode64(dapwire.hpke_open(w.collector_key, w.p.label + b" aggregate share" + bytes([role, dapwire.COLLECTOR]), aad, box))[0]
        t.is_((found % dapwire.P64, done["count"]), (6, 9), "%s: the collector opens both shares of nine reports: their sum" % w.p.name)
        t.is_((done["start"], done["duration"]), (start, PRECISION if w.p.name == "09" else 1), "%s: and hears the interval in the units of the wire" % w.p.name)
        out = runner.run("dap.collect", on, w.of_leader, answers("leader", ready=False))
        t.is_((out["state"], out["result"]["writes"]), ("waiting", []), "%s: a batch with jobs under way waits for them" % w.p.name)
        noisy = dict(on, task={**on["task"], "noise": {"sigma": "1000/3"}})
        plain_task, w.both = w.both, {**w.both, "noise": {"sigma": "1000/3"}}
        out = runner.run("dap.collect", noisy, w.of_leader, answers("leader"))
        w.both, found = plain_task, []
        for role, done in ((dapwire.LEADER, write(out, "agg_collected")), (dapwire.HELPER, served[-1])):
            box = dapwire.Ciphertext.read(dapwire.Reader(unb64(done["leader_b64"] if role == dapwire.LEADER else done["share_b64"])))
            share = dapwire.decode64(dapwire.hpke_open(w.collector_key, w.p.label + b" aggregate share" + bytes([role, dapwire.COLLECTOR]), aad, box))[0]
            found.append(share - int.from_bytes(unb64(done["seal_noise"]), "little", signed=True))
        t.is_(sum(found) % dapwire.P64, 6, "%s: with noise each side adds its own, and keeps what it drew" % w.p.name)
        refusals(t, w, lambda **c: runner.run("dap.collect", dict(on, collection={**on["collection"], **c}), w.of_leader, answers("leader")))
        w.server.say = say
        parts["leader"][0]["checksum"] = "11" * 32
        out = runner.run("dap.collect", on, w.of_leader, answers("leader"))
        t.is_((write(out, "agg_failed") or {}).get("word"), "batchMismatch", "%s: a checksum that is not the helper's ends the collection" % w.p.name)


def problem(word):
    return "application/problem+json", json.dumps({"type": "urn:ietf:params:ppm:dap:error:" + word}).encode(), {}


def refusals(t, w, collect):
    """Only what a helper says of the batch itself ends a collection."""
    for status, answer in ((404, ("text/html", b"<html>", {})), (403, (None, b"", {})), (413, ("text/html", b"", {})), (409, ("application/problem+json", b'{"type":"about:blank"}', {})),
                           (400, problem("unrecognizedTask")), (403, problem("unauthorizedRequest")), (400, problem("invalidMessage"))):
        w.server.say = lambda *_: (status, *answer)
        out = collect()
        t.is_((out["state"], write(out, "agg_failed"), (write(out, "agg_wait") or {}).get("status")), ("waiting", None, status), "%s: %d %s is waited out" % (w.p.name, status, answer[1][-30:]))
    for word in ("batchMismatch", "invalidBatchSize", "batchOverlap", "batchInvalid"):
        w.server.say = lambda *_: (400, *problem(word))
        t.is_((write(collect(), "agg_failed") or {}).get("word"), word, "%s: %s ends it" % (w.p.name, word))
    w.server.say = lambda *_: (404, *problem("unrecognizedTask"))
    t.is_("location" in write(collect(location="/gone"), "agg_wait"), False, "%s: where an answer is not any more nobody asks again" % w.p.name)


def wrong_reports(t):
    """Each by its word; none touches the others."""
    w = World("09", serve())
    good, early, late = w.report(True), w.report(True, NOW + 2 * PRECISION), w.report(True, NOW + 2 * 10 ** 6)
    unknown, cut, extended, replayed, forged, stale = (w.report(True) for _ in range(6))
    unknown.configs = (w.configs[0], w.configs[1]._replace(id=9))
    extended.extensions = (b"", b"\0\7\0\0")
    stale_time = w.report(True, NOW - 2 * PRECISION)
    inits = [r.prepare_init(w.p, w.verify_key) for r in (good, early, late, unknown, extended, replayed, stale_time)]
    broken = bytearray(cut.prepare_init(w.p, w.verify_key))
    broken[16 + 8 + 4 + 1 + 2 + 32 + 4 + 5] ^= 1         # in the helper's payload
    lie = bytearray(forged.prepare_init(w.p, w.verify_key))
    lie[-1] ^= 1                                        # in the leader's share of the proof
    request = w.p.init_request(inits + [bytes(broken), bytes(lie)])
    closed = b64((stale_time.time).to_bytes(8, "big"))
    with Runner() as helper:
        out = w.prepare(helper, request, lambda a: {"replayed": [b64u(replayed.id)], "closed": [closed]})
        want = {b64u(r.id): word for r, word in ((good, "accepted"), (early, "report_too_early"), (late, "report_too_early"), (unknown, "hpke_unknown_config_id"),
                                                 (extended, "invalid_message"), (replayed, "report_replayed"), (stale_time, "batch_collected"),
                                                 (cut, "hpke_decrypt_error"), (forged, "vdaf_prep_error"))}
        t.is_(words(out), want, "what is wrong with a report is said by its word")
        five = [w.report(i != 1) for i in range(5)]
        inits = [r.prepare_init(w.p, w.verify_key) for r in five]
        lie = bytearray(inits[0])
        lie[-1] ^= 1
        most = w.prepare(helper, w.p.init_request([bytes(lie)] + inits[1:]), lambda a: {"room": {a["reports"][0]["bucket"]: 3}})
        t.is_([words(most)[b64u(r.id)] for r in five], ["vdaf_prep_error"] + ["accepted"] * 3 + ["batch_saturated"], "a bucket takes what it has room for, of good ones")
        t.is_(total(out)[1], 1, "and the one good one is added")
        answers = w.p.job_response(unb64(write(out, "agg_commit")["response_b64"]))
        t.is_([e for _, _, e in answers], [None, 9, 9, 3, 8, 1, 0, 4, 5], "the leader hears the numbers of the draft, in its order")
        out = w.prepare(helper, request[:-1])
        t.is_((out["state"], out["reason"]), ("failed", "INVALID_REQUEST"), "a request that is cut is none")
        t.is_(helper.asked, [], "of which nothing is asked")


def wrong_peers(t):
    """Waiting is an end of a run; a refusal gives the reports back; no answer is taken that is not to this request."""
    server = serve()
    w = World("09", server)
    reports = [w.report(True) for _ in range(2)]
    media = w.p.media % "aggregation-job-resp"
    with Runner() as leader:
        server.say = lambda *_: (503, None, b"", {"Retry-After": "7"})
        out = w.aggregate(leader, reports)
        t.is_((out["state"], out["phase"], out["wait_ms"]), ("waiting", "waiting_peer", 7000), "503 waits as long as it says")
        server.say = lambda *_: (500, None, b"", {})
        t.is_([w.aggregate(leader, reports, tries=n)["wait_ms"] for n in (0, 1, 4, 9)], [2000, 4000, 32000, 60000], "and without a word 2, 4, 8, ... 60 s")
        server.say = lambda *_: (302, None, b"x", {"Location": "http://127.0.0.1:1/elsewhere"})
        t.is_(write(w.aggregate(leader, reports), "agg_wait").get("location"), None, "a redirect to another origin is not followed")
        server.say = lambda *_: (400, "application/problem+json", b'{"type":"urn:ietf:params:ppm:dap:error:batchInvalid"}', {})
        t.is_(write(w.aggregate(leader, reports), "agg_back")["problem"], "batchInvalid", "a refusal gives the reports back, by its word")
        for what, job in (("repeat", {"state": "sent"}), ("poll", {"state": "sent", "location": "/dap/09/x"})):
            server.say = lambda *_: (400, *problem("invalidMessage"))
            out = w.aggregate(leader, reports, **job)
            t.is_((out["state"], write(out, "agg_back"), "location" in write(out, "agg_wait")), ("waiting", None, False), "a refusal of a %s does not: the helper may have committed" % what)
        server.say = lambda *_: (400, *problem("unrecognizedAggregationJob"))
        t.is_(w.aggregate(leader, reports)["state"], "waiting", "nor does one that knows no such job")
        server.say = lambda *_: (404, "text/html", b"<html>", {})
        t.is_(w.aggregate(leader, reports)["state"], "waiting", "nor one that is not of DAP")
        other = b"".join(r.id + b"\2\5" for r in sorted(reports, key=lambda r: r.id, reverse=True))
        server.say = lambda *_: (201, media, dapwire.v4(other), {})
        t.is_(w.aggregate(leader, reports)["state"], "failed", "an answer in another order fails the run")
        server.say = lambda *_: (201, "text/html", b"<html>", {})
        t.is_(w.aggregate(leader, reports)["state"], "waiting", "an answer of another type is none")
        server.say = lambda *_: (201, media, dapwire.v4(b"".join(r.id + b"\2\1" for r in sorted(reports, key=lambda r: r.id))), {})
        out = w.aggregate(leader, reports)
        t.is_((set(words(out).values()), write(out, "agg_commit")["parts"]), ({"report_replayed"}, []), "what the helper rejects is noted, and not added")
        server.shutdown()
        server.server_close()
        out = w.aggregate(leader, reports)
        t.is_((out["state"], write(out, "agg_wait")["status"]), ("waiting", 0), "a helper that is not there is waited for")


def half_refused(t):
    """A leader adds before it is answered: what the helper rejects is taken away again, wherever it stands, and from a segment."""
    server = serve()
    w = World("09", server)
    bits = [True, True, False, True, True, True, False, True, True, False, True]
    reports = sorted((w.report(bit) for bit in bits), key=lambda r: r.id)
    rows, name, segment = [], "0193a1b2-0000-7000-8000-000000000003", b""
    for r in reports:
        rows.append({"id": b64u(r.id), "time": 0, "segment": name, "offset": len(segment), "length": len(r.bytes(w.p))})
        segment += r.bytes(w.p)
    halves, spoil = [], []
    out_of = {b64u(r.id) for r in reports[:6] + reports[8:9]}

    def say(method, path, body):
        halves.append(w.prepare(helper, body, lambda a: {"replayed": sorted(out_of)}))
        for place in spoil:
            with open(os.path.join(leader.folder, "in", name), "r+b") as f:
                f.seek(place)
                f.write(b"spoilt")
        return 201, w.p.media % "aggregation-job-resp", unb64(write(halves[-1], "agg_commit")["response_b64"]), {}
    server.say = say
    with Runner() as leader, Runner() as helper:
        out = w.lead(leader, rows, {name: segment})
        (a, n), (b, m) = total(out), total(halves[0])
        t.is_((n, m), (4, 4), "seven of eleven are refused, in two groups and in the middle")
        whole, other = w.lead(leader, [r for r in rows if r["id"] not in out_of], {name: segment}), halves[-1]
        t.is_((a, b), (total(whole)[0], total(other)[0]), "both sums are those of a job that never had them")
        spoil.append(rows[2]["offset"] + 60)
        out = w.lead(leader, rows, {name: segment})
        t.is_((out["state"], out["reason"]), ("failed", "INTERNAL"), "what cannot be taken away any more fails the run")
    server.shutdown()


def large_reports(t):
    """What is too large is settled by a word, and keeps nobody else's report from being summed."""
    server = serve()
    w = World("09", server)
    name, good = "0193a1b2-0000-7000-8000-000000000002", sorted((w.report(True) for _ in range(3)), key=lambda r: r.id)
    rows = [{"id": b64u(r.id), "time": 0, "bytes": b64(r.bytes(w.p))} for r in good]
    junk = [{"id": b64u(os.urandom(16)), "time": 0, "segment": name, "offset": 0, "length": n} for n in (5000, 1 << 20, 5 << 20)]
    junk.append({"id": b64u(os.urandom(16)), "time": 0, "bytes": b64(bytes(5000))})
    halves = []

    def say(method, path, body):
        halves.append(w.prepare(helper, body))
        return 201, w.p.media % "aggregation-job-resp", unb64(write(halves[-1], "agg_commit")["response_b64"]), {}
    server.say = say
    with Runner() as leader, Runner() as helper:
        out = w.lead(leader, rows + junk, {name: bytes(6000)})
        t.is_(words(out), {**{r["id"]: "accepted" for r in rows}, **{r["id"]: "invalid_message" for r in junk}}, "a report longer than its task's can be is no report")
        t.is_(total(out)[1], 3, "the others are added")
        w.both["vdaf"] = {"type": "Prio3SumVec", "length": 60_000, "bits": 1, "chunk_length": 250}
        many = [{"id": b64u(struct.pack(">QQ", 1, n)), "time": 0, "segment": name, "offset": 0, "length": 976_500} for n in range(70)]
        out = w.lead(leader, many, {name: bytes(976_500)})
        t.is_(collections.Counter(words(out).values()), {"invalid_message": 68, "report_dropped": 2}, "and what is beyond 64 MiB of a job is dropped")
    server.shutdown()


def stranger(t):
    """A helper by name and over TLS, whose certificate nobody vouches for: names and certificates are looked up, and nothing is sent."""
    with tempfile.TemporaryDirectory() as folder:
        key, cert = os.path.join(folder, "key"), os.path.join(folder, "cert")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert,
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        server = serve()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        w = World("09", server)
        w.both["helper_url"] = "https://localhost:%d/" % server.server_port
        server.say = lambda *_: (500, None, b"", {})
        with Runner() as leader:
            out = w.aggregate(leader, [w.report(True)])
        error = (write(out, "agg_wait") or {}).get("error", "")
        t.like(error, "self.signed certificate", "a certificate that nobody vouches for is refused")
        t.is_((out["state"], server.seen), ("waiting", []), "and nothing is sent")
        server.shutdown()


def authorities(t):
    """A file of certificates that is none ends the runner at its start, by the setting's name."""
    with tempfile.TemporaryDirectory() as folder:
        with open(Authority(folder, "ca").file, encoding="ascii") as f:
            pem = f.read()
        for name, text in (("empty", ""), ("other", "a line\n"), ("cut", pem[:len(pem) // 2]), ("second", pem + pem.replace("MI", "XX", 1)), ("long", pem * 4000)):
            path = os.path.join(folder, name)
            with open(path, "w", encoding="ascii") as f:
                f.write(text)
            p = subprocess.run([PROGRAM, "--spool=" + folder, "--ca-file=" + path], capture_output=True, text=True)
            t.ok(p.returncode == 111 and "agg_ca_file " + path in p.stderr, "a file of certificates that is %s: %s" % (name, p.stderr.strip()[-80:]))
        p = subprocess.run([PROGRAM, "--spool=" + folder, "--ca-file=" + os.path.join(folder, "none")], capture_output=True, text=True)
        t.ok(p.returncode == 111 and "No such file" in p.stderr, "one that is not there")


def later(t):
    """Profile 18: created now, answered later: the next run asks where Location says."""
    server = serve()
    w = World("18", server)
    reports = [w.report(True) for _ in range(2)]
    rejected = b"".join(r.id + b"\2\2" for r in sorted(reports, key=lambda r: r.id))
    media = w.p.media % "aggregation-job-resp"
    with Runner() as leader:
        where = w.both["helper_url"] + "tasks/x/aggregation_jobs/y?step=0"
        server.say = lambda *_: (201, None, b"", {"Location": where, "Retry-After": "3"})
        out = w.aggregate(leader, reports)
        path = write(out, "agg_wait")["location"]
        t.is_((out["wait_ms"], path), (3000, "/dap/18/tasks/x/aggregation_jobs/y?step=0"), "18: the place of the answer is kept for the next run")
        t.is_((write(out, "agg_wait")["status"], "error" in write(out, "agg_wait")), (201, False), "18: and nothing is said to be wrong")
        server.say = lambda method, path, body: (200, media, rejected, {}) if method == "GET" else (500, None, b"", {})
        out = w.aggregate(leader, reports, location=path, tries=1)
        t.is_((out["state"], set(words(out).values())), ("completed", {"report_replayed"}), "18: which asks there, and settles by it")
    server.shutdown()


def keys_and_segments(t):
    with Runner() as r:
        out = r.run("agg.rotate", {"now": NOW}, None, {"agg_keys": lambda _: {"due": [5, 250]}})
        made = [w for w in out["result"]["writes"] if w["op"] == "hpke_new"]
        t.is_([w["config_id"] for w in made], [5, 250], "keys are made under the ids that are due")
        c = dapwire.HpkeConfig.read(dapwire.Reader(unb64(made[0]["config"])))
        t.is_(dapwire.raw(X25519PrivateKey.from_private_bytes(unb64(made[0]["seal_key"])).public_key()), c.public, "and their halves are a pair")
        data, name = os.urandom(700_001), "0193a1b2-0000-7000-8000-000000000001"
        out = r.run("blob.seal", {"now": NOW, "segment": {"segment": name, "length": 700_000}}, None, {}, {name: data})
        t.is_((write(out, "segment_sealed")["sha256"], out["files"][0]["size"]), (hashlib.sha256(data[:700_000]).hexdigest(), 700_000), "a segment becomes a file of its length")
        with open(os.path.join(r.folder, out["files"][0]["path"]), "rb") as f:
            t.is_(f.read() == data[:700_000], True, "with its bytes")


def main():
    t = Tap()
    for profile in ("09", "18"):
        pair(t, profile)
    wrong_reports(t)
    wrong_peers(t)
    half_refused(t)
    large_reports(t)
    stranger(t)
    authorities(t)
    later(t)
    keys_and_segments(t)
    return t.done()


if __name__ == "__main__":
    sys.exit(main())
