#ifndef CRYPT_CL_MAP_H
#define CRYPT_CL_MAP_H
#include <stddef.h>
#include "../bn/bn.h"
/*
 * Names and their numbers, in the order in which they were added (for xr_cap
 * that order is hashed).  A name stands once.  Names are compared byte by
 * byte: the caller brings them to lower case without spaces before.
 */
#define CL_ATTRS_MAX	126	/* 125 attributes and master_secret */
#define CL_NAME_MAX	256	/* bytes */
#define CL_LINK		"master_secret"

struct cl_pair {
	char	*name;
	struct bn num;
};
struct cl_map {
	struct cl_pair *at;
	size_t	n;
};
#define CL_MAP_INIT	{ .at = NULL }
void cl_map_release(struct cl_map *m);
/*
 * cl_map_add(m, name, num, e): copies both (num NULL: zero).  ERR_STRUCTURE
 * for a name that is there, ERR_PAST_LIMIT past CL_ATTRS_MAX or CL_NAME_MAX.
 */
int cl_map_add(struct cl_map *m, const char *name, const struct bn *num,
    struct err *e);
/* cl_map_get(m, name): the number, or NULL; owned by m. */
const struct bn *cl_map_get(const struct cl_map *m, const char *name);
/* cl_map_slot(m, name): the same to be written to. */
struct bn *cl_map_slot(struct cl_map *m, const char *name);
int cl_map_copy(struct cl_map *out, const struct cl_map *m, struct err *e);
#endif
