"""World: who takes part in a storm, the data, the leases, and witnesses inside the database.

The witnesses are triggers of the test's own: which token a job was leased under, and which one
the transaction took away that wrote its end.
"""
from plan import CONSUMERS, FEW_RUNS

SETTINGS = {"rate_submit": 10**6, "rate_submit_burst": 10**6, "rate_read": 10**6, "rate_read_burst": 10**6,
            "open_jobs_max": 10**7, "queue_max": 10**7}
SCHEMA = """
BEGIN;
LOCK TABLE core.job, core.lease, core.done IN SHARE ROW EXCLUSIVE MODE;
CREATE SCHEMA chaos;
GRANT USAGE ON SCHEMA chaos TO public;
CREATE TABLE chaos.batch (seed bigint, n int, PRIMARY KEY (seed, n));
CREATE TABLE chaos.noop (id uuid PRIMARY KEY);
CREATE TABLE chaos.said (comp text PRIMARY KEY, key text NOT NULL);
CREATE TABLE chaos.before AS SELECT id FROM core.job;
CREATE TABLE chaos.leased (id uuid, token uuid, worker int, attempt int, x xid8 DEFAULT pg_current_xact_id());
CREATE TABLE chaos.unleased (id uuid, token uuid, x xid8 DEFAULT pg_current_xact_id());
CREATE TABLE chaos.ended (id uuid, kind int, state text, worker int, attempt int, x xid8 DEFAULT pg_current_xact_id());
CREATE FUNCTION chaos.see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF TG_TABLE_NAME <> 'lease' THEN
    INSERT INTO chaos.ended (id, kind, state, worker, attempt) VALUES (NEW.id, NEW.kind, NEW.state, NEW.worker, NEW.attempt);
  ELSIF TG_OP = 'INSERT' THEN
    INSERT INTO chaos.leased (id, token, worker, attempt) VALUES (NEW.id, NEW.token, NEW.worker, NEW.attempt);
  ELSE
    INSERT INTO chaos.unleased (id, token) VALUES (OLD.id, OLD.token);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER see AFTER INSERT OR DELETE ON core.lease FOR EACH ROW EXECUTE FUNCTION chaos.see();
CREATE TRIGGER see AFTER INSERT ON core.done FOR EACH ROW EXECUTE FUNCTION chaos.see();
COMMIT;
"""


class World:
    def __init__(self, node):
        self.node = node
        for name, value in SETTINGS.items():
            node.psql("UPDATE core.setting SET value = '%d' WHERE name = '%s'" % (value, name))
        node.psql(SCHEMA)
        node.psql("DELETE FROM core.agg_hpke_key")   # a new one is due, so a job of the node's own runs amid it
        self.owner = node.principal("owner", ["owner"])
        self.consumers = [node.principal("consumer%d" % i, ["consumer"]) for i in range(CONSUMERS)]
        for asset in ("data_456", "data_held"):
            self.owner.asset(asset, b"a,b\n1,2\n3,4\n")
        self.owner.must("PATCH", "/api/v1/assets/data_held", {"release_mode": "hold"})
        many = {"max_runs": 10**6, "max_priority": 10}
        self.leases = {("wide", i): self.owner.grant(c, ["data_456"], **many) for i, c in enumerate(self.consumers)}
        self.leases |= {("held", i): self.owner.grant(c, ["data_held"], **many) for i, c in enumerate(self.consumers)}

    def prepare(self, plan):
        """The leases of a plan's groups."""
        for group in plan.groups():
            runs = FEW_RUNS if group.startswith("few") else 10**6
            self.leases[group] = self.owner.grant(self.consumers[0], ["data_456"], max_runs=runs)

    def lease(self, script):
        return self.leases.get((script.group, script.consumer)) or self.leases[script.group]

    def asset(self, script):
        return {"held": "data_held", "wide": "data_456", "few": "data_456", "revoked": "data_456"}.get(script.kin, script.group)
