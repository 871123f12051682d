#!/usr/bin/python3
"""prio1's stores against OpenStack Swift's S3 interface and boto3: our signer, names and lists; two keys; a run.

Packages: swift-proxy swift-account swift-container swift-object python3-boto3 (make check-s3 installs them).
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, HERE)
from harness import BUILD, Tap  # noqa: E402
from prio import Pair, read, write  # noqa: E402
from swift import Swift  # noqa: E402
import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402

ANSWERS = [[1, 0, 1]] * 20 + [[1, 1, 0]] * 10
SUMS = [30, 10, 20]
DATE = "2024-05-31"


def client(s, user):
    key, secret = s.users[user]
    return boto3.client("s3", endpoint_url=s.url, aws_access_key_id=key, aws_secret_access_key=secret, region_name=s.region,
                        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"max_attempts": 1}))


def status(fn, **args):
    try:
        return fn(**args)["ResponseMetadata"]["HTTPStatusCode"]
    except ClientError as e:
        return e.response["ResponseMetadata"]["HTTPStatusCode"]


def test_suite(t, s, folder):
    """The suite that a folder passes, over a bucket; it ends with a wrong secret."""
    client(s, "admin").create_bucket(Bucket="suite")
    key = write(os.path.join(folder, "credentials"), b"access_key_id = %s\nsecret_access_key = %s\n" % tuple(
        x.encode() for x in s.users["admin"]), 0o600)
    p = subprocess.run([os.path.join(BUILD, "tests", "t_prio_store")], env={**os.environ, "DR_PRIO_S3": "%s suite %s %s" % (
        s.url, s.region, key)}, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600)
    for line in p.stdout.splitlines():
        if not line.startswith(("ok", "1..")):
            t.diag(line)
    t.is_(p.returncode, 0, "the store suite: %s" % p.stdout.splitlines()[-1])
    t.like(p.stdout, r"PUT answered 403 SignatureDoesNotMatch", "a wrong secret is refused with 403")
    body = client(s, "admin").get_object(Bucket="suite", Key="raw/batch_id=x y+&%/part-0")["Body"].read()
    t.is_(body, b"0123456789", "boto3 reads what we wrote, under its name")


def test_run(t, s, folder):
    """Two servers in a dated tree of six buckets; boto3 fills what they read and reads what they wrote."""
    admin = client(s, "admin")
    buckets = {side: {w: "%s-%s" % (side, w) for w in ("ingest", "private", "shared")} for side in "ab"}
    for side, peer in ("ab", "ba"):
        for what, name in buckets[side].items():
            admin.create_bucket(Bucket=name)
            s.rights(name, read=side, write=side + peer if what == "shared" else side)
    env = {side.upper(): {"%s_%s" % (w, k): v for w in ("INTERNAL", "EXTERNAL") for k, v in (
        ("ENDPOINT", s.url), ("ACCESS_KEY", s.users[side][0]), ("SECRET_KEY", s.users[side][1]))} for side in "ab"}
    p = Pair(folder, date=DATE, env=env)
    p.encode("part-00000.json", ANSWERS, p.path("enc/a"), p.path("enc/b"), "x y&z")
    base = {side: "data/v1/%s/app/%s/" % (p.public["B" if side == "a" else "A"], DATE) for side in "ab"}
    for side in "ab":
        raw = base[side] + "raw/shares/"
        admin.put_object(Bucket=buckets[side]["ingest"], Key=raw + "batch_id=x%20y%26z/part-00000.json",
                         Body=read(p.path("enc", side, "part-00000.json")))
        admin.put_object(Bucket=buckets[side]["ingest"], Key=raw + "_SUCCESS", Body=b"")
    config = write(p.path("config.json"), b'[{"batch_id": "x y&z", "n_data": 3}]')
    ends = {}
    for side, peer in ("ab", "ba") * 3:
        args = ["--app-name", "app", "--data-config", config, "--once", "--retain-days", "36500", "--public-key-hex-internal",
                p.public[side.upper()], "--public-key-hex-external", p.public[peer.upper()], "--bucket-external-shared",
                buckets[peer]["shared"]]
        for what, name in buckets[side].items():
            args += ["--bucket-internal-" + what, name]
        if side not in ends or ends[side][0] == 75:
            ends[side] = p.run(side.upper(), *args)
    t.is_([ends[x][0] for x in "ab"], [0, 0], "a run of two servers, each with its own key %s" % [e[2] for e in ends.values()])
    for side in "ab":
        body = admin.get_object(Bucket=buckets[side]["private"], Key=base[side] + "processed/publish/batch_id=x%20y%26z/part-00000.json")
        t.is_(json.loads(body["Body"].read())["payload"], SUMS, "boto3 reads the sums")
    for side, peer in ("ab", "ba"):
        c = client(s, side)
        shared = base[peer] + "intermediate/external/verify1/x"
        t.is_(status(c.put_object, Bucket=buckets[peer]["shared"], Key=shared, Body=b"x"), 200, "%s may put to the peer's shared bucket" % side)
        t.is_(status(c.get_object, Bucket=buckets[peer]["shared"], Key=shared), 403, "not read in it")
        t.is_(status(c.list_objects_v2, Bucket=buckets[peer]["shared"]), 403, "nor list it")
        for what in ("ingest", "private"):
            t.is_(status(c.put_object, Bucket=buckets[peer][what], Key=base[peer] + "raw/shares/_SUCCESS", Body=b""), 403,
                  "nor put to its %s bucket" % what)
            t.is_(status(c.list_objects_v2, Bucket=buckets[peer][what]), 403, "nor list that")


def main():
    t = Tap()
    with tempfile.TemporaryDirectory(prefix="dr-swift-") as folder:
        os.makedirs(os.path.join(folder, "swift"))
        with Swift(os.path.join(folder, "swift")) as s:
            with t.case("the suite"):
                test_suite(t, s, folder)
            with t.case("a run"):
                test_run(t, s, os.path.join(folder, "pair"))
    t.done()


if __name__ == "__main__":
    main()
