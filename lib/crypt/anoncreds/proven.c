#include "proven.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "ids.h"

void
ac_proven_release(struct ac_proven *p)
{
	free(p->values);
	p->values = NULL;
	p->n_values = 0;
}

void
ac_proven_show(struct ac_proven *p, const char *normal, const char *raw)
{
	struct ac_proven_value *at = reallocarray(p->values, p->n_values + 1,
	    sizeof(*at));

	if (at == NULL)
		abort();
	at[p->n_values++] = (struct ac_proven_value){ normal, raw };
	p->values = at;
}

static enum ac_known
text_is(const char *text, const char *value)
{
	if (text == NULL)
		return AC_UNKNOWN;
	return strcmp(text, value) == 0 ? AC_YES : AC_NO;
}

static enum ac_known
part_is(const struct ac_part *part, const char *value)
{
	return ac_part_is(part, value) ? AC_YES : AC_NO;
}

static enum ac_known
schema_id(const struct ac_proven *p, const char *value)
{
	return text_is(p->schema_id, value);
}

static enum ac_known
cred_def_id(const struct ac_proven *p, const char *value)
{
	return text_is(p->cred_def_id, value);
}

static enum ac_known
rev_reg_id(const struct ac_proven *p, const char *value)
{
	return p->def->revocable ? text_is(p->rev_reg_id, value) : AC_NO;
}

/* The issuer: said by the definition, or by a legacy id. */
static enum ac_known
issuer(const struct ac_proven *p, const char *value)
{
	struct ac_part did;

	if (p->def->issuer_id != NULL)
		return text_is(p->def->issuer_id, value);
	return ac_ids_issuer(p->cred_def_id, '3', &did) ?
	    part_is(&did, value) : AC_UNKNOWN;
}

static enum ac_known
schema_issuer(const struct ac_proven *p, const char *value)
{
	struct ac_part did;

	if (p->schema != NULL && p->schema->issuer_id != NULL)
		return text_is(p->schema->issuer_id, value);
	return ac_ids_issuer(p->schema_id, '2', &did) ?
	    part_is(&did, value) : AC_UNKNOWN;
}

static enum ac_known
schema_name(const struct ac_proven *p, const char *value)
{
	struct ac_schema_id id;

	if (p->schema != NULL)
		return text_is(p->schema->name, value);
	return ac_ids_schema(p->schema_id, &id) ?
	    part_is(&id.name, value) : AC_UNKNOWN;
}

static enum ac_known
schema_version(const struct ac_proven *p, const char *value)
{
	struct ac_schema_id id;

	if (p->schema != NULL)
		return text_is(p->schema->version, value);
	return ac_ids_schema(p->schema_id, &id) ?
	    part_is(&id.version, value) : AC_UNKNOWN;
}

static const struct {
	const char *tag;
	enum ac_known (*is)(const struct ac_proven *, const char *value);
} tags[] = {
	{ "schema_id", schema_id },
	{ "schema_issuer_did", schema_issuer },
	{ "schema_name", schema_name },
	{ "schema_version", schema_version },
	{ "issuer_did", issuer },
	{ "issuer_id", issuer },
	{ "cred_def_id", cred_def_id },
	{ "rev_reg_id", rev_reg_id },
};
#define N_TAGS (sizeof(tags) / sizeof(tags[0]))

/* revealed: whether the value of an attribute was shown to be that. */
static enum ac_known
revealed(const struct ac_proven *p, const char *normal, const char *value)
{
	for (size_t i = 0; i < p->n_values; i++)
		if (strcmp(p->values[i].normal, normal) == 0)
			return text_is(p->values[i].raw, value);
	return AC_UNKNOWN;
}

enum ac_known
ac_proven_tag(void *arg, const char *tag, const char *value)
{
	const struct ac_proven *p = arg;
	char name[AC_NAME_MAX + 1];
	bool by_value;

	for (size_t i = 0; i < N_TAGS; i++)
		if (strcmp(tags[i].tag, tag) == 0)
			return tags[i].is(p, value);
	if (!ac_restriction_attr(tag, name, &by_value))
		return AC_UNKNOWN;
	if (by_value)
		return revealed(p, name, value);
	return strcmp(value, "1") == 0 &&
	    cl_map_get(&p->def->key.r, name) != NULL ? AC_YES : AC_NO;
}

bool
ac_proven_met(struct ac_proven *p, const struct ac_restriction *r)
{
	return ac_restriction_met(r, ac_proven_tag, p);
}

bool
ac_proven_schema_fits(const struct ac_proven *p)
{
	char *end;
	long long number;

	if (strcmp(p->def->schema_id, p->schema_id) == 0)
		return true;
	if (p->schema == NULL || p->schema->seq_no == 0 ||
	    p->def->schema_id[0] < '1' || p->def->schema_id[0] > '9')
		return false;
	errno = 0;
	number = strtoll(p->def->schema_id, &end, 10);
	return *end == '\0' && errno == 0 && number == p->schema->seq_no;
}
