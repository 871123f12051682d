#!/usr/bin/python3
"""A program that knows the Pandacea v1 agent API and nothing else.

usage: v1_client.py URL KEY.pem LEASE_ID ASSET_ID SPENDER PRODUCT_ID

Lists products, asks for a lease and reads the proposal, runs a script under LEASE_ID, polls for its result and
prints it as JSON.  Every request is signed as v1 has it: a POST signs its raw body, a GET signs "GET " and the path.
Exit 0: completed; 1: failed; 77: the agent refused the signature (401).
"""
import base64
import hashlib
import json
import sys
import time
import urllib.error
import urllib.request

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58(data):
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


class Agent:
    def __init__(self, url, key_path, spender):
        self.url, self.spender = url.rstrip("/"), spender
        with open(key_path, "rb") as f:
            self.key = serialization.load_pem_private_key(f.read(), None)
        public = self.key.public_key()
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            self.peer_id = base58(b"\x00\x24\x08\x01\x12\x20" + raw)
        else:
            der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            self.peer_id = base58(b"\x12\x20" + hashlib.sha256(der).digest())

    def sign(self, data):
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(data)
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def call(self, method, path, body=None, query="", **headers):
        data = None if body is None else json.dumps(body).encode()
        signature = self.sign(data if data is not None else ("GET " + path).encode())
        request = urllib.request.Request(self.url + path + query, data=data, method=method, headers={
            "Content-Type": "application/json", "X-Pandacea-Peer-ID": self.peer_id,
            "X-Pandacea-Signature": base64.b64encode(signature).decode(), **headers})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def products(self):
        return self.call("GET", "/api/v1/products")["data"]

    def request_lease(self, product_id):
        return self.call("POST", "/api/v1/leases", {"productId": product_id, "maxPrice": "1.0", "duration": "24h"})["leaseProposalId"]

    def lease(self, proposal):
        return self.call("GET", "/api/v1/leases/" + proposal)

    def execute(self, lease_id, code, inputs):
        return self.call("POST", "/api/v1/privacy/execute", {"lease_id": lease_id, "code": code, "inputs": inputs},
                         **{"X-Pandacea-Spender-Address": self.spender})["computation_id"]

    def wait(self, computation_id):
        for _ in range(240):
            result = self.call("GET", "/api/v1/privacy/results/" + computation_id)
            if result["status"] in ("completed", "failed"):
                return result
            time.sleep(0.25)    # pause: between two questions, as clients of version 1 do
        raise SystemExit("still " + result["status"])


def main(url, key_path, lease_id, asset_id, spender, product_id):
    agent = Agent(url, key_path, spender)
    try:
        told = {"products": [p["productId"] for p in agent.products()]}
        told["proposal"] = agent.lease(agent.request_lease(product_id))["status"]
        computation = agent.execute(lease_id, "print('rows', len(features))", [{"asset_id": asset_id, "variable_name": "features"}])
        told["result"] = agent.wait(computation)
    except urllib.error.HTTPError as e:
        print(e.code, e.read().decode(), file=sys.stderr)
        return 77 if e.code == 401 else 1
    print(json.dumps(told))
    return 0 if told["result"]["status"] == "completed" else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
