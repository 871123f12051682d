"""Points: the named places of lib/base/fault.def at which a process of the fault build ends itself."""
import collections
import contextlib
import os
import re

Point = collections.namedtuple("Point", "name who holds")


def table(top):
    with open(os.path.join(top, "lib", "base", "fault.def")) as f:
        rows = re.findall(r'^FAULT\([A-Z_]+, "([a-z.]+)", "([a-z]+)", "([^"]+)"\)$', f.read(), re.M)
    return [Point(*r) for r in rows]


class Points:
    """The folder that DR_FAULT_DIR names."""

    def __init__(self, path):
        self.path = path
        os.makedirs(path)
        os.chmod(path, 0o777)

    def arm(self, name, n=1, action="kill"):
        """The n-th passing from now on, of whatever process."""
        tmp = os.path.join(self.path, ".new")
        with open(tmp, "w") as f:
            f.write("%d %s\n" % (n, action))
        os.chmod(tmp, 0o666)
        os.rename(tmp, os.path.join(self.path, name))

    def armed(self, name):
        return os.path.exists(os.path.join(self.path, name))

    def disarm(self, name):
        """True when it had not struck yet."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(self.path, name))
            return True
        return False

    def lines(self, name):
        try:
            with open(os.path.join(self.path, name)) as f:
                return [line.split() for line in f.read().splitlines()]
        except FileNotFoundError:
            return []

    def struck(self):
        """[point, pid] of each that has struck, in their order."""
        return self.lines("struck")

    def witness(self):
        """What runs did: begun <job> <token>, made <job> <token> <sha256>, forked <job> <kind>."""
        return [[*r[:2], r[2].rsplit("/", 1)[-1], *r[3:]] for r in self.lines("witness")]


class Pointed:
    """Before a Node: its processes pass the points of a folder of its own."""

    def up(self):
        os.makedirs(self.dir, exist_ok=True)
        self.points = Points(self.path("faults"))
        return super().up()

    def env(self):
        return {**super().env(), "DR_FAULT_DIR": self.points.path}
