"""Calls on a chain: published vectors, and a node that believes nothing.

ChainNode takes a transaction apart, checks who signed it and what it asks, and
mines it or refuses it as a real node would."""
import json
import os
import tempfile
import unittest
from unittest import mock

from badserver import BadServer, Json
from darkroom import PandaceaException, evm
from darkroom.pandacea import PandaceaClient

KEY = "46" * 32                                             # of the example in EIP-155
SENDER = "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"
CONTRACT, TOKEN, EARNER = "0x" + "35" * 20, "0x" + "36" * 20, "0x" + "22" * 20
LEASE = "ab" * 32
CHAIN_ID = 31337


def unrlp(data):
    """(item, rest); lists as lists."""
    first = data[0]
    if first < 0x80:
        return data[:1], data[1:]
    base = 0xC0 if first >= 0xC0 else 0x80
    size, at = first - base, 1
    if size > 55:
        at += size - 55
        size = int.from_bytes(data[1:at], "big")
    body, rest = data[at:at + size], data[at + size:]
    if base == 0x80:
        return body, rest
    items = []
    while body:
        item, body = unrlp(body)
        items.append(item)
    return items, rest


class ChainNode:
    """The methods that the client needs; .mined: (to, value, data) by hash."""

    def __init__(self, fails=False, receipts_after=0):
        self.mined, self.nonce, self.fails, self.receipts_after = {}, 7, fails, receipts_after

    def act(self, server, sock):
        asked = json.loads(server.requests[-1].body)
        try:
            answer = {"result": getattr(self, asked["method"])(*asked["params"])}
        except ValueError as e:
            answer = {"error": {"code": -32000, "message": str(e)}}
        return Json({"jsonrpc": "2.0", "id": asked["id"], **answer}).act(server, sock)

    def eth_chainId(self):
        return hex(CHAIN_ID)

    def eth_gasPrice(self):
        return hex(10**9)

    def eth_estimateGas(self, call):
        return hex(100000)

    def eth_getTransactionCount(self, address, block):
        return hex(self.nonce)

    def eth_call(self, call, block):
        if call["data"] != "0x" + evm.call_data("getRequiredStake(bytes32)", bytes.fromhex(LEASE)).hex():
            return "0x"
        return "0x" + (5000).to_bytes(32, "big").hex()

    def eth_sendRawTransaction(self, raw):
        raw = bytes.fromhex(raw[2:])
        fields, rest = unrlp(raw)
        nonce, price, gas, to, value, data, v, r, s = fields
        number = [int.from_bytes(x, "big") for x in (nonce, price, gas, value, v, r, s)]
        digest = evm.keccak256(evm.rlp(fields[:6] + [CHAIN_ID, 0, 0]))
        signer = evm.recover(digest, number[5], number[6], number[4] - 2 * CHAIN_ID - 35)
        if rest or evm.address_of(signer) != SENDER or number[0] != self.nonce or number[6] > evm.N // 2:
            raise ValueError("invalid sender")
        self.nonce += 1
        name = "0x" + evm.keccak256(raw).hex()
        self.mined[name] = ("0x" + to.hex(), number[3], data)
        return name

    def eth_getTransactionReceipt(self, name):
        if self.receipts_after:
            self.receipts_after -= 1
            return None
        return {"transactionHash": name, "status": "0x0" if self.fails else "0x1"} if name in self.mined else None


class Vectors(unittest.TestCase):
    def test_keccak(self):
        # of the empty text; and the selectors and topics that the chain encoding publishes
        for text, want in ((b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
                           (b"leaseExists(bytes32)", "39056e4e"), (b"getLease(bytes32)", "2d54ad30"),
                           (b"LeaseApproved(bytes32)", "dc60d58f"), (b"LeaseExecuted(bytes32)", "49f31d63"),
                           (b"LeaseCreated(bytes32,address,address,uint256)", "57acec70")):
            self.assertTrue(evm.keccak256(text).hex().startswith(want), text)

    def test_keccak_at_the_edges_of_a_block(self):
        # Ethereum's own: the hash of 1 MiB of nothing special would say no more than these lengths
        seen = {evm.keccak256(b"a" * n) for n in (135, 136, 137, 271, 272)}
        self.assertEqual(len(seen), 5)

    def test_rlp(self):
        # the examples of the Ethereum wiki
        for item, want in ((b"dog", "83646f67"), ([b"cat", b"dog"], "c88363617483646f67"), (b"", "80"), ([], "c0"),
                           (0, "80"), (15, "0f"), (1024, "820400"), ([[], [[]], [[], [[]]]], "c7c0c1c0c3c0c1c0"),
                           (b"Lorem ipsum dolor sit amet, consectetur adipisicing elit", "b838" + b"Lorem ipsum dolor sit amet, consectetur adipisicing elit".hex())):
            self.assertEqual(evm.rlp(item).hex(), want)

    def test_eip155(self):
        fields = [9, 20 * 10**9, 21000, bytes.fromhex("35" * 20), 10**18, b""]
        digest = evm.keccak256(evm.rlp(fields + [1, 0, 0]))
        self.assertEqual(digest.hex(), "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53")
        published = (0x28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276,
                     0x67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83)
        self.assertEqual(evm.address_of(evm.recover(digest, *published, 0)), SENDER)

    @unittest.skipIf(evm.ec is None, "cryptography is not installed")
    def test_wallet(self):
        wallet = evm.Wallet("0x" + KEY)
        self.assertEqual(wallet.address, SENDER)
        for _ in range(8):
            r, s, parity = wallet.sign(evm.keccak256(b"x"))
            self.assertLessEqual(s, evm.N // 2)
            self.assertEqual(evm.address_of(evm.recover(evm.keccak256(b"x"), r, s, parity)), SENDER)

    def test_text_after_the_words(self):
        data = evm.call_data("raiseDispute(bytes32,string)", b"\1" * 32, text="no data")
        self.assertEqual(data[4:36], b"\1" * 32)
        self.assertEqual(int.from_bytes(data[36:68], "big"), 64)
        self.assertEqual((int.from_bytes(data[68:100], "big"), data[100:132]), (7, b"no data".ljust(32, b"\0")))


@unittest.skipIf(evm.ec is None, "cryptography is not installed")
class Calls(unittest.TestCase):
    def setUp(self):
        key = tempfile.NamedTemporaryFile()
        key.write(b"11" * 32)
        key.flush()
        self.addCleanup(key.close)
        self.key = key.name

    def client(self, chain, node=None, **more):
        rpc = BadServer([chain])
        agent = BadServer([node or Json({})])
        for server in (rpc, agent):
            server.__enter__()
            self.addCleanup(server.__exit__)
        environ = {"RPC_URL": rpc.url, "CONTRACT_ADDRESS": CONTRACT, "SPENDER_PRIVATE_KEY": "0x" + KEY,
                   "PGT_TOKEN_ADDRESS": TOKEN, **more}
        patch = mock.patch.dict(os.environ, {k: v for k, v in environ.items() if v})
        patch.start()
        self.addCleanup(patch.stop)
        client = PandaceaClient(agent.url, self.key, timeout=5)
        self.addCleanup(client.close)
        self.agent = agent
        return client

    def test_create_lease(self):
        chain = ChainNode(receipts_after=1)
        client = self.client(chain)
        self.assertIsNotNone(client.w3)
        done = client.execute_lease_on_chain(EARNER, b"\7" * 32, 10**18, 10**15)
        to, value, data = chain.mined[done]
        self.assertEqual((to, value), (CONTRACT, 10**15))
        self.assertEqual(data, evm.keccak256(b"createLease(address,bytes32,uint256)")[:4] + bytes(12) + bytes.fromhex(EARNER[2:]) +
                         b"\7" * 32 + (10**18).to_bytes(32, "big"))

    def test_stake_approve_finalize(self):
        chain = ChainNode()
        client = self.client(chain)
        self.assertEqual(client.get_required_stake("0x" + LEASE), 5000)
        self.assertEqual(chain.mined[client.approve_pgt_tokens(CONTRACT, 5000)][0], TOKEN)
        self.assertEqual(chain.mined[client.finalize_lease(LEASE)][2][4:], bytes.fromhex(LEASE))

    def test_dispute_on_chain_and_at_the_node(self):
        chain = ChainNode()
        client = self.client(chain, Json({"disputeId": "dsp_a", "status": "pending"}, 201))
        self.assertEqual(client.raise_dispute(LEASE, "no data"), "dsp_a")
        self.assertEqual([to for to, _, _ in chain.mined.values()], [TOKEN, CONTRACT])
        self.assertEqual(self.agent.requests[0].target, "/api/v1/leases/%s/dispute" % LEASE)

    def test_dispute_of_a_local_lease_asks_no_chain(self):
        chain = ChainNode()
        client = self.client(chain, Json({"disputeId": "dsp_a", "status": "pending"}, 201))
        self.assertEqual(client.raise_dispute("lease_123", "no data"), "dsp_a")
        self.assertEqual(chain.mined, {})
        self.assertEqual(json.loads(self.agent.requests[0].body), {"reason": "no data"})

    def test_failed_and_late_transactions_name_their_hash(self):
        with self.assertRaisesRegex(PandaceaException, "transaction 0x[0-9a-f]{64} failed"):
            self.client(ChainNode(fails=True)).finalize_lease(LEASE)
        client = self.client(ChainNode(receipts_after=1000))
        client.contract._timeout = 0.5
        with self.assertRaisesRegex(PandaceaException, "0x[0-9a-f]{64} was sent and is not in a block yet"):
            client.finalize_lease(LEASE)

    def test_arguments_are_checked_before_anything_is_sent(self):
        client = self.client(ChainNode())
        for call in (lambda: client.execute_lease_on_chain("0x12", b"\7" * 32, 1, 1),
                     lambda: client.execute_lease_on_chain(EARNER, b"short", 1, 1),
                     lambda: client.execute_lease_on_chain(EARNER, b"\7" * 32, -1, 1),
                     lambda: client.execute_lease_on_chain(EARNER, b"\7" * 32, 1, 1 << 256),
                     lambda: client.finalize_lease("lease_123")):
            with self.assertRaisesRegex(PandaceaException, "expected"):
                call()

    def test_a_node_that_answers_nonsense(self):
        client = self.client(Json([1]))
        with self.assertRaisesRegex(PandaceaException, "no JSON-RPC"):
            client.finalize_lease(LEASE)
        client = self.client(Json({"error": {"message": "execution reverted"}}))
        with self.assertRaisesRegex(PandaceaException, "execution reverted"):
            client.finalize_lease(LEASE)

    def test_what_is_missing_is_named(self):
        with self.assertRaisesRegex(PandaceaException, "SPENDER_PRIVATE_KEY"):
            with mock.patch.dict(os.environ):
                client = self.client(ChainNode())
                del os.environ["SPENDER_PRIVATE_KEY"]
                client.finalize_lease(LEASE)

    def test_without_the_extra(self):
        with mock.patch.object(evm, "ec", None):
            client = self.client(ChainNode())
            self.assertEqual((client.w3, client.contract), (None, None))
            for call in (lambda: client.finalize_lease(LEASE), lambda: client.get_required_stake(LEASE),
                         lambda: client.approve_pgt_tokens(CONTRACT, 1),
                         lambda: client.execute_lease_on_chain(EARNER, b"\7" * 32, 1, 1)):
                with self.assertRaisesRegex(PandaceaException, r"\[chain\]"):
                    call()


if __name__ == "__main__":
    unittest.main()
