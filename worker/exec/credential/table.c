#include <string.h>

#include "cred.h"
#include "x_did.h"

/* Every kind of this service, in the order of the specification. */
static const struct cred_kind *const kinds[] = {
	&x_did_create_my,
};

const struct cred_kind *
cred_kind_find(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i]->name, name) == 0)
			return kinds[i];
	return NULL;
}
