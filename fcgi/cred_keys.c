#include "cred_keys.h"
#include <stdlib.h>
#include <unistd.h>
#include "../lib/base/cleanup.h"

#define IDEM_LABEL "darkroom idem 1"

static void
drop(struct cred_keys **k)
{
	cred_keys_free(*k);
}

int
cred_keys_read(struct cred_keys **out, const struct conf *c, struct err *e)
{
	const char *node = conf_str(c, "node_public_file"), *result = conf_str(c, "result_key_file");
	CLEANUP(drop) struct cred_keys *k = NULL;

	if (access(node, F_OK) == -1 || access(result, F_OK) == -1)
		return 0;
	k = calloc(1, sizeof(*k));
	if (k == NULL)
		abort();
	if (seal_public_read(k->node, node, e) == -1 || seal_key_read(&k->result, result, e) == -1 ||
	    seal_derive(&k->idem, &k->result, IDEM_LABEL, e) == -1)
		return -1;
	*out = STEAL(k);
	return 1;
}

void
cred_keys_free(struct cred_keys *k)
{
	if (k == NULL)
		return;
	seal_key_release(&k->result);
	secret_release(&k->idem);
	free(k);
}
