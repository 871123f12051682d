-- ops.wallets: wallets by tenant.  What is in them nobody sees here.
CREATE VIEW ops.wallets AS
SELECT w.tenant, w.wallet, w.method, w.records, w.unlocks, w.definitions, w.staged, w.created_at FROM core.ops_wallets() w;
COMMENT ON VIEW ops.wallets IS 'wallets by tenant';
COMMENT ON COLUMN ops.wallets.tenant IS 't: and the name of a tenant, or p: and a principal of its own';
COMMENT ON COLUMN ops.wallets.wallet IS 'its name';
COMMENT ON COLUMN ops.wallets.method IS 'how its key is made: argon2i_mod, argon2i_int, raw or managed';
COMMENT ON COLUMN ops.wallets.records IS 'records in it';
COMMENT ON COLUMN ops.wallets.unlocks IS 'handles that open it now';
COMMENT ON COLUMN ops.wallets.definitions IS 'credential definitions whose private part is in it';
COMMENT ON COLUMN ops.wallets.staged IS 'an import that fills it is not over: nobody can use it yet';
COMMENT ON COLUMN ops.wallets.created_at IS 'when it was made';
