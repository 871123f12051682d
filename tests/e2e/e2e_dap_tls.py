#!/usr/bin/python3
"""Two nodes behind TLS, with an authority of their own: a leader aggregates and collects over https, and sends nothing to a helper whose
certificate is another name's, is expired, or is signed by somebody else; what waited for that goes on when the certificate is right."""
import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
from certs import Authority  # noqa: E402
from dap import Pair, b64u, cli  # noqa: E402
from harness import UNPRIV, Tap, free_port  # noqa: E402

N = 12
MEASURED = [i % 3 == 0 for i in range(N)]
# what is wrong with a helper's certificate, and what the leader says of it
WRONG = {"another name": "subject name", "expired": "expired", "a stranger": "local issuer"}


class Front:
    """nginx with TLS before a node, on a port for each certificate."""
    SERVER = """server {
  listen 127.0.0.1:%d ssl; ssl_certificate %s; ssl_certificate_key %s; client_max_body_size 32m;
  location / { proxy_pass http://127.0.0.1:%d; proxy_set_header Host $http_host; proxy_http_version 1.1; proxy_read_timeout 70s; }
}
"""

    def __init__(self, folder, node, certificates):
        self.folder, self.node = folder, node
        self.ports = {name: free_port() for name in certificates}
        os.makedirs(os.path.join(folder, "tmp"))
        self.write(certificates)
        with open(os.path.join(folder, "log"), "ab") as log:
            self.p = subprocess.Popen(UNPRIV + ["/usr/sbin/nginx", "-p", folder, "-c", self.conf, "-g", "daemon off;"], stdout=log, stderr=log, start_new_session=True)

    @property
    def conf(self):
        return os.path.join(self.folder, "nginx.conf")

    def write(self, certificates):
        temps = "".join("%s_temp_path tmp/%s; " % (k, k) for k in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(self.conf, "w") as f:
            f.write("worker_processes 1; pid pid; error_log log; events {}\nhttp { access_log off; %s\n" % temps)
            f.writelines(self.SERVER % (self.ports[name], *files, self.node.port) for name, files in certificates.items())
            f.write("}\n")

    def use(self, certificates):
        self.write(certificates)
        self.p.send_signal(signal.SIGHUP)

    def url(self, name, profile):
        return "https://localhost:%d/dap/%s/" % (self.ports[name], profile)

    def stop(self):
        self.p.terminate()
        self.p.wait(10)


class Story:
    def __init__(self, t, pair, ca, fronts, right):
        self.t, self.pair, self.ca, self.right = t, pair, ca, right
        self.leader, self.helper = fronts

    def task(self, profile, name):
        """Whose helper is met at the port of that name."""
        return self.pair.task({"type": "Prio3Count"}, profile, leader_url=self.leader.url("right", profile), helper_url=self.helper.url(name, profile))

    def upload(self, task):
        """To its leader, by TLS; the helper's key by a port that has a good certificate, as clients would not take the other either."""
        mine = dict(task.of("client"), helper_url=self.helper.url("right", task.profile.name))
        if task.profile.name == "18":       # TaskConfiguration has the URL as it was given, so the client must have that one
            mine = task.of("client")
        path = os.path.join(self.pair.dir, b64u(task.id)[:8] + "-client.json")
        with open(path, "w") as f:
            json.dump(mine, f)
        cli(["dap", "upload", "--task", path, "--time", str(task.now), "--ca-file", self.ca.file], "".join(json.dumps(m) + "\n" for m in MEASURED))

    def collect(self, task):
        got = json.loads(cli(["dap", "collect", "--task", task.file("collector"), "--query", "%d/%d" % (task.now, task.precision), "--json", "--ca-file", self.ca.file]))
        return int(got["report_count"]), int(got["result"])

    def collected(self, tasks):
        """All of them, side by side; each has what was uploaded."""
        with concurrent.futures.ThreadPoolExecutor(len(tasks)) as pool:
            for name, got in zip(tasks, pool.map(self.collect, tasks.values())):
                yield name, got == (N, sum(MEASURED))

    def way(self):
        tasks = {profile: self.task(profile, "right") for profile in ("09", "18")}
        for task in tasks.values():
            self.upload(task)
        for profile, good in self.collected(tasks):
            self.t.ok(good, "%s: uploaded, aggregated and collected over https, with an authority of our own" % profile)

    def refused(self):
        """A helper of each wrong certificate: its leader waits, and says why."""
        n, tasks = self.pair.leader, {name: self.task("09", name) for name in WRONG}
        for task in tasks.values():
            self.upload(task)
        for name, task in tasks.items():
            said = "SELECT last_error FROM ops.aggregate_peer WHERE task = '%s'" % b64u(task.id)
            error = n.wait(lambda: n.psql(said), 60, "what the leader says of " + name)     # noqa: B023
            self.t.like(error, WRONG[name], "%s: the leader says why it waits" % name)
            self.t.is_(self.pair.helper.psql("SELECT count(*) FROM core.agg_job j JOIN core.agg_task t USING (task_no) WHERE t.task_id = decode('%s', 'hex')" % task.id.hex()),
                       "0", "%s: and the helper has heard nothing" % name)
        self.helper.use({name: self.right for name in ("right", *WRONG)})
        n.psql("UPDATE core.later SET due = clock_timestamp() WHERE why = 'snooze'")
        for name, good in self.collected(tasks):
            self.t.ok(good, "%s: once the certificate is right, all of it is in the sum" % name)


def main():
    t = Tap()
    pair = Pair("dap-tls")
    os.makedirs(pair.dir, mode=0o755)
    began = time.monotonic()
    ca, stranger = Authority(pair.dir, "ca"), Authority(pair.dir, "stranger")
    for n in pair.nodes:
        n.conf["agg_ca_file"] = ca.file
    right = ca.issue("localhost")
    wrong = {"another name": ca.issue("other.example"), "expired": ca.issue("localhost", hours=(-48, -24)), "a stranger": stranger.issue("localhost")}
    with pair:
        fronts = [Front(os.path.join(pair.dir, "front-a"), pair.leader, {"right": right}), Front(os.path.join(pair.dir, "front-b"), pair.helper, {"right": right, **wrong})]
        try:
            s = Story(t, pair, ca, fronts, right)
            with t.case("over https"):
                s.way()
            with t.case("wrong certificates"):
                s.refused()
        finally:
            for f in fronts:
                f.stop()
    t.diag("%.1f s" % (time.monotonic() - began))
    t.done()


if __name__ == "__main__":
    main()
