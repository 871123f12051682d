"""Calls that act on a chain.  The names are part of the client since v1;
what is behind them comes with the [chain] extra."""
from .errors import PandaceaException


def _later(what):
    raise PandaceaException("%s needs the [chain] extra, which comes with a later release" % what)


class ChainCalls:
    """Mixed into the client."""

    def raise_dispute(self, lease_id, reason):
        """Dispute a lease at the node."""
        raise PandaceaException("raise_dispute comes with a later release")

    def execute_lease_on_chain(self, earner, data_product_id, max_price, payment_in_wei):
        _later("execute_lease_on_chain")

    def approve_pgt_tokens(self, spender_address, amount):
        _later("approve_pgt_tokens")

    def get_required_stake(self, lease_id):
        _later("get_required_stake")

    def finalize_lease(self, lease_id):
        _later("finalize_lease")
