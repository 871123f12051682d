#include "kind.h"

#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/json.h"
#include "k_chain_follow.h"
#include "k_compute_script.h"
#include "k_ipfs_fetch.h"
#include "k_ipfs_probe.h"
#include "k_prio1_run.h"
#include "k_system_canary.h"
#include "k_system_noop.h"

static const struct kind *const kinds[] = {
	&k_chain_follow,
	&k_compute_script,
	&k_ipfs_fetch,
	&k_ipfs_probe,
	&k_prio1_run,
	&k_system_canary,
	&k_system_noop,
};

const struct kind *
kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i]->name, name) == 0)
			return kinds[i];
	return NULL;
}

int
kind_parse(const struct kind *k, void **args, struct json_object *spec,
    struct err *e)
{
	CLEANUP(json_put) struct json_object *empty = NULL;
	void *a;

	if (spec == NULL)
		spec = empty = json_object_new_object();
	if (strlen(json_text(spec)) > k->max_spec)
		return err_set(e, ERR_LIMIT, "spec of %s over %zu bytes",
		    k->name, k->max_spec);
	a = calloc(1, k->args_size);
	if (a == NULL)
		abort();
	if (k->parse(a, spec, e) == -1) {
		kind_args_free(k, a);
		return err_wrap(e, "spec of %s", k->name);
	}
	*args = a;
	return 0;
}

void
kind_args_free(const struct kind *k, void *args)
{
	if (args != NULL && k->release != NULL)
		k->release(args);
	free(args);
}
