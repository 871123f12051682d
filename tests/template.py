"""A migrated cluster at rest, made once and copied by the nodes of tests: initdb and all migrations cost
more than the rest of a node's start.

    template.copy(folder, parts, to, make)

The copy is the same as what make() makes.  Whoever finds none makes it, the others wait for that; a maker may
be killed at any line.  One is kept, for parts: what it was made from (paths of files and folders).  It is made
anew when any of these changed, and when it is older than MAX_AGE_S: it holds times of its making.
"""
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import time

MAX_AGE_S = 3600


def recipe(parts):
    """-> what the bytes of all parts come to, as a name"""
    h = hashlib.sha256()
    for part in parts:
        for path in sorted(os.path.join(d, f) for d, _, files in os.walk(part) for f in files) or [part]:
            with open(path, "rb") as f:
                h.update(("%s\0%d\0" % (path, os.fstat(f.fileno()).st_size)).encode())
                h.update(f.read())
    return h.hexdigest()[:16]


@contextlib.contextmanager
def locked(folder, how):
    with open(os.path.join(folder, "lock"), "a") as f:
        fcntl.flock(f, how)
        yield


def fresh(path):
    with contextlib.suppress(FileNotFoundError):
        return time.time() - os.stat(path).st_mtime < MAX_AGE_S
    return False


def made(folder, name, make):
    """Under the lock of all: nothing but the wanted one is left in the folder."""
    path = os.path.join(folder, name)
    if fresh(path):
        return
    for other in os.listdir(folder):
        if other != "lock":
            shutil.rmtree(os.path.join(folder, other))
    work = os.path.join(folder, "new")
    make(work)
    os.utime(work)
    os.rename(work, path)


def copy(folder, parts, to, make):
    """Copy the template of folder to the path `to`, which is an empty folder or nothing; make(path) makes a cluster in path/pg, at rest."""
    os.makedirs(folder, exist_ok=True)
    name = recipe(parts)
    while True:
        with locked(folder, fcntl.LOCK_SH):
            if fresh(os.path.join(folder, name)):
                os.makedirs(to, exist_ok=True)
                subprocess.run(["cp", "-a", "--reflink=auto", os.path.join(folder, name, "pg", "."), to], check=True)
                return
        with locked(folder, fcntl.LOCK_EX):
            made(folder, name, make)
