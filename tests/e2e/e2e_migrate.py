#!/usr/bin/python3
"""darkroom-migrate against a real server: forward only, one at a time, all or nothing,
beside sessions that hold locks, killed in the middle."""
import os
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from harness import BUILD, TOP, Node, Tap  # noqa: E402

TOOL = os.path.join(BUILD, "darkroom-migrate")


class Place:
    """An empty database and a copy of the tree's SQL to change."""

    def __init__(self, node, name, role="postgres"):
        self.node, self.name, self.role = node, name, role
        self.sql = node.path("sql-" + name)
        shutil.copytree(os.path.join(TOP, "sql"), self.sql)
        node.psql("CREATE DATABASE %s OWNER %s" % (name, role), db="postgres")

    def argv(self, *args):
        return [TOOL, "--database=host=%s user=%s dbname=%s" % (self.node.pg_socket, self.role, self.name),
                "--sql-dir=" + self.sql, *args]

    def run(self, *args):
        p = subprocess.run(self.argv(*args), capture_output=True, text=True)
        return p.returncode, p.stdout, p.stderr

    def popen(self, *args):
        return subprocess.Popen(self.argv(*args), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def write(self, file, text):
        with open(os.path.join(self.sql, file), "w") as f:
            f.write(text)

    def psql(self, sql):
        return self.node.psql(sql, db=self.name)

    def busy(self, pattern):
        """Is a session of this database running what matches?"""
        return self.psql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                         "AND pid <> pg_backend_pid() AND query LIKE '%s'" % pattern) != "0"


def fresh(t, n):
    p = Place(n, "fresh")
    schema = sorted(os.listdir(os.path.join(p.sql, "schema")))
    rc, out, _ = p.run("status")
    t.ok(rc == 75 and out.count("pending") == len(schema) + 1, "status of an empty database: all pending")
    rc, out, err = p.run()
    t.is_((rc, err), (0, ""), "up succeeds")
    t.is_(out.count("applied schema/"), len(schema), "each file once")
    t.is_(p.run(), (0, "up to date\n", ""), "again: nothing to do")
    rc, out, _ = p.run("status")
    t.ok(rc == 0 and "pending" not in out, "status: nothing is pending")
    t.is_(p.psql("SELECT count(*) FROM core.migration"), str(len(schema) + 1), "the ledger has a row for each")
    t.is_(p.psql("SELECT count(*) FROM pg_class WHERE relnamespace = 'core'::regnamespace "
                 "AND pg_get_userbyid(relowner) <> 'darkroom_owner'"), "0", "all belongs to darkroom_owner")
    return p


def functions(t, p):
    before = p.psql("SELECT applied_at FROM core.migration WHERE name LIKE 'schema/%' ORDER BY 1")
    p.write("ops/zz_probe.sql", "CREATE VIEW ops.zz_probe AS SELECT 1 AS one;\n")
    rc, out, _ = p.run()
    t.ok(rc == 0 and out.startswith("applied functions"), "a new view: only the replaceable files")
    t.is_(p.psql("SELECT one FROM ops.zz_probe"), "1", "which is there")
    os.unlink(os.path.join(p.sql, "ops/zz_probe.sql"))
    p.run()
    t.is_(p.psql("SELECT to_regclass('ops.zz_probe') IS NULL"), "t", "and gone when its file is")
    t.is_(p.psql("SELECT applied_at FROM core.migration WHERE name LIKE 'schema/%' ORDER BY 1"), before,
          "no schema file was applied again")


def refusals(t, p):
    first = sorted(os.listdir(os.path.join(p.sql, "schema")))[0]
    with open(os.path.join(p.sql, "schema", first)) as f:
        text = f.read()
    p.write("schema/" + first, text + "-- changed\n")
    rc, _, err = p.run()
    t.ok(rc == 100 and first in err and "changed" in err, "an applied file that changed is refused")
    p.write("schema/" + first, text)
    p.write("schema/0000_early.sql", "SELECT 1;\n")
    rc, _, err = p.run()
    t.ok(rc == 100 and "0000_early" in err, "a new file before an applied one is refused")
    os.unlink(os.path.join(p.sql, "schema/0000_early.sql"))
    p.write("schema/9000_a.sql", "SELECT 1;\n")
    p.write("schema/9000_b.sql", "SELECT 1;\n")
    t.is_(p.run()[0], 100, "two files of one number are refused")
    os.unlink(os.path.join(p.sql, "schema/9000_a.sql"))
    os.unlink(os.path.join(p.sql, "schema/9000_b.sql"))
    p.write("schema/nine.sql", "SELECT 1;\n")
    t.is_(p.run()[0], 100, "a file without a number is refused")
    os.unlink(os.path.join(p.sql, "schema/nine.sql"))
    moved = os.path.join(p.node.dir, first)
    shutil.move(os.path.join(p.sql, "schema", first), moved)
    rc, _, err = p.run()
    t.ok(rc == 100 and "older" in err, "a tree older than the database is refused")
    shutil.move(moved, os.path.join(p.sql, "schema", first))
    p.write("schema/9000_commit.sql", "SELECT 1; COMMIT;\n")
    rc, _, err = p.run()
    t.ok(rc == 100 and "must not end the transaction" in err, "a file that commits is refused")
    os.unlink(os.path.join(p.sql, "schema/9000_commit.sql"))
    t.is_(p.run("sideways")[0], 100, "an unknown command")
    t.is_(p.run("--sql-dir=/nonexistent")[0], 100, "a folder that is not there")
    t.is_(p.run("--database=host=/nonexistent")[0], 75, "a server that is not there: try again")
    t.is_(p.run(), (0, "up to date\n", ""), "and all of it changed nothing")


def failing_step(t, p):
    p.write("schema/9001_good.sql", "CREATE TABLE core.zz_good (i int);\n")
    p.write("schema/9002_bad.sql", "CREATE TABLE core.zz_bad (i int);\n\nSELECT nope;\n")
    rc, out, err = p.run()
    t.is_(rc, 111, "a statement that fails")
    t.like(err, r"schema/9002_bad.sql: line 3: .*nope", "is named with file and line")
    t.is_(p.psql("SELECT to_regclass('core.zz_good') IS NOT NULL, to_regclass('core.zz_bad') IS NULL"), "t|t",
          "the step before is kept, its own is gone")
    p.write("schema/9002_bad.sql", "CREATE TABLE core.zz_bad (i int);\n")
    t.is_(p.run()[0], 0, "mended, the rest follows")


def killed(t, p):
    p.write("schema/9003_slow.sql", "CREATE TABLE core.zz_slow (i int);\nSELECT pg_sleep(600) /* zz_slow */;\n")
    m = p.popen()
    p.node.wait(lambda: p.busy("%zz_slow%"), 20, "the slow step runs")
    m.send_signal(signal.SIGKILL)
    m.communicate()
    p.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%zz_slow%' AND pid <> pg_backend_pid()")
    p.node.wait(lambda: not p.busy("%zz_slow%"), 20, "its session ended")
    t.is_(p.psql("SELECT to_regclass('core.zz_slow') IS NULL"), "t", "killed in a step: nothing of it is there")
    p.write("schema/9003_slow.sql", "CREATE TABLE core.zz_slow (i int);\n")
    t.is_(p.run()[0], 0, "the next run applies it")


def beside_daemons(t, p):
    """A session that holds a lock, as a daemon's call does."""
    p.write("schema/9004_alter.sql", "ALTER TABLE core.zz_slow ADD COLUMN j int;\n")
    hold = subprocess.Popen(["/usr/lib/postgresql/15/bin/psql", "-Xq", "-h", p.node.pg_socket, "-U", "postgres", "-d", p.name],
                            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    hold.stdin.write("BEGIN; SELECT count(*) FROM core.zz_slow; SELECT 'zz_holding';\n")
    hold.stdin.flush()
    p.node.wait(lambda: p.busy("%zz_holding%"), 20, "a lock is held")
    rc, _, err = p.run("--lock-wait-ms=100")
    t.is_(rc, 75, "a lock that stays: try again")
    m = p.popen("--lock-wait-ms=60s")
    p.node.wait(lambda: p.busy("ALTER TABLE core.zz_slow%"), 20, "a migration waits for it")
    hold.stdin.close()
    hold.wait(20)
    m.communicate(timeout=60)
    t.is_(m.returncode, 0, "a lock that goes: done without another start")
    t.is_(p.psql("SELECT count(*) FROM pg_attribute WHERE attrelid = 'core.zz_slow'::regclass AND attname = 'j'"), "1",
          "and the column is there")


def racing(t, n):
    p = Place(n, "racing")
    runs = [p.popen() for _ in range(3)]
    outs = [(m.communicate(timeout=120), m.returncode) for m in runs]
    t.is_([rc for _, rc in outs], [0, 0, 0], "three at once: all succeed")
    t.is_(sum(out.count("applied schema/0001") for (out, _), _ in outs), 1, "and one of them did the work")


def plain_role(t, n):
    n.psql("CREATE ROLE steward LOGIN CREATEROLE")
    p = Place(n, "stewarded", "steward")
    rc, _, err = p.run()
    t.is_((rc, err), (0, ""), "a CREATEROLE owner of the database may migrate")
    t.is_(p.run()[0], 0, "twice")


def foreign(t, n):
    p = Place(n, "other")
    p.psql("CREATE SCHEMA core")
    rc, _, err = p.run()
    t.ok(rc == 100 and "did not make" in err, "somebody else's schema core is left alone")


t = Tap()
with Node("migrate", parts=("pg",)) as n:
    p = fresh(t, n)
    functions(t, p)
    refusals(t, p)
    failing_step(t, p)
    killed(t, p)
    beside_daemons(t, p)
    racing(t, n)
    plain_role(t, n)
    foreign(t, n)
t.done()
