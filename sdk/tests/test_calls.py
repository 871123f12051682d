"""Retries, breaker, timeouts and refusals, against a server that misbehaves."""
import base64
import hashlib
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import warnings
from unittest import mock

from badserver import BadServer, Drip, Json, Refuse, Reset, Short, Silence, Status

import darkroom
from darkroom import auth, ed25519, retry
from darkroom.pandacea import (APIResponseError, AgentConnectionError, CircuitBreakerOpenError, ComputationFailed,
                               ComputationTimeout, PandaceaClient, PandaceaException)

SEED_HEX = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
FAST = {"SDK_BASE_DELAY_MS": "1"}
INPUTS = [{"asset_id": "data_456", "variable_name": "features"}]
ACCEPTED = Json({"computation_id": "comp-a"}, 202)
PENDING = Json({"status": "pending", "phase": "queued"})
COMPLETED = Json({"status": "completed", "results": {"output": "hi", "artifacts": {}}})


class Case(unittest.TestCase):
    def setUp(self):
        self._key = tempfile.NamedTemporaryFile()
        self._key.write(SEED_HEX.encode())
        self._key.flush()
        self.addCleanup(self._key.close)
        environ = mock.patch.dict(os.environ, FAST)
        environ.start()
        self.addCleanup(environ.stop)

    def serve(self, *script):
        server = BadServer(script)
        self.addCleanup(server.__exit__)
        return server

    def client(self, server, **options):
        options.setdefault("timeout", 10)
        client = PandaceaClient(server.url + "/", self._key.name, **options)
        self.addCleanup(client.close)
        return client

    def execute(self, client, **more):
        return client.execute_computation("lease_123", code="print(1)", inputs=INPUTS, **more)


class Credentials(Case):
    def test_a_result_that_comes_at_once(self):
        server = self.serve(Json({"did": "d", "verkey": "v"}, 201))
        got = self.client(server).wallet("w", "dru_x").create_did(seed="s", did=None)
        self.assertEqual(got, {"did": "d", "verkey": "v"})
        seen = server.requests[0]
        self.assertEqual((seen.method, seen.target), ("POST", "/api/v1/credentials/jobs"))
        self.assertEqual(json.loads(seen.body), {"kind": "did.create_my", "args": {"wallet": "w", "seed": "s"}})
        self.assertEqual((seen.headers["x-darkroom-unlock"], seen.headers["prefer"]), ("dru_x", "wait=30"))

    def test_a_job_that_takes_longer_is_waited_for(self):
        server = self.serve(Json({"job_id": "j"}, 202), Json({"job_id": "j", "state": "running"}),
                            Json({"job_id": "j", "state": "completed", "result": {"valid": True}}))
        self.assertTrue(self.client(server).verify_signature("v", "bQ==", "s"))
        self.assertTrue(server.requests[1].target.startswith("/api/v1/credentials/jobs/j?wait="))

    def test_what_a_job_ends_with(self):
        server = self.serve(Json({"job_id": "j"}, 202),
                            Json({"job_id": "j", "state": "failed", "error": {"code": "DID_EXISTS", "message": "the wallet has it"}}))
        with self.assertRaises(darkroom.CredentialFailed) as e:
            self.client(server).wallet("w").create_did()
        self.assertEqual((e.exception.code, e.exception.job_id), ("DID_EXISTS", "j"))

    def test_time_is_up(self):
        server = self.serve(Json({"job_id": "j"}, 202), Json({"job_id": "j", "state": "queued"}))
        with self.assertRaises(darkroom.CredentialFailed) as e:
            self.client(server).run_credential_job("did.list", {"wallet": "w"}, timeout=0)
        self.assertIsNone(e.exception.code)
        self.assertNotIn("prefer", server.requests[0].headers)


class Signing(Case):
    def test_get_and_post_are_signed_over_what_is_sent(self):
        server = self.serve(ACCEPTED, COMPLETED)
        spender = "0x" + "Ab" * 20
        client = self.client(server, spender=spender)
        self.execute(client, idempotency_key="k-1")
        client.get_computation_result("comp-a")
        for seen, spent, key in zip(server.requests, (spender, ""), ("k-1", "")):
            h = seen.headers
            digest = hashlib.sha256(seen.body).hexdigest()
            text = auth.canonical(seen.method, h["host"], seen.target, digest, h["x-darkroom-timestamp"],
                                  h["x-darkroom-nonce"], spent, key)
            want = base64.b64encode(ed25519.sign(bytes.fromhex(SEED_HEX), text)).decode()
            self.assertEqual(h["x-pandacea-signature"], want)
            self.assertEqual(h["x-darkroom-content-sha256"], digest)
            self.assertEqual(h.get("x-pandacea-spender-address", ""), spent)
        self.assertEqual(server.requests[0].body,
                         b'{"lease_id":"lease_123","code":"print(1)",'
                         b'"inputs":[{"asset_id":"data_456","variable_name":"features"}]}')

    def test_attributes(self):
        server = self.serve(COMPLETED)
        client = self.client(server)
        self.assertEqual(client.base_url, server.url)
        self.assertEqual(client.peer_id, "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV")
        self.assertEqual((client.w3, client.contract, client.timeout), (None, None, 10))
        self.assertTrue(hasattr(client.session, "close"))


class Execute(Case):
    def body(self, *args, **kw):
        server = self.serve(ACCEPTED)
        self.assertEqual(self.client(server).execute_computation(*args, **kw), "comp-a")
        return json.loads(server.requests[0].body)

    def test_second_positional_is_a_cid_or_a_path(self):
        cid = "QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o"
        self.assertEqual(self.body("l", cid, INPUTS)["computationCid"], cid)
        with tempfile.NamedTemporaryFile(suffix=".py") as f:
            f.write("print('ü')\n".encode())
            f.flush()
            self.assertEqual(self.body("l", f.name, INPUTS)["code"], "print('ü')\n")
            self.assertEqual(self.body(lease_id="l", code_path=f.name, inputs=INPUTS)["code"], "print('ü')\n")

    def test_exactly_one_source(self):
        client = self.client(self.serve(ACCEPTED))
        for given in ({}, {"code": "x", "code_path": "y"}):
            with self.assertRaisesRegex(PandaceaException, "exactly one"):
                client.execute_computation("l", inputs=INPUTS, **given)

    def test_params_must_be_json(self):
        client = self.client(self.serve(ACCEPTED))
        with self.assertRaisesRegex(PandaceaException, "JSON"):
            self.execute(client, params={"x": float("nan")})

    def test_a_chain_must_be_configured(self):
        client = self.client(self.serve(ACCEPTED))
        with self.assertRaisesRegex(PandaceaException, r"RPC_URL|\[chain\]"):
            client.finalize_lease("l")


class Retries(Case):
    def test_503_until_it_works_with_one_key(self):
        server = self.serve(Status(503), Status(429), Reset(), ACCEPTED)
        self.assertEqual(self.execute(self.client(server)), "comp-a")
        keys = {r.headers["idempotency-key"] for r in server.requests}
        nonces = {r.headers["x-darkroom-nonce"] for r in server.requests}
        self.assertEqual((len(server.requests), len(keys), len(nonces)), (4, 1, 4))

    def test_each_submit_has_its_own_key(self):
        server = self.serve(ACCEPTED)
        client = self.client(server)
        self.execute(client)
        self.execute(client)
        self.assertNotEqual(*(r.headers["idempotency-key"] for r in server.requests))

    def test_waits_at_least_retry_after(self):
        server = self.serve(Status(503, retry_after=1), ACCEPTED)
        self.execute(self.client(server))
        self.assertGreaterEqual(server.requests[1].at - server.requests[0].at, 1.0)

    def test_never_past_the_timeout(self):
        server = self.serve(Status(503, "QUEUE_FULL", retry_after=30))
        start = time.monotonic()
        with self.assertRaises(APIResponseError) as caught:
            self.execute(self.client(server, timeout=2))
        self.assertLess(time.monotonic() - start, 1)
        self.assertEqual((caught.exception.status_code, caught.exception.code), (503, "QUEUE_FULL"))

    def test_at_most_six_attempts(self):
        server = self.serve(Reset())
        with self.assertRaisesRegex(AgentConnectionError, "Unable to connect to agent") as caught:
            self.execute(self.client(server))
        self.assertIsInstance(caught.exception.original_error, OSError)
        self.assertEqual(len(server.requests), 6)

    def test_a_400_is_sent_once(self):
        for status in (400, 401, 403, 404, 409, 500):
            server = self.serve(Status(status, "VALIDATION_ERROR"))
            with self.assertRaisesRegex(APIResponseError, "API returned error status %d" % status) as caught:
                self.execute(self.client(server))
            self.assertEqual(len(server.requests), 1)
            self.assertEqual((caught.exception.code, caught.exception.request_id), ("VALIDATION_ERROR", "req-1"))
            self.assertIn("said so", caught.exception.response_text)

    def test_502_is_for_gets_only(self):
        server = self.serve(Status(502), COMPLETED)
        self.client(server).get_computation_result("comp-a")
        self.assertEqual(len(server.requests), 2)
        server = self.serve(Status(502), ACCEPTED)
        with self.assertRaises(APIResponseError):
            self.execute(self.client(server))

    def test_delay_doubles_to_a_minute_with_jitter(self):
        policy = retry.RetryPolicy(5, 0.1)
        for attempt, full in ((0, 0.1), (3, 0.8), (20, 60.0)):
            for _ in range(50):
                self.assertTrue(full / 2 <= policy.delay(attempt) <= full)
        self.assertGreaterEqual(policy.delay(0, 7.0), 7.0)


class Timeouts(Case):
    def test_silence(self):
        start = time.monotonic()
        with self.assertRaisesRegex(AgentConnectionError, "timed out after 1 seconds"):
            self.client(self.serve(Silence()), timeout=1).get_computation_result("c")
        self.assertLess(time.monotonic() - start, 2)

    def test_drip(self):
        start = time.monotonic()
        with self.assertRaisesRegex(AgentConnectionError, "timed out"):
            self.client(self.serve(Drip()), timeout=1).get_computation_result("c")
        self.assertLess(time.monotonic() - start, 2)

    def test_truncated_answer_is_read_again(self):
        server = self.serve(Short(b'{"status":"pending"}', 5), COMPLETED)
        self.assertEqual(self.client(server).get_computation_result("c")["status"], "completed")


class Waiting(Case):
    def test_completed(self):
        server = self.serve(PENDING, COMPLETED)
        result = self.client(server).wait_for_computation("comp-a", timeout=20, poll_interval=0.05)
        self.assertEqual(result["results"]["output"], "hi")
        self.assertRegex(server.requests[0].target, r"\?wait=\d+$")

    def test_failed_is_looked_at_once(self):
        server = self.serve(Json({"status": "failed", "error": "boom", "reason_code": "OOM", "hint": "more"}))
        with self.assertRaises(ComputationFailed) as caught:
            self.client(server).wait_for_computation("comp-a", timeout=20)
        e = caught.exception
        self.assertEqual((e.computation_id, e.reason_code, e.hint), ("comp-a", "OOM", "more"))
        self.assertEqual(len(server.requests), 1)

    def test_unknown_status_goes_on(self):
        server = self.serve(Json({"status": "resting"}), COMPLETED)
        self.client(server).wait_for_computation("comp-a", timeout=20, poll_interval=0.05)
        self.assertEqual(len(server.requests), 2)

    def test_sleeps_when_the_node_does_not_wait(self):
        server = self.serve(PENDING, PENDING, COMPLETED)
        self.client(server).wait_for_computation("comp-a", timeout=20, poll_interval=0.3)
        self.assertGreaterEqual(server.requests[2].at - server.requests[0].at, 0.6)

    def test_timeout_whatever_the_node_does(self):
        """check 20: timeout=2 ends a wait whatever the server does."""
        for bad in (Silence(), Drip(), PENDING, Status(503, retry_after=60)):
            start = time.monotonic()
            with self.assertRaises(ComputationTimeout) as caught:
                self.client(self.serve(bad)).wait_for_computation("comp-a", timeout=2, poll_interval=0.3)
            self.assertLess(time.monotonic() - start, 3)
            self.assertEqual(caught.exception.computation_id, "comp-a")

    def test_events_go_on_where_they_were_cut(self):
        """check 32: a stream that ends without an end is resumed by Last-Event-ID."""
        def event(n, phase, name="phase"):
            return "id: %d\nevent: %s\ndata: %s\n\n" % (n, name, json.dumps({"phase": phase}))

        kind = {"Content-Type": "text/event-stream"}
        cut = ": beat\n\n" + event(2, "starting") + event(3, "running")[:-1]
        server = self.serve(Json(("retry: 1000\n\n" + event(1, "queued")).encode(), headers=kind), Reset(), Json(cut.encode(), headers=kind),
                            Json((event(3, "running") + event(4, "released") + "event: end\ndata: {}\n\n").encode(), headers=kind))
        self.assertEqual([e["phase"] for e in self.client(server).events("comp-a")], ["queued", "starting", "running", "released"])
        self.assertEqual([r.headers.get("last-event-id") for r in server.requests], [None, "1", "1", "2"])

    def test_events_that_are_none(self):
        for bad in (b"data: 1\n\n", b"data: {\n\n", b"data: []\n\n"):
            with self.assertRaises(PandaceaException):
                list(self.client(self.serve(Json(bad))).events("comp-a"))
        with self.assertRaises(APIResponseError):
            list(self.client(self.serve(Status(404))).events("comp-a"))


class Breaker(Case):
    def test_opens_and_closes_by_the_clock(self):
        now = [0.0]
        breaker = retry.CircuitBreaker(3, 30.0, clock=lambda: now[0])
        for _ in range(3):
            breaker.check()
            breaker.failure()
        with self.assertRaises(CircuitBreakerOpenError) as caught:
            breaker.check()
        self.assertEqual(caught.exception.retry_in, 30.0)
        now[0] = 31.0
        breaker.check()
        breaker.failure()               # still sick: open for another 30 s
        with self.assertRaises(CircuitBreakerOpenError):
            breaker.check()
        now[0] = 62.0
        for _ in range(2):
            breaker.check()
            breaker.success()
        breaker.failure()               # closed: one failure opens nothing
        breaker.check()

    def test_one_client_only_and_outside_pandacea(self):
        self.assertFalse(issubclass(CircuitBreakerOpenError, PandaceaException))
        server = self.serve(Status(500))
        sick, other = self.client(server), self.client(server)
        for _ in range(10):
            with self.assertRaises(APIResponseError):
                sick.get_computation_result("c")
        with self.assertRaises(CircuitBreakerOpenError):
            sick.get_computation_result("c")
        self.assertEqual(len(server.requests), 10)
        with self.assertRaises(APIResponseError):
            other.get_computation_result("c")

    def test_refusals_do_not_count(self):
        client = self.client(self.serve(Status(404)))
        for _ in range(20):
            with self.assertRaises(APIResponseError):
                client.get_computation_result("c")


class Downloads(Case):
    DATA = os.urandom(300000)

    def meta(self, data=None):
        data = self.DATA if data is None else data
        return Json({"status": "completed", "artifact_meta": [
            {"name": "w.bin", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}]})

    def test_resumes_where_it_broke(self):
        half = len(self.DATA) // 2
        server = self.serve(self.meta(), Short(self.DATA, half), Json(self.DATA[half:], 206))
        with tempfile.TemporaryDirectory() as d:
            target = os.path.join(d, "w.bin")
            self.assertEqual(self.client(server).download_artifact("c", "w.bin", target), target)
            with open(target, "rb") as f:
                self.assertEqual(f.read(), self.DATA)
            self.assertEqual(os.listdir(d), ["w.bin"])
        self.assertEqual(server.requests[2].headers["range"], "bytes=%d-" % half)

    def test_part_of_something_else_is_dropped(self):
        server = self.serve(self.meta(), Json(self.DATA[4:], 206), Json(self.DATA))
        with tempfile.TemporaryDirectory() as d:
            target = os.path.join(d, "w.bin")
            with open(target + ".part", "wb") as f:
                f.write(b"else")
            self.client(server).download_artifact("c", "w.bin", target)
            with open(target, "rb") as f:
                self.assertEqual(f.read(), self.DATA)

    def test_wrong_digest_never_appears(self):
        server = self.serve(self.meta(), Json(b"x" * len(self.DATA)))
        with tempfile.TemporaryDirectory() as d:
            with self.assertRaisesRegex(PandaceaException, "digest"):
                self.client(server).download_artifact("c", "w.bin", os.path.join(d, "w.bin"))
            self.assertNotIn("w.bin", os.listdir(d))

    def test_longer_than_promised(self):
        server = self.serve(self.meta(), Json(self.DATA + b"x"))
        with tempfile.TemporaryDirectory() as d:
            with self.assertRaisesRegex(PandaceaException, "longer"):
                self.client(server).download_artifact("c", "w.bin", os.path.join(d, "w.bin"))

    def test_unknown_name(self):
        with self.assertRaisesRegex(PandaceaException, "no artifact"):
            self.client(self.serve(self.meta())).download_artifact("c", "nope", "/tmp/never")

    def test_decode(self):
        self.assertEqual(PandaceaClient.decode_artifact("aGk="), b"hi")
        with self.assertRaises(PandaceaException):
            PandaceaClient.decode_artifact("*")


class Uploads(Case):
    def test_declares_its_digest_and_streams(self):
        data = os.urandom(200000)
        server = self.serve(Status(503), Json({"asset_id": "a", "version": 1}, 201))
        with tempfile.NamedTemporaryFile(suffix=".csv") as f:
            f.write(data)
            f.flush()
            self.assertEqual(self.client(server).put_asset("a", f.name, note="é")["version"], 1)
        seen = server.requests[1]
        self.assertEqual((seen.method, seen.body), ("PUT", data))
        self.assertEqual(seen.target, "/api/v1/assets/a?kind=csv&note=%C3%A9")
        self.assertEqual(seen.headers["x-darkroom-content-sha256"], hashlib.sha256(data).hexdigest())

    def test_a_table_is_stored_as_csv(self):
        class Frame:
            """What a DataFrame promises of to_csv()."""

            def to_csv(self, index, sep):
                return "" if index else sep.join(("a", "b")) + "\n" + sep.join(("1", "2")) + "\n"

        server = self.serve(Json({}))
        self.client(server).put_asset("a", Frame())
        self.client(server).put_asset("a", Frame(), "tsv")
        self.assertEqual([(r.target, r.body) for r in server.requests],
                         [("/api/v1/assets/a?kind=csv", b"a,b\n1,2\n"), ("/api/v1/assets/a?kind=tsv", b"a\tb\n1\t2\n")])
        with self.assertRaisesRegex(PandaceaException, "csv or tsv"):
            self.client(server).put_asset("a", Frame(), "npy")

    def test_refusal_before_the_body_is_heard(self):
        server = self.serve(Refuse(403))
        with self.assertRaises((APIResponseError, AgentConnectionError)):
            self.client(server).put_asset("a", b"x" * 5000000)

    def test_names_are_encoded(self):
        server = self.serve(Json({}))
        self.client(server).get_asset("a/../b?c")
        self.assertEqual(server.requests[0].target, "/api/v1/assets/a%2F..%2Fb%3Fc")
        with self.assertRaises(PandaceaException):
            self.client(server).get_asset("")


class Lists(Case):
    def test_pages_and_bad_rows(self):
        good = {"productId": "did:pandacea:a:b/c", "name": "n", "dataType": "t", "keywords": ["k"], "more": 1}
        server = self.serve(Json({"data": [good, {"productId": 7}], "nextCursor": "c/1"}),
                            Json({"data": [good], "nextCursor": ""}))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            products = self.client(server).discover_products()
        self.assertEqual([p.product_id for p in products], ["did:pandacea:a:b/c"] * 2)
        self.assertEqual(len(caught), 1)
        self.assertTrue(server.requests[1].target.endswith("?cursor=c%2F1"))


class Answers(Case):
    def test_any_2xx_is_success(self):
        for status in (200, 201, 202, 206):
            server = self.serve(Json({"computation_id": "comp-a"}, status))
            self.assertEqual(self.execute(self.client(server)), "comp-a")

    def test_not_json(self):
        with self.assertRaisesRegex(PandaceaException, "not JSON"):
            self.client(self.serve(Json(b"<html>"))).get_computation_result("c")

    def test_refusal_without_our_body(self):
        with self.assertRaises(APIResponseError) as caught:
            self.client(self.serve(Json(b"<html>", 418))).get_computation_result("c")
        self.assertEqual((caught.exception.status_code, caught.exception.code), (418, None))

    def test_redirects_are_not_followed(self):
        server = self.serve(Json(b"", 302, {"Location": "http://127.0.0.1:1/"}))
        with self.assertRaises(APIResponseError):
            self.client(server).get_computation_result("c")
        self.assertEqual(len(server.requests), 1)

    def test_ipfs_url(self):
        server = self.serve(Json({"Name": "s.py", "Hash": "Qm", "Size": "1"}))
        with tempfile.NamedTemporaryFile(suffix=".py") as f, mock.patch.dict(os.environ, {"IPFS_API_URL": server.url}):
            f.write(b"print(1)")
            f.flush()
            self.assertEqual(self.client(server).upload_code_to_ipfs(f.name), "Qm")
        self.assertIn(b"print(1)", server.requests[0].body)
        self.assertNotIn("x-pandacea-signature", server.requests[0].headers)


class Transports(Case):
    def test_unix_socket(self):
        with tempfile.TemporaryDirectory() as d:
            with BadServer([COMPLETED], unix_path=os.path.join(d, "s")) as server:
                self.assertEqual(self.client_of(server).get_computation_result("c")["status"], "completed")
                self.assertEqual(server.requests[0].headers["host"], "localhost")

    def client_of(self, server, **options):
        client = PandaceaClient(server.url, self._key.name, 10, **options)
        self.addCleanup(client.close)
        return client

    @unittest.skipUnless(shutil.which("openssl"), "openssl makes the certificate")
    def test_tls(self):
        with tempfile.TemporaryDirectory() as d:
            cert, key = os.path.join(d, "cert.pem"), os.path.join(d, "key.pem")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-keyout", key, "-out", cert, "-days", "1", "-subj", "/CN=test",
                            "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, key)
            with BadServer([COMPLETED, COMPLETED, Drip()], context=context) as server:
                with mock.patch.dict(os.environ, {"SDK_MAX_RETRIES": "0"}):
                    with self.assertRaisesRegex(AgentConnectionError, "CERTIFICATE_VERIFY_FAILED"):
                        self.client_of(server).get_computation_result("c")
                client = self.client_of(server, ca_file=cert)
                for _ in range(2):
                    self.assertEqual(client.get_computation_result("c")["status"], "completed")
                start = time.monotonic()
                with self.assertRaises(ComputationTimeout):
                    client.wait_for_computation("c", timeout=1)
                self.assertLess(time.monotonic() - start, 2)

    def test_missing_ca_file(self):
        with self.assertRaisesRegex(PandaceaException, "CA file"):
            PandaceaClient("https://h", self._key.name, ca_file="/nonexistent")


class Settings(Case):
    def test_base_url(self):
        for bad in ("ftp://x", "http://", "http://x/?q", "http://u@x", "x", "unix:relative", "http://x:y"):
            with self.assertRaisesRegex(PandaceaException, "base_url"):
                PandaceaClient(bad)

    def test_environment(self):
        with mock.patch.dict(os.environ, {"DARKROOM_URL": "http://h:1", "DARKROOM_KEY_FILE": self._key.name}):
            with darkroom.DarkroomClient() as client:
                self.assertEqual(client.base_url, "http://h:1")
                self.assertIsNotNone(client.peer_id)

    def test_threads_share_a_client(self):
        server = self.serve(COMPLETED)
        client = self.client(server)
        failures = []

        def reader():
            try:
                for _ in range(10):
                    client.get_computation_result("c")
            except Exception as e:
                failures.append(e)

        threads = [threading.Thread(target=reader) for _ in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(failures, [])
        self.assertEqual(len(server.requests), 80)


if __name__ == "__main__":
    unittest.main()
