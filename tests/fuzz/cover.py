#!/usr/bin/python3
"""Line coverage of each fuzz target, in the files that it says it reaches, by its corpora (make fuzz-cover).

usage: cover.py [-u] [NAME]...      -u: also the lines that were not reached
"""
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hours  # noqa: E402

BIN = os.path.join(hours.TOP, "build", "fuzzcover", "fuzz")


def tool(name, *args):
    return subprocess.run(["llvm-%s-14" % name, *args], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def run(target, tmp):
    """Replay the committed and the found corpus -> merged profile."""
    program = os.path.join(BIN, "f_" + target.name)
    raw = []
    for i, d in enumerate(d for d in (target.seeds, target.corpus) if os.path.isdir(d) and os.listdir(d)):
        raw.append(os.path.join(tmp, "%d.raw" % i))
        subprocess.run([program, d], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, env={**os.environ, "LLVM_PROFILE_FILE": raw[-1]})
    out = os.path.join(tmp, "merged")
    tool("profdata", "merge", "-o", out, *raw)
    return program, out


def report(target, uncovered):
    with tempfile.TemporaryDirectory() as tmp:
        program, profile = run(target, tmp)
        files = [os.path.join(hours.TOP, p) for p in target.reaches()]
        data = json.loads(tool("cov", "export", "-summary-only", "-instr-profile=" + profile, program, *files))["data"][0]
        lines = {f["filename"]: f["summary"]["lines"] for f in data["files"]}
        n = sum(v["count"] for v in lines.values())
        hit = sum(v["covered"] for v in lines.values())
        low = ["%s %d %%" % (os.path.basename(f), v["percent"]) for f, v in sorted(lines.items()) if v["percent"] < 80]
        print("%-16s %5d of %5d lines %5.1f %%  %s" % (target.name, hit, n, 100.0 * hit / n if n else 0, ", ".join(low)), flush=True)
        if uncovered:
            text = tool("cov", "show", "-instr-profile=" + profile, program, *files).decode(errors="replace")
            print("\n".join(x for x in text.splitlines() if "|      0|" in x or x.endswith(".c:")))


def main():
    names = [a for a in sys.argv[1:] if a != "-u"]
    for t in hours.targets(names):
        report(t, "-u" in sys.argv)


if __name__ == "__main__":
    main()
