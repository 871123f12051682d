#include <stdio.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/clock.h"
#include "../../../lib/base/codec.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/accum/tails.h"
#include "../../../lib/crypt/anoncreds/ids.h"
#include "../../../lib/crypt/anoncreds/rev_list.h"
#include "../../../lib/crypt/anoncreds/rev_reg.h"
#include "definition.h"
#include "field.h"
#include "revstate.h"
#include "x_issuer.h"

#define TAILS_HERE	"/api/v1/credentials/tails/"	/* where this node serves them */

/* A registry that is being made.  gamma is secret. */
struct making {
	struct definition def;
	struct buf id;
	struct ac_rev_reg reg;
	struct accum_list list;
	struct fr gamma;
	struct g2 accum;
	uint8_t	sha256[SHA256_LEN];
	char	hash[TAILS_HASH_MAX], location[1025];
	int64_t	timestamp;
};
#define MAKING_INIT { .def = DEFINITION_INIT, .id = BUF_INIT_MAX(AC_ID_MAX * 2), .reg = AC_REV_REG_INIT, .list = ACCUM_LIST_INIT }

static void
making_release(struct making *m)
{
	explicit_bzero(&m->gamma, sizeof(m->gamma));
	accum_list_release(&m->list);
	buf_release(&m->id);
	definition_release(&m->def);	/* m->reg borrows all that it has */
}

static int
read_issuance(struct fork_job *j, struct ac_rev_reg *r, struct err *e)
{
	const char *text = "by_default";

	if (fork_opt_str(j, "issuance", 1, 16, &text, e) == -1)
		return -1;
	if (strcmp(text, "by_default") != 0 && strcmp(text, "on_demand") != 0)
		return err_set(e, ERR_STRUCTURE, "issuance: by_default or on_demand");
	r->says_issuance = true;
	r->issuance = text[0] == 'o' ? ACCUM_ON_DEMAND : ACCUM_BY_DEFAULT;
	return 0;
}

static int
read_making(struct fork_job *j, struct making *m, struct err *e)
{
	struct ac_rev_reg *r = &m->reg;
	int64_t size = 0;

	if (definition_of(j, "cred_def_id", &m->def, e) == -1 ||
	    fork_get_str(j, "tag", 1, AC_NAME_MAX, &r->tag, e) == -1 ||
	    field_int(j, "max_cred_num", ACCUM_SIZE_MIN, ACCUM_SIZE_MAX, &size, e) == -1 ||
	    read_issuance(j, r, e) == -1 || fork_opt_str(j, "tails_location", 1, 1024, &r->tails_location, e) == -1)
		return -1;
	if (!m->def.pub.revocable)
		return err_set(e, ERR_NOT_REVOCABLE, "cred_def_id: its credentials cannot be revoked");
	r->size = (uint32_t)size;
	r->issuer_id = m->def.pub.issuer_id;
	r->cred_def_id = m->def.id;
	ac_ids_make_registry(&m->id, r->issuer_id, r->cred_def_id, r->tag);
	if (m->id.len > AC_ID_MAX)
		return err_set(e, ERR_PAST_LIMIT, "tag: the registry's id would be over %d bytes", AC_ID_MAX);
	return accum_list_new(&m->list, r->size, r->issuance, e);
}

/* ---- one that is there ---------------------------------------------------- */

static void
add_result(struct json_object *body, const char *id, struct json_object *def, struct json_object *list)
{
	json_add_str(body, "rev_reg_id", id);
	json_add(body, "rev_reg_def", def);
	json_add(body, "status_list", list);
}

/* ask_for: an object by its id; *out is the caller's, NULL: there is none. */
static int
ask_for(struct fork_job *j, const char *kind, const char *id, struct json_object **out, struct err *e)
{
	struct json_object *args = json_object_new_object();

	json_add_str(args, "kind", kind);
	json_add_str(args, "id", id);
	return fork_ask(j, "object_get", args, out, NULL, e);
}

/* existing: 1 and the result is said, when the registry is there; 0; -1. */
static int
existing(struct fork_job *j, const struct making *m, struct err *e)
{
	CLEANUP(json_put) struct json_object *reg = NULL, *list = NULL;
	CLEANUP(ac_rev_reg_release) struct ac_rev_reg r = AC_REV_REG_INIT;
	struct json_object *def, *newest, *body;

	if (ask_for(j, "rev_reg", m->id.data, &reg, e) == -1)
		return -1;
	if (reg == NULL)
		return 0;
	if (ask_for(j, "rev_list", m->id.data, &list, e) == -1 || json_get_obj(reg, "object", &def, e) == -1 ||
	    json_get_obj(list, "object", &newest, e) == -1 || ac_rev_reg_decode(&r, def, e) == -1)
		return err_set(e, ERR_PROTO, "a registry of the database: %s", e->msg);
	if (r.size != m->reg.size || r.issuance != m->reg.issuance || strcmp(r.tag, m->reg.tag) != 0 ||
	    strcmp(r.cred_def_id, m->def.id) != 0)
		return err_set(e, ERR_CONFLICT, "tag: there is a registry of this definition and tag with other parameters");
	body = json_object_new_object();
	add_result(body, m->id.data, json_object_get(def), json_object_get(newest));
	fork_result(j, 200, body);
	return 1;
}

/* ---- a new one ------------------------------------------------------------ */

static void
seen(void *arg, uint64_t done, uint64_t total)
{
	fork_progress(arg, "tails", done, total, "points");
}

/* write_tails: the file, named when the job completes. */
static int
write_tails(struct fork_job *j, struct making *m, struct err *e)
{
	const struct tails_progress progress = { .fn = seen, .arg = j };
	CLEANUP(cleanup_close) int fd = fork_file_out(j, e);

	if (fd == -1 || tails_write(fd, &m->def.pub.rev.g_dash, m->reg.size, &m->gamma, (unsigned)fork_helpers(j),
	    &progress, m->sha256, e) == -1)
		return -1;
	fork_progress(j, "store", 0, 0, "points");
	tails_hash_text(m->hash, m->sha256);
	return fork_publish(j, fd, "tails", m->sha256, e);
}

static void
compute(struct making *m)
{
	accum_registry_z(&m->reg.z, &m->def.pub.rev, m->reg.size, &m->gamma);
	accum_registry_value(&m->accum, &m->def.pub.rev, &m->list, &m->gamma);
	m->reg.tails_hash = m->hash;
	if (m->reg.tails_location == NULL) {
		snprintf(m->location, sizeof(m->location), TAILS_HERE "%s", m->hash);
		m->reg.tails_location = m->location;
	}
	m->timestamp = clock_wall_us() / 1000000;
}

static void
finish(struct fork_job *j, const struct making *m)
{
	struct json_object *def = ac_rev_reg_encode(&m->reg), *o = json_object_new_object(), *body = json_object_new_object();
	char hex[SHA256_HEX];

	hex_encode(hex, m->sha256, SHA256_LEN);
	json_add_str(o, "id", m->id.data);
	json_add_str(o, "cred_def_id", m->def.id);
	json_add_str(o, "tag", m->reg.tag);
	json_add_i64(o, "max_cred_num", m->reg.size);
	json_add_str(o, "issuance", m->reg.issuance == ACCUM_ON_DEMAND ? "on_demand" : "by_default");
	revstate_add_accum(o, "accumulator", &m->accum);
	revstate_add_bits(o, "bitmap", &m->list);
	json_add_i64(o, "timestamp", m->timestamp);
	json_add(o, "object", json_object_get(def));
	json_add_str(o, "tails_sha256", hex);
	revstate_add_gamma(o, "seal_gamma", &m->gamma);
	fork_write(j, "rev_reg", o);
	add_result(body, m->id.data, def,
	    ac_rev_list_encode(m->id.data, m->reg.issuer_id, &m->list, &m->accum, m->timestamp));
	fork_result(j, 201, body);
}

static int
create_rev_reg(struct fork_job *j, struct err *e)
{
	CLEANUP(making_release) struct making m = MAKING_INIT;
	int rc;

	if (read_making(j, &m, e) == -1 || (rc = existing(j, &m, e)) == -1)
		return -1;
	if (rc == 1)
		return 0;
	fr_random(&m.gamma);
	if (write_tails(j, &m, e) == -1)
		return -1;
	compute(&m);
	finish(j, &m);
	return 0;
}

const struct fork_kind x_create_rev_reg = { .name = "issuer.create_rev_reg", .run = create_rev_reg };
