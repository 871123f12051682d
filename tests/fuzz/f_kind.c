/*
 * Specifications of jobs, as the database hands them to a worker: what is
 * accepted has only names that may become paths.  The first byte chooses the kind.
 * Reaches: lib/kind/kind.c lib/kind/k_compute_script.c lib/kind/k_system_canary.c lib/kind/k_chain_follow.c lib/kind/k_ipfs_fetch.c
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/kind/k_compute_script.h"
#include "../../lib/kind/kind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_script(const struct compute_args *a)
{
	if (a->n_inputs > COMPUTE_INPUTS_MAX || a->image == NULL)
		abort();
	for (size_t i = 0; i < a->n_inputs; i++)
		if (strchr(a->inputs[i].variable, '/') != NULL || strchr(a->inputs[i].asset_id, '/') != NULL ||
		    a->inputs[i].asset_id[0] == '.' || a->inputs[i].size < 0)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "compute.script", "system.canary", "system.noop", "none",
	    "chain.follow", "ipfs.fetch", "ipfs.probe", "prio1.run" };
	CLEANUP(json_put) struct json_object *spec = NULL;
	const struct kind *k;
	struct err e = ERR_INIT;
	void *args = NULL;

	if (size == 0)
		return 0;
	k = kind_find(names[data[0] % 8]);
	if (k == NULL || json_parse(&spec, (const char *)data + 1, size - 1, &e) == -1 ||
	    !json_object_is_type(spec, json_type_object))
		return 0;
	if (kind_parse(k, &args, spec, &e) == 0 && k == &k_compute_script)
		check_script(args);
	kind_args_free(k, args);
	return 0;
}
