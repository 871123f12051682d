"""Tables of hostile scripts: each case is run, its reason code compared, and afterwards the
same container must still run an honest job.

    CASES = [case("memory bomb", "OOM", "x = bytearray(1 << 30)", limits={...}, check=lambda r: ...)]
    main(CASES)
"""
import glob
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import Sandbox, Tap, need_root  # noqa: E402

ANY = object()          # whatever the reason, the node must stay healthy


class case:
    def __init__(self, name, want, code, check=None, **more):
        self.name, self.want, self.code, self.check, self.more = name, want, code, check, more


def judge(t, c, r):
    wants = c.want if isinstance(c.want, tuple) else (c.want,)
    if not t.ok(c.want is ANY or r.reason in wants, "%s: %s" % (c.name, "ended" if c.want is ANY else wants[0] or "completed")):
        t.diag(repr(r))
    if c.check:
        with t.case(c.name + ": as described"):
            if not t.ok(c.check(r), c.name + ": as described"):
                t.diag("%r\nout: %.1000s\nnotes: %s" % (r, r.out, r.notes))


def honest(t, s, after):
    r = s.run("print(6 * 7)")
    if not t.ok(r.reason is None and r.out == "42\n", "an honest job runs after: " + after):
        t.diag(repr(r))


def left_over(instance):
    """What this instance still has on the host: groups, processes, mounts."""
    groups = [p for root in glob.glob("/sys/fs/cgroup/*") + ["/sys/fs/cgroup"]
              for p in glob.glob("%s/darkroom-%s-*" % (root, instance))]
    with open("/proc/self/mounts") as f:
        mounts = [line for line in f if "darkroom /mnt" in line]
    return groups + mounts


def processes_of(base, count=65536):
    """Pids whose uid is in the container's range."""
    pids = []
    for p in glob.glob("/proc/[0-9]*"):
        try:
            uid = os.stat(p).st_uid
        except FileNotFoundError:
            continue
        if base <= uid < base + count:
            pids.append(int(p[6:]))
    return pids


def container_uid(s):
    """The host uid of the container's root: that of the zygote, found through the sandbox's children."""
    for p in glob.glob("/proc/[0-9]*/status"):
        try:
            with open(p) as f:
                fields = dict(line.split(":", 1) for line in f if ":" in line)
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields["PPid"]) == s.process.pid and fields["Name"].strip().startswith("python3"):
            return int(fields["Uid"].split()[0])
    raise AssertionError("no zygote below the sandbox")


def main(cases, image="minimal", **settings):
    need_root()
    t = Tap()
    with Sandbox(image, **settings) as s:
        s.wait_ready()
        base = container_uid(s)
        pid = s.process.pid
        for c in cases:
            with t.case(c.name):
                judge(t, c, s.run(c.code, **c.more))
                honest(t, s, c.name)
        s.wait_ready()
        t.is_(len(processes_of(base)), 3, "zygote, keeper and one waiting process are all that is left")
        t.is_(s.process.pid, pid, "the same sandbox served all")
        t.is_(s.close(), 0, "it ends in good order when its socket closes")
    t.is_(processes_of(base), [], "no process is left")
    t.is_(left_over(s.instance), [], "no group and no mount is left")
    t.done()
