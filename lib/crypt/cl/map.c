#include "map.h"

#include <stdlib.h>
#include <string.h>

void
cl_map_release(struct cl_map *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->at[i].name);
		bn_release(&m->at[i].num);
	}
	free(m->at);
	*m = (struct cl_map)CL_MAP_INIT;
}

struct bn *
cl_map_slot(struct cl_map *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->at[i].name, name) == 0)
			return &m->at[i].num;
	return NULL;
}

const struct bn *
cl_map_get(const struct cl_map *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->at[i].name, name) == 0)
			return &m->at[i].num;
	return NULL;
}

int
cl_map_add(struct cl_map *m, const char *name, const struct bn *num,
    struct err *e)
{
	struct cl_pair *pair;

	if (m->n == CL_ATTRS_MAX)
		return err_set(e, ERR_PAST_LIMIT, "more than %d names",
		    CL_ATTRS_MAX);
	if (strlen(name) > CL_NAME_MAX)
		return err_set(e, ERR_PAST_LIMIT,
		    "a name of %zu bytes, at most %d", strlen(name), CL_NAME_MAX);
	if (cl_map_get(m, name) != NULL)
		return err_set(e, ERR_STRUCTURE, "%s: stands twice", name);
	m->at = reallocarray(m->at, m->n + 1, sizeof(*m->at));
	if (m->at == NULL)
		abort();
	pair = &m->at[m->n];
	pair->name = strdup(name);
	if (pair->name == NULL)
		abort();
	bn_init(&pair->num);
	if (num != NULL)
		bn_set(&pair->num, num);
	m->n++;
	return 0;
}

int
cl_map_copy(struct cl_map *out, const struct cl_map *m, struct err *e)
{
	for (size_t i = 0; i < m->n; i++)
		if (cl_map_add(out, m->at[i].name, &m->at[i].num, e) == -1)
			return -1;
	return 0;
}
