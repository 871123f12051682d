"""One task's way through a storm: clients that send its reports, a collector that asks until nothing is left, and what they know of the sum.

    shapes()                                       # what kinds of task there are
    track = Track(task, shape, clients, draw)      # makes the reports; nothing is sent yet
    track.play(stop)                               # to the last collection; stop: an Event that gives up
    track.got, .must, .may, .plain(ids)            # for the audit

Clients are of two sorts.  A patient one asks again until it is answered, some of them once more after that.  A hasty one asks once and
believes that its report is lost when it hears nothing: such a report may be in the sum or not, and nobody but the nodes knows.
"""
import collections
import contextlib
import http.client
import struct

import dapwire
from dap import Problem, Result, request, unless_later

HASTY, TWICE = 0.03, 0.1        # of the clients
SPOILED = 100                   # one in so many cannot be opened, by the leader or by the helper
GROUP = 5                       # draft 18: reports of an upload, at most
HASTY_S = 2
TOGETHER = 100                  # fixed_size: reports of a batch
BUCKETS = 3                     # time_interval: of one collection
CURRENT = {"09": b"\2\1", "18": b"\2\0\0"}
Shape = collections.namedtuple("Shape", "name vdaf batch")
Sent = collections.namedtuple("Sent", "id bucket body index good")

FIXED = {"mode": "fixed_size", "max_batch_size": TOGETHER}
INTERVAL = {"mode": "time_interval"}
HISTOGRAM = {"type": "Prio3Histogram", "length": 20, "chunk_length": 4}
SUMVEC = {"type": "Prio3SumVec", "length": 300, "chunk_length": 20}        # 7 kB a report: such lie in segments
SHAPES = (Shape("count", {"type": "Prio3Count"}, INTERVAL), Shape("sumvec", SUMVEC, INTERVAL), Shape("histogram", HISTOGRAM, INTERVAL),
          Shape("count, fixed_size", {"type": "Prio3Count"}, FIXED), Shape("sumvec, fixed_size", SUMVEC, FIXED))


def shapes():
    """(shape, profile, which node leads): each with each."""
    return [(shape, profile, leader) for shape in SHAPES for profile in ("09", "18") for leader in (0, 1)]


def vdaf(shape, profile):
    one = {"09": {"bits": 1}, "18": {"max": 1}}[profile] if shape.vdaf["type"] == "Prio3SumVec" else {}
    return {**shape.vdaf, **one}


def spoil(p, body, whose):
    """The last bit of a ciphertext is another: the leader's (0) or the helper's."""
    r = dapwire.Reader(body)
    r.take(24 + (2 if p.name == "18" else 0))
    r.v(4)
    dapwire.Ciphertext.read(r)
    at = (r.at if whose == 0 else len(body)) - 1
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1:]


def until(fn, stop):
    """Ask again what was not answered: the node is away, or says that it has no room."""
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException, RuntimeError):
            a = fn()
            if a is not None and not (isinstance(a, tuple) and a[0] in (429, 500, 502, 503)):
                return a
        if stop.wait(0.05):
            raise TimeoutError("the storm ended first")


class Track:
    def __init__(self, task, shape, clients, draw, reports):
        self.task, self.shape, self.draw = task, shape, draw
        self.fixed = shape.batch is FIXED
        self.first = task.now - (BUCKETS - 1) * task.precision
        whens = [task.now] if self.fixed else [self.first + k * task.precision for k in range(BUCKETS)]
        self.sent = {}
        for when in whens:
            for i, body in enumerate(clients.make(task, -(-reports // len(whens)), when)):
                good = len(self.sent) % SPOILED != 7
                self.sent[body[:16]] = Sent(body[:16], when, body if good else spoil(task.profile, body, draw.randrange(2)), i, good)
        self.todo = self.uploads()
        self.asked, self.requests = 0, len(self.todo)
        self.must, self.may, self.got, self.failed, self.settled = set(), set(), [], None, False

    # ---- what is known of the sum --------------------------------------------------
    def plain(self, ids):
        """The sum of what these reports measure: the i-th of a bucket i mod 2 in every place, of a histogram a place (bench/reports.c)."""
        length = self.shape.vdaf.get("length", 1)
        out = [0] * length
        for x in (self.sent[i] for i in ids):
            if self.shape.vdaf["type"] == "Prio3Histogram":
                out[x.index % length] += 1
            elif x.index % 2:
                out = [v + 1 for v in out]
        return out

    @property
    def done(self):
        return self.failed is not None or self.settled

    # ---- clients -------------------------------------------------------------------
    def uploads(self):
        """-> [(patient, [reports of one request])] in the order in which they are sent"""
        todo = [x for x in self.sent.values() for _ in range(2 if self.draw.random() < TWICE else 1)]
        self.draw.shuffle(todo)
        out = []
        while todo:
            n = 1 if self.task.profile.name == "09" else self.draw.randint(1, GROUP)
            part, todo = todo[:n], todo[n:]
            out.append((self.fixed or self.draw.random() >= HASTY, list({x.id: x for x in part}.values())))
        return out

    def upload(self, patient, part, stop):
        body = b"".join(x.body for x in part)
        a = until(lambda: self.task.put(body), stop) if patient else self.once(body)
        ids = {x.id for x in part if x.good}
        if a is not None and a.status == self.task.profile.upload_status and not a.body:
            self.must |= ids
        elif patient:
            raise Problem("an upload", a)
        else:
            self.may |= ids

    def once(self, body):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.task.put(body, timeout=HASTY_S)
        return None

    # ---- the collector -------------------------------------------------------------
    def collected(self, query, cid, stop):
        """One collection to its end -> (count, the sums)"""
        task = self.task
        url = until(lambda: unless_later(lambda: task.collect_begin(query, cid)), stop)
        body = until(lambda: unless_later(lambda: task.collect_poll(url)), stop)
        selector = b"\2" + body[1:33] if self.fixed and task.profile.name == "09" else query
        self.got.append(Result(*task.profile.totals(task.key, task.wire, selector, body, query, task.vdaf.field)))
        return url

    def interval(self, stop):
        self.collected(self.task.query(self.first, BUCKETS * self.task.precision), self.task.id[:16], stop)

    def batches(self, stop):
        """The current batch, again and again; draft 18 asks for the next one once it has removed the last."""
        task = self.task
        while True:
            try:
                url = self.collected(CURRENT[task.profile.name], task.id[:12] + struct.pack(">I", len(self.got)), stop)
            except Problem as p:
                if p.word != "batchInvalid":
                    raise
                if until(self.left, stop) == "0":
                    return
                stop.wait(1)
                continue
            if task.profile.name == "18":
                a = until(lambda: request(url, "DELETE", token=task.collector_token), stop)     # noqa: B023
                if a.status not in (204, 404):
                    raise Problem("DELETE of a collection", a)

    def left(self):
        """What its leader still has that is in no batch that was given out."""
        return self.task.leader.psql(
            "WITH t AS (SELECT task_no FROM core.agg_task WHERE task_id = decode('%s', 'hex')) SELECT (SELECT count(*) FROM core.agg_stored JOIN t USING (task_no)) + "
            "(SELECT count(*) FROM core.agg_job JOIN t USING (task_no) WHERE state IN ('new', 'sent')) + "
            "(SELECT count(*) FROM core.agg_batch JOIN t USING (task_no) WHERE state IN ('filling', 'full') AND assigned > 0)" % self.task.id.hex())

    def play(self, stop):
        try:
            for patient, part in self.todo:
                self.upload(patient, part, stop)
                self.asked += 1
            self.may -= self.must
            (self.batches if self.fixed else self.interval)(stop)
            self.settled = True
        except Problem as p:
            self.failed = p
