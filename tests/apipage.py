"""Pages of docs/api: what the OpenAPI document says of each route, and the examples that were run.

    plain(answer, step, node): an answer without what differs from node to node and from run to run
    render(document, examples) -> {page: text}
"""
import json
import re

WIDTH = 140
IDS = re.compile(r"\b(comp-|prn_|tok_|lease_prop_|lease_|dsp_|req_)[a-z2-7]{26}\b")
OTHERS = ((re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "2026-01-01T00:00:00.000000Z"),
          (re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b"), "2026-01-01 00:00:00"), (re.compile(r"drk_[A-Za-z0-9_-]{43}"), "drk_…"),
          (re.compile(r"12D3KooW(?!QK1w|DpJ7)[1-9A-HJ-NP-Za-km-z]{44}"), "12D3KooW…"), (re.compile(r"sha256:(?!abab)[0-9a-f]{64}"), "sha256:…"),
          (re.compile(r"dru_[A-Za-z0-9_-]{43}"), "dru_…"), (re.compile(r"\b[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\b"), "01a1fe47-eeef-7f0e-a58a-59bfe7a45040"),
          (re.compile(r"(?m)^id: [0-9a-f]{32}$"), "id: …"), (re.compile(r"(?m)^id: \d+\.\d+$"), "id: …"))


def plain_text(text, node):
    text = IDS.sub(lambda m: m.group(1) + "…", text.replace(node.url, "https://node.example"))
    for pattern, said in OTHERS:
        text = pattern.sub(said, text)
    return text


def fixed(key, value):
    """What stands for a member that never comes twice."""
    return "8074b11338beacd3" if key == "requestId" else "…" if key == "nextCursor" and value else None


def plain(value, step, node):
    if isinstance(value, dict):
        return {k: "…" if k in step.get("hide", ()) else fixed(k, v) or plain(v, step, node) for k, v in sorted(value.items())}
    if isinstance(value, list):
        return [plain(v, step, node) for v in value]
    if isinstance(value, str):
        if "lines" in step:
            value = "\n".join(value.splitlines()[:step["lines"]] + ["…"])
        try:        # what a command prints with --json
            inner = json.loads(value) if value.startswith("{") else None
        except ValueError:
            inner = None
        if inner is not None:
            return pretty(plain(inner, step, node))
        events = re.sub(r"(?m)^data: (.*)$", lambda m: "data: " + json.dumps(plain(json.loads(m.group(1)), step, node), ensure_ascii=False), value)
        return plain_text(events, node)
    return value


def pretty(v, indent=0):
    """JSON on as few lines as fit."""
    flat = json.dumps(v, ensure_ascii=False)
    if len(flat) + indent <= WIDTH or not isinstance(v, (dict, list)) or not v:
        return flat
    pad = " " * (indent + 1)
    parts = [json.dumps(k, ensure_ascii=False) + ": " + pretty(x, indent + 1) for k, x in v.items()] if isinstance(v, dict) else [pretty(x, indent + 1) for x in v]
    lines, line = [], ""
    for part in parts:
        if line and len(line) + len(part) + 2 + indent > WIDTH:
            lines.append(line + ",")
            line = part
        else:
            line += (", " if line else "") + part
    a, b = "{}" if isinstance(v, dict) else "[]"
    return a + ("\n" + pad).join(lines + [line]) + b


def schema_text(s):
    """A schema in a few words."""
    if "$ref" in s:
        return "`%s`" % s["$ref"].rsplit("/", 1)[1]
    kind = s.get("type", "any")
    kind = " or ".join(kind) if isinstance(kind, list) else kind
    if "enum" in s:
        return " ".join("`%s`" % w for w in s["enum"])
    if kind == "array":
        bounds = "at most %d" % s["maxItems"] if "maxItems" in s and not s.get("minItems") else \
            "%d to %d" % (s["minItems"], s["maxItems"]) if "maxItems" in s else "list"
        return "%s of %s" % (bounds, schema_text(s.get("items", {})))
    if kind == "object" and s.get("properties"):
        return "object: " + ", ".join("`%s`%s" % (k, "" if k in s.get("required", ()) else "?") for k in s["properties"])
    if "minimum" in s and "maximum" in s:
        return "%s, %d to %d" % (kind, s["minimum"], s["maximum"])
    if "pattern" in s:
        return "%s `%s`" % (kind, s["pattern"].replace("|", "\\|"))
    if s.get("format"):
        return "%s, %s" % (kind, s["format"])
    return kind + (", at most %d characters" % s["maxLength"] if "maxLength" in s else "")


def resolve(o, document):
    if "$ref" not in o:
        return o
    for part in o["$ref"].lstrip("#/").split("/"):
        document = document[part]
    return document


def inputs(op, document):
    rows = []
    for p in op["parameters"]:
        p = resolve(p, document)
        rows.append((p["name"], p["in"] if p["in"] != "path" else "path", p.get("required"), schema_text(p["schema"])))
    for media in op.get("requestBody", {}).get("content", {}).values():
        s = media["schema"]
        rows += [(k, "body", k in s.get("required", ()), schema_text(v)) for k, v in s.get("properties", {}).items()]
        if not s:
            rows.append(("", "body", True, "bytes"))
    if not rows:
        return []
    return ["| Name | In | Rule |", "|---|---|---|"] + ["| %s | %s | %s%s |" % ("`%s`" % n if n else "–", where, "required: " if need and where != "path" else "", rule)
                                                       for n, where, need, rule in rows] + [""]


def answers(op, document):
    good, bad = [], []
    for status, r in sorted(op["responses"].items()):
        if "$ref" in r:
            bad += [status] if status != "default" else []
            continue
        name = ""
        for kind, media in r.get("content", {}).items():
            name = " → " + (schema_text(media["schema"]) if media["schema"] else kind)
        good.append("**%s** %s%s" % (status, r["description"], name))
    out = [" · ".join(good)] if good else []
    return out + (["", "Refusals: " + " ".join(bad) + "."] if bad else []) + [""]


def shell(line):
    """A long line, broken where a shell lets it."""
    if len(line) <= WIDTH:
        return line
    return re.sub(r" (?=(--json|-T|\"\$DARKROOM_URL)\b|\"\$DARKROOM_URL)", " \\\\\n    ", line)


def block(kind, text):
    return ["```" + kind, text.rstrip("\n"), "```", ""]


def example(step, status, answer, others, curl):
    out = ["As %s:" % {"anybody": "anybody", "operator": "an operator", "owner": "the owner", "consumer": "the consumer"}[step["as"]], ""]
    out += block("sh", shell(curl))
    if "-o " in step.get("flags", ""):
        out += ["%d, into the file." % status, ""]
    elif status == 204 or answer == "":
        out += ["%d, without a body." % status, ""]
    else:
        out += ["%d:" % status, ""] + block("json" if not isinstance(answer, str) else "", pretty(answer) if not isinstance(answer, str) else answer)
    for tool, kind in (("darkroom", "sh"), ("python", "python")):
        if tool in others:
            typed, printed = others[tool]
            out += block(kind, typed) + (["prints", ""] + block("", printed) if printed.strip() else [])
    return out


def schemas(names, document):
    """The members of the answers of a page."""
    out = []
    for name in names:
        s = document["components"]["schemas"][name]
        if not s.get("properties"):
            continue
        out += ["### `%s`" % name, ""] + ([s["description"], ""] if s.get("description") else []) + ["| Member | Rule | |", "|---|---|---|"]
        for k, v in s["properties"].items():
            out.append("| `%s` | %s%s | %s |" % (k, "always; " if k in s.get("required", ()) else "", schema_text(v), v.get("description", "")))
        out.append("")
    return out


def render(document, examples):
    pages = {}
    for tag in document["tags"]:
        out = ["# " + tag["name"], "", tag["description"], "", "Made by `tests/e2e/e2e_api_pages.py --write` from the route table and [story.json](story.json), whose "
               "examples it runs. [How to call](README.md).", ""]
        used = []
        for path, item in document["paths"].items():
            for method, op in item.items():
                if tag["name"] not in op["tags"]:
                    continue
                route = "%s %s" % (method.upper(), path)
                scope = " (scope `%s`)" % op["x-scope"] if "x-scope" in op else ""
                out += ["## `%s` — %s%s" % (route, op["summary"], scope), "", op["description"], ""] + inputs(op, document) + answers(op, document)
                for e in (e for e in examples if e[0]["route"] == route):
                    out += example(*e)
                used += re.findall(r'schemas/(\w+)', json.dumps(op["responses"]))
        names = [n for n in document["components"]["schemas"] if n in used and n != "Error"]
        if names:
            out += ["## Answers", ""] + schemas(names, document)
        pages[tag["x-page"]] = "\n".join(out).rstrip("\n") + "\n"
    return pages
