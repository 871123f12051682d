"""Telemetry pings as clients of prio1 send them, with what they hold: for the demo, for tests of the pipeline.

    crowd = Crowd(keys_a, keys_b, seed=1).people(960)       # sealed by `darkroom prio encode-shares`, the client
    crowd.write("pings.ndjson", duplicates=20, malformed=20)
    crowd.totals("places")                                  # the sums that nobody else can know
    crowd.person_of(share)                                  # whose sealed share this is

A ping is one person's answers to all questions, in either of the two forms that are in use.
"""
import collections
import json
import os
import random
import subprocess
import uuid

import harness

CLI = os.path.join(harness.BUILD, "darkroom")
QUESTIONS = {       # batch id: what each bit says, and how many of a hundred say yes
    "places": (("library", 31), ("museum", 12), ("cinema", 44), ("park", 71), ("market", 58), ("pool", 23), ("gym", 36), ("theatre", 9)),
    "transport": (("on foot", 64), ("bicycle", 38), ("bus", 47), ("train", 29), ("car", 52)),
}
Person = collections.namedtuple("Person", "id answers shares")


class Crowd:
    def __init__(self, public_a, public_b, folder, seed=1):
        self.public, self.folder, self.draw, self.persons = (public_a, public_b), folder, random.Random(seed), []
        os.makedirs(folder, mode=0o700, exist_ok=True)

    def people(self, n):
        answers = [{q: [int(self.draw.randrange(100) < p) for _, p in bits] for q, bits in QUESTIONS.items()} for _ in range(n)]
        sealed = {q: self.seal(q, [a[q] for a in answers]) for q in QUESTIONS}
        self.persons = [Person(str(uuid.UUID(int=self.draw.getrandbits(128), version=4)), a, {q: sealed[q][i] for q in QUESTIONS})
                        for i, a in enumerate(answers)]
        return self

    def seal(self, question, answers):
        """-> [(share for a, share for b)], base64: what each client does on its own machine."""
        path = lambda name: os.path.join(self.folder, question + name)
        with open(path(".ndjson"), "w") as f:
            f.writelines(json.dumps({"payload": a}) + "\n" for a in answers)
        env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "N_DATA": str(len(answers[0])), "BATCH_ID": question, "INPUT": path(".ndjson"),
               "OUTPUT_A": path("-a"), "OUTPUT_B": path("-b"), "PUBLIC_KEY_HEX_INTERNAL": self.public[0], "PUBLIC_KEY_HEX_EXTERNAL": self.public[1]}
        for side in "ab":
            os.makedirs(path("-" + side), exist_ok=True)
        p = subprocess.run([CLI, "prio", "encode-shares"], capture_output=True, text=True, env=env)
        if p.returncode:
            raise RuntimeError("darkroom prio encode-shares: exit %d\n%s" % (p.returncode, p.stderr))
        halves = []
        for side in "ab":
            with open(os.path.join(path("-" + side), question + ".ndjson")) as f:
                halves.append([json.loads(line)["payload"] for line in f])
        return list(zip(*halves))

    # ---- what is sent ------------------------------------------------------------
    def ping(self, i):
        p = self.persons[i]
        if i % 2:
            data = [{"encoding": q, "prio": {"a": a, "b": b}} for q, (a, b) in p.shares.items()]
            return {"id": p.id, "type": "telemetry", "payload": {"prioData": data}}
        return {"id": p.id, "payload": {q: {"a": a, "b": b} for q, (a, b) in p.shares.items()}}

    def spoiled(self, k):
        """A line that counts for nobody."""
        some = self.ping(self.draw.randrange(len(self.persons)))
        some["id"] = str(uuid.UUID(int=self.draw.getrandbits(128), version=4))
        whole = json.dumps(some)
        return (whole[:len(whole) // 2], '{"id": "%s"}' % some["id"], json.dumps({"id": some["id"], "payload": {"places": {"a": "AAAA"}}}),
                json.dumps({"id": some["id"], "payload": {"unknown": {"a": "AAAA", "b": "AAAA"}}}), "not json at all")[k % 5]

    def write(self, path, duplicates=0, malformed=0):
        """-> number of lines"""
        lines = [json.dumps(self.ping(i), separators=(",", ":")) for i in range(len(self.persons))]
        lines += self.draw.sample(lines, duplicates) + [self.spoiled(k) for k in range(malformed)]
        self.draw.shuffle(lines)
        with open(path, "w") as f:
            f.writelines(line + "\n" for line in lines)
        return len(lines)

    # ---- what is known here alone --------------------------------------------------
    def totals(self, question, without=()):
        columns = zip(*(p.answers[question] for p in self.persons if p not in without))
        return [sum(c) for c in columns]

    def person_of(self, share):
        return next(p for p in self.persons if any(share in pair for pair in p.shares.values()))
