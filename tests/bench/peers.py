"""The peers that come by npm: exact versions (peers/package.json), installed once into the cache folder.

folder(n): a folder of the node n with the programs of peers/ and their modules beside them, or None, said aloud,
where there is no npm, no registry, or node does not run.  NODE: the interpreter, of an exact version too.
"""
import fcntl
import hashlib
import os
import shutil
import subprocess

from bench import cache_dir

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")


def wanted():
    with open(os.path.join(HERE, "package.json"), "rb") as f:
        return f.read()


TOOLS = os.path.join(cache_dir(), "bench-" + hashlib.sha256(wanted()).hexdigest()[:8])
NODE = os.path.join(TOOLS, "node_modules/.bin/node")


def install():
    """node_modules as package.json asks, made by one process at a time; a half-made one has no stamp."""
    os.makedirs(TOOLS, exist_ok=True)
    stamp = os.path.join(TOOLS, "installed")
    with open(TOOLS + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(stamp):
            return True
        shutil.copy(os.path.join(HERE, "package.json"), TOOLS)
        try:
            subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=TOOLS, check=True, timeout=300)
            subprocess.run([NODE, "--version"], check=True, timeout=30)
        except (OSError, subprocess.SubprocessError) as e:
            print("# without the peers that come by npm: %s" % e, flush=True)
            return False
        with open(stamp, "w") as f:
            f.write("yes\n")
        return True


def folder(n):
    if not install():
        return None
    here = n.path("peers")
    if not os.path.exists(here):
        shutil.copytree(HERE, here)
        os.symlink(os.path.join(TOOLS, "node_modules"), os.path.join(here, "node_modules"))
    return here
