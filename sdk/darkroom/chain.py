"""Calls that act on a chain, over JSON-RPC; and disputes, which go to the node first of all.

`w3` and `contract` are small objects of this module, not those of web3.py:
they know what the calls below need."""
import json
import os
import time

from . import evm
from .api import route
from .errors import APIResponseError, PandaceaException
from .transport import Budget, Session

ANSWER_MAX = 1 << 20
RECEIPT_POLL_S = 1.0


class Rpc:
    """An Ethereum node: call(method, *params) -> result."""

    def __init__(self, url, timeout):
        self.url, self._timeout = url, timeout
        self._session = Session(url)

    def call(self, method, *params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}).encode()
        path = self._session.address.prefix or "/"
        answer = self._session.send("POST", path, {
            "Host": self._session.address.authority, "Content-Type": "application/json",
            "Content-Length": str(len(body))}, body, Budget(self._timeout))
        data = answer.read(ANSWER_MAX)
        text = data.decode("utf-8", "replace")
        if answer.status != 200:
            raise APIResponseError("API returned error status %d: %s" % (answer.status, method), answer.status, text)
        try:
            told = json.loads(text)
            if told.get("error") is not None:
                raise PandaceaException("%s: %s" % (method, told["error"].get("message")))
            return told["result"]
        except (ValueError, KeyError, TypeError, AttributeError) as e:
            raise PandaceaException("%s: the answer is no JSON-RPC" % method) from e

    def number(self, method, *params):
        """The result as an int (0x hex on the wire)."""
        result = self.call(method, *params)
        try:
            return int(result, 16)
        except (TypeError, ValueError) as e:
            raise PandaceaException("%s: the result is no number" % method) from e

    def close(self):
        self._session.close()


class Contract:
    """A contract at an address: read() asks, send() signs and waits."""

    def __init__(self, w3, address, timeout):
        self.w3, self.address, self._timeout = w3, address, timeout
        self._to = evm.address(address, "contract address")

    def read(self, signature, *words):
        """The first word of the result, as an int."""
        data = "0x" + evm.call_data(signature, *words).hex()
        result = self.w3.call("eth_call", {"to": self.address, "data": data}, "latest")
        try:
            raw = bytes.fromhex(result[2:])
        except (TypeError, ValueError) as e:
            raise PandaceaException("%s: the result is not hex" % signature) from e
        if len(raw) < 32:
            raise PandaceaException("%s: the contract at %s does not answer it" % (signature, self.address))
        return int.from_bytes(raw[:32], "big")

    def send(self, wallet, signature, *words, text=None, value=0):
        """Send a transaction and wait until it is in a block; returns its
        hash.  PandaceaException names the hash when it failed or is late."""
        data = evm.call_data(signature, *words, text=text)
        call = {"from": wallet.address, "to": self.address, "value": hex(value), "data": "0x" + data.hex()}
        gas = self.w3.number("eth_estimateGas", call)
        raw = wallet.transaction(
            self.w3.number("eth_chainId"), self.w3.number("eth_getTransactionCount", wallet.address, "pending"),
            self.w3.number("eth_gasPrice"), gas + gas // 5, self._to, value, data)
        done = self.w3.call("eth_sendRawTransaction", "0x" + raw.hex())
        if done != "0x" + evm.keccak256(raw).hex():
            raise PandaceaException("%s: the node names another transaction than was sent" % signature)
        return self._mined(done)

    def _mined(self, done):
        end = time.monotonic() + self._timeout
        while True:
            receipt = self.w3.call("eth_getTransactionReceipt", done)
            if isinstance(receipt, dict):
                if receipt.get("status") != "0x1":
                    raise PandaceaException("transaction %s failed" % done)
                return done
            if time.monotonic() + RECEIPT_POLL_S > end:
                raise PandaceaException("transaction %s was sent and is not in a block yet" % done)
            time.sleep(RECEIPT_POLL_S)


class ChainCalls:
    """Mixed into the client."""

    def _chain_init(self, environ):
        """w3 and contract, or None where the extra or a setting is missing."""
        self.w3 = self.contract = None
        if evm.ec is None or not environ.get("RPC_URL"):
            return
        self.w3 = Rpc(environ["RPC_URL"].rstrip("/"), self.timeout)
        if environ.get("CONTRACT_ADDRESS"):
            self.contract = Contract(self.w3, environ["CONTRACT_ADDRESS"], self.timeout)

    def raise_dispute(self, lease_id, reason):
        """Dispute a lease; returns the dispute's id at the node, which admits
        no job under the lease until the dispute is closed.

        Where a contract and SPENDER_PRIVATE_KEY are set and the lease is one
        of the chain (64 hex digits), the stake is approved and the dispute
        raised there, too, before the node is told."""
        if self.contract is not None and os.environ.get("SPENDER_PRIVATE_KEY") and _on_chain(lease_id):
            self._dispute_on_chain(evm.word32(lease_id, "lease_id"), reason)
        answer = self._api.post(route("/api/v1/leases/{}/dispute", str(lease_id)), {"reason": reason})
        dispute = answer.get("disputeId")
        if not isinstance(dispute, str):
            raise PandaceaException("the answer has no disputeId")
        return dispute

    def _dispute_on_chain(self, lease, reason):
        stake = self._contract().read("getRequiredStake(bytes32)", lease)
        self.approve_pgt_tokens(self._contract().address, stake)
        return self._contract().send(self._wallet(), "raiseDispute(bytes32,string)", lease, text=reason)

    def execute_lease_on_chain(self, earner, data_product_id, max_price, payment_in_wei):
        """Create a lease in the contract, paying payment_in_wei; returns the
        transaction's hash once it is in a block."""
        words = (evm.address(earner, "earner"), evm.word32(data_product_id, "data_product_id"),
                 evm.uint(max_price, "max_price"))
        evm.uint(payment_in_wei, "payment_in_wei")
        return self._contract().send(self._wallet(), "createLease(address,bytes32,uint256)", *words, value=payment_in_wei)

    def approve_pgt_tokens(self, spender_address, amount):
        """Let spender_address (the lease contract) take so many units of the
        token PGT_TOKEN_ADDRESS from the wallet; returns the hash."""
        words = evm.address(spender_address, "spender_address"), evm.uint(amount, "amount")
        token = Contract(self._w3(), _environ("PGT_TOKEN_ADDRESS"), self.timeout)
        return token.send(self._wallet(), "approve(address,uint256)", *words)

    def get_required_stake(self, lease_id):
        """What a dispute of the lease costs, in units of the token."""
        return self._contract().read("getRequiredStake(bytes32)", evm.word32(lease_id, "lease_id"))

    def finalize_lease(self, lease_id):
        """Close a lease in the contract; returns the hash."""
        return self._contract().send(self._wallet(), "finalizeLease(bytes32)", evm.word32(lease_id, "lease_id"))

    def _w3(self):
        if evm.ec is None:
            raise PandaceaException("this call needs the [chain] extra: pip install 'darkroom[chain]'")
        if self.w3 is None:
            raise PandaceaException("no chain: set RPC_URL before the client is made")
        return self.w3

    def _contract(self):
        self._w3()
        if self.contract is None:
            raise PandaceaException("no contract: set CONTRACT_ADDRESS before the client is made")
        return self.contract

    def _wallet(self):
        self._w3()
        return evm.Wallet(_environ("SPENDER_PRIVATE_KEY"))


def _on_chain(lease_id):
    text = str(lease_id)
    text = text[2:] if text.startswith("0x") else text
    return len(text) == 64 and all(c in "0123456789abcdefABCDEF" for c in text)


def _environ(name):
    value = os.environ.get(name)
    if not value:
        raise PandaceaException("%s is not set" % name)
    return value
