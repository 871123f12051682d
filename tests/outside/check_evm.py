#!/usr/bin/python3
"""make check-evm: the EVM adapter against a real EVM (ganache) that runs a real contract
(solc), both from npm, installed once into the cache folder.  A development tool: it says so and
skips where there is no npm or no registry."""
import hashlib
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
from harness import Node, Tap, need_root  # noqa: E402
import npm  # noqa: E402

PRODUCT = "11" * 32
CONF = {"lanes": "maint,net", "pool_size": 0, "pool_min": 0, "poll_ms": 100}


class Evm:
    def __init__(self, folder):
        self.p = subprocess.Popen(["node", os.path.join(HERE, "evm", "node.js"), os.path.join(HERE, "evm", "Leases.sol")], text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "NODE_PATH": os.path.join(folder, "node_modules")})
        start = self.read()
        self.port, self.accounts, self.address, self.selectors = start["port"], start["accounts"], start["address"], start["selectors"]

    def read(self):
        while True:
            line = self.p.stdout.readline()
            if not line:
                raise RuntimeError("the EVM ended")
            if line.startswith("{"):
                out = json.loads(line)
                if "error" in out:
                    raise RuntimeError(out["error"])
                return out["ok"]

    def do(self, what, **more):
        self.p.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self.p.stdin.flush()
        return self.read()

    def call(self, name, sender, *args):
        return self.do("call", name=name, args=list(args), **{"from": sender})

    def close(self):
        self.p.stdin.close()
        self.p.wait(30)


def story(t, n, evm):
    spender, earner = evm.accounts[1], evm.accounts[2]
    a, b = hashlib.sha256(b"a").hexdigest(), hashlib.sha256(b"b").hexdigest()
    owner, consumer = n.principal("owner", ["owner"]), n.principal("consumer", ["consumer"])
    owner.asset("data_456", b"a,b\n1,2\n")
    owner.must("POST", "/api/v1/products", {"productId": "did:pandacea:earner:owner/data", "name": "data", "dataType": "table", "keywords": [],
                                            "assets": ["data_456"], "chain_product_id": PRODUCT})
    n.psql("INSERT INTO core.principal_address (address, principal) SELECT '%s', id FROM core.principal WHERE name = 'consumer'" % spender.lower())

    def state(lease):
        return n.psql("SELECT verdict || ' ' || coalesce(local_state, '-') FROM ops.chain_leases WHERE lease_id = '%s'" % lease)

    def caught_up():
        want = evm.do("head") - 12
        n.wait(lambda: n.psql("SELECT status = 'ok' AND cursor_block >= %d FROM core.chain" % want) == "t", 60, "cursor at %d" % want)

    t.is_((evm.selectors["leaseExists(bytes32)"], evm.selectors["getLease(bytes32)"]), ("39056e4e", "2d54ad30"), "the compiler's selectors are ours")
    rules = {"chain_id": 31337, "contract": evm.address, "earner": earner, "start_block": 0, "every_s": 1}
    n.psql("SELECT api.chain_set('main', '%s')" % json.dumps(rules), role="darkroom_operator")
    evm.call("createLease", 1, a, earner, PRODUCT, hex(5 * 10 ** 17))
    evm.do("mine", n=12)
    caught_up()
    t.is_(state(a), "created pending", "created: pending")
    snapshot = evm.do("snapshot")
    evm.call("approveLease", 2, a)
    evm.call("createLease", 1, b, earner, PRODUCT, hex(10 ** 18))
    evm.call("approveLease", 2, b)
    evm.do("mine", n=12)
    caught_up()
    t.is_((state(a), state(b)), ("admitted approved", "admitted approved"), "approved and confirmed: approved")
    lease = consumer.must("GET", "/api/v1/leases/0x" + a)
    t.is_((lease["price"], lease["spenderAddr"], lease["earnerAddr"]), (str(5 * 10 ** 17), spender.lower(), earner.lower()), "as the contract has it")
    evm.call("executeLease", 3, a)
    evm.do("mine", n=12)
    caught_up()
    t.is_((state(a).split()[1], n.psql("SELECT chain ->> 'executed' FROM core.data_lease WHERE lease_id = '%s'" % a)), ("approved", "true"),
          "a stranger's executeLease ends nothing")
    head = evm.do("head")
    evm.do("revert", id=snapshot)
    evm.do("mine", n=head - evm.do("head") + 20)
    caught_up()
    t.is_(state(a), "created pending", "the chain went another way: pending again")
    t.is_(n.psql("SELECT state FROM core.data_lease WHERE lease_id = '%s'" % b), "revoked", "and what it never had is undone")
    evm.call("approveLease", 2, a)
    evm.do("mine", n=12)
    caught_up()
    t.is_(state(a), "admitted approved", "approved there, too")


def main():
    need_root()
    t = Tap()
    folder = npm.install(os.path.join(HERE, "evm"))
    if folder is None:
        print("1..0 # SKIP NO REAL EVM WAS TRIED: npm or its registry cannot be reached")
        return
    evm = Evm(folder)
    try:
        with Node("evm", parts=("pg", "fcgi", "nginx"), conf=CONF) as n:
            with open(n.path("conf", "evm"), "w") as f:
                f.write("main http://127.0.0.1:%d\n" % evm.port)
            n.conf["evm_rpc_file"] = n.path("conf", "evm")
            n.write_conf()
            n.start("workerd")
            with t.case("a real EVM"):
                story(t, n, evm)
            t.diag(n.psql("SELECT chain, status, error, cursor_block, head_block FROM ops.chain"))
    finally:
        evm.close()
    t.done()


main()
