#!/usr/bin/python3
"""The served OpenAPI document: valid by another's validator, whole, and true to its own examples."""
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
import harness  # noqa: E402
import schema  # noqa: E402

HERE = os.path.join(TOP, "tests", "openapi")


def validator():
    """A folder with validate.mjs and its modules, installed once; OSError or SubprocessError without npm or its registry."""
    with open(os.path.join(HERE, "package.json"), "rb") as f:
        folder = os.path.join(harness.cache_dir(), "openapi-" + hashlib.sha256(f.read()).hexdigest()[:8])
    os.makedirs(folder, exist_ok=True)
    with open(folder + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(folder, "installed")):
            shutil.copy(os.path.join(HERE, "package.json"), folder)
            subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True, timeout=120,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            with open(os.path.join(folder, "installed"), "w") as f:
                f.write("yes\n")
        shutil.copy(os.path.join(HERE, "validate.mjs"), folder)
    return folder


def by_another(t, n, document):
    what = "the document is valid OpenAPI 3.1"
    path = n.path("openapi.json")
    with open(path, "w") as f:
        json.dump(document, f)
    try:
        folder = validator()
    except (OSError, subprocess.SubprocessError) as e:
        t.skip(what, "no validator: %s" % e)
        return
    p = subprocess.run(["node", "validate.mjs", path], cwd=folder, capture_output=True, text=True, timeout=60)
    if not t.is_(p.stdout.strip(), "valid 3.1", what):
        t.diag(p.stdout[-2000:] + p.stderr[-2000:])


def operations(document):
    for path, item in document["paths"].items():
        for method, op in item.items():
            yield "%s %s" % (method.upper(), path), op


def examples(document):
    """(place, schema, example) of everything that has one."""
    for name, s in document["components"]["schemas"].items():
        for i, example in enumerate(s.get("examples", [])):
            yield "%s.examples[%d]" % (name, i), s, example
    for route, op in operations(document):
        for p in op["parameters"]:
            p = schema.resolved(p["$ref"], document) if "$ref" in p else p
            if "example" in p:
                yield "%s ?%s" % (route, p["name"]), p["schema"], p["example"]
        holders = [("body", op.get("requestBody", {}))] + [(status, r) for status, r in op["responses"].items()]
        for where, holder in holders:
            holder = schema.resolved(holder["$ref"], document) if "$ref" in holder else holder
            for media in holder.get("content", {}).values():
                if "example" in media:
                    yield "%s %s" % (route, where), media["schema"], media["example"]


def main():
    t = harness.Tap()
    with harness.Node("openapi", parts=("pg", "fcgi", "nginx")) as n:
        document = harness.Client(n, "anonymous").must("GET", "/api/v1/openapi.json")
        by_another(t, n, document)
        ids = [op.get("operationId") for _, op in operations(document)]
        t.is_(sorted(i for i in ids if ids.count(i) > 1 or not i), [], "every operation has a name of its own")
        t.is_([r for r, op in operations(document) if not op["responses"].keys() - {"default"}], [], "every operation has answers")
        t.is_([r for r, op in operations(document) if r.split(" ")[1].startswith("/api/") and op["security"] == [] and "openapi" not in r
               and "/auth/" not in r], [], "every route of the API asks who calls")
        bad = ["%s: %s" % (where, f) for where, s, example in examples(document) for f in schema.faults(s, example, document)]
        t.is_(bad, [], "every example fits its schema")
        used = json.dumps(document)
        t.is_([name for name in document["components"]["schemas"] if name != "Problem" and "schemas/%s\"" % name not in used], [],
              "no schema stands there for nothing")
    t.done()


main()
