#!/usr/bin/python3
"""SIGKILL of a front with a large report in its hands: after its bytes, before its row.  Needs the build with fault points."""
import contextlib
import http.client
import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.environ.setdefault("DR_BUILD", os.path.abspath(os.path.join(TOP, "build", "faults")))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tests", "chaos"), os.path.dirname(os.path.abspath(__file__))]
sys.dont_write_bytecode = True
import e2e_dap_http as dap  # noqa: E402
from harness import Node, Tap  # noqa: E402
from points import Pointed  # noqa: E402


class FaultNode(Pointed, Node):
    pass


def taken(s, body):
    """As a client asks: whatever it is told, until the report is taken."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        return s.upload(body).status in (200, 201)
    return False


def main():
    t = Tap()
    with FaultNode("dapkill", parts=("pg", "fcgi", "nginx")) as n:
        dap.key(n)
        s = dap.Side(t, n, "09", "leader").add()
        for point in ("dap.appended", "dap.synced", "batch.sent", "batch.answered"):
            body = dap.report("09", size=30000)
            dap.at_new(n, s)
            n.points.arm(point)
            n.wait(lambda: taken(s, body), 30, "the report to be taken")    # noqa: B023
            t.ok(not n.points.disarm(point), "%s was passed" % point)
            rows = n.rows("SELECT r.length, s.folder || '/' || s.id, r.at FROM core.agg_report r JOIN core.agg_segment s ON s.serial = r.segment "
                          "WHERE r.report_id = encode('\\x%s', 'hex')::uuid" % body[:16].hex())
            t.is_(len(rows), 1, "the report has one row")
            with open(rows[0][1], "rb") as f:
                f.seek(int(rows[0][2]))
                t.ok(f.read(int(rows[0][0])) == body, "and its bytes are where the row says")
    t.done()


if __name__ == "__main__":
    main()
