#!/usr/bin/python3
"""docs/api: every example is run against a real node, and the pages are what came back.

The pages are made from /api/v1/openapi.json (so from the route table) and docs/api/story.json.  Without an
argument they are compared with those of the tree; --write makes them anew.
"""
import json
import os
import re
import shlex
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
from apipage import plain, render  # noqa: E402
from harness import BUILD, Node, Tap, need_root  # noqa: E402
from keys import Wallet  # noqa: E402

PAGES = os.path.join(TOP, "docs", "api")
SCOPES = {"operator": ["operate", "cred:use", "aggregate:admin"], "owner": ["asset:read", "asset:write", "lease:grant", "lease:request", "review", "job:read", "job:cancel"],
          "consumer": ["job:submit", "job:read", "job:cancel", "asset:read", "lease:request", "token", "cred:use", "cred:read"]}
PREAMBLE = "import os\nfrom darkroom import DarkroomClient\nclient = DarkroomClient()\n"


def curl_line(step):
    """The line as a reader types it; variables are the shell's."""
    method, target = step["send"].split(" ", 1)
    words = ["curl -sS" + "".join(" " + f for f in step.get("flags", "").split())]
    if step["as"] != "anybody":
        words.append('-H "Authorization: Bearer $TOKEN"')
    words += ['-H "%s: %s"' % kv for kv in step.get("headers", {}).items()]
    if "upload" in step:
        words.append('-T %s -H "X-Darkroom-Content-SHA256: $(sha256sum %s | cut -c1-64)"' % (step["upload"], step["upload"]))
    elif "json" in step:
        body = json.dumps(step["json"], ensure_ascii=False)
        quoted = '"%s"' % body.replace("\\", "\\\\").replace('"', '\\"')
        quoted = re.sub(r'\\"@([\w.]+)\\"', r"$(cat \1)", quoted)     # a file of an earlier answer
        words.append("--json " + (quoted if "$" in quoted else shlex.quote(body)))
    if method != ("PUT" if "upload" in step else "POST" if "json" in step else "GET"):
        words.append("-X " + method)
    return " ".join(words) + ' "$DARKROOM_URL%s"' % target


def typed(step):
    """The same, with what becomes of the answer."""
    if "keep" not in step:
        return curl_line(step)
    pick = "".join(" | tee >(jq .%s > %s)" % (member, name) for name, member in step.get("member", {}).items())
    return "%s%s > %s" % (curl_line(step), pick, step["keep"])


def dug(answer, path):
    for part in path.split("."):
        answer = answer[part]
    return answer


class Story:
    """Runs the steps; .seen: (step, status, answer, {tool: (what was typed, what was printed)})."""

    def __init__(self, node, files):
        self.n, self.folder, self.seen, self.env = node, node.path("story"), [], {}
        os.makedirs(self.folder)
        for name, text in files.items():
            with open(os.path.join(self.folder, name), "w") as f:
                f.write(text)
                os.fchmod(f.fileno(), 0o600)        # keys are among them
        self.people = {"operator": node.client("operator"), "owner": node.principal("owner", ["owner"]),
                       "consumer": node.principal("consumer", ["consumer"])}
        self.saved = {"CONSUMER": self.people["consumer"].principal_id}
        for who, client in self.people.items():
            token = client.must("POST", "/api/v1/tokens", {"name": "pages", "scopes": SCOPES[who], "expires_in_s": 3600})["token"]
            self.env[who] = {"TOKEN": token, "DARKROOM_KEY_FILE": client.key_file}
        self.env["anybody"] = {}

    def environ(self, step):
        return {"PATH": BUILD + ":/usr/bin:/bin", "LANG": "C.UTF-8", "DARKROOM_URL": self.n.url, "XDG_CONFIG_HOME": self.folder, "HOME": self.folder,
                "PYTHONPATH": os.path.join(TOP, "sdk"), "PYTHONDONTWRITEBYTECODE": "1", **self.env[step["as"]], **self.saved}

    def type_in(self, step, argv):
        p = subprocess.run(argv, cwd=self.folder, env=self.environ(step), capture_output=True, text=True, timeout=90)
        return p.returncode, p.stdout, p.stderr

    def curl(self, step):
        """-> (exit status, HTTP status, JSON or text, what went wrong)"""
        code, out, err = self.type_in(step, ["sh", "-c", curl_line(step) + " -w '\n%{http_code}'"])
        text, _, status = out.rpartition("\n")
        try:
            answer = json.loads(text)
        except ValueError:
            answer = text
        return code, int(status or 0), answer, err

    def asked(self, step):
        """curl(), again until its answer is as the step wants."""
        if "until" not in step:
            return self.curl(step)

        def settled():
            told = self.curl(step)
            return told if isinstance(told[2], dict) and step["until"].items() <= told[2].items() else None
        return self.n.wait(settled, 240, step["send"])

    def run(self, step):
        """Texts of what is wrong."""
        if "wallet" in step:
            self.saved["SIGNATURE"] = Wallet(step["wallet"]).sign_message(self.saved["MESSAGE"])
        code, status, answer, err = self.asked(step)
        expected = 404 if step["as"] == "anybody" and not step["send"].startswith(("GET /h", "GET /r", "GET /m", "GET /api")) else None
        if code != step.get("exit", 0) or (status != expected if expected else not 200 <= status < 300):
            return ["curl: exit %d, status %d: %s%s" % (code, status, str(answer)[:300], err)]
        for name, path in {**step.get("save", {}), **step.get("dig", {})}.items():
            self.saved[name] = str(dug(answer, path))
        kept = {step["keep"]: answer} if "keep" in step else {}
        kept.update({name: dug(answer, path) for name, path in step.get("member", {}).items()})
        for name, value in kept.items():
            with open(os.path.join(self.folder, name), "w") as f:
                json.dump(value, f)
        wrong, others = [], {}
        for tool, argv in self.others(step):
            code, out, err = self.type_in(step, argv)
            wrong += ["%s: exit %d: %s%s" % (tool, code, out[-300:], err[-600:])] if code else []
            others[tool] = (step[tool], out)
        self.seen.append((step, status, answer, others))
        return wrong

    def others(self, step):
        if "darkroom" in step:
            yield "darkroom", ["sh", "-c", step["darkroom"]]
        if "python" in step:
            names = "".join("%s = os.environ[%r]\n" % (name.lower(), name) for name in self.saved)
            yield "python", ["/usr/bin/python3", "-c", PREAMBLE + names + step["python"]]


def compare(t, pages, write):
    for name, text in pages.items():
        path = os.path.join(PAGES, name + ".md")
        if write:
            with open(path, "w") as f:
                f.write(text)
        try:
            with open(path) as f:
                there = f.read()
        except FileNotFoundError:
            there = ""
        if not t.ok(there == text, "docs/api/%s.md is what came back (else: tests/e2e/e2e_api_pages.py --write, and look at the difference)" % name):
            old, new = there.splitlines(), text.splitlines()
            t.diag("\n".join("- %s\n+ %s" % (a[:300], b[:300]) for a, b in zip(old, new) if a != b)[:3000] or "lengths %d and %d" % (len(old), len(new)))


def main():
    need_root()
    t = Tap()
    with open(os.path.join(PAGES, "story.json")) as f:
        told = json.load(f)
    with Node("api-pages", conf={"pool_size": 1, "pool_min": 1, "pool_max": 1, "canary_ms": 1000, "processes": 1}) as n:
        n.wait(lambda: n.psql("SELECT bool_or(proved_at IS NOT NULL) FROM core.worker") == "t", 30, "a canary came back")
        story = Story(n, told["files"])
        for step in told["steps"]:
            with t.case(step["send"]):
                wrong = story.run(step)
                if not t.ok(not wrong, "%s: %s" % (step["as"], step["send"])):
                    t.diag("\n".join(wrong))
        document = json.loads(subprocess.run(["curl", "-sS", n.url + "/api/v1/openapi.json"], capture_output=True, check=True).stdout)
        routes = {"%s %s" % (m.upper(), p) for p, item in document["paths"].items() for m in item}
        t.is_(sorted(routes - {s["route"] for s in told["steps"] if not s.get("silent")}), [], "every route has an example that is run")
        compare(t, render(document, [(s, status, plain(a, s, n), {k: (line, plain(out, s, n)) for k, (line, out) in others.items()}, typed(s))
                                     for s, status, a, others in story.seen if not s.get("silent")]), "--write" in sys.argv)
    t.done()


if __name__ == "__main__":
    main()
