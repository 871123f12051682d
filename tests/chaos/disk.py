"""Disk: spool and blobs of a node on one small tmpfs, in a mount namespace of our own."""
import contextlib
import os
import subprocess
import sys

ENTERED = "DR_CHAOS_NAMESPACE"


def enter_namespace():
    """Start this program again in a mount namespace that dies with it."""
    if os.environ.get(ENTERED):
        return
    os.execvpe("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable] + sys.argv,
               {**os.environ, ENTERED: "1"})


class Disk:
    def __init__(self, node, megabytes, spools):
        self.node, self.path = node, node.path("disk")
        os.makedirs(self.path, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dm,mode=755" % megabytes, "chaos", self.path], check=True)
        for name in ("blobs", *spools):         # one file system: results move by rename
            os.makedirs(os.path.join(self.path, name))
            os.symlink(os.path.join("disk", name), node.path(name))

    @property
    def filler(self):
        return os.path.join(self.path, "filler")

    def fill(self):
        with open(self.filler, "wb") as f:
            for size in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while True:
                        os.write(f.fileno(), bytes(size))

    def free(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.filler)

    def unmount(self):
        subprocess.run(["umount", "-l", self.path], check=True)
