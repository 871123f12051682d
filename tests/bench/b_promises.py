"""What scripts share and what outlives them: concurrent scripts, revoke -> last process dead, markers of another tenant,
and a short storm of kills with its count of jobs lost and runs miscounted.
"""
import os
import re
import subprocess
import sys
import threading
import time

from bench import TOP, Node, about, emit, lift_limits, median, within

sys.path.insert(0, os.path.join(TOP, "tests", "e2e"))
from e2e_check_script import LEAVE, SEARCH  # noqa: E402

POOL, ROUNDS, REVOKES, TENANTS = 3, within(12), within(20), within(20)
NAP = "import time\ntime.sleep(0.3)\nprint(1)"
STORM = {"--jobs": within(400, 50), "--kills": within(30, 5), "--seconds": within(50, 10)}


def scripts_per_second(consumer, lease, clients):
    """Each client runs ROUNDS scripts that nap: the processors are not what limits."""
    t0 = time.monotonic()
    threads = [threading.Thread(target=lambda: [consumer.run(lease, NAP, {"features": "data_456"}) for _ in range(ROUNDS)]) for _ in range(clients)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return clients * ROUNDS / (time.monotonic() - t0)


def revokes(n, owner, consumer):
    ms = []
    for _ in range(REVOKES):
        lease = owner.grant(consumer, ["data_456"])
        comp = consumer.submit(lease, "import time\nprint('up', flush=True)\ntime.sleep(600)", {"features": "data_456"})
        n.wait(lambda: consumer.result(comp)["phase"] == "running" and n.job_processes(), 20, "running")
        t0 = time.monotonic()
        owner.must("POST", "/api/v1/leases/%s/revoke" % lease, {"reason": "bench"})
        n.wait(lambda: not n.job_processes(), 10, "last process gone")
        ms.append((time.monotonic() - t0) * 1e3)
    return ms


def markers(n, owner, consumer, lease):
    """How many of what a tenant left in memory, files, processes and folders the next ones find."""
    other = n.principal("tenant-two", ["consumer"])
    second, found = owner.grant(other, ["data_456"]), 0
    for _ in range(TENANTS):
        consumer.run(lease, LEAVE, {"features": "data_456"})
        said = other.run(second, SEARCH, {"features": "data_456"})["results"]["output"]
        found += len(re.findall(r"'", said)) // 2
        assert said.startswith("found: ["), said
    return found


def storm():
    """-> (claims of the audit, those that do not hold), or None without the fault build."""
    if not os.path.exists(os.path.join(TOP, "build", "faults", "darkroom-workerd")):
        print("# no storm: build/faults is not there (make faults)", file=sys.stderr)
        return None
    argv = [os.path.join(TOP, "tests", "chaos", "chaos.py")] + [str(x) for kv in STORM.items() for x in kv]
    out = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600).stdout
    good, bad = re.findall(r"(?m)^ok \d+ - (.*)$", out), re.findall(r"(?m)^not ok \d+ - (.*)$", out)
    if not good or not re.search(r"(?m)^1\.\.%d$" % (len(good) + len(bad)), out):
        raise RuntimeError("the storm did not come to its end:\n" + out[-2000:])
    for claim in bad:
        print("# storm: " + claim, file=sys.stderr)
    return good, bad


def run():
    about("What scripts share", "Scripts that sleep, one at a time and as many as there are containers; leases revoked under a running script; two tenants in turn; a storm "
          "of %d kills over %d jobs (the long one: make chaos)." % (STORM["--kills"], STORM["--jobs"]), node="three warm containers, one worker; fsync on")
    with Node("bench-promises", fsync=True, conf={"pool_size": POOL, "pool_min": POOL, "pool_max": POOL}) as n:
        lift_limits(n)
        owner, consumer, lease = n.pair()
        scripts_per_second(consumer, lease, POOL)
        one, all_of_them = [], []
        for _ in range(3):
            one.append(scripts_per_second(consumer, lease, 1))
            all_of_them.append(scripts_per_second(consumer, lease, POOL))
        emit("promises", "sleeping scripts, pool of %d" % POOL, median(all_of_them), "1/s", "%d x one at a time" % POOL,
             median(all_of_them) / POOL / median(one), ">= 0.9", 3)
        ms = revokes(n, owner, consumer)
        emit("promises", "revoke -> last process dead, p50", median(ms), "ms", n=len(ms))
        emit("promises", "revoke -> last process dead, most", max(ms), "ms", target="<= 5000", n=len(ms))
        emit("promises", "markers of another tenant found", markers(n, owner, consumer, lease), "markers", target="<= 0", n=TENANTS)
    told = storm()
    if told:
        good, bad = told
        emit("promises", "jobs lost or finished twice, runs miscounted, left-overs: claims that do not hold after %d kills" % STORM["--kills"],
             len(bad), "claims", target="<= 0", n=len(good) + len(bad))
