#!/usr/bin/python3
"""The targets that the specification asks of the services, each with the figure that was measured for it.

    targets.py [FOLDER]     (run/bench; or docs/bench for the figures of the report)

ROWS maps each row of the specification (design.md section 5 and the end of the compute specification) to the
figures of the benches by a part of their names, so a figure that is renamed shows up as one that is missing.
A row that several figures answer has one line for each.  WHY says where a missed one is explained.
"""
import os
import sys

import report

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))

# what is asked; file; part of the metric; what to run when the figure is not there
ROWS = (
    ("submit at 64 connections: fastify + pg", "submit", "submit, 64 connections: darkroom, one consumer / fastify + pg", "make bench BENCH=submit"),
    ("submit at 64 connections: pgbench's INSERT", "submit", "submit, 64 connections: darkroom, one consumer / pgbench, one INSERT", "make bench BENCH=submit"),
    ("submit p99 at 64 connections, signatures checked", "submit", "Ed25519, p99", "make bench BENCH=submit"),
    ("drain, the faster of graphile-worker and pg-boss", "queue", "drain, best batch: darkroom / graphile-worker|drain, best batch: darkroom / pg-boss", "make bench BENCH=queue"),
    ("drain, PGMQ's bare functions", "queue", "drain, best batch: darkroom / PGMQ", "make bench BENCH=queue"),
    ("drain one by one, the fastest peer", "queue", "drain, one by one: darkroom / ", "make bench BENCH=queue"),
    ("enqueue → start at 100 jobs/s, p50", "start", "enqueue -> start at 100/s, p50", "make bench BENCH=start"),
    ("enqueue → start at 100 jobs/s, p99", "start", "enqueue -> start at 100/s, p99", "make bench BENCH=start"),
    ("trivial script, POST → completed, p50", "start", "POST -> completed, p50", "make bench BENCH=start"),
    ("trivial script, POST → completed, p99", "start", "POST -> completed, p99", "make bench BENCH=start"),
    ("a daemon's memory, steady", "start", "darkroom-fcgi (largest process)", "make bench BENCH=start"),
    ("a daemon's memory, steady", "start", "darkroom-workerd", "make bench BENCH=start"),
    ("no growth over 1,000,000 jobs", "soak", "darkroom-fcgi: growth of memory", "make soak"),
    ("no growth over 1,000,000 jobs", "soak", "darkroom-workerd: growth of memory", "make soak"),
    ("1,000 SIGKILLs: nothing lost, nothing twice", "chaos", "claims that do not hold", "make chaos"),
    ("warm against cold start, same image and imports", "sandbox", "data: cold, start to outcome, p50", "make bench BENCH=sandbox"),
    ("concurrent scripts, pool size x one script's rate", "promises", "sleeping scripts, pool of", "make bench BENCH=promises"),
    ("1,000 parked waiters: change → answer p99", "waiters", "change -> answer, p99", "make bench BENCH=waiters"),
    ("1,000 parked waiters: no request process occupied", "waiters", "front processes that serve them", "make bench BENCH=waiters"),
    ("1,000 parked waiters: memory", "waiters", "requests parked: memory of its own", "make bench BENCH=waiters"),
    ("unchanged result (304) at 500 reads/s, p99", "waiters", "unchanged result (304) at 500/s, p99", "make bench BENCH=waiters"),
    ("asset upload of 1 GiB, nginx's own PUT", "blob", "upload", "make bench BENCH=blob"),
    ("ranged download of 1 GiB, nginx's own GET", "blob", "download", "make bench BENCH=blob"),
    ("cancel → last process dead, p99", "start", "cancel -> last process dead, p99", "make bench BENCH=start"),
    ("revoke → last process dead", "promises", "revoke -> last process dead, most", "make bench BENCH=promises"),
    ("cross-tenant canaries found", "promises", "markers of another tenant found", "make bench BENCH=promises"),
    ("jobs lost, runs miscounted", "promises", "claims that do not hold after", "make bench BENCH=promises (after make faults)"),
    ("bare machine → first result", "bare", "bare machine -> first result", "tests/bench/bare.py"),
    ("definition, 2048 bit, pool empty", "credential", "definition, 2048 bit, pool empty", "make bench BENCH=credential"),
    ("definition, 2048 bit, pool filled", "credential", "definition, 2048 bit, pool filled", "make bench BENCH=credential"),
    ("arithmetic of a definition, 2048 bit, pool empty", "cl", "2048 bit: key_cold", "make bench BENCH=cl"),
    ("arithmetic of a definition, 2048 bit, pool filled", "cl", "2048 bit: key_from_primes", "make bench BENCH=cl"),
    ("definition, 3072 bit, pool empty", "cl", "3072 bit: key_cold", "make bench BENCH=cl"),
    ("registry of 100,000, one core and two", "accum", "registry of 100000", "make bench BENCH=accum"),
    ("registry of 100,000 through the service", "credential", "registry of 100,000", "make bench BENCH=credential"),
    ("witness from scratch, 100,000", "credential", "witness from scratch", "make bench BENCH=credential"),
    ("issue a revocable credential", "anoncreds", "issue a revocable credential", "make bench BENCH=anoncreds"),
    ("issue a revocable credential, through the service", "credential", "issue, revocable", "make bench BENCH=credential"),
    ("present and verify, 2 predicates and non-revocation", "anoncreds", "2 predicates and non-revocation", "make bench BENCH=anoncreds"),
    ("the same through the service", "credential", "2 predicates and non-revocation", "make bench BENCH=credential"),
    ("did.create_my, arithmetic", "wallet", "did.create_my, arithmetic", "make bench BENCH=wallet"),
    ("did.create_my, POST with Prefer: wait", "credential", "did.create_my, 1 clients", "make bench BENCH=credential"),
    ("wallet of 10,000 records: export and import", "wallet", "export|import", "make bench BENCH=wallet"),
    ("light jobs beside heavy ones", "lanes", "beside", "make bench BENCH=lanes"),
    ("prio1, whole pipeline on both servers, 2000 bits, libprio's three passes", "aggregate", "prio1 pipeline, both servers, 2000 bits", "make bench BENCH=aggregate"),
    ("prio1, a million records of 2000 bits, both servers", "prio1million", "CPU of both servers", "DR_BENCH_RECORDS=1000000 make bench BENCH=prio1million"),
    ("prio1 verify, 2000 bits, own point a record", "prio1", "verify A, 2000 bits|verify B, 2000 bits", "make bench BENCH=prio1"),
    ("prio1 verify, 2500 bits, one point a batch", "prio1", "one point a batch, 2500 bits", "make bench BENCH=prio1"),
    ("prio1 encode, 2000 bits", "prio1", "encode, 2000 bits", "make bench BENCH=prio1"),
    ("X25519", "prio1", "x25519", "make bench BENCH=prio1"),
    ("NDJSON line of 65 kB to bytes", "prio1", "line, 2000 bits", "make bench BENCH=prio1"),
    ("Prio3SumVec 2500 x 1, prepare only, a core", "vdaf", "prepare leader|prepare helper", "make bench BENCH=vdaf"),
    ("reports with HPKE open, a core", "aggrunner", "a job's", "make bench BENCH=aggrunner"),
    ("DAP upload, small reports", "aggregate", "DAP upload, Count, ", "make bench BENCH=aggregate"),
    ("DAP end to end, Count, two nodes", "aggregate", "Count, end to end, two nodes", "make bench BENCH=aggregate"),
    ("a runner's memory, no growth over 100,000 jobs", "aggrunner", "a runner: growth", "DR_BENCH_AGG_JOBS=100000 make bench BENCH=aggrunner"),
    ("a runner's memory, 100 reports of 44 kB", "aggregate", "a runner's memory", "make bench BENCH=aggregate"),
)
WHY = {
    "submit": "docs/design/entitlement.md and front.md: where a submit's time goes",
    "read": "docs/design/front.md: where a read's time goes",
    "queue": "docs/design/queue.md: what was found by measuring",
    "start": "docs/design/runner.md and queue.md: the way from commit to start",
    "promises": "docs/design/worker.md: a script's own overhead is processor time, and clients, node and scripts share two cores",
    "waiters": "docs/design/front.md: reads and waiters share two cores with their clients",
    "blob": "docs/design/upload.md and blob.md",
    "credential": "docs/design/credential.md", "lanes": "docs/design/lanes.md",
    "aggregate": "docs/design/aggregate-test.md", "aggrunner": "docs/design/aggregate.md", "prio1": "docs/design/prio1.md", "prio1million": "docs/design/prio1-run.md", "vdaf": "docs/design/vdaf.md",
    "cl": "docs/design/cl.md", "accum": "docs/design/accum.md", "wallet": "docs/design/wallet.md",
}
COLUMNS = ("asked", "figure", "target", "measured", "met")


def found(sections, name, part):
    """The figures with a target whose metric holds one of the parts (told apart by |)."""
    rows = [r for s in sections if s.name == name for r in s.rows if r.get("target")]
    return [r for r in rows if any(p in r["metric"] for p in part.split("|"))]


def lines(sections):
    for asked, name, part, command in ROWS:
        rows = found(sections, name, part)
        if not rows:
            yield asked, "%s: %s" % (name, part.split("|")[0]), "", "not measured: " + command, ""
        for r in rows:
            v = report.verdict(r)
            yield asked, "%s: %s" % (name, r["metric"]), v["asked"], v["said"], "yes" if r["met"] else "NO"


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(TOP, "run", "bench")
    table = list(lines(report.load(folder)))
    rows = [COLUMNS] + [tuple(c if len(c) <= 62 else c[:61] + "…" for c in row) for row in table]
    widths = [max(len(r[i]) for r in rows) for i in range(len(COLUMNS))]
    for r in rows:
        print("  ".join(c.ljust(w) for c, w in zip(r, widths)).rstrip())
    met = [row[4] for row in table]
    print("\n%d met, %d missed, %d not measured" % (met.count("yes"), met.count("NO"), met.count("")))
    for name in sorted({row[1].split(":")[0] for row in table if row[4] == "NO"}):
        print("missed in %s: %s" % (name, WHY.get(name, "docs/design/long.md")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
