#!/usr/bin/python3
"""The node key changes: while it does everything opens, and what rests under the old key is sealed anew by a job that may be
killed at any moment; the old key goes when nothing needs it and not before.  Values are sealed and opened here too, by
the page of their form alone (lib/crypt/seal.h).  Needs the build with fault points (`make faults`).
DR_REWRAP_SUMS=5000: that many sums, nothing killed, and how long it took."""
import base64
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.environ.setdefault("DR_BUILD", os.path.abspath(os.path.join(TOP, "build", "faults")))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "tests", "chaos")]
import ctypes  # noqa: E402
from harness import BUILD, Tap  # noqa: E402
from credential import KEY, CredNode, seal, sodium  # noqa: E402
from points import Pointed  # noqa: E402

HEAVY = "size=2 reserved=1 cpu_weight=0 memory_mb=768 wall_s=900"     # no weight: what else runs on this machine is no part of the test
MEASURE = "DR_REWRAP_SUMS" in os.environ
WALLETS, REGISTRIES, SUMS, TASKS = 130, 30, int(os.environ.get("DR_REWRAP_SUMS", "450")), 3
LARGE = {7: 3099999 - 45, 207: 1 << 20, 407: 1 << 20}      # bytes of a sum; the first rests as what an answer just carries
W = "/api/v1/wallets"


# ---- the form, anew ---------------------------------------------------------

class Key:
    def __init__(self, folder, name="node"):
        with open(os.path.join(folder, name + ".key")) as f:
            self.secret = base64.b64decode(f.read())
        with open(os.path.join(folder, name + ".pub")) as f:
            self.public = base64.b64decode(f.read())
        self.id = hashlib.sha256(self.public).digest()[:4]
        self.name = self.id.hex()
        prk = hmac.new(bytes(32), self.secret, "sha256").digest()
        self.row = hmac.new(prk, b"darkroom row 1\x01", "sha256").digest()

    def ad(self, place):
        return b"\x01" + self.id + b"".join(p.encode() + b"\0" for p in place)

    def wrap(self, place, text):
        nonce, ad = os.urandom(24), self.ad(place)
        out = ctypes.create_string_buffer(len(text) + 16)
        sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(out, None, text, ctypes.c_ulonglong(len(text)), ad, ctypes.c_ulonglong(len(ad)),
                                                          None, nonce, self.row)
        return b"\x01" + self.id + nonce + out.raw

    def unwrap(self, place, sealed):
        """The text, None when it is sealed otherwise."""
        ad, body = self.ad(place), sealed[29:]
        out = ctypes.create_string_buffer(len(body))
        if sealed[:5] != b"\x01" + self.id or sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
                out, None, None, body, ctypes.c_ulonglong(len(body)), ad, ctypes.c_ulonglong(len(ad)), sealed[5:29], self.row) != 0:
            return None
        return out.raw[:len(body) - 16]

    def unbox(self, box):
        out = ctypes.create_string_buffer(len(box))
        ok = sodium.crypto_box_seal_open(out, box, ctypes.c_ulonglong(len(box)), self.public, self.secret) == 0
        return out.raw[:len(box) - 48] if ok else None


# ---- a node with something sealed in every column ----------------------------

class RewrapNode(Pointed, CredNode):
    def again(self, *parts):
        for part in parts:
            self.stop_part(part)
            self.start(part)
        if "fcgi" in parts:
            self.wait(self.http_up, 30, "HTTP up")
        self.wait(self.pool_ready, 30, "a worker")

    def tool(self, program, *argv, user=None):
        env = {"PATH": os.environ["PATH"], "HOME": self.dir, "LANG": "C.UTF-8"}
        if user is not None:
            env.update(DARKROOM_URL=self.url, DARKROOM_KEY_FILE=user.key_file)
        p = subprocess.run([os.path.join(BUILD, program), *argv], env=env, capture_output=True, text=True, timeout=120)
        return p.returncode, p.stdout, p.stderr


def blob(b):
    return "'\\x%s'" % b.hex()


class Rows:
    """Values that rest: (column, place or None for a box, text)."""

    def __init__(self, n, key):
        self.n, self.key, self.of = n, key, []
        sql = ["SET darkroom.tenant = '*'"]
        owner = "(SELECT max(id) FROM core.principal)"
        for i in range(WALLETS):
            sql.append("INSERT INTO core.wallet (tenant, name, owner, method, sealed_keys, managed_key) VALUES ('t:x', 'w%d', %s, 'managed', '\\x00', %s)"
                       % (i, owner, self.row("SELECT managed_key FROM core.wallet WHERE name = 'w%d'" % i, ("wallet", "w%d" % i, "t:x"))))
        sql.append("INSERT INTO core.cred_def (tenant, id, issuer, schema_id, tag, owner, bits, revocable, object, key_proof) "
                   "VALUES ('t:x', 'd', 'i', 's', 't', %s, 2048, true, '{}', '{}')" % owner)
        for i in range(REGISTRIES):
            sql.append("INSERT INTO core.rev_reg (tenant, id, definition, n, tag, max_cred_num, issuance, state, accumulator, bitmap, object, tails, sealed_gamma) "
                       "SELECT 't:x', 'r%d', max(serial), %d, 't', 10, 'by_default', 'full', 'a', '\\x00', '{}', '\\x00', %s FROM core.cred_def"
                       % (i, i + 1, self.row("SELECT sealed_gamma FROM core.rev_reg WHERE id = 'r%d'" % i, ("rev_reg", "r%d" % i, "t:x"))))
        sql.append("INSERT INTO core.prime (id, bits, sealed, expires_at) VALUES ('p', 1024, %s, 'infinity')"
                   % self.row("SELECT sealed FROM core.prime WHERE id = 'p'", ("prime", "p", "")))
        sql.append("INSERT INTO core.agg_hpke_key (config_id, config, sealed, active_at) VALUES (7, '\\x00', %s, now())"
                   % self.row("SELECT sealed FROM core.agg_hpke_key WHERE config_id = 7", ("agg_hpke_key", "7", "")))
        for i in range(1, TASKS + 1):
            sql.append("INSERT INTO core.agg_task (task_no, task_id, profile, role, mode, spec, sealed, digest, precision_s, min_batch_size, skew_s, retain_s, owner) "
                       "OVERRIDING SYSTEM VALUE VALUES (%d, %s, '09', 'leader', 1, '{}', %s, '\\x00', 1, 1, 0, 1, 1)" % (i, blob(bytes([i]) * 32), self.box(i)))
        for i in range(SUMS):
            bucket = hashlib.sha256(b"%d" % (i // 3)).digest()
            sql.append("INSERT INTO core.agg_part (task_no, bucket, job_no, sealed, count, checksum, t_min, t_max) VALUES (%d, %s, %d, %s, 1, 0::bit(256), 0, 0)" % (
                i % 3 + 1, blob(bucket), i, self.row("SELECT sealed FROM core.agg_part WHERE job_no = %d" % i,
                                                     ("agg_part", "%d/%d/%s" % (i % 3 + 1, i, base64.b64encode(bucket).decode()), ""),
                                                     LARGE.get(i, 1000))))
        uid, digest = "00000000-0000-4000-8000-00000000000%d", hashlib.sha256(b"d").digest()
        for i in range(2):
            name = base64.urlsafe_b64encode(bytes.fromhex((uid % i).replace("-", ""))).decode().rstrip("=")
            sql.append("INSERT INTO core.agg_collection (task_no, collection_id, digest, request, noise) VALUES (1, '%s', '\\x00', '\\x00', %s)" % (
                uid % i, self.row("SELECT noise FROM core.agg_collection WHERE collection_id = '%s'" % (uid % i), ("agg_noise", name, ""))))
        sql.append("INSERT INTO core.agg_served (task_no, share_id, digest, request, count, checksum, noise) VALUES (1, '%s', %s, '\\x00', 1, 0::bit(256), %s)" % (
            uid % 5, blob(digest), self.row("SELECT noise FROM core.agg_served", ("agg_noise", digest.hex(), ""))))
        n.psql(";\n".join(sql))

    def row(self, query, place, size=40):
        text = os.urandom(size)
        self.of.append((query, place, text))
        return blob(self.key.wrap(place, text))

    def box(self, i):
        text = os.urandom(60)
        self.of.append(("SELECT sealed FROM core.agg_task WHERE task_no = %d" % i, None, text))
        return blob(seal(self.key.public, text))

    def under(self, key):
        """How many of them are what they were, under this key."""
        said = self.n.psql("SET darkroom.tenant = '*';" + ";".join("SELECT encode((%s), 'hex')" % q for q, _, _ in self.of)).split("\n")
        sealed = [bytes.fromhex(s) for s in said]
        return sum((key.unbox(s) if place is None else key.unwrap(place, s)) == text for s, (_, place, text) in zip(sealed, self.of, strict=True))


def print_of(n):
    """What all sealed columns hold."""
    return n.psql("SET darkroom.tenant = '*';" + ";".join("SELECT md5(string_agg(md5(%s), '' ORDER BY %s)) FROM core.%s" % (col, col, rel) for rel, col in (
        ("wallet", "managed_key"), ("rev_reg", "sealed_gamma"), ("prime", "sealed"), ("agg_task", "sealed"), ("agg_hpke_key", "sealed"),
        ("agg_part", "sealed"), ("agg_collection", "noise"), ("agg_served", "noise"))))


# ---- the story --------------------------------------------------------------

class Story:
    def __init__(self, t, n):
        self.t, self.n = t, n
        self.op, self.ann = n.client("operator"), n.principal("ann", ["consumer"])
        self.folder = n.path("keys")
        self.old = Key(self.folder)

    def run(self):
        for step in (self.before, self.change, self.dry, self.measure if MEASURE else self.kills, self.all_new, self.held, self.unlocks, self.lost):
            with self.t.case(step.__name__):
                step()

    def rewrap(self, *argv):
        code, out, err = self.n.tool("darkroom", "keys", "rewrap", "--json", *argv, user=self.op)
        if not out:
            raise AssertionError("keys rewrap: %d %s" % (code, err))
        told = json.loads(out)
        return code, told, {r["name"]: r for r in told["tables"]}

    def did(self, wallet, unlock=None):
        """Does an operation of this wallet work?"""
        more = {"X-Darkroom-Unlock": unlock} if unlock else {}
        return self.ann.call("POST", "%s/%s/dids" % (W, wallet), {}, headers={"Prefer": "wait=30", **more})[0]

    def before(self):
        for body in ({"id": "m", "method": "managed"}, {"id": "r", "method": "raw", "key": KEY}):
            self.ann.must("POST", W, body, headers={"Prefer": "wait=30"})
        self.handle = self.ann.must("POST", W + "/r/unlock", {"key": KEY}, headers={"Prefer": "wait=30"})["unlock"]
        self.rows = Rows(self.n, self.old)
        code, told, of = self.rewrap("--dry-run")
        self.t.is_((code, told["key"], told["left"], told["lost"]), (0, self.old.name, 0, 0), "one key: nothing needs another")
        self.t.is_([of[k]["rows"] for k in ("wallet", "registry", "prime", "task", "hpke key", "sum", "noise, leader", "noise, helper", "unlock")],
                   [WALLETS + 1, REGISTRIES, 1, TASKS, 1, SUMS, 2, 1, 1], "what rests is counted, column by column")
        status, _, body = self.ann.call("POST", "/api/v1/credentials/keys/rewrap", {})
        self.t.is_((status, body["error"]["code"]), (403, "FORBIDDEN"), "for operators")

    def change(self):
        code, out, _ = self.n.tool("darkroom", "keys", "next", self.folder)
        self.t.ok(code == 0 and Key(self.folder, "node-other").name in out, "the next key is made beside the one in force")
        self.new = Key(self.folder, "node-other")
        self.n.again("workerd")
        self.t.is_(self.did("m"), 201, "a worker that knows both seals under the one in force")
        self.t.is_(self.n.tool("darkroom-keys", "use", self.folder, "00000000")[0], 100, "a key that is not here cannot be used")
        for _ in range(2):
            self.t.is_(self.n.tool("darkroom-keys", "use", self.folder, self.new.name)[0], 0, "it is in force, said once or again")
        self.t.is_((Key(self.folder).name, Key(self.folder, "node-other").name), (self.new.name, self.old.name), "the files have changed places")
        self.half_done()
        self.n.again("workerd", "fcgi")
        self.t.is_((self.did("m"), self.did("r", self.handle)), (201, 201), "what rests under the old key opens: a managed wallet, an unlock")

    def half_done(self):
        """A call that died between the two halves is made again."""
        public = os.path.join(self.folder, "node.pub")
        with open(public, "w") as f:
            f.write(base64.b64encode(self.old.public).decode() + "\n")
        self.t.is_(self.n.tool("darkroom-keys", "use", self.folder, self.new.name)[0], 0, "a change that died half way is ended")
        self.t.is_(Key(self.folder).public, self.new.public, "the public half is that of the secret one")

    def dry(self):
        was = print_of(self.n)
        code, told, of = self.rewrap("--dry-run")
        self.t.is_((code, told["key"], told["lost"]), (75, self.new.name, 0), "a dry run says that there is work")
        self.t.is_({k: (r["rows"], r["old"], r["rewrapped"]) for k, r in of.items() if r["old"] > 0},
                   {"wallet": (WALLETS + 1, WALLETS + 1, 0), "registry": (REGISTRIES, REGISTRIES, 0), "prime": (1, 1, 0), "task": (TASKS, TASKS, 0), "hpke key": (1, 1, 0),
                    "sum": (SUMS, SUMS, 0), "noise, leader": (2, 2, 0), "noise, helper": (1, 1, 0), "unlock": (1, 1, 0)}, "how much, column by column")
        self.t.is_(print_of(self.n), was, "and changes nothing")
        code, _, err = self.n.tool("darkroom", "keys", "drop", self.folder, user=self.op)
        self.t.ok(code != 0 and "need it" in err and os.path.exists(os.path.join(self.folder, "node-other.key")), "the old key is not dropped (%s)" % err.strip())

    def kills(self):
        """Of the job's process, of the worker; others go on meanwhile."""
        self.n.points.arm("cred.resealed", 2)
        job = self.op.must("POST", "/api/v1/credentials/keys/rewrap", {})["job_id"]
        self.n.wait(lambda: not self.n.points.armed("cred.resealed"), 30, "the job's process died")
        self.n.points.arm("cred.resealed", 2, "stop")
        self.n.wait(lambda: not self.n.points.armed("cred.resealed"), 30, "it runs again, and was stopped")
        some = self.rows.under(self.new)
        self.t.ok(0 < some < len(self.rows.of), "half way %d of %d values rest under the new key" % (some, len(self.rows.of)))
        self.t.is_(self.rows.under(self.old), len(self.rows.of) - some, "the others under the old one")
        self.t.is_((self.did("m"), self.did("r", self.handle)), (201, 201), "operations go on")
        os.kill(self.n.procs["workerd"].pid, signal.SIGKILL)
        self.n.kill("workerd")
        self.n.start("workerd")
        body = self.n.wait(lambda: self.over(job), 60, "the job's end")
        self.t.is_((body["state"], body["result"]["lost"]), ("completed", 0), "killed with its worker, too, it ends")

    def measure(self):
        def cpu():
            with open("/proc/%d/stat" % self.n.procs["workerd"].pid) as f:
                return sum(map(int, f.read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")
        began, used = time.monotonic(), cpu()
        _, told, _ = self.rewrap()
        print("# %d values of about 1 KB sealed anew in %.1f s, %.2f s of processor of workerd" % (
            sum(r["rewrapped"] for r in told["tables"]), time.monotonic() - began, cpu() - used), flush=True)

    def over(self, job):
        body = self.op.must("GET", "/api/v1/credentials/jobs/" + job)
        return body if body["state"] in ("completed", "failed", "cancelled") else None

    def all_new(self):
        self.t.is_(self.rows.under(self.new), len(self.rows.of), "every value rests under the new key, and is what it was")
        self.t.is_(self.did("m"), 201, "a managed wallet opens")
        code, told, of = self.rewrap()
        self.t.is_((code, told["left"], of["unlock"]["left"]), (75, 1, 1), "what is left is an unlock, which only its handle opens")

    def held(self):
        """Nothing is waited for: a row that somebody holds is left, and done by the next call."""
        self.n.psql("SET darkroom.tenant = '*'; UPDATE core.wallet SET managed_key = %s WHERE name = 'w1'" % blob(self.old.wrap(("wallet", "w1", "t:x"), b"x")))
        other = self.n.psql_session()
        other.send("BEGIN; SELECT FROM core.wallet WHERE name = 'w1' FOR UPDATE;")
        self.n.wait(lambda: self.n.psql("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND query ~ 'FOR UPDATE'") == "1", 10, "the row held")
        _, _, of = self.rewrap()
        self.t.is_((of["wallet"]["old"], of["wallet"]["left"]), (1, 1), "a row that is held stays, and nobody waits for it")
        other.close()
        _, _, of = self.rewrap()
        self.t.is_((of["wallet"]["rewrapped"], of["wallet"]["left"]), (1, 0), "the next call takes it")

    def unlocks(self):
        self.n.psql("SELECT api.lane_pause('cred-light')")
        box = base64.b64encode(seal(self.old.public, json.dumps({"verkey": "x", "message": "eA=="}).encode())).decode()
        job = self.submit(box)
        code, told, of = self.rewrap()
        self.t.is_((of["open job"]["left"], of["open job"]["rewrapped"]), (1, 0), "an open job whose secrets were sealed to the old key is waited for")
        self.n.psql("UPDATE core.job SET spec = spec || jsonb_build_object('kept', spec -> 'sealed', 'sealed', repeat('A', 16 << 20)) WHERE id = '%s'" % job)
        code, told, of = self.rewrap("--dry-run")
        self.t.is_((code, of["open job"]["left"], told["lost"]), (75, 1, 0), "so is one with more than an answer carries")
        self.n.psql("UPDATE core.job SET spec = spec - 'kept' || jsonb_build_object('sealed', spec -> 'kept') WHERE id = '%s'" % job)
        self.n.psql("SELECT core.job_final('%s', 'dead', 'QUARANTINED')" % job)
        code, told, of = self.rewrap()
        self.t.is_((code, of["open job"]["left"]), (75, 1), "and so is a dead one, which may be tried again")
        self.n.psql("SELECT api.job_retry('%s')" % job)
        self.n.psql("SELECT api.lane_resume('cred-light')")
        self.n.psql("SELECT api.job_ring((SELECT id FROM core.lane WHERE name = 'cred-light'))")
        self.n.wait(lambda: self.n.psql("SELECT finished_at IS NOT NULL FROM core.cred_job WHERE job_id = '%s'" % job) == "t", 30, "its end")
        self.ann.must("POST", W + "/r/lock", {}, headers={"Prefer": "wait=30", "X-Darkroom-Unlock": self.handle})
        code, told, _ = self.rewrap()
        self.t.is_((code, told["left"]), (0, 0), "with the last unlock gone nothing needs the old key")

    def submit(self, box):
        return self.n.psql("SELECT a.body ->> 'job_id' FROM api.cred_submit(jsonb_build_object('mode', 'key', 'peer', '%s', 'ts', ceil(extract(epoch FROM clock_timestamp())), "
                           "'nonce', gen_random_uuid(), 'write', true, 'scope', 'cred:use'), jsonb_build_object('request_id', 'r', 'job_id', core.uuid7(), 'kind', 'crypto.sign', "
                           "'args', '{\"wallet\": \"m\"}'::jsonb, 'sealed', '%s')) a" % (self.ann.peer_id, box))

    def lost(self):
        gone = Key(self.folder)
        gone.id = b"gone"
        self.n.psql("SET darkroom.tenant = '*'; UPDATE core.prime SET sealed = %s WHERE id = 'p'" % blob(gone.wrap(("prime", "p", ""), b"x")))
        code, told, of = self.rewrap()
        self.t.is_((code, told["left"], of["prime"]["lost"]), (75, 0, 1), "what no key opens is told")
        drop = ("darkroom", "keys", "drop", self.folder)
        self.t.ok(self.n.tool(*drop, user=self.op)[0] != 0, "and keeps the old key")
        self.n.psql("DELETE FROM core.prime WHERE id = 'p'")
        self.half_dropped(drop)
        self.t.is_(self.n.tool(*drop, user=self.op)[0], 0, "the old key is dropped")
        self.t.is_(sorted(f for f in os.listdir(self.folder) if f.startswith("node")), ["node.key", "node.pub"], "its files are gone")
        self.n.again("workerd")
        self.t.is_(self.did("m"), 201, "the node works without it")

    def half_dropped(self, drop):
        """A removal that ends half way, here as the secret half cannot go, has not touched that one."""
        secret, aside = os.path.join(self.folder, "node-other.key"), os.path.join(self.folder, "aside")
        os.rename(secret, aside)
        os.mkdir(secret)
        self.t.is_((self.n.tool(*drop, user=self.op)[0], os.path.exists(os.path.join(self.folder, "node-other.pub"))), (111, False), "the public half goes first")
        os.rmdir(secret)
        os.rename(aside, secret)


def main():
    t = Tap()
    with RewrapNode("cred-rewrap", conf={"cred_heavy": HEAVY}, parts=("pg", "workerd", "fcgi", "nginx")) as n:
        Story(t, n).run()
    t.done()


main()
