"""Packages of npm that a check compares with: installed once into the cache folder, never shipped."""
import hashlib
import os
import shutil
import subprocess
import sys

from harness import cache_dir


def install(source):
    """The folder with the packages of source/package.json, or None where there is no npm, no node or no registry."""
    if not shutil.which("npm") or not shutil.which("node"):
        return None
    with open(os.path.join(source, "package.json"), "rb") as f:
        package = f.read()
    folder = os.path.join(cache_dir(), "%s-%s" % (os.path.basename(source), hashlib.sha256(package).hexdigest()[:8]))
    if os.path.exists(os.path.join(folder, "ready")):
        return folder
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "package.json"), "wb") as f:
        f.write(package)
    try:
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True, timeout=300,
                       stdout=sys.stderr)
    except (OSError, subprocess.SubprocessError) as e:
        print("# npm: %s" % e)
        return None
    open(os.path.join(folder, "ready"), "w").close()
    return folder
