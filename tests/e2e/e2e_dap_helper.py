#!/usr/bin/python3
"""A helper against a leader that is not ours and means no good: replays, races, changed bodies, shares asked for twice. Both profiles.

The leader, the client and the collector are tests/dapwire.py; the node that would lead does nothing here.
"""
import concurrent.futures
import os
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
sys.dont_write_bytecode = True
import dapwire  # noqa: E402
from dap import Pair, Problem, b64u, request  # noqa: E402
from harness import Tap  # noqa: E402

# PrepareError and ReportError: the words that have another number, and those that do not
WORDS = {"09": {0: "batch_collected", 1: "report_replayed", 2: "report_dropped", 3: "hpke_unknown_config_id", 4: "hpke_decrypt_error",
                5: "vdaf_prep_error", 6: "batch_saturated", 7: "task_expired", 8: "invalid_message", 9: "report_too_early"},
         "18": {1: "batch_collected", 2: "report_replayed", 3: "report_dropped", 4: "hpke_unknown_config_id", 5: "hpke_decrypt_error",
                6: "vdaf_prep_error", 7: "task_expired", 8: "invalid_message", 9: "report_too_early"}}


class Case:
    def __init__(self, t, pair, profile):
        self.t, self.pair, self.profile = t, pair, profile

    def task(self, **more):
        task = self.pair.task({"type": "Prio3Count"}, self.profile, **more)
        task.keys = task.configs()
        return task

    def reports(self, task, n, **more):
        return [task.report(i % 2 == 0, task.keys, **more) for i in range(n)]

    def words(self, task, answer):
        """What a job said of each report, in order."""
        return [WORDS[self.profile][error] if error is not None else "accepted" for _, _, error in task.responses(answer)]

    def is_(self, got, want, what):
        return self.t.is_(got, want, "%s: %s" % (self.profile, what))

    def refused(self, fn, word, what, status=400):
        try:
            a = fn()
        except Problem as e:
            a = e.answer
        p = Problem(what, a)
        return self.is_((a.status, p.word), (status, word), what)

    # ---- jobs --------------------------------------------------------------------
    def jobs(self):
        task = self.task()
        good, job = self.reports(task, 12), os.urandom(16)
        body = task.profile.init_request([r.prepare_init(task.profile, task.verify_key) for r in good])
        first = task.init(None, job, body=body)
        said = task.responses(first)
        self.is_([r for r, _, _ in said], [r.id for r in good], "the same ids in the same order")
        self.is_({m for _, m, _ in said}, {b"\2" + dapwire.v4(b"")}, "each finished, with an empty message")
        again = task.init(None, job, body=body)
        self.is_((again.status in (200, 201), again.body), (True, first.body), "the same body again: the stored answer")
        if self.profile == "09":
            other = task.profile.init_request([r.prepare_init(task.profile, task.verify_key) for r in self.reports(task, 1)])
            self.is_(task.init(None, job, body=other).status, 409, "another body for an old id: 409")
        self.is_(self.words(task, task.init(good[:3] + self.reports(task, 2))), ["report_replayed"] * 3 + ["accepted"] * 2, "a replay in another job")
        late = task.report(True, task.keys, rid=good[0].id, when=task.now - 2 * task.precision)
        self.is_(self.words(task, task.init([late])), ["report_replayed"], "a replay in another batch")
        self.refused(lambda: task.init(good[:1] * 2), "invalidMessage", "two equal ids in one job")
        self.refused(lambda: task.init(None, body=body[:-1]), "invalidMessage", "a body that is cut")
        self.refused(lambda: task.init(None, body=body + b"\0"), "invalidMessage", "a body with a byte more")
        self.refused(lambda: task.init(None, body=task.profile.init_request([good[0].prepare_init(task.profile, task.verify_key)], agg_param=b"x")),
                     "invalidMessage" if self.profile == "09" else "invalidAggregationParameter", "an aggregation parameter")
        self.refused(lambda: task.init(good, token="wrong"), "unauthorizedRequest" if self.profile == "09" else "", "another token", 403)
        self.is_(task.init(good, header="DAP-Auth-Token").status in (200, 201), True, "DAP-Auth-Token is as good")
        self.is_(task.init(good, media="application/octet-stream").status, 415, "another media type: 415")
        self.removed(task, first, job, good)

    def removed(self, task, first, job, good):
        path = b64u(job) if self.profile == "09" else first.headers.get("location", "").rpartition("/")[2].partition("?")[0]
        if not path:        # an answer at a polled address: its own job is not named again
            return
        url = "%stasks/%s/aggregation_jobs/%s" % (task.url(task.helper), b64u(task.id), path)
        self.is_(request(url, "DELETE", token=task.leader_token).status, 204, "DELETE after the commit")
        self.is_(self.words(task, task.init(good[:2])), ["report_replayed"] * 2, "and its reports are replays still")

    # ---- reports -----------------------------------------------------------------
    def spoiled(self):
        task = self.task()

        def flip(r):
            boxes = r.seal(task.profile)
            r.boxes = [boxes[0], boxes[1]._replace(payload=boxes[1].payload[:-1] + bytes([boxes[1].payload[-1] ^ 1]))]

        def strange_key(r):
            boxes = r.seal(task.profile)
            r.boxes = [boxes[0], boxes[1]._replace(config_id=boxes[1].config_id ^ 0x80)]

        def lie(r):
            r.shares = (dapwire.encode64([5]) + r.shares[0][8:], r.shares[1])

        def extend(r):
            r.extensions = (b"", b"\xff\0\0\0")

        def short(r):
            r.shares = (r.shares[0], r.shares[1][:-1])

        def early(r):
            r.time = task.stamp((int(time.time()) // task.precision + 2) * task.precision)

        late_key = "hpke_unknown_config_id" if self.profile == "09" else "hpke_decrypt_error"
        cases = ((None, "accepted"), (flip, "hpke_decrypt_error"), (strange_key, late_key), (lie, "vdaf_prep_error"), (extend, "invalid_message"),
                 (short, "invalid_message"), (early, "report_too_early"), (None, "accepted"))
        made = self.reports(task, len(cases))
        for (change, _), r in zip(cases, made):
            if change:
                change(r)
        self.is_(self.words(task, task.init(made)), [word for _, word in cases], "each report has its own reason")
        good = [r for r, (_, word) in zip(made, cases) if word == "accepted"]
        self.share(task, good, "and only the good ones are in the sum")

    # ---- shares ------------------------------------------------------------------
    def ask(self, task, ids, count=None, checksum=None, query=None, **more):
        p = task.profile
        query = query or task.query()       # a selector of an interval has the same bytes
        body = p.share_request(query, len(ids) if count is None else count, dapwire.checksum(ids) if checksum is None else checksum, query)
        base = "%stasks/%s/aggregate_shares" % (task.url(task.helper), b64u(task.id))
        more.setdefault("token", task.leader_token)
        a = task.repeated(lambda: request(base, "POST", body, p.media % "aggregate-share-req", **more))
        a = task.polled(a, base, more["token"])
        if a.status not in (200, 201):
            raise Problem("aggregate share", a)
        return a

    def share(self, task, reports, what):
        """Ask for the helper's share, and add the leader's, which we are."""
        p, query = task.profile, task.query()
        a = self.ask(task, [r.id for r in reports])
        r = dapwire.Reader(a.body)
        box = dapwire.Ciphertext.read(r)
        r.end()
        plain = dapwire.hpke_open(task.key, p.label + b" aggregate share" + bytes([dapwire.HELPER, dapwire.COLLECTOR]),
                                  p.share_aad(task.wire, query, query), box)
        ours = sum(p.vdaf.prep_init(task.verify_key, 0, x.id, x.shares[0], p.ctx(task.id)).out for x in reports)
        total = (sum(dapwire.decode64(plain)) + ours) % dapwire.P64
        self.is_(total, task.truth(reports), what)
        return a

    def shares(self):
        task = self.task(min_batch_size=10)
        good = self.reports(task, 12)
        ids = [r.id for r in good]
        self.is_(set(self.words(task, task.init(good[:9]))), {"accepted"}, "nine of at least ten")
        self.refused(lambda: self.ask(task, ids[:9]), "invalidBatchSize", "a batch below the minimum")
        self.is_(set(self.words(task, task.init(good[9:]))), {"accepted"}, "three more")
        self.refused(lambda: self.ask(task, ids, count=11), "batchMismatch", "another count")
        self.refused(lambda: self.ask(task, ids, checksum=bytes(32)), "batchMismatch", "another checksum")
        half = task.query(task.now + task.precision // 2, task.precision) if self.profile == "09" else None
        if half:
            self.refused(lambda: self.ask(task, ids, query=half), "batchInvalid", "an interval between the buckets")
        self.refused(lambda: self.ask(task, ids, token="wrong"), "unauthorizedRequest" if self.profile == "09" else "", "another token", 403)
        first = self.share(task, good, "the shares are those of the sum")
        self.is_(self.ask(task, ids).body, first.body, "the same request again: the stored ciphertext")
        self.refused(lambda: self.ask(task, ids, query=task.query(task.now - task.precision, 2 * task.precision)), "batchOverlap",
                     "an interval that overlaps a collected one")
        self.is_(self.words(task, task.init(self.reports(task, 2))), ["batch_collected"] * 2, "nothing more is added to a collected batch")

    # ---- races -------------------------------------------------------------------
    def races(self):
        task = self.task()
        shared, n = self.reports(task, 20), 4
        with concurrent.futures.ThreadPoolExecutor(n) as pool:
            answers = list(pool.map(lambda i: task.init(shared + self.reports(task, 2)), range(n)))
        words = [self.words(task, a) for a in answers]
        taken = [sum(w[i] == "accepted" for w in words) for i in range(len(shared))]
        self.is_(taken, [1] * len(shared), "four jobs at once with the same reports: each is accepted once")
        self.is_([w[len(shared):] for w in words], [["accepted"] * 2] * n, "and their own are accepted in each")


def main():
    t = Tap()
    with Pair("dap-helper") as pair:
        for profile in ("09", "18"):
            c = Case(t, pair, profile)
            for story in (c.jobs, c.spoiled, c.shares, c.races):
                with t.case("%s: %s" % (profile, story.__name__)):
                    story()
    t.done()


main()
