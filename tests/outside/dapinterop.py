"""The test interface of draft-dcook-ppm-dap-interop-test-design-07 (DAP-09) in front of our parts, for runners of other implementations:
POST /internal/test/{ready,upload,endpoint_for_task,add_task,collection_start,collection_poll}, JSON, integers of VDAFs as decimal strings.

    Interop("client", folder)            uploads by darkroom dap upload
    Interop("collector", folder)         collects by darkroom dap collect
    Interop("aggregator", folder, node)  adds tasks to a harness.Node, leader or helper

It is a program of the tests, so that nothing of it can be switched on in a node.  Tokens travel as Authorization: Bearer.
"""
import base64
import json
import os
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from harness import BUILD
from simserver import SimServer

CLI = os.path.join(BUILD, "darkroom")
NUMBERS = ("length", "chunk_length", "bits")
YEAR = 366 * 86400


def numbers(vdaf):
    """The VDAF object of the interface as that of our tasks."""
    return {k: int(v) if k in NUMBERS else v for k, v in vdaf.items()}


def texts(result):
    return [str(x) for x in result] if isinstance(result, list) else str(result)


class Interop(SimServer):
    def __init__(self, role, folder, node=None):
        self.role, self.dir, self.node, self.jobs = role, folder, node, {}
        self.pool = ThreadPoolExecutor(4)
        os.makedirs(folder, mode=0o700, exist_ok=True)

    def handle(self, http):
        body = json.loads(http.rfile.read(int(http.headers.get("Content-Length") or 0)) or b"{}")
        word = http.path.rsplit("/", 1)[-1]
        answer = getattr(self, "%s_%s" % (self.role, word), None) if http.path.startswith("/internal/test/") else None
        said = {"status": "success"} if word == "ready" else None
        if answer:
            try:
                said = {"status": "success", **(answer(body) or {})}
            except (AssertionError, KeyError, ValueError) as e:
                said = {"status": "error", "error": str(e)}
        data = json.dumps(said or {}).encode()
        http.send_response(200 if said else 404)
        http.send_header("Content-Type", "application/json")
        http.send_header("Content-Length", str(len(data)))
        http.end_headers()
        http.wfile.write(data)

    # ---- what is typed ------------------------------------------------------------
    def file(self, name, value=None):
        path = os.path.join(self.dir, name)
        if value is not None:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
                json.dump(value, f)
        return path

    @staticmethod
    def run(*argv, timeout=300):
        p = subprocess.run([CLI, *argv], capture_output=True, text=True, timeout=timeout, env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"})
        if p.returncode:
            raise ValueError("darkroom %s: exit %d: %s" % (" ".join(argv[:2]), p.returncode, p.stderr.strip()))
        return p.stdout

    def task(self, b, role, **more):
        """A task of ours; what the interface does not say is as wide as can be."""
        return {"profile": "09", "task_id": b["task_id"], "role": role, "leader_url": b["leader"], "helper_url": b.get("helper", b["leader"]),
                "vdaf": numbers(b["vdaf"]), "batch": {"mode": "fixed_size" if b.get("query_type") == 2 else "time_interval"},
                "time_precision_s": b.get("time_precision", 1), "min_batch_size": b.get("min_batch_size", 1), "expires_at": int(time.time()) + YEAR, **more}

    # ---- client ---------------------------------------------------------------------
    def client_upload(self, b):
        path = self.file("client-%d.json" % threading.get_ident(), self.task(b, "client"))
        m = b["measurement"]
        text = json.dumps([int(x) for x in m] if isinstance(m, list) else int(m))
        self.run("dap", "upload", "--task", path, text, *(["--time", str(b["time"])] if "time" in b else []))

    # ---- aggregator -------------------------------------------------------------------
    def aggregator_endpoint_for_task(self, b):
        return {"endpoint": "http://%s:%d/dap/09/" % (b["hostname"], self.node.port)}

    def aggregator_add_task(self, b):
        t = self.task(b, b["role"], verify_key=b["vdaf_verify_key"], leader_token=b["leader_authentication_token"],
                      collector_hpke_config=b["collector_hpke_config"], max_batch_query_count=b["max_batch_query_count"],
                      expires_at=b["task_expiration"])
        if b["role"] == "leader":
            t["collector_token"] = b["collector_authentication_token"]
        if b.get("max_batch_size"):
            t["batch"]["max_batch_size"] = b["max_batch_size"]
        self.node.client("operator").must("POST", "/api/v1/aggregate/tasks", t)

    # ---- collector ----------------------------------------------------------------------
    def collector_add_task(self, b):
        key = os.path.join(self.dir, b["task_id"] + ".key")
        config = self.run("dap", "keygen", key).strip()
        self.file(b["task_id"] + ".json", self.task(b, "collector", collector_hpke_config=config, collector_token=b["collector_authentication_token"]))
        return {"collector_hpke_config": config}

    def collector_collection_start(self, b):
        q = b["query"]
        if q["type"] == 1:
            query = "%d/%d" % (q["batch_interval_start"], q["batch_interval_duration"])
        else:
            query = "current" if q["subtype"] == 1 else q["batch_id"]
        handle = base64.urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode()
        path = os.path.join(self.dir, b["task_id"])
        self.jobs[handle] = self.pool.submit(self.run, "dap", "collect", "--task", path + ".json", "--key", path + ".key", "--query", query,
                                             "--id", handle)
        return {"handle": handle}

    def collector_collection_poll(self, b):
        job = self.jobs[b["handle"]]
        if not job.done():
            return {"status": "in progress"}
        got = json.loads(job.result())
        return {"status": "complete", "report_count": got["report_count"], "interval_start": got["interval"]["start"],
                "interval_duration": got["interval"]["duration"], "result": texts(got["result"]),
                **({"batch_id": got["batch_id"]} if "batch_id" in got else {})}
