/* ipfs.probe: ask the IPFS node for its version; whatever it says is an answer. */
#include "x_ipfs_probe.h"

#include <stdio.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/kind/k_ipfs_probe.h"
#include "../../lib/net/httpc.h"

#define PROBE_MS	10000
#define ANSWER_MAX	(16u << 10)	/* bytes */

static int
heed(void *arg, struct err *e)
{
	return xio_wait(arg, 0, e);
}

static int
probe(struct xio *io, struct httpc *http, struct err *e)
{
	CLEANUP(buf_release) struct buf answer = BUF_INIT;
	char url[1200];
	long status = 0;

	snprintf(url, sizeof(url), "%s/api/v0/version", io->outside.ipfs_api);
	if (httpc_post(http, &(const struct httpc_req){ .url = url, .timeout_ms = PROBE_MS,
	    .max_bytes = ANSWER_MAX }, &answer, &status, e) == -1)
		return -1;
	return status == 200 ? 0 : err_set(e, ERR_SYS, "HTTP status %ld", status);
}

static int
ipfs_probe_run(const void *args UNUSED, struct xio *io, struct err *e)
{
	CLEANUP(httpc_free) struct httpc *http = NULL;
	struct json_object *o = json_object_new_object();
	struct err why = ERR_INIT;
	int rc = -1;

	if (io->outside.ipfs_api == NULL)
		err_set(&why, ERR_CONFIG, "no ipfs_api on this host");
	else if ((http = httpc_new(heed, io, &why)) != NULL)
		rc = probe(io, http, &why);
	if (why.code == ERR_CANCELLED) {
		json_put(&o);
		*e = why;
		return -1;
	}
	json_add_str(o, "status", rc == 0 ? "ok" : "unreachable");
	json_add_str(o, "why", rc == 0 ? NULL : why.msg);
	xio_result(io, o);
	return 0;
}

const struct executor x_ipfs_probe = { .kind = &k_ipfs_probe, .run = ipfs_probe_run };
