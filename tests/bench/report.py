#!/usr/bin/python3
"""Draw what the benches wrote: report.py [FOLDER [OUT]]   (run/bench, the same folder)

Makes OUT/index.html, OUT/figures.svg (for the README) and OUT/results.jsonl (all lines in one file, series thinned).
Every FOLDER/*.jsonl is read, except results.jsonl unless it is the only one: so docs/bench can be drawn again from
its own results.  Who wants its figures in the report writes such a file, by bench.py or by hand.
A line is one of:

  {"series": NAME, "t": SECONDS, "metric": TEXT, "value": NUMBER, "unit": TEXT, "who": TEXT?}
      one sample over time.  A plot for each NAME and metric, in the order in which metrics first appear; lines
      of the same metric with different "who" share a plot.  Units "ms", "s", "1/s", "MiB", "KiB", "B" are known,
      any other is printed as it is.
  {"series": NAME, "t": SECONDS, "mark": TEXT}
      an event: an upright line across all plots of the series.
  {"about": NAME, "title": TEXT, "text": TEXT, "facts": {TEXT: TEXT}, "headline": TASK?}
      heading, paragraph and list of settings of the section NAME (of a bench or of a series); the headline task is
      drawn for the README, too.
  {"bench": NAME, "metric", "value", "unit", "peer", "ratio", "target", "met", "n", ...}
      a figure; rows with the same "task" are bars beside one another, "who" names the bar, "low" and "high" its
      range.  A row with a "target" is a verdict and stands in the table of targets, met or missed.
  {"machine": ...}  first line of a file: where and when.

A line that is not JSON (cut by a sudden end) is left out.
"""
import contextlib
import glob
import json
import os
import sys
from html import escape

import plot

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
ORDER = ("submit", "read", "readcost", "queue", "drain", "start", "sandbox", "waiters", "promises")
CPU_PARTS = ("nginx", "front", "PostgreSQL")
LESS_IS_BETTER = ("ms", "us", "s", "MiB", "KiB", "B", "KiB/job", "B/job")


class Section:
    """What one file says."""

    def __init__(self, name):
        self.name, self.machine, self.about, self.rows, self.points, self.marks = name, {}, {}, [], [], []

    def take(self, row):
        if "machine" in row:
            self.machine = row
        elif "about" in row:
            self.about = row
        elif "bench" in row:
            self.rows.append(row)
        elif "mark" in row:
            self.marks.append(row)
        elif "series" in row:
            self.points.append(row)

    def tasks(self):
        """{task: rows}, in the order of their first rows; rows without a task under None."""
        out = {}
        for r in self.rows:
            out.setdefault(r.get("task"), []).append({**r, "kind": kind(r)})
        return out

    def lines(self):
        """{metric: (unit, {who: [(t, value)]})}"""
        out = {}
        for p in self.points:
            out.setdefault(p["metric"], (p["unit"], {}))[1].setdefault(p.get("who", p["metric"]), []).append((p["t"], p["value"]))
        return out

    def everything(self):
        """Its lines again, a series thinned to what a plot shows."""
        yield {**self.machine, "file": self.name}
        if self.about:
            yield self.about
        yield from self.rows
        yield from self.marks
        for metric, (unit, lines) in self.lines().items():
            for who, points in lines.items():
                for t, v in plot.thin(sorted(points)):
                    row = {"series": self.name, "t": t, "metric": metric, "value": v, "unit": unit}
                    yield row if who == metric else {**row, "who": who}


def kind(row):
    return row.get("kind") or ("ours" if str(row.get("who", "")).startswith("darkroom") else "peer")


def load(folder):
    files = sorted(glob.glob(os.path.join(folder, "*.jsonl")))
    parts = [f for f in files if os.path.basename(f) != "results.jsonl"]
    sections = {}
    for path in parts or files:
        name = os.path.basename(path)[:-6]
        with open(path) as f:
            for text in f:
                with contextlib.suppress(ValueError):
                    row = json.loads(text)
                    name = row.get("file", name) if "machine" in row else name
                    sections.setdefault(name, Section(name)).take(row)
    rank = {n: i for i, n in enumerate(ORDER)}
    return sorted(sections.values(), key=lambda s: (rank.get(s.name, len(ORDER)), s.name))


# ---- verdicts -----------------------------------------------------------------
def verdict(row):
    plain = row["ratio"] is None or row.get("judged") == "value"
    value, unit = (row["value"], row["unit"]) if plain else (row["ratio"], "×")
    op, bound = row["target"].split()[:2]
    bound = float(bound)
    share = (value / bound if bound else 2) if op == ">=" else (bound / value if value else 2)
    return {"name": row["metric"], "share": share, "met": row["met"], "said": plot.number(value, unit),
            "asked": ("≥ " if op == ">=" else "≤ ") + plot.number(bound, unit)}


def verdicts(sections):
    return [verdict(r) for s in sections for r in s.rows if r.get("target")]


def score(rows):
    met = sum(r["met"] for r in rows)
    out = '<span class="score met">%d met</span>' % met
    return out + ('<span class="score missed">%d missed</span>' % (len(rows) - met) if met < len(rows) else "")


# ---- parts of the page ----------------------------------------------------------
def figure(svg, caption=""):
    return "<figure>%s%s</figure>" % (svg, "<figcaption>%s</figcaption>" % escape(caption) if caption else "")


def facts(pairs):
    return "<dl>%s</dl>" % "".join("<dt>%s</dt><dd>%s</dd>" % (escape(str(k)), escape(str(v))) for k, v in pairs.items())


def cell(r, key, unit=""):
    return "" if r.get(key) is None else escape(plot.number(r[key], unit))


def task_table(rows, unit):
    """Every number of a task, for those who do not trust a picture."""
    quantiles = ("50", "99", "99.9") if any("latency" in r for r in rows) else ()
    parts = CPU_PARTS if any("cpu" in r for r in rows) else ()
    memory = any("memory_mib" in r for r in rows)
    head = ["", "median", "least", "most", "rounds"] + ["p%s ms" % q for q in quantiles] + ["CPU us, %s" % p for p in parts] + ["peak MiB"] * memory
    body = []
    for r in rows:
        cells = [escape(r["who"]), cell(r, "value", unit), cell(r, "low"), cell(r, "high"), str(r.get("n") or "")]
        cells += [cell(r.get("latency", {}), q) for q in quantiles] + [cell(r.get("cpu", {}), p) for p in parts] + [cell(r, "memory_mib")] * memory
        body.append('<tr class="%s">%s</tr>' % (r["kind"], "".join("<td>%s</td>" % c for c in cells)))
    return "<details><summary>numbers</summary><table><tr>%s</tr>%s</table></details>" % ("".join("<th>%s</th>" % h for h in head), "".join(body))


def task(name, rows):
    unit = rows[0]["unit"]
    out = ["<h3>%s <small>%s</small></h3>" % (escape(name), "less is better" if unit in LESS_IS_BETTER else "more is better"),
           figure(plot.bars(name, unit, rows), "Bars: median of %s rounds. Whiskers: least and most." % (rows[0].get("n") or "the"))]
    timed = [r for r in rows if r.get("latency")]
    if timed:
        out.append(figure(plot.latencies("latency: " + name, timed), "Share of requests answered within a time, by nines (median of the rounds at each). "
                          "A closed loop: each connection waits for its answer, so a slower server also gets fewer requests."))
    costly = [r for r in rows if r.get("cpu")]
    if costly:
        out.append(figure(plot.stacks("CPU: " + name, "us", costly, CPU_PARTS), "CPU time a request, microseconds, user and system, without the load generator."))
    return "\n".join(out) + task_table(rows, unit)


def plain_table(rows):
    out = ["<table><tr><th>figure</th><th>value</th><th>beside</th><th>ratio</th><th>target</th><th></th></tr>"]
    for r in rows:
        state = {True: "met", False: "missed"}.get(r["met"], "")
        out.append('<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td class="%s">%s</td></tr>' % (
            escape(r["metric"]), escape(plot.number(r["value"], r["unit"])), escape(r["peer"] or ""), cell(r, "ratio", "×"),
            escape(r["target"] or ""), state, state))
    return "".join(out) + "</table>"


def series(s):
    span = max([p["t"] for p in s.points] + [m["t"] for m in s.marks])
    marks = [(m["t"], m["mark"]) for m in s.marks]
    out = []
    for metric, (unit, lines) in s.lines().items():
        out += ["<h3>%s</h3>" % escape(metric), figure(plot.curves(metric, unit, lines, marks, span))]
    if marks:
        out.append("<details><summary>%d events (upright lines)</summary>%s</details>"
                   % (len(marks), facts({"%s %d" % (plot.number(t, "s"), i): what for i, (t, what) in enumerate(marks, 1)})))
    return "\n".join(out)


def section(s):
    out = ['<h2 id="%s">%s</h2>' % (s.name, escape(s.about.get("title", s.name)))]
    if s.about.get("text"):
        out.append("<p>%s</p>" % escape(s.about["text"]))
    own = [verdict(r) for r in s.rows if r.get("target")]
    if own:
        out.append("<p>%s</p>" % score(own))
    by_task = s.tasks()
    out += [task(name, rows) for name, rows in by_task.items() if name is not None]
    if by_task.get(None):
        out.append(plain_table(by_task[None]))
    if s.points:
        out.append(series(s))
    if s.about.get("facts"):
        out.append("<h3>how</h3>" + facts(s.about["facts"]))
    return "\n".join(out)


def page(sections):
    asked = verdicts(sections)
    machine = next((s.machine for s in sections if s.machine), {})
    commits = sorted({s.machine.get("commit") or "?" for s in sections if s.machine})
    with open(os.path.join(HERE, "report.css")) as f, open(os.path.join(HERE, "page.css")) as g:
        css = f.read() + g.read()
    out = ['<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
           "<title>Darkroom: figures</title><style>%s</style></head><body><main>" % css,
           "<h1>Darkroom: figures</h1>",
           '<p class="lead">Measured against other servers and queues on one machine, everybody on the same two cores with the load generator. '
           "Contestants take turns within each round, so that a slow minute is nobody's own.</p>"]
    out.append('<p class="soft">%s</p>' % escape(" · ".join(str(x) for x in (
        "%s, %s cores, %s GiB" % (machine.get("cpu"), machine.get("cores"), machine.get("memory_gib")), "Linux %s" % machine.get("kernel"),
        machine.get("postgresql"), (machine.get("nginx") or "").replace("nginx version: ", ""), "wrk " + (machine.get("wrk") or ""),
        "commit " + ", ".join(commits), machine.get("at")) if x)))
    out.append("<nav>%s</nav>" % "".join('<a href="#%s">%s</a>' % (s.name, escape(s.about.get("title", s.name))) for s in sections))
    if asked:
        out += ['<h2 id="targets">Targets</h2><p>%s</p>' % score(asked),
                figure(plot.targets(asked), "How far along to its target each figure is; a bar that reaches the line has met it. Ratios are against the peer that the name says.")]
    out += [section(s) for s in sections]
    out.append("<footer><p>Made by tests/bench/report.py from results.jsonl. Repeat: make bench.</p></footer></main></body></html>\n")
    return "\n".join(out)


def figures_svg(sections):
    """The busiest task of submit, read and queue, for the README; None without figures."""
    chosen = []
    for s in sections:
        tasks = {k: v for k, v in s.tasks().items() if k}
        headline = s.about.get("headline")
        if headline in tasks:
            chosen.append((headline, tasks[headline]))
    if not chosen:
        return None
    with open(os.path.join(HERE, "report.css")) as f:
        style = "<style>%s</style>" % f.read()
    body, y = [], 0
    for name, rows in chosen:
        inner = plot.bars(name, rows[0]["unit"], rows)
        high = int(inner.split('viewBox="0 0 %d ' % plot.WIDTH)[1].split('"')[0])
        body += [plot.text(0, y + 18, name, "ours"), inner.replace("<svg ", '<svg y="%d" width="%d" height="%d" ' % (y + 28, plot.WIDTH, high), 1)]
        y += high + 44
    return plot.svg(y, body, "Darkroom beside its peers", style)


def write(path, text):
    with open(path + ".new", "w") as f:
        f.write(text)
    os.replace(path + ".new", path)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(TOP, "run", "bench")
    out = sys.argv[2] if len(sys.argv) > 2 else folder
    sections = load(folder)
    if not sections:
        print("report: no *.jsonl in %s: run `make bench` first" % folder, file=sys.stderr)
        return 100
    os.makedirs(out, exist_ok=True)
    write(os.path.join(out, "index.html"), page(sections))
    write(os.path.join(out, "results.jsonl"), "".join(json.dumps(r) + "\n" for s in sections for r in s.everything()))
    svg = figures_svg(sections)
    if svg:
        write(os.path.join(out, "figures.svg"), svg)
    print("report: " + os.path.join(out, "index.html"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
