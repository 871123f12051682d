#ifndef KIND_KIND_H
#define KIND_KIND_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include "../base/err.h"
/*
 * What one job kind is, to whoever handles its spec: its wire name, the bound
 * of its spec and the parser of it.  core.kind has the rest (lane, attempts,
 * backoff), because SQL decides with it.
 */
struct kind {
	const char *name;	/* core.kind.name */
	size_t	max_spec;	/* bytes of the spec as compact JSON */
	bool	script;		/* runs in a container; its arguments begin with compute_args */
	size_t	args_size;	/* bytes of what parse fills */
	/* parse(args, spec, e): args is zeroed.  0, or -1 with ERR_VALIDATION
	 * naming the key; what args borrows from spec lives as long as spec. */
	int	(*parse)(void *args, struct json_object *spec, struct err *e);
	void	(*release)(void *args);		/* NULL: nothing to release */
};

/* kind_find(name): NULL when this build does not know it. */
const struct kind *kind_find(const char *name);

/**
 * kind_parse(k, args, spec, e):
 * Check the spec of a job of kind k and allocate its arguments into *args,
 * which kind_args_free takes back.  spec must be an object (NULL counts as an
 * empty one).  Returns 0, or -1 with ERR_LIMIT (too long) or ERR_VALIDATION.
 */
int kind_parse(const struct kind *k, void **args, struct json_object *spec,
    struct err *e);
void kind_args_free(const struct kind *k, void *args);
#endif
