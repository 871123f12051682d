#!/usr/bin/python3
"""bare machine -> first result: a Debian 12 with nothing but make, then `make demo` in it.

    bare.py [SUITE]     (bookworm)

The machine is a root folder made by mmdebstrap (its minimal variant; that does not count); the clock runs from
`make demo` to its end: packages installed, everything built, images made, a node up, a computation finished and
shown, the node down.  Needs root and the network.  Writes run/bench/bare.jsonl; takes minutes, so it is no part of
`make bench`.
"""
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import bench  # noqa: E402

# The folder becomes the root of a mount namespace, whose mounts go with it: in a chroot there are no user namespaces.
INSIDE = """\
mount --make-rprivate /
mount --bind "$1" "$1"
cd "$1"
for d in proc sys dev; do mount --rbind "/$d" "$d"; done
mount -t tmpfs none run
mkdir -p run/lock run/old
pivot_root . run/old
umount -l /run/old
exec /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive make -C /darkroom demo
"""


def debian(root, suite):
    subprocess.run(["mmdebstrap", "--mode=root", "--variant=minbase", "--include=make,ca-certificates", suite, root], check=True, stdin=subprocess.DEVNULL)
    shutil.copy("/etc/resolv.conf", os.path.join(root, "etc/resolv.conf"))
    os.makedirs(os.path.join(root, "darkroom"))
    archive = subprocess.Popen(["git", "-C", bench.TOP, "archive", "HEAD"], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", os.path.join(root, "darkroom")], stdin=archive.stdout, check=True)
    if archive.wait():
        raise RuntimeError("git archive failed")


def main():
    suite = sys.argv[1] if len(sys.argv) > 1 else "bookworm"
    root = os.path.join(bench.cache_dir(), "bare-%d" % os.getpid())
    try:
        debian(root, suite)
        bench.forget(["bare"])
        bench.begin("bare")
        bench.about("A bare machine", "Debian 12's minimal variant and make in a folder of their own, `make demo` in it: packages, build, images, node, result.")
        t0 = time.monotonic()
        p = subprocess.run(["unshare", "--mount", "sh", "-ec", INSIDE, "sh", root], stdin=subprocess.DEVNULL)
        seconds = time.monotonic() - t0
        if p.returncode:
            print("bare: make demo ended with %d" % p.returncode, file=sys.stderr)
            return 1
        bench.emit("bare", "bare machine -> first result", seconds, "s", target="<= 600", n=1)
        return 0
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
