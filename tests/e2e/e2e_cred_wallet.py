#!/usr/bin/python3
"""Wallets, records, DIDs, keys and messages through a real worker: what comes back, what is refused."""
import base64
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import Tap  # noqa: E402
from credential import KEY, CredNode  # noqa: E402


def b64(data):
    return base64.b64encode(data).decode()


def wallets(t, n, ann):
    t.is_(ann.run("wallet.create", {"id": "w", "method": "raw"}, {"key": KEY}).body, {"wallet": "w"}, "a wallet with a raw key")
    t.is_(ann.run("wallet.unlock", {"wallet": "w"}, {"key": "1" * 32}).error["code"], "WALLET_ACCESS_FAILED", "another key does not open it")
    ann.unlock("w", KEY)
    t.like(ann.handles["w"], "^dru_", "its own key gives a handle")
    a = ann.run("did.create_my", {"wallet": "w"}, {"seed": "000000000000000000000000Trustee1"})
    t.is_(a.body, {"did": "V4SGRU86Z58d6TV7PBUe6f", "verkey": "GJ1SzoWzavQYfNL9XkaJdrQejfztN4XqdsiV4ct3LXKL"}, "the DID of a seed is Indy's")


def main():
    t = Tap()
    with CredNode("cred-wallet") as n:
        ann = n.caller("ann")
        with t.case("wallets"):
            wallets(t, n, ann)
    t.done()


main()
