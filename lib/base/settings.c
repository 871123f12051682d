#include "settings.h"

#define PATH_BYTES	1024
#define TEXT_BYTES	1024
#define CONF_END	{ .name = NULL }
#define MINUTE		(60 * 1000)
#define HOUR		(60 * MINUTE)
#define DAY		(24 * (int64_t)HOUR)
#define MIB		(INT64_C(1) << 20)
#define TIB		(INT64_C(1) << 40)

const struct conf_row conf_common[] = {
	{ "database", CONF_STR, 0, TEXT_BYTES, "dbname=darkroom", "", false,
	  "libpq connection string; passwords belong into its passfile" },
	{ "blob_dir", CONF_STR, 1, PATH_BYTES, "/var/lib/darkroom/blobs", "",
	  false, "folder of content-addressed files" },
	{ "spool_dir", CONF_STR, 1, PATH_BYTES, "/var/lib/darkroom/spool", "",
	  false, "folder of what is being worked on" },
	{ "cache_dir", CONF_STR, 1, PATH_BYTES, "/var/cache/darkroom", "",
	  false, "folder of copies that can be made again" },
	{ "image_dir", CONF_STR, 1, PATH_BYTES, "/var/cache/darkroom/images",
	  "", false, "folder of the images that containers start from" },
	{ "instance", CONF_STR, 0, 64, "", "", false,
	  "name of this node on its host; empty: made from spool_dir" },
	{ "log_level", CONF_STR, 4, 5, "info", "", true,
	  "debug, info, warn or error" },
	{ "blob_inline_bytes", CONF_BYTES, 0, MIB, "16K", "bytes", false,
	  "blobs up to this size are kept in PostgreSQL" },
	{ "blob_store", CONF_STR, 2, 8, "folder", "", false,
	  "where larger ones go: folder, s3 or postgres" },
	{ "s3_endpoint", CONF_STR, 0, 255, "", "", false,
	  "address of an S3-compatible store: https://host:port" },
	{ "s3_bucket", CONF_STR, 0, 63, "", "", false,
	  "bucket of the store's objects" },
	{ "s3_prefix", CONF_STR, 0, 127, "", "", false,
	  "what the names of our objects in the bucket begin with" },
	{ "s3_region", CONF_STR, 0, 63, "us-east-1", "", false,
	  "region that requests to the store are signed for" },
	{ "s3_credentials_file", CONF_STR, 0, PATH_BYTES, "", "", false,
	  "file of access_key_id and secret_access_key, mode 0600" },
	{ "s3_ca_file", CONF_STR, 0, PATH_BYTES, "", "", false,
	  "certificates that the store's is checked by; empty: the system's" },
	{ "libexec_dir", CONF_STR, 0, PATH_BYTES, "", "", false,
	  "folder of the programs that daemons start; empty: the daemon's own" },
	CONF_END,
};

const struct conf_row conf_fcgi[] = {
	{ "listen", CONF_STR, 1, TEXT_BYTES, "unix:/run/darkroom/fcgi.sock",
	  "", false, "comma list of unix:/path or host:port" },
	{ "processes", CONF_I64, 1, 64, "2", "processes", false,
	  "event loops behind the sockets" },
	{ "server_names", CONF_STR, 1, TEXT_BYTES, "localhost", "", true,
	  "comma list of Host names that signed requests may carry" },
	{ "db_connections", CONF_I64, 1, 64, "2", "connections", false,
	  "connections of one process" },
	{ "batch_max", CONF_I64, 1, 256, "64", "calls", false,
	  "calls that share one transaction" },
	{ "header_timeout_ms", CONF_MS, 100, 10 * MINUTE, "10s", "ms", true,
	  "a connection that owes the rest of a request is cut after this silence" },
	{ "send_timeout_ms", CONF_MS, 100, HOUR, "60s", "ms", true,
	  "a connection that takes nothing of its answer for this long is cut" },
	{ "request_timeout_ms", CONF_MS, 100, HOUR, "60s", "ms", true,
	  "a request whose call takes longer is answered with TIMEOUT" },
	{ "grace_ms", CONF_MS, 0, DAY, "30s", "ms", true,
	  "time to finish what is in progress after TERM" },
	{ "max_in_flight", CONF_I64, 1, 100000, "10000", "requests", true,
	  "requests of one process that have no answer yet" },
	{ "max_waiters", CONF_I64, 1, 100000, "10000", "requests", false,
	  "parked requests of one process" },
	{ "stream_max_ms", CONF_MS, 1000, HOUR, "1h", "ms", true,
	  "an event stream is ended after this time, and its client comes again" },
	{ "stream_beat_ms", CONF_MS, 100, MINUTE, "15s", "ms", true,
	  "an event stream that has nothing to say sends a comment this often" },
	CONF_END,
};

const struct conf_row conf_workerd[] = {
	{ "lanes", CONF_STR, 1, 256, "compute,light,maint,net", "", false,
	  "comma list of lanes that this worker serves" },
	{ "images", CONF_STR, 1, TEXT_BYTES, "data", "", false,
	  "comma list of images kept warm, the default one first" },
	{ "pool_size", CONF_I64, 0, 1024, "3", "containers", true,
	  "warm containers wanted" },
	{ "pool_min", CONF_I64, 0, 1024, "1", "containers", true,
	  "warm containers kept when idle" },
	{ "pool_max", CONF_I64, 0, 1024, "0", "containers", true,
	  "most warm containers; 0: twice the number of CPUs" },
	{ "light_size", CONF_I64, 0, 1024, "2", "runners", false,
	  "runners of the light lane" },
	{ "net_size", CONF_I64, 0, 1024, "2", "runners", false,
	  "runners of the net lane, which may use the two addresses below" },
	{ "ipfs_api", CONF_STR, 0, TEXT_BYTES, "", "", false,
	  "URL of an IPFS node's API; empty: this host fetches no scripts" },
	{ "evm_rpc_file", CONF_STR, 0, PATH_BYTES, "", "", false,
	  "file of lines: a chain's name, the URL of its JSON-RPC; empty: follows none" },
	{ "acquire_timeout_ms", CONF_MS, 100, HOUR, "30s", "ms", true,
	  "a claimed job waits this long for a container, then is given back" },
	{ "start_timeout_ms", CONF_MS, 100, HOUR, "20s", "ms", true,
	  "a container must be ready within this" },
	{ "container_jobs_max", CONF_I64, 1, 1000000, "1000", "jobs", true,
	  "a container is replaced after this many jobs" },
	{ "shrink_ms", CONF_MS, 1000, DAY, "300s", "ms", true,
	  "containers above the target go after this long without work" },
	{ "memory_reserve_bytes", CONF_BYTES, 0, TIB, "256M", "bytes", true,
	  "the pool does not grow below this much free memory" },
	{ "canary_ms", CONF_MS, 1000, DAY, "40s", "ms", true,
	  "a pool without work proves itself this often" },
	{ "poll_ms", CONF_MS, 10, MINUTE, "1s", "ms", true,
	  "look for work this often when nothing wakes us" },
	{ "grace_ms", CONF_MS, 0, DAY, "30s", "ms", true,
	  "time to finish what is in progress after TERM" },
	{ "cache_max_bytes", CONF_BYTES, 0, 1024 * TIB, "20G", "bytes", true,
	  "size to which the cache of inputs is kept" },
	CONF_END,
};

const struct conf_row conf_sandbox[] = {
	{ "runtime", CONF_STR, 4, PATH_BYTES, "auto", "", false,
	  "OCI runtime: auto, runc, crun or a path" },
	{ "subuid_base", CONF_I64, 65536, INT64_C(4294901760), "1828716544",
	  "uid", false, "first host uid of the containers' user ids" },
	{ "image", CONF_STR, 0, 64, "minimal", "", false,
	  "name of the image that this container starts from" },
	{ "zygote_dir", CONF_STR, 1, PATH_BYTES,
	  "/usr/share/darkroom/zygote", "", false,
	  "folder of the zygote's Python files" },
	{ "start_timeout_ms", CONF_MS, 100, HOUR, "20s", "ms", true,
	  "a container must be ready within this" },
	{ "container_jobs_max", CONF_I64, 1, 1000000, "1000", "jobs", true,
	  "a container is replaced after this many jobs" },
	{ "container_memory_bytes", CONF_BYTES, 64 * MIB, TIB, "4G", "bytes",
	  false, "memory of a container without its jobs" },
	{ "spare_age_ms", CONF_MS, 1000, DAY, "10m", "ms", false,
	  "a process that has waited this long for a job is made anew" },
	{ "sweep", CONF_BOOL, 0, 1, "false", "", false,
	  "remove what dead sandboxes of this instance left, and exit" },
	{ "doctor", CONF_BOOL, 0, 1, "false", "", false,
	  "print what this host lacks for sandboxes, and exit" },
	CONF_END,
};

const struct conf_row conf_migrate[] = {
	{ "sql_dir", CONF_STR, 1, PATH_BYTES, "/usr/share/darkroom/sql", "",
	  false, "folder of schema/, core/, api/, ops/ and role/" },
	{ "lock_wait_ms", CONF_MS, 0, DAY, "60s", "ms", false,
	  "time to wait for another migration and for busy tables" },
	CONF_END,
};

const struct conf_row conf_blob[] = {
	CONF_END,
};

const struct conf_row *const conf_tables[] = {
	conf_common, conf_fcgi, conf_workerd, conf_sandbox, conf_migrate, conf_blob, NULL,
};
