"""Contestants in turns: play() measures everybody at each number of connections in each round.

A contestant has: name, kind ("ours", "peer", "limit"), parts ({"nginx", "front", "PostgreSQL": root process}),
drive(connections, seconds, go) -> {"rate","done","latency",...} (it calls go() where what counts begins), count()
-> rows that its requests have left in the database, or None, and may have at (numbers of connections it plays at).
"""
import contextlib
import sys

import cost
from bench import emit, quantile, within

WARM = within(6000, 500)    # requests


def settle(n):
    """Nobody pays for the dirt of the one before: pages are written, vacuums done (or 5 s are over)."""
    n.psql("CHECKPOINT")
    busy = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'"
    with contextlib.suppress(TimeoutError):
        n.wait(lambda: n.psql(busy) == "0", 5)


def measure(c, connections, seconds):
    """One turn.  Every answer 2xx to a submit must be a row in the database afterwards."""
    rows, before = c.count(), {}
    out = c.drive(connections, seconds, lambda: before.update((part, cost.cpu(pid)) for part, pid in c.parts.items()))
    out["cpu"] = {part: (cost.cpu(pid) - before[part]) * 1e6 / out["done"] for part, pid in c.parts.items()}
    if rows is not None and c.count() - rows < out["done"]:
        raise RuntimeError("%s: %d answers, %d rows" % (c.name, out["done"], c.count() - rows))
    return out


def warm_up(c, connections, seconds):
    """Compilers see enough requests (or three turns' time), pools open, plans become generic."""
    done = 0
    for _ in range(3):
        done += c.drive(connections, seconds, lambda: None)["done"]
        if done >= WARM:
            return


def play(n, contestants, rounds, turns):
    """turns: {connections: seconds} -> {connections: {contestant: [result of each round]}}"""
    figures = {k: {c: [] for c in contestants if k in getattr(c, "at", turns)} for k in turns}
    for c in contestants:
        warm_up(c, max(turns), max(turns.values()))
    for r in range(rounds):
        for k, by in figures.items():
            order = list(by)
            for c in order[r % len(order):] + order[:r % len(order)]:
                settle(n)
                by[c].append(measure(c, k, turns[k]))
                print("# round %d, %d connections: %s: %.0f/s" % (r + 1, k, c.name, by[c][-1]["rate"]), file=sys.stderr, flush=True)
    return figures


def middle(values):
    return quantile(values, 0.5)


def report(bench, task, by, targets, headline_p99=None):
    """Rows of one task, and its verdicts: targets is [(our name, peer's name, ">= 6")]."""
    rates = {}
    for c, results in by.items():
        rate = [r["rate"] for r in results]
        rates[c.name] = middle(rate)
        memory = sum(cost.peak_mib(pid) for part, pid in c.parts.items() if part != "PostgreSQL")
        emit(bench, "%s: %s" % (task, c.name), middle(rate), "1/s", n=len(rate), task=task, who=c.name, low=round(min(rate)), high=round(max(rate)),
             kind=c.kind, refused=sum(r.get("refused", 0) for r in results) or None,
             latency={q: round(middle([r["latency"][q] for r in results]), 3) for q in results[0].get("latency", {})} or None,
             cpu={p: round(middle([r["cpu"][p] for r in results]), 1) for p in c.parts}, memory_mib=round(memory, 1) or None)
    for mine, peer, target in targets:
        if mine in rates and peer in rates:
            emit(bench, "%s: %s / %s" % (task, mine, peer), rates[mine], "1/s", peer, rates[mine] / rates[peer], target, len(next(iter(by.values()))))
    for c, results in by.items():
        if headline_p99 and c.name == headline_p99[0]:
            emit(bench, "%s: %s, p99" % (task, c.name), middle([r["latency"]["99"] for r in results]), "ms", target=headline_p99[1], n=len(results))
