"""Plan: what will be submitted and what will be broken, drawn from one seed.

The same seed, jobs, kills and seconds give the same plan; which instruction a fault hits is the
machine's business.  Times are seconds from the start of the faults.
"""
import dataclasses
import hashlib
import io
import random
import tarfile

# (shape, weight): how a script behaves and so how its job may end.
SHAPES = (("plain", 30), ("raise", 10), ("exit", 5), ("sleep", 15), ("small", 15), ("big", 12), ("noise", 12),
          ("cancel", 4), ("race", 4))
SCRIPTS = {
    "plain": "print({key!r})",
    "raise": "print({key!r}, flush=True)\nraise ValueError('planned')",
    "exit": "print({key!r}, flush=True)\nraise SystemExit(3)",
    "sleep": "import time\ntime.sleep({sleep})\nprint({key!r})",
    "small": "print({key!r})\nopen('/out/a.txt', 'w').write({key!r} * 20)",
    "big": "print({key!r})\nopen('/out/a.txt', 'w').write({key!r} * 6000)\nopen('/out/b.txt', 'w').write({key!r})",
    "noise": "import os\nprint({key!r})\nopen('/out/r.bin', 'wb').write(os.urandom(100000))",
    "cancel": "import time\nprint({key!r}, flush=True)\ntime.sleep(300)",
    "race": "import time\ntime.sleep(0.05)\nprint({key!r})",
    "file": "import hashlib\nprint({key!r}, hashlib.sha256(v.read_bytes()).hexdigest())",
    "tar": "import hashlib\nprint({key!r}, hashlib.sha256((v / 'f').read_bytes()).hexdigest())",
}
COMPLETED = {("completed", "")}
ENDS = {
    "raise": {("failed", "EXCEPTION")},
    "exit": {("failed", "NONZERO_EXIT")},
    "cancel": {("cancelled", "CANCELLED")},
    "race": {("completed", ""), ("cancelled", "CANCELLED")},
}
# (group, weight): under which lease a script is submitted, and what that may do to its end.
GROUPS = (("wide", 72), ("few", 9), ("revoked", 7), ("held", 12))
GROUP_ENDS = {
    "revoked": {("cancelled", "LEASE_REVOKED"), ("failed", "LEASE_REVOKED")},
    "removed": {("cancelled", "ASSET_REVOKED"), ("failed", "ASSET_REVOKED")},
}
MAY_BE_REFUSED = ("few", "revoked")
GROUP_SIZE = 8          # scripts that share a lease of few runs, or one that is revoked
FEW_RUNS = 5
CONSUMERS = 3
# Short pauses go unnoticed, middle ones miss a beat, long ones pass the time to live (20 s).
PAUSES = (1, 3, 9, 23)
OTHERS = 0.15           # faults that kill nobody, for each kill


@dataclasses.dataclass(frozen=True)
class Script:
    """One computation: submitted at `at`, with this key for idempotency and in its output."""
    key: str
    shape: str
    at: float = 0
    sleep: float = 0
    replay: float = 0       # the same submit again after this; 0: never
    drop: bool = False      # the first try hangs up before the answer
    cancel: float = 0       # cancelled this long after it was accepted; 0: never
    group: str = "wide"     # the lease: wide, few-<n>, revoked-<n>, held, or the name of an upload
    consumer: int = 0
    priority: int = 0
    decision: str = ""      # release or withhold, of held output
    tail: str = ""          # of the output, after the key
    removed: bool = False   # its input may be removed while it waits or runs

    @property
    def code(self):
        return SCRIPTS[self.shape].format(key=self.key, sleep=self.sleep)

    @property
    def kin(self):
        return self.group.split("-")[0]

    @property
    def ends(self):
        return ENDS.get(self.shape, COMPLETED) | GROUP_ENDS.get("removed" if self.removed else self.kin, set())

    @property
    def output(self):
        return self.key + self.tail + "\n"

    @property
    def files(self):
        """name -> SHA-256 in hex, or None for bytes that only the script knows."""
        text = {"small": {"a.txt": self.key * 20}, "big": {"a.txt": self.key * 6000, "b.txt": self.key}}.get(self.shape, {})
        out = {n: hashlib.sha256(v.encode()).hexdigest() for n, v in text.items()}
        return {"r.bin": None} if self.shape == "noise" else out


@dataclasses.dataclass(frozen=True)
class Upload:
    """One asset that is stored, leased and read by one script; the first try may break off in the middle."""
    name: str
    at: float
    kind: str               # file or tar
    size: int
    cut: bool
    remove: float           # removed this long after its script was accepted; 0: never

    @property
    def inner(self):
        return random.Random(self.name).randbytes(self.size)

    @property
    def data(self):
        if self.kind == "file":
            return self.inner
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as t:
            entry = tarfile.TarInfo("f")
            entry.size = self.size
            t.addfile(entry, io.BytesIO(self.inner))
        return out.getvalue()

    @property
    def script(self):
        return Script("s" + self.name, self.kind, group=self.name, tail=" " + hashlib.sha256(self.inner).hexdigest(), removed=self.remove > 0)


@dataclasses.dataclass(frozen=True)
class Noops:
    """Some system.noop jobs, or one system.retain, that SQL submits in one transaction."""
    seed: int
    batch: int
    at: float
    count: int
    sleep_ms: int
    kind: str = "system.noop"
    due_s: float = 0        # scheduled; 0: at once
    priority: int = 0


@dataclasses.dataclass(frozen=True)
class Strike:
    """One fault: which, when, on which of its possible targets, for how long."""
    at: float
    name: str
    pick: float             # 0..1: position in the list of targets
    hold: float             # seconds, for faults that last


class Plan:
    def __init__(self, seed, jobs, kills, seconds, faults, compute_share=0.1):
        r = random.Random(seed)
        self.seed, self.jobs, self.kills, self.seconds = seed, jobs, kills, seconds
        n = max(1, round(jobs * compute_share))
        n_up = n // 20
        self.counts = dict.fromkeys(("few", "revoked"), 0)
        self.scripts = [self.script(r, i, seconds * i / n) for i in range(n - n_up)]
        self.uploads = [self.upload(r, i, seconds * i / n_up) for i in range(n_up)]
        self.noops = self.batches(r, jobs - n)
        self.revocations = self.ends_of_leases()
        deadly = [f for f in faults if f.kills]
        harmless = [f for f in faults if not f.kills]
        self.strikes = [self.strike(r, deadly) for _ in range(kills)] + [self.strike(r, harmless) for _ in range(round(kills * OTHERS))]
        self.strikes.sort(key=lambda s: s.at)

    def group(self, r):
        kin = r.choices([g for g, _ in GROUPS], [w for _, w in GROUPS])[0]
        if kin not in self.counts:
            return kin
        self.counts[kin] += 1
        return "%s-%d" % (kin, (self.counts[kin] - 1) // GROUP_SIZE)

    def script(self, r, i, at):
        shape, group = r.choices([s for s, _ in SHAPES], [w for _, w in SHAPES])[0], self.group(r)
        if shape in ("cancel", "race"):
            group = "wide"
        cancel = {"cancel": r.uniform(0.01, 3), "race": r.uniform(0.01, 0.2)}.get(shape, 0)
        return Script("k%d-%d" % (self.seed, i), shape, at, round(r.uniform(0.2, 1.5), 2),
                      r.uniform(0.1, 5) if r.random() < 0.15 else 0, r.random() < 0.1, cancel, group,
                      r.randrange(CONSUMERS) if group in ("wide", "held") else 0, r.choice((-5, 0, 0, 0, 5)) if group == "wide" else 0,
                      r.choice(("release", "withhold")) if group == "held" else "")

    def upload(self, r, i, at):
        kind = r.choice(("file", "file", "file", "tar"))
        return Upload("u%d-%d" % (self.seed, i), at, kind, r.choice((200, 20000, 60000, 150000)), r.random() < 0.4,
                      r.uniform(0, 2) if r.random() < 0.2 else 0)

    def batches(self, r, left):
        out, size = [], max(1, min(100, left // max(1, int(self.seconds * 2))))
        while left > 0:
            kind = "system.retain" if len(out) % 40 == 7 else "system.noop"
            count = 1 if kind == "system.retain" else min(size, left)
            out.append(Noops(self.seed, len(out), 0.0, count, r.choice((0, 0, 0, 1, 20)), kind,
                             r.choice((0, 0, 0, r.uniform(0.5, 5))), r.choice((-5, 0, 0, 5))))
            left -= count
        return [dataclasses.replace(b, at=self.seconds * b.batch / len(out)) for b in out]

    def ends_of_leases(self):
        """(when, group) of each lease that is revoked: when half of its scripts are in."""
        times = {}
        for s in self.scripts:
            if s.kin == "revoked":
                times.setdefault(s.group, []).append(s.at)
        return [(sorted(at)[len(at) // 2], group) for group, at in times.items()]

    def groups(self):
        return sorted({s.group for s in self.scripts if s.kin in self.counts})

    def strike(self, r, faults):
        at = r.uniform(0.2, self.seconds)
        name = r.choices([f.name for f in faults], [f.weight for f in faults])[0]
        return Strike(at, name, r.random(), r.choice([p for p in PAUSES if p <= max(1, self.seconds / 2)]))
