"""What a tree of processes costs: CPU seconds and peak memory, from /proc.

cpu(pid): user and system time of the process, its living descendants, and of those that ended and were waited for.
peak_mib(pid): sum of the greatest resident sizes; pages that processes share count for each.
"""
import contextlib
import os

TICK = os.sysconf("SC_CLK_TCK")


def stat(pid):
    """Fields of /proc/PID/stat after the name: [0] is the state, [1] the parent."""
    with open("/proc/%d/stat" % pid) as f:
        return f.read().rsplit(")", 1)[1].split()


def tree(root):
    parents = {}
    for p in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            parents.setdefault(int(stat(int(p))[1]), []).append(int(p))
    out, todo = [], [root]
    while todo:
        pid = todo.pop()
        out.append(pid)
        todo += parents.get(pid, [])
    return out


def cpu(root):
    total = 0
    for pid in tree(root):
        with contextlib.suppress(OSError):
            total += sum(int(x) for x in stat(pid)[11:15])
    return total / TICK


def peak_mib(root):
    total = 0
    for pid in tree(root):
        with contextlib.suppress(OSError), open("/proc/%d/status" % pid) as f:
            total += sum(int(line.split()[1]) for line in f if line.startswith("VmHWM:"))
    return total / 1024
