"""Logs: every line is JSON, and each error is explained by a fault that struck shortly before."""
import datetime
import json
import os

DB = {"pg_backend", "pg_immediate", "pg_fast", "pg_kill", "pg_terminate", "pg_full"}
DISK = {"disk_full"}
WORKER = {"workerd_kill", "workerd_restart", "workerd_pause", "point"}
RUNNER = {"sandbox_kill", "sandbox_pause", "runner_kill", "runner_pause", "container_kill", "point"}
FRONT = {"fcgi_process", "fcgi_pause", "fcgi_restart", "fcgi_kill", "point"}
EXPLAINED = {
    "blob.failed": DB | DISK | WORKER,
    "canary.failed": RUNNER | DISK | WORKER,
    "container.failed": RUNNER | DISK | WORKER,
    "frame.refused": RUNNER | WORKER,
    "job.unpublished": DISK,
    "worker.cut_off": DB | WORKER,
    "worker.cut_short": {"workerd_restart"} | DB,
    "worker.gone": DB | WORKER,
    "worker.refused": DB,
    "worker.failed": DB | DISK,
    "request.failed": DB | DISK | FRONT,
    "response.failed": DISK | FRONT,
    "process.ended": FRONT,
    "process.hung": FRONT,
    "runner.failed": DISK | WORKER,
}
# A pause lasts up to 23 s, a job's last error may come a whole run later.
WINDOW_S = 90


def stamp(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def unexplained(node, hits):
    """Lines that no fault accounts for: (log, line)."""
    bad = []
    for name in sorted(os.listdir(node.path("log"))):
        if not name.startswith(("workerd", "fcgi")):
            continue
        for line in node.log(name[:-4]).splitlines():
            try:
                rec = json.loads(line)
            except ValueError:
                bad.append((name, line[:300]))
                continue
            if rec.get("level") != "error":
                continue
            at, kinds = stamp(rec["ts"]), EXPLAINED.get(rec["event"], set())
            if not any(fault in kinds and -1 <= at - when <= WINDOW_S for when, fault, _ in hits):
                bad.append((name, line[:300]))
    return bad


def count(node, event):
    return sum(len(node.log_events(name[:-4], event)) for name in os.listdir(node.path("log")) if name.startswith("workerd"))
