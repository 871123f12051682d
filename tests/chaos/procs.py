"""Processes of a node, from /proc."""
import os


def stat(pid):
    """(parent, state) or None when it is gone."""
    try:
        with open("/proc/%d/stat" % pid) as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return int(fields[1]), fields[0]
    except (OSError, IndexError):
        return None


def children(parent, program=None):
    out = []
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        s = stat(pid)
        if s is None or s[0] != parent or s[1] == "Z":
            continue
        if program is None or exe(pid) == program:
            out.append(pid)
    return sorted(out)


def exe(pid):
    try:
        return os.path.basename(os.readlink("/proc/%d/exe" % pid).removesuffix(" (deleted)"))
    except OSError:
        return ""


def cmdline(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as f:
            return f.read().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def naming(text):
    """Processes, other than ourselves and our ancestors, whose arguments name that text."""
    mine, pid = set(), os.getpid()
    while pid > 1:
        mine.add(pid)
        s = stat(pid)
        pid = s[0] if s else 1
    return {p: cmdline(p) for p in map(int, filter(str.isdigit, os.listdir("/proc")))
            if p not in mine and text in cmdline(p)}
