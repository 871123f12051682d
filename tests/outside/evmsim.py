"""An Ethereum node for tests: a chain of blocks with one lease contract, and the JSON-RPC
methods that a reader of it needs, over HTTP on a free port.  Written from the execution API
specification (github.com/ethereum/execution-apis) and the contract's ABI, apart from our own
code: hashes, topics and words are computed here once more.

    sim = EvmSim(chain_id=31337); sim.start()
    sim.mine(20); sim.create(lease, spender, earner, product, price); sim.approve(lease); sim.mine(13)
    sim.reorg(5)                 # the last five blocks vanish; their transactions are lost
    sim.fault = "garbage"        # see FAULTS; None: honest
    sim.stop()

It can also lie, each lie by its name in FAULTS.
"""
import json
import threading
import time

from .simserver import SimServer

FAULTS = ("error", "http500", "garbage", "huge", "slow", "cut", "wrong_id", "wrong_chain", "words12", "foreign_log",
          "removed_log", "no_block", "short_hash", "too_many", "moving")


def keccak256(data):
    """The sponge with rate 136 and padding 0x01."""
    rot = [[0, 36, 3, 41, 18], [1, 44, 10, 45, 2], [62, 6, 43, 15, 61], [28, 55, 25, 21, 56], [27, 20, 39, 8, 14]]
    mask = (1 << 64) - 1
    rol = lambda v, n: ((v << n) | (v >> (64 - n))) & mask if n else v
    a = [[0] * 5 for _ in range(5)]
    data = bytearray(data + b"\x01" + b"\0" * (-(len(data) + 1) % 136))
    data[-1] |= 0x80
    for at in range(0, len(data), 136):
        for i in range(17):
            a[i % 5][i // 5] ^= int.from_bytes(data[at + 8 * i:at + 8 * i + 8], "little")
        lfsr = 1
        for _ in range(24):
            c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
            d = [c[(x + 4) % 5] ^ rol(c[(x + 1) % 5], 1) for x in range(5)]
            a = [[a[x][y] ^ d[x] for y in range(5)] for x in range(5)]
            b = [[0] * 5 for _ in range(5)]
            for x in range(5):
                for y in range(5):
                    b[y][(2 * x + 3 * y) % 5] = rol(a[x][y], rot[x][y])
            a = [[b[x][y] ^ (~b[(x + 1) % 5][y] & b[(x + 2) % 5][y]) & mask for y in range(5)] for x in range(5)]
            for j in range(7):
                if lfsr & 1:
                    a[0][0] ^= 1 << ((1 << j) - 1)
                lfsr = ((lfsr << 1) ^ (0x71 if lfsr & 0x80 else 0)) & 0xff
    return b"".join(a[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


TOPICS = {name: "0x" + keccak256(text.encode()).hex() for name, text in (
    ("created", "LeaseCreated(bytes32,address,address,uint256)"), ("approved", "LeaseApproved(bytes32)"),
    ("executed", "LeaseExecuted(bytes32)"))}
EXISTS, GET = keccak256(b"leaseExists(bytes32)")[:4].hex(), keccak256(b"getLease(bytes32)")[:4].hex()
CONTRACT = "0x" + "c0" * 20


def word(v):
    if isinstance(v, str):
        return v.replace("0x", "").rjust(64, "0")
    return "%064x" % int(v)


class Lease:
    def __init__(self, spender, earner, product, price, created):
        self.spender, self.earner, self.product, self.price, self.created = spender, earner, product, price, created
        self.approved = self.executed = self.disputed = self.finalized = False

    def words(self, n):
        w = [word(self.spender), word(self.earner), self.product, word(self.price), word(self.price), word(self.approved),
             word(self.executed), word(self.disputed)]
        w += [word(self.created)] if n == 9 else [word(self.finalized), word(self.created), word(0), word(0), word(10 ** 18)]
        return "0x" + "".join(w[:n])

    def copy(self):
        out = Lease.__new__(Lease)
        out.__dict__.update(self.__dict__)
        return out


class Block:
    def __init__(self, number, parent, fork, state, logs):
        self.number, self.parent, self.state, self.logs = number, parent, state, logs
        self.hash = "0x" + keccak256(("%d %s %s" % (number, parent, fork)).encode()).hex()


class RpcError(Exception):
    pass


class EvmSim(SimServer):
    def __init__(self, chain_id=31337, words=9):
        self.chain_id, self.words, self.fault, self.fork = chain_id, words, None, 0
        self.blocks = [Block(0, "0x" + "00" * 32, 0, {}, [])]
        self.pending = []
        self.calls, self.busy, self.most_busy, self.delay = 0, 0, 0, 0
        self.gate = threading.Lock()

    # ---- the chain ----------------------------------------------------------
    @property
    def head(self):
        return len(self.blocks) - 1

    def mine(self, n=1):
        """n blocks; what was asked before goes into the first."""
        for _ in range(n):
            with self.gate:
                last = self.blocks[-1]
                state, logs, number = {k: v.copy() for k, v in last.state.items()}, [], last.number + 1
                for change in self.pending:
                    change(state, logs, number)
                self.pending = []
                self.blocks.append(Block(number, last.hash, self.fork, state, logs))

    def reorg(self, depth, mine=0):
        """The last depth blocks vanish with all that they held; then mine other ones."""
        with self.gate:
            self.fork += 1
            del self.blocks[len(self.blocks) - depth:]
        self.mine(mine)

    def log(self, logs, number, event, lease, *more):
        topics = [TOPICS[event], "0x" + lease] + ["0x" + word(m) for m in more]
        logs.append({"address": CONTRACT, "topics": topics, "data": "0x", "blockNumber": hex(number), "logIndex": hex(len(logs)),
                     "transactionHash": "0x" + "aa" * 32, "transactionIndex": "0x0", "removed": False})

    def create(self, lease, spender, earner, product, price=10 ** 18):
        def change(state, logs, number):
            state[lease] = Lease(spender, earner, product, price, 1767225600 + number)
            self.log(logs, number, "created", lease, spender, earner)
        self.pending.append(change)

    def flag(self, lease, flag, event):
        def change(state, logs, number):
            setattr(state[lease], flag, True)
            if event:
                self.log(logs, number, event, lease)
        self.pending.append(change)

    def approve(self, lease):
        self.flag(lease, "approved", "approved")

    def execute(self, lease):
        self.flag(lease, "executed", "executed")

    def dispute(self, lease):
        self.flag(lease, "disputed", None)

    # ---- JSON-RPC -----------------------------------------------------------
    def block_at(self, text):
        n = self.head if text == "latest" else int(text, 16)
        return self.blocks[n] if 0 <= n <= self.head else None

    def eth_chainId(self):
        return hex(self.chain_id + (self.fault == "wrong_chain"))

    def eth_blockNumber(self):
        return hex(self.head)

    def eth_getBlockByNumber(self, number, full):
        b = self.block_at(number)
        if b is None or self.fault == "no_block":
            return None
        if self.fault == "moving":
            self.fork += 1
            return {"number": hex(b.number), "hash": "0x%064x" % self.fork, "parentHash": b.parent}
        return {"number": hex(b.number), "hash": b.hash[:-2] if self.fault == "short_hash" else b.hash, "parentHash": b.parent,
                "timestamp": hex(1767225600 + b.number), "transactions": []}

    def eth_getLogs(self, f):
        first, last = int(f["fromBlock"], 16), int(f["toBlock"], 16)
        if self.fault == "too_many" and last - first > 50:
            raise RpcError("query returned more than 10000 results")
        out = []
        for b in self.blocks[first:last + 1]:
            for log in b.logs:
                if log["address"] == f["address"] and log["topics"][0] in f["topics"][0]:
                    out.append({**log, "blockHash": b.hash, "removed": self.fault == "removed_log"})
        if self.fault == "foreign_log" and out:
            out[0] = {**out[0], "address": "0x" + "ee" * 20}
        return out

    def eth_call(self, tx, number):
        b, data = self.block_at(number), tx["data"][2:]
        if b is None or tx["to"] != CONTRACT:
            raise RpcError("execution reverted")
        lease = b.state.get(data[8:])
        if data[:8] == EXISTS:
            return "0x" + word(lease is not None)
        if data[:8] != GET or lease is None:
            raise RpcError("execution reverted")
        return lease.words(12 if self.fault == "words12" else self.words)

    def answer(self, ask):
        with self.gate:
            self.calls += 1
            out = {"jsonrpc": "2.0", "id": ask["id"] + (self.fault == "wrong_id")}
            try:
                if self.fault == "error":
                    raise RpcError("the \u00abnode\u00bb has had enough\n" * 20)
                out["result"] = getattr(self, ask["method"])(*ask["params"])
            except RpcError as e:
                out["error"] = {"code": -32000, "message": str(e)}
            return out

    # ---- HTTP ---------------------------------------------------------------
    def handle(self, http):
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        try:
            body = http.rfile.read(int(http.headers["Content-Length"]))
            fault = self.fault
            if fault == "slow":
                time.sleep(12)      # pause: a node that is slow
            if self.delay:
                time.sleep(self.delay)      # pause: the way to a node
            data = json.dumps(self.answer(json.loads(body))).encode()
            if fault == "garbage":
                data = b'{"jsonrpc":"2.0","id":1,"result":' + b"[" * 400
            elif fault == "huge":
                data = b" " * (17 << 20) + data
            http.send_response(500 if fault == "http500" else 200)
            http.send_header("Content-Type", "application/json")
            http.send_header("Content-Length", str(len(data)))
            http.end_headers()
            http.wfile.write(data[:-5] if fault == "cut" else data)
            if fault == "cut":
                http.close_connection = True
        except (BrokenPipeError, ConnectionResetError):
            http.close_connection = True
        finally:
            self.busy -= 1
