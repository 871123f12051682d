#!/usr/bin/python3
"""The EVM adapter against a node that can also lie: leases come, wait for their approval, are
refused when they are not for us, survive an execution, and vanish with the blocks that brought
them; outages and nonsense move nothing.  Checks 5, 8 and 22 (the stranger's part)."""
import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Node, Tap, need_root  # noqa: E402
from outside.evmsim import CONTRACT, EvmSim  # noqa: E402

EARNER, SPENDER, OTHER = "0x" + "ea" * 20, "0x" + "50" * 20, "0x" + "99" * 20
PRODUCT, NO_PRODUCT = "11" * 32, "22" * 32
CONF = {"lanes": "maint,net", "pool_size": 0, "pool_min": 0, "poll_ms": 100}
INPUT = [{"asset_id": "data_456", "variable_name": "x"}]


def lease_id(name):
    return hashlib.sha256(name.encode()).hexdigest()


class Story:
    def __init__(self, n, t, sim):
        self.n, self.t, self.sim = n, t, sim
        self.owner, self.consumer = n.principal("owner", ["owner"]), n.principal("consumer", ["consumer"])
        self.owner.asset("data_456", b"a,b\n1,2\n")
        self.owner.must("POST", "/api/v1/products", {
            "productId": "did:pandacea:earner:owner/data", "name": "data", "dataType": "table", "keywords": [],
            "assets": ["data_456"], "chain_product_id": PRODUCT})
        self.bind(SPENDER)

    def bind(self, address):
        self.n.psql("INSERT INTO core.principal_address (address, principal) SELECT '%s', id FROM core.principal WHERE name = 'consumer'" % address)

    def follow(self, **more):
        rules = {"chain_id": self.sim.chain_id, "contract": CONTRACT, "earner": EARNER, "start_block": 0, "every_s": 1, **more}
        return self.n.psql("SELECT api.chain_set('main', '%s')" % repr(rules).replace("'", '"'), role="darkroom_operator")

    def view(self, column):
        return self.n.psql("SELECT %s FROM ops.chain WHERE chain = 'main'" % column)

    def verdict(self, name):
        return self.n.psql("SELECT verdict || ' ' || coalesce(local_state, '-') FROM ops.chain_leases WHERE lease_id = '%s'" % lease_id(name))

    def caught_up(self, timeout=30):
        """The cursor is where it can be."""
        want = self.sim.head - 12
        self.n.wait(lambda: self.view("status = 'ok' AND cursor_block >= %d" % want) == "t", timeout, "cursor at %d" % want)

    def status(self, want, timeout=30):
        self.n.wait(lambda: self.view("status") == want, timeout, "status " + want)

    def execute(self, name, spender=SPENDER):
        return self.consumer.call("POST", "/api/v1/privacy/execute", {"lease_id": "0x" + lease_id(name), "code": "print(1)", "inputs": INPUT},
                                  spender=spender, idem=None)


def admission(s):
    t, sim, n = s.t, s.sim, s.n
    with t.case("check 5: a created lease stays pending until it is approved, and confirmed"):
        sim.create(lease_id("a"), SPENDER, EARNER, PRODUCT, 25 * 10 ** 16)
        sim.mine(1)
        sim.mine(12)
        s.caught_up()
        t.is_(s.verdict("a"), "created pending", "created: pending")
        t.is_(s.execute("a")[0], 403, "and admits no job")
        t.is_(s.owner.call("POST", "/api/v1/leases/%s/approve" % lease_id("a"), {})[0], 409, "its owner cannot approve it: the chain does")
        sim.approve(lease_id("a"))
        sim.mine(12)
        s.caught_up()
        t.is_(s.verdict("a"), "created pending", "approved eleven blocks ago: not yet")
        sim.mine(1)
        s.caught_up()
        t.is_(s.verdict("a"), "admitted approved", "twelve: approved")
        r = s.consumer.must("GET", "/api/v1/leases/0x" + lease_id("a").upper())
        t.is_((r["status"], r["price"], r["spenderAddr"], r["earnerAddr"], r["runs_left"], r["chain"]["approved"]),
              ("approved", str(25 * 10 ** 16), SPENDER, EARNER, 1, True), "its record says what the chain says")

    with t.case("check 22: the stranger's execution ends nothing"):
        sim.execute(lease_id("a"))
        sim.mine(13)
        s.caught_up()
        t.is_(n.psql("SELECT state || ' ' || (chain ->> 'executed') FROM core.data_lease WHERE lease_id = '%s'" % lease_id("a")), "approved true",
              "recorded and shown")
        status, _, body = s.execute("a")
        t.is_(status, 202, "a job is admitted all the same: %r" % body)
        t.is_(s.execute("a")[0], 403, "our run count ends it: one run")
        sim.create(lease_id("fast"), SPENDER, EARNER, PRODUCT)
        sim.mine(1)
        sim.approve(lease_id("fast"))
        sim.mine(1)
        sim.execute(lease_id("fast"))
        sim.mine(13)
        s.caught_up()
        t.is_(s.verdict("fast"), "admitted approved", "nor when it comes before anybody looked")
        sim.create(lease_id("early"), SPENDER, EARNER, PRODUCT)
        sim.mine(1)
        sim.execute(lease_id("early"))
        sim.mine(1)
        sim.approve(lease_id("early"))
        sim.mine(13)
        s.caught_up()
        t.is_(s.verdict("early"), "executed -", "executed before its approval: refused")

    with t.case("check 8: not for us"):
        sim.create(lease_id("stranger"), OTHER, "0x" + "77" * 20, PRODUCT)
        sim.create(lease_id("earner"), SPENDER, "0x" + "77" * 20, PRODUCT)
        sim.create(lease_id("product"), SPENDER, EARNER, NO_PRODUCT)
        sim.create(lease_id("unbound"), OTHER, EARNER, PRODUCT)
        sim.create(lease_id("disputed"), SPENDER, EARNER, PRODUCT)
        sim.mine(1)
        for name in ("stranger", "earner", "product", "unbound", "disputed"):
            sim.approve(lease_id(name))
        sim.dispute(lease_id("disputed"))
        sim.mine(13)
        s.caught_up()
        t.is_((s.verdict("stranger"), s.verdict("earner"), s.view("stranger_leases")), ("", "", "2"), "strangers' leases are counted and not kept")
        t.is_([s.verdict(x) for x in ("product", "unbound", "disputed")], ["product -", "spender -", "disputed -"],
              "no assets here, an address of nobody, a dispute: refused, each for its reason")
        t.is_([s.execute(x)[0] for x in ("stranger", "earner", "product", "unbound", "disputed")], [403] * 5, "and none admits a job")
        s.bind(OTHER)
        n.wait(lambda: s.verdict("unbound") == "admitted approved", 20, "the address is bound")
        t.is_(s.execute("unbound", OTHER)[0], 202, "bound later, admitted later")


def reorganisation(s):
    t, sim, n = s.t, s.sim, s.n
    with t.case("check 5: a reorganisation undoes what it brought"):
        sim.create(lease_id("r"), SPENDER, EARNER, PRODUCT)
        sim.mine(15)
        s.caught_up()
        sim.approve(lease_id("r"))
        sim.create(lease_id("r2"), SPENDER, EARNER, PRODUCT)
        sim.mine(1)
        sim.approve(lease_id("r2"))
        sim.mine(14)
        s.caught_up()
        t.is_((s.verdict("r"), s.verdict("r2")), ("admitted approved", "admitted approved"), "two leases come")
        comp = s.execute("r")[2]["computation_id"]
        sim.reorg(16, mine=20)
        s.caught_up()
        t.is_(s.verdict("r"), "created pending", "the approval vanished: pending again")
        t.is_((s.verdict("r2"), n.psql("SELECT state FROM core.data_lease WHERE lease_id = '%s'" % lease_id("r2"))), ("", "revoked"),
              "the lease itself vanished: undone")
        r = s.consumer.result(comp)
        t.is_((r["status"], r["reason_code"]), ("failed", "LEASE_REVOKED"), "its queued job ended")
        t.is_((s.execute("r")[0], s.execute("r2")[0]), (403, 403), "and neither admits another")
        sim.approve(lease_id("r"))
        sim.create(lease_id("r2"), SPENDER, EARNER, PRODUCT)
        sim.mine(1)
        sim.approve(lease_id("r2"))
        sim.mine(13)
        s.caught_up()
        t.is_((s.verdict("r"), s.verdict("r2")), ("admitted approved", "admitted approved"), "the other branch brings them again")
        t.is_(s.execute("r")[0], 202, "the run of the job that never started came back")
        s.owner.must("POST", "/api/v1/leases/%s/revoke" % lease_id("r2"), {"reason": "enough"})
        sim.reorg(14, mine=15)
        s.caught_up()
        t.is_(n.psql("SELECT state, reason FROM core.data_lease WHERE lease_id = '%s'" % lease_id("r2")), "revoked|enough",
              "what its owner revoked stays so, whatever the chain does")

    with t.case("deeper than we remember"):
        n.psql("SELECT api.chain_set('main', '{\"keep_blocks\": 16}')")
        sim.mine(40)
        s.caught_up()
        sim.mine(1)
        s.caught_up()
        before = s.view("approved_leases")
        sim.reorg(sim.head, mine=sim.head + 5)
        s.status("deep_reorg")
        t.is_(s.view("approved_leases"), before, "it stops, and changes nothing")
        t.is_(n.psql("SELECT firing FROM ops.alarms WHERE alarm = 'chain_stopped'"), "t", "an alarm tells")
        n.psql("SELECT api.chain_rewind('main', -1)")
        s.caught_up()
        t.is_((s.view("approved_leases"), s.view("pending_leases")), ("0", "0"), "an operator rewinds: all that the lost branch brought is undone")


def nonsense(s):
    t, sim, n = s.t, s.sim, s.n
    want = {"error": "refused", "http500": "unreachable", "garbage": "garbled", "cut": "unreachable", "wrong_id": "garbled",
            "wrong_chain": "wrong_chain", "words12": "garbled", "foreign_log": "garbled", "removed_log": "garbled", "no_block": "garbled",
            "short_hash": "garbled", "huge": "garbled"}
    with t.case("a node that lies"):
        sim.create(lease_id("n"), SPENDER, EARNER, PRODUCT)
        for fault, status in want.items():
            at = s.view("cursor_block")
            sim.approve(lease_id("n"))
            sim.fault = fault
            sim.mine(13)
            s.status(status)
            t.is_(s.view("cursor_block"), at, "%s: %s, and the cursor stays: %s" % (fault, status, s.view("error")))
            sim.fault = None
            s.caught_up()
        t.is_(s.verdict("n"), "admitted approved", "afterwards everything is read")
        t.like(n.psql("SELECT bool_and(error ~ '^[ -~]*$' AND error !~ 'http://') FROM core.chain WHERE error <> '' UNION ALL SELECT true"), "t",
               "no error holds an address or strange characters")
    with t.case("check 5: 13 words"):
        sim.words = 13
        sim.create(lease_id("w13"), SPENDER, EARNER, PRODUCT)
        sim.mine(1)
        sim.approve(lease_id("w13"))
        sim.flag(lease_id("w13"), "finalized", None)
        sim.mine(13)
        s.caught_up()
        t.is_(s.verdict("w13"), "admitted approved", "thirteen words are a lease too")
        t.is_(n.psql("SELECT finalized, created_at FROM core.chain_lease WHERE lease_id = '%s' ORDER BY block DESC LIMIT 1" % lease_id("w13")),
              "t|%d" % sim.blocks[-1].state[lease_id("w13")].created, "and its ninth word is not the time")
        sim.words = 9
    with t.case("a node that lags"):
        blocks = sim.blocks
        sim.blocks = blocks[:20]
        s.status("lagging")
        sim.blocks = blocks
        s.caught_up()
        t.ok(True, "a node that lags behind what was seen is waited for")
    with t.case("too many results"):
        sim.fault = "too_many"
        sim.mine(300)
        s.caught_up()
        sim.fault = None
        t.ok(True, "a node that gives few results at once is asked for fewer blocks")


def outage(s):
    t, sim, n = s.t, s.sim, s.n
    with t.case("check 5: an outage"):
        sim.stop()
        sim.create(lease_id("o"), SPENDER, EARNER, PRODUCT)
        sim.mine(1)
        sim.approve(lease_id("o"))
        sim.mine(300)
        s.status("unreachable")
        n.psql("UPDATE core.chain SET ok_at = clock_timestamp() - interval '1 hour'")
        checks = {c["name"]: c for c in n.client("operator").call("GET", "/readyz")[2]["checks"]}
        t.is_((checks["evm_rpc"]["status"], checks["database"]["status"]), ("not_ready", "ready"), "its check is degraded, no other")
        local = s.owner.grant(s.consumer, ["data_456"])
        t.ok(s.consumer.submit(local, "print(1)", {"x": "data_456"}), "a local lease works")
        t.is_(n.psql("SELECT count(*) FROM core.worker WHERE state = 'live'"), "2", "no daemon ended")
        n.kill("workerd")
        n.start("workerd")
        sim.start()
        s.caught_up(60)
        t.is_(s.verdict("o"), "admitted approved", "the cursor catches up")
        checks = {c["name"]: c for c in n.client("operator").call("GET", "/readyz")[2]["checks"]}
        t.is_(checks["evm_rpc"]["status"], "ready", "and the check is ready again")
    with t.case("two hosts"):
        sim.most_busy, sim.delay = 0, 0.05
        sim.mine(30)
        s.caught_up(60)
        sim.delay = 0
        t.is_(sim.most_busy, 1, "two workers never ask at once")
        t.is_(n.psql("SELECT count(*) FROM (SELECT FROM core.ready WHERE kind = 10 UNION ALL SELECT FROM core.lease WHERE kind = 10) x") in ("0", "1"),
              True, "there is one job at most")
        t.like(s.n.client("operator").call("GET", "/metrics")[2], 'chain_lag_blocks\\{chain="main"\\} 0', "its figures are in /metrics")


def main():
    need_root()
    t = Tap()
    sim = EvmSim().start()
    with Node("chain", parts=("pg", "fcgi", "nginx"), conf=CONF) as n:
        with open(n.path("conf", "evm"), "w") as f:
            f.write("# chains\nother http://127.0.0.1:1/\nmain %s\n" % sim.url)
        n.conf["evm_rpc_file"] = n.path("conf", "evm")
        n.write_conf()
        n.psql("INSERT INTO core.image (name, digest) VALUES ('minimal', 'sha256:%s')" % ("a" * 64))
        n.psql("UPDATE core.image SET loaders = '{csv}'; UPDATE core.setting SET value = '\"minimal\"' WHERE name = 'default_image'")
        n.psql("UPDATE core.setting SET value = '100000' WHERE name ~ '^rate_'")
        n.start("workerd")
        n.start("workerd2")
        s = Story(n, t, sim)
        checks = {c["name"]: c["status"] for c in n.client("operator").call("GET", "/readyz")[2]["checks"]}
        t.is_(checks["evm_rpc"], "unknown", "no chain: its check is unknown")
        sim.mine(30)
        t.like(s.follow(), '"cursor_block": -1', "an operator follows a contract")
        s.caught_up()
        admission(s)
        nonsense(s)
        outage(s)
        reorganisation(s)
    t.done()


main()
