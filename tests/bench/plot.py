"""SVG plots as text: bars, ratios, latencies, stacks, lines.  Colours are CSS variables (report.css), so that a plot
is readable on a light and on a dark page; STYLE makes a plot that stands alone so, too.
"""
import math
from html import escape

WIDTH = 1040
FONT = 13
LABEL = 330         # pixels left of the bars
KINDS = ("ours", "peer", "limit")
LINE_COLOURS = 8


def number(v, unit=""):
    """A value as people write it: 12,300 · 4.2 · 0.31 with its unit."""
    a = abs(v)
    text = "0" if a == 0 else "%.2g" % v if a < 0.1 else "%.2f" % v if a < 1 else "%.1f" % v if a < 100 else "{:,.0f}".format(round(v, 2 - int(math.log10(a))) if a >= 1e3 else v)
    return text + ("/s" if unit == "1/s" else "×" if unit == "×" else " " + unit if unit else "")


def text(x, y, s, cls="", anchor="start"):
    return '<text x="%.1f" y="%.1f" class="%s" text-anchor="%s">%s</text>' % (x, y, cls, anchor, escape(str(s)))


def line(x1, y1, x2, y2, cls):
    return '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>' % (x1, y1, x2, y2, cls)


def rect(x, y, w, h, cls, title=""):
    inner = "<title>%s</title>" % escape(title) if title else ""
    return '<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2" class="%s">%s</rect>' % (x, y, max(w, 0.5), h, cls, inner)


def svg(height, body, label, style="", width=WIDTH):
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s" font-size="%d">%s%s</svg>\n'
            % (width, height, escape(label, True), FONT, style, "\n".join(body)))


def ticks(top, count=5):
    """Round numbers from 0 to top."""
    raw = top / count
    step = 10 ** math.floor(math.log10(raw))
    step *= min((m for m in (1, 2, 5, 10) if m * step >= raw))
    return [step * i for i in range(int(top / step + 1e-9) + 1)]


def bars(label, unit, rows, style=""):
    """rows: dicts of who, value, kind, low?, high?: one bar each, its range as a whisker."""
    top = max(max(r["value"], r.get("high") or 0) for r in rows) or 1
    scale = (WIDTH - LABEL - 130) / top
    high, body = 27 * len(rows) + 30, []
    for v in ticks(top):
        x = LABEL + v * scale
        body += [line(x, 4, x, high - 24, "grid"), text(x, high - 8, number(v), "tick", "middle")]
    for i, r in enumerate(rows):
        y, x = 6 + 27 * i, LABEL + r["value"] * scale
        low, top_ = r.get("low", r["value"]), r.get("high", r["value"])
        body.append(text(LABEL - 10, y + 15, r["who"], "name " + r["kind"], "end"))
        body.append(rect(LABEL, y, r["value"] * scale, 20, "bar " + r["kind"],
                         "%s: %s (%s to %s)" % (r["who"], number(r["value"], unit), number(low), number(top_))))
        if top_ > low:
            a, b = LABEL + low * scale, LABEL + top_ * scale
            body += [line(a, y + 10, b, y + 10, "whisker"), line(a, y + 6, a, y + 14, "whisker"), line(b, y + 6, b, y + 14, "whisker")]
        body.append(text(max(x, LABEL + top_ * scale) + 8, y + 15, number(r["value"], unit), "value " + r["kind"]))
    return svg(high, body, label, style)


def targets(rows, style=""):
    """Verdicts on one scale: how far along to its target each figure is; the upright line is the target itself.
    rows: dicts of name, share (1 is the target, more is better), met, said, asked."""
    label, right = 560, 190
    scale = (WIDTH - label - right) / 2.0
    high, body = 30 * len(rows) + 34, []
    body += [line(label + scale, 18, label + scale, high - 8, "target"), text(label + scale, 12, "target", "tick", "middle")]
    for i, r in enumerate(rows):
        y, state = 24 + 30 * i, "met" if r["met"] else "missed"
        share = min(r["share"], 2.0)
        body.append(text(label - 36, y + 15, r["name"], "name", "end"))
        body.append(text(label - 16, y + 16, "✓" if r["met"] else "✗", "sign " + state, "middle"))
        body.append(rect(label, y, share * scale, 20, "bar " + state, "%s: %s, asked %s" % (r["name"], r["said"], r["asked"])))
        if r["share"] > 2.0:
            body.append(text(label + share * scale - 8, y + 15, "»", "inside", "end"))
        body.append(text(WIDTH - right + 8, y + 15, r["said"], "value " + state))
        body.append(text(WIDTH - 4, y + 15, "asked " + r["asked"], "tick", "end"))
    return svg(high, body, "targets, met and missed", style)


def latencies(label, rows):
    """rows: who, kind, latency {quantile in per cent: ms}.  Up: share of requests, by nines; right: ms, logarithmic."""
    marks = (0, 50, 75, 90, 99, 99.9, 99.99)
    depth = lambda q: -math.log10(1 - min(q, 99.99) / 100)
    values = [v for r in rows for v in r["latency"].values() if v > 0]
    lo, hi = math.floor(math.log10(min(values)) * 2) / 2, math.ceil(math.log10(max(values)) * 2) / 2
    left, width, high, top = 60, WIDTH - 60 - 250, 320, 12
    x = lambda ms: left + (math.log10(ms) - lo) / (hi - lo) * width
    y = lambda q: high - 30 - depth(q) / 4 * (high - 30 - top)
    body = []
    for q in marks:
        body += [line(left, y(q), left + width, y(q), "grid"), text(left - 8, y(q) + 4, "%g %%" % q, "tick", "end")]
    for e in range(math.floor(lo), math.ceil(hi) + 1):
        for m in (1, 2, 5) if hi - lo < 3.4 else (1,):
            if lo <= math.log10(m * 10.0 ** e) <= hi:
                body += [line(x(m * 10.0 ** e), top, x(m * 10.0 ** e), high - 30, "grid"),
                         text(x(m * 10.0 ** e), high - 12, "%g ms" % (m * 10.0 ** e), "tick", "middle")]
    for i, r in enumerate(rows):
        pairs = sorted((float(q), v) for q, v in r["latency"].items() if v > 0)
        cls = "curve c%d %s" % (i % LINE_COLOURS, r["kind"])
        body.append('<polyline class="%s" points="%s"><title>%s</title></polyline>'
                    % (cls, " ".join("%.1f,%.1f" % (x(v), y(q)) for q, v in pairs), escape(r["who"])))
        ly = top + 10 + 20 * i
        body += [line(left + width + 16, ly, left + width + 40, ly, cls), text(left + width + 46, ly + 4, r["who"], "legend " + r["kind"])]
    return svg(max(high, 20 * len(rows) + 24), body, label)


def stacks(label, unit, rows, parts):
    """rows: who, kind, cpu {part: value}: one bar each, made of its parts."""
    top = max(sum(r["cpu"].values()) for r in rows) or 1
    scale = (WIDTH - LABEL - 110) / top
    high, body = 27 * len(rows) + 52, []
    for i, p in enumerate(parts):
        body += [rect(LABEL + 150 * i, 4, 12, 12, "part p%d" % i), text(LABEL + 150 * i + 18, 15, p, "legend")]
    for i, r in enumerate(rows):
        y, x = 26 + 27 * i, float(LABEL)
        body.append(text(LABEL - 10, y + 15, r["who"], "name " + r["kind"], "end"))
        for k, p in enumerate(parts):
            w = r["cpu"].get(p, 0) * scale
            if w > 0:
                body.append(rect(x, y, w, 20, "part p%d" % k, "%s, %s: %s" % (r["who"], p, number(r["cpu"][p], unit))))
            x += w
        body.append(text(x + 8, y + 15, number(sum(r["cpu"].values()), unit), "value " + r["kind"]))
    return svg(high, body, label)


def thin(points, most=600):
    """At most so many points: of each stretch its lowest and highest, so that no spike is lost."""
    if len(points) <= most:
        return points
    out, step = [], 2 * len(points) / most
    for i in range(most // 2):
        part = points[int(i * step):int((i + 1) * step)]
        if part:
            out += sorted({min(part, key=lambda p: p[1]), max(part, key=lambda p: p[1])})
    return out


def curves(label, unit, lines, marks, span):
    """lines: {who: [(t, value)]} over one time axis of span seconds; marks: [(t, text)]."""
    top_value = max((v for ps in lines.values() for _, v in ps), default=0) or 1
    left, right, high, top = 76, 230 if len(lines) > 1 else 20, 200, 14
    width = WIDTH - left - right
    x = lambda t: left + t / (span or 1) * width
    y = lambda v: high - 26 - v / top_value * (high - 26 - top)
    body = []
    for v in ticks(top_value, 4):
        body += [line(left, y(v), left + width, y(v), "grid"), text(left - 8, y(v) + 4, number(v, unit), "tick", "end")]
    for t in ticks(span or 1, 8):
        body.append(text(x(t), high - 8, "%d:%02d" % divmod(int(t), 60) if span >= 120 else "%g s" % t, "tick", "middle"))
    for t, what in marks:
        body.append('<g>%s<title>%s: %s</title></g>' % (line(x(t), top, x(t), high - 26, "mark"), number(t, "s"), escape(what)))
    for i, (who, points) in enumerate(lines.items()):
        cls = "curve c%d" % (i % LINE_COLOURS)
        body.append('<polyline class="%s" points="%s"><title>%s</title></polyline>'
                    % (cls, " ".join("%.1f,%.1f" % (x(t), y(v)) for t, v in thin(sorted(points))), escape(who)))
        if len(lines) > 1:
            ly = top + 6 + 17 * i
            body += [line(left + width + 14, ly, left + width + 36, ly, cls), text(left + width + 42, ly + 4, who, "legend")]
    return svg(max(high, 17 * len(lines) + 24 if len(lines) > 1 else 0), body, label)
