"""Disk: small file systems for parts of a node, in a mount namespace of our own."""
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
    """A tmpfs whose folders stand in the node's own under these names."""

    def __init__(self, node, name, megabytes, folders):
        self.node, self.path = node, node.path(name)
        os.makedirs(self.path, exist_ok=True)
        mount("-t", "tmpfs", "-o", "size=%dm,mode=755" % megabytes, "chaos", self.path)
        for f in folders:
            os.makedirs(os.path.join(self.path, f))
            os.symlink(os.path.join(name, f), node.path(f))

    @property
    def filler(self):
        return os.path.join(self.path, "filler")

    def fill(self):
        """To the last byte: others write meanwhile, so what is left is taken in ever smaller pieces."""
        with open(self.filler, "wb") as f:
            for size in (1 << 26, 1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while True:
                        os.posix_fallocate(f.fileno(), os.fstat(f.fileno()).st_size, size)

    def free(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.filler)

    def unmount(self):
        subprocess.run(["umount", "-l", self.path], check=True)


def mount(*args):
    subprocess.run(["mount", *args], check=True)
