"""The node of a long run: workers of two sizes, no limits in the way, room for thousands of connections."""
import resource

from harness import Node

OPEN_FILES = 65536
LIFTED = {"rate_submit": 10**6, "rate_submit_burst": 10**6, "rate_read": 10**6, "rate_read_burst": 10**6,
          "open_jobs_max": 10**7, "queue_max": 10**7}
POOL = {"pool_size": 1, "pool_min": 1, "pool_max": 1, "grace_ms": 5000, "canary_ms": 3600000, "log_level": "warn"}


class LongNode(Node):
    """The first two workers have a warm container each, further ones serve the light lane alone.

    PostgreSQL logs the workers' statements with their time.
    """

    def migrate(self):
        super().migrate()
        self.psql("ALTER ROLE darkroom_worker SET log_min_duration_statement = 0; "
                  "ALTER ROLE darkroom_worker SET log_parameter_max_length = 0")

    def spawn(self, part, argv, unpriv=False):
        if part.startswith("workerd") and part not in ("workerd", "workerd2"):
            argv = argv + ["--lanes=light,maint"]
        return super().spawn(part, argv, unpriv)


def more_files():
    """As LimitNOFILE= of a unit: what the daemons inherit.  -> the limit"""
    want = OPEN_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (want, max(hard, want)))
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def lift(node, **more):
    """What an operator raises for one busy client."""
    for name, value in {**LIFTED, **more}.items():
        node.psql("UPDATE core.setting SET value = '%d' WHERE name = '%s'" % (value, name))
