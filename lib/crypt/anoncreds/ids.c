#include "ids.h"

#include <string.h>

#define DID_MIN 21
#define DID_MAX 22

static const char base58[] =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

bool
ac_ids_issuer(const char *id, char kind, struct ac_part *did)
{
	size_t n = strspn(id, base58);

	if (n < DID_MIN || n > DID_MAX ||
	    id[n] != ':' || id[n + 1] != kind || id[n + 2] != ':')
		return false;
	*did = (struct ac_part){ id, n };
	return true;
}

bool
ac_ids_schema(const char *id, struct ac_schema_id *out)
{
	struct ac_schema_id got;
	const char *name, *version;

	if (!ac_ids_issuer(id, '2', &got.did))
		return false;
	name = id + got.did.len + 3;
	version = strrchr(name, ':');
	if (version == NULL || version == name || version[1] == '\0')
		return false;
	got.name = (struct ac_part){ name, (size_t)(version - name) };
	got.version = (struct ac_part){ version + 1, strlen(version + 1) };
	*out = got;
	return true;
}

bool
ac_part_is(const struct ac_part *part, const char *text)
{
	return strlen(text) == part->len &&
	    memcmp(text, part->p, part->len) == 0;
}

void
ac_ids_make_schema(struct buf *b, const char *issuer, const char *name,
    const char *version)
{
	buf_addf(b, "%s:2:%s:%s", issuer, name, version);
}

void
ac_ids_make_cred_def(struct buf *b, const char *issuer, const char *schema,
    const char *tag)
{
	buf_addf(b, "%s:3:CL:%s:%s", issuer, schema, tag);
}

void
ac_ids_make_registry(struct buf *b, const char *issuer, const char *cred_def,
    const char *tag)
{
	buf_addf(b, "%s:4:%s:CL_ACCUM:%s", issuer, cred_def, tag);
}
