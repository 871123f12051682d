#include "revstate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/buf.h"
#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/clock.h"
#include "../../../lib/base/codec.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/anoncreds/rev_list.h"
#include "../../../lib/crypt/bn254/wire.h"
#include "field.h"

#define TIME_MAX	INT64_C(253402300799)	/* seconds: the year 9999 */
#define TIME_AHEAD	300			/* seconds: by how much clocks of issuers may differ */

void
revstate_release(struct revstate *s)
{
	explicit_bzero(&s->gamma, sizeof(s->gamma));
	accum_list_release(&s->list);
	json_put(&s->said);
}

/* ---- reading -------------------------------------------------------------- */

static int
read_gamma(struct revstate *s, struct json_object *opened, struct err *e)
{
	const char *text;

	if (json_get_str(opened, "gamma", FR_HEX - 1, FR_HEX - 1, &text, e) == -1)
		return -1;
	return fr_from_hex(&s->gamma, text, strlen(text), e);
}

static int
read_pub(struct revstate *s, struct err *e)
{
	CLEANUP(ac_cred_def_release) struct ac_cred_def def = AC_CRED_DEF_INIT;
	struct json_object *o;

	if (json_get_obj(s->said, "cred_def", &o, e) == -1 || ac_cred_def_decode(&def, o, e) == -1)
		return -1;
	s->pub = def.rev;
	return 0;
}

/* take: what both calls answer. */
static int
take(struct revstate *s, struct json_object *opened, struct err *e)
{
	const char *accum, *issuance;
	int64_t size;

	if (json_get_str(s->said, "registry", 1, AC_ID_MAX, &s->id, e) == -1 ||
	    json_get_str(s->said, "issuer_id", 1, AC_ID_MAX, &s->issuer_id, e) == -1 ||
	    json_get_str(s->said, "cred_def_id", 1, AC_ID_MAX, &s->cred_def_id, e) == -1 ||
	    json_get_i64(s->said, "version", 0, INT64_MAX, &s->version, e) == -1 ||
	    json_get_i64(s->said, "timestamp", 0, TIME_MAX, &s->timestamp, e) == -1 ||
	    json_get_i64(s->said, "max_cred_num", ACCUM_SIZE_MIN, ACCUM_SIZE_MAX, &size, e) == -1 ||
	    json_get_str(s->said, "issuance", 1, 16, &issuance, e) == -1 ||
	    json_get_str(s->said, "accumulator", 1, WIRE_TEXT_MAX, &accum, e) == -1 ||
	    wire_g2_read(&s->accum, accum, strlen(accum), WIRE_MAY_BE_INFINITY, e) == -1 ||
	    read_gamma(s, opened, e) == -1)
		return err_set(e, ERR_PROTO, "a registry of the database: %s", e->msg);
	s->size = (uint32_t)size;
	s->issuance = strcmp(issuance, "on_demand") == 0 ? ACCUM_ON_DEMAND : ACCUM_BY_DEFAULT;
	return 0;
}

static int
read_bits(struct revstate *s, struct err *e)
{
	CLEANUP(cleanup_free) uint8_t *bits = malloc(ACCUM_LIST_BYTES(s->size));
	const char *text;
	ssize_t n;

	if (bits == NULL)
		abort();
	if (json_get_str(s->said, "bitmap", 1, ACCUM_SIZE_MAX / 4, &text, e) == -1)
		return -1;
	n = b64_decode(bits, ACCUM_LIST_BYTES(s->size), text, strlen(text));
	if (n == -1)
		return err_set(e, ERR_PROTO, "a registry of the database: bitmap");
	return accum_list_read(&s->list, s->size, s->issuance, bits, (size_t)n, e);
}

int
revstate_read(struct fork_job *j, const char *id, const struct accum_pub *pub, struct revstate *s, struct err *e)
{
	CLEANUP(json_put) struct json_object *opened = NULL;
	struct json_object *args = json_object_new_object();

	json_add_str(args, "registry", id);
	if (fork_ask(j, "rev_state", args, &s->said, &opened, e) == -1)
		return -1;
	if (s->said == NULL || opened == NULL)
		return err_set(e, ERR_PROTO, "rev_state: no registry in the answer");
	if (pub != NULL)
		s->pub = *pub;
	else if (read_pub(s, e) == -1)
		return err_set(e, ERR_PROTO, "a registry of the database: %s", e->msg);
	return take(s, opened, e) == -1 ? -1 : read_bits(s, e);
}

int
revstate_index(struct fork_job *j, const char *cred_def_id, const char *registry, const struct accum_pub *pub,
    struct revstate *s, struct err *e)
{
	CLEANUP(json_put) struct json_object *said = NULL;
	struct json_object *args = json_object_new_object();
	int64_t index;
	const char *id;

	json_add_str(args, "definition", cred_def_id);
	if (registry != NULL)
		json_add_str(args, "registry", registry);
	if (fork_ask(j, "rev_index", args, &said, NULL, e) == -1)
		return -1;
	if (json_get_str(said, "registry", 1, AC_ID_MAX, &id, e) == -1 ||
	    json_get_i64(said, "index", 1, ACCUM_SIZE_MAX, &index, e) == -1)
		return err_set(e, ERR_PROTO, "rev_index: %s", e->msg);
	s->index = (uint32_t)index;
	return revstate_read(j, id, pub, s, e);
}

/* ---- changing ------------------------------------------------------------- */

int
revstate_change(struct revstate *s, const struct accum_delta *d, struct err *e)
{
	if (accum_delta_apply(&s->list, d, e) == -1)
		return -1;
	accum_registry_change(&s->accum, &s->pub, s->size, &s->gamma, d);
	return 0;
}

int
revstate_time(const struct fork_job *j, const struct revstate *s, int64_t *out, struct err *e)
{
	int64_t now = clock_wall_us() / 1000000, asked = -1;

	if (field_int(j, "timestamp", 0, TIME_MAX, &asked, e) == -1)
		return -1;
	if (asked != -1 && asked <= s->timestamp)
		return err_set(e, ERR_STRUCTURE, "timestamp: not later than the newest list, of %" PRId64, s->timestamp);
	if (asked > now + TIME_AHEAD)
		return err_set(e, ERR_STRUCTURE, "timestamp: in the future");
	*out = asked != -1 ? asked : now > s->timestamp ? now : s->timestamp + 1;
	return 0;
}

void
revstate_add_accum(struct json_object *o, const char *key, const struct g2 *a)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(WIRE_TEXT_MAX);

	wire_g2_text(&text, a);
	json_add_strn(o, key, text.data, text.len);
}

void
revstate_add_bits(struct json_object *o, const char *key, const struct accum_list *list)
{
	field_add_b64(o, key, list->bits, ACCUM_LIST_BYTES(list->size));
}

void
revstate_add_gamma(struct json_object *o, const char *key, const struct fr *gamma)
{
	char text[FR_HEX];

	fr_to_hex(text, gamma);
	json_add_str(o, key, text);
	explicit_bzero(text, sizeof(text));
}

void
revstate_write(struct fork_job *j, const struct revstate *s, int64_t timestamp)
{
	struct json_object *o = json_object_new_object();

	json_add_str(o, "registry", s->id);
	json_add_i64(o, "version", s->version);
	revstate_add_accum(o, "accumulator", &s->accum);
	revstate_add_bits(o, "bitmap", &s->list);
	json_add_i64(o, "timestamp", timestamp);
	fork_write(j, "rev_change", o);
}

struct json_object *
revstate_list(const struct revstate *s, int64_t timestamp)
{
	return ac_rev_list_encode(s->id, s->issuer_id, &s->list, &s->accum, timestamp);
}
