"""From a submit to the first line of its job, by the clock of the machine that both run on.

    with Paced(n) as paced:         # workerd with the bench's runners (x_stamp.c), which stamp each job's first line
        ms = paced.run(rate, seconds)   # {"start": [...], "claim": [...]}, in milliseconds

start: from just before the submit is sent (pace.c) until the job's executor runs, which is what the
peers' handlers measure as well.  claim: from the row's created_at to the claim, by the database alone.
"""
import contextlib
import glob
import os

from bench import BUILD, Node, cflags

HERE = os.path.dirname(os.path.abspath(__file__))
RUNNER_FLAGS = ("-lseccomp", "-larchive", "-ljson-c", "-lsodium", "-lgcrypt", "-lcurl")


class Paced:
    def __init__(self, n):
        self.n, self.folder = n, n.path("libexec")
        self.pace = os.path.join(self.folder, "pace")
        os.makedirs(self.folder, exist_ok=True)
        for program in glob.glob(os.path.join(BUILD, "darkroom-*")):
            if not program.endswith("/darkroom-runner"):
                with contextlib.suppress(FileExistsError):
                    os.symlink(program, os.path.join(self.folder, os.path.basename(program)))
        own = [o for o in glob.glob(os.path.join(BUILD, "obj/worker/runner/*.o")) + glob.glob(os.path.join(BUILD, "obj/worker/exec/*.o"))
               if not o.endswith("/x_system_noop.o")]
        self.build("x_stamp.c", "darkroom-runner", own)
        self.build("pace.c", "pace", [])

    def __enter__(self):
        """workerd must not run yet; a hundred jobs warm it up."""
        self.n.conf["libexec_dir"] = self.folder
        self.n.write_conf()
        self.n.start("workerd")
        self.n.wait(lambda: self.n.psql("SELECT count(*) FROM core.worker WHERE state = 'live' AND pid = %d" % self.n.pid("workerd")) != "0", 30, "a worker")
        self.run(100, 1)
        return self

    def __exit__(self, *why):
        self.n.stop_part("workerd")
        del self.n.conf["libexec_dir"]
        self.n.write_conf()

    def build(self, source, program, objects):
        Node.run_tool(["cc", "-std=gnu11", "-D_GNU_SOURCE", "-O2", os.path.join(HERE, source), *objects, os.path.join(BUILD, "libdr.a"),
                       *cflags("libpq", "json-c"), *RUNNER_FLAGS, "-o", os.path.join(self.folder, program)])

    def stamps(self):
        """{job id: microseconds since the epoch} of first lines."""
        with contextlib.suppress(FileNotFoundError), open(os.path.join(self.folder, "stamps")) as f:
            return dict(line.split() for line in f)
        return {}

    def run(self, rate, seconds):
        sent = dict(line.split() for line in Node.run_tool([self.pace, self.n.dsn(), str(rate), str(seconds)]).splitlines())
        self.n.wait(lambda: sent.keys() <= self.stamps().keys(), 30, "all begun")
        stamps, listed = self.stamps(), ",".join("'%s'" % k for k in sent)
        claims = "SELECT extract(epoch FROM d.started_at - j.created_at) * 1000 FROM core.done d JOIN core.job j USING (id) WHERE j.id IN (%s)" % listed
        self.n.wait(lambda: len(self.n.rows(claims)) == len(sent), 30, "all done")
        return {"start": [(int(stamps[k]) - int(at)) / 1e3 for k, at in sent.items()], "claim": [float(r[0]) for r in self.n.rows(claims)]}
