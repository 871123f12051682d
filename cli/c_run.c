/*
 * run: submit a script, wait for it, fetch what it made.  submit: the first step alone.
 */
#include <stdio.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/json.h"
#include "commands.h"
#include "fetch.h"
#include "job.h"
#include "when.h"

const struct opt run_opts[] = {
	JOB_OPTS,
	{ "out", "DIR", false, "put the artifacts here (default: leave them at the node)" },
	{ "timeout", "TIME", false, "stop waiting after this; the job goes on" },
	{ .name = NULL },
};
const struct opt submit_opts[] = {
	JOB_OPTS,
	{ .name = NULL },
};

int
c_submit(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = NULL;
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	char id[JOB_ID_MAX];

	if (job_body(a, a->pos[0], &body, e) == -1 || job_submit(c, body, id, e) == -1)
		return -1;
	json_add_str(o, "computation_id", id);
	if (c->json)
		cli_json(o);
	else
		puts(id);
	return EXIT_DONE;
}

int
c_run(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(json_put) struct json_object *body = NULL;
	CLEANUP(json_put) struct json_object *state = NULL;
	const char *out = args_str(a, "out"), *timeout = args_str(a, "timeout");
	struct progress p;
	int64_t limit_s = 0;
	char id[JOB_ID_MAX];
	int rc;

	if ((timeout != NULL && when_duration(timeout, &limit_s, e) == -1) ||
	    job_body(a, a->pos[0], &body, e) == -1 || job_submit(c, body, id, e) == -1)
		return -1;
	if (!c->quiet)
		fprintf(stderr, "%s\n", id);
	progress_start(&p, c->quiet);
	rc = job_wait(c, id, limit_s, &p, NULL, &state, e);
	if (rc == -1)
		return err_wrap(e, "%s", id);
	if (rc == 0)
		return err_set(e, ERR_TIMEOUT, "%s is not final yet; see: darkroom wait %s", id, id);
	rc = job_end(c, state);
	if (rc == EXIT_DONE && out != NULL && fetch_artifacts(c, id, state, NULL, 0, out, e) == -1)
		return -1;
	return rc;
}
