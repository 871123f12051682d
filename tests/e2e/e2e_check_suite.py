#!/usr/bin/python3
"""Check 34: the suite has unit, SQL and race tests of each topic, gates every merge, and a page tells v1 clients what differs."""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import TOP, Tap  # noqa: E402
import run  # noqa: E402

# topic: what must be there of unit, SQL and race tests
TOPICS = {
    "pool": ("tests/unit/t_worker_rules.c", "tests/sql/queue_worker.sql", "tests/race/queue_beat_reap.spec"),
    "state transitions": ("tests/unit/t_sandbox_outcome.c", "tests/sql/queue_finish.sql", "tests/race/compute_cancel_finish.spec"),
    "refusals": ("tests/unit/t_fcgi_auth.c", "tests/sql/compute_auth.sql", "tests/race/compute_revoke_submit.spec"),
    "concurrent submits": ("tests/unit/t_fcgi_batch.c", "tests/sql/compute_submit.sql", "tests/race/compute_runs.spec"),
}
GROUPS = ("unit", "sql", "race")


def read(path):
    with open(os.path.join(TOP, path)) as f:
        return f.read()


def main():
    t = Tap("check 34: ")
    for topic, files in TOPICS.items():
        for group, path in zip(GROUPS, files):
            t.ok(path.startswith("tests/%s/" % group) and os.path.exists(os.path.join(TOP, path)), "%s: a %s test" % (topic, group))
    t.is_([g for g in GROUPS if g not in run.GROUPS], [], "the runner knows their groups")
    t.like(read(".ci/run"), r"(?m)^exec make check$", "what gates a merge is the whole suite")
    t.like(read("Makefile"), r"(?m)^ONLY\b|tests/run\.py \$\(ONLY\)", "which runs every group when none is named")
    page = read("docs/migration-v1.md")
    v1 = re.findall(r'\{ "([A-Z]+)", "(/[^"]*)",\s+&\w+, "[^"]*", [A-Z_ |]*RT_LEGACY', read("fcgi/route_table.c"))
    t.ok(len(v1) > 4, "the route table says which routes are of v1")
    t.is_(["%s %s" % r for r in v1 if "%s %s`" % r not in page], [], "the migration page tells of each")
    for topic in ("legacy_auth", "Peer ids", "spender", "executeLease", ".values", "model_weights.pth", "in_review", "reason_code", "Idempotency-Key",
                  "dp.enabled", "X-API-Deprecation-Warning"):
        t.ok(topic in page, "and of " + topic)
    t.like(read("README.md"), r"docs/migration-v1\.md", "the first page leads to it")
    t.done()


if __name__ == "__main__":
    main()
