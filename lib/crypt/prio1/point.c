#include "point.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/buf.h"
#include "../../base/cleanup.h"
#include "../hmac.h"

#define TEXT_MAX	65535	/* bytes: what a len16 can say */

const char *const prio1_point_name[PRIO1_POINT_MAX] = {
	[PRIO1_POINT_RECORD] = "record",
	[PRIO1_POINT_BATCH] = "batch",
	[PRIO1_POINT_POSITION] = "position",
	[PRIO1_POINT_POSITION_LEGACY] = "position-legacy",
};

static void
add_text(struct buf *b, const void *p, size_t n)
{
	const uint8_t len[2] = { (uint8_t)(n >> 8), (uint8_t)n };

	buf_add(b, len, sizeof(len));
	buf_add(b, p, n);
}

/* HKDF-Extract without a salt.  Source: RFC 5869, 2.2. */
static int
extract(struct secret *prk, const struct secret *ikm, struct err *e)
{
	CLEANUP(secret_release) struct secret salt = SECRET_INIT;

	if (secret_alloc(&salt, HMAC_LEN, e) == -1 || secret_alloc(prk, HMAC_LEN, e) == -1)
		return -1;
	hmac_sha256(prk->p, &salt, ikm->p, ikm->len);
	return 0;
}

/* HKDF-Expand of at most one block: info is wanted with the 01 at its end. */
static void
expand(uint8_t out[PRIO1_SEED], const struct secret *prk, const struct buf *info)
{
	uint8_t block[HMAC_LEN];

	if (info->failed)
		abort();	/* out of memory */
	hmac_sha256(block, prk, info->data, info->len);
	memcpy(out, block, PRIO1_SEED);
	explicit_bzero(block, sizeof(block));
}

int
prio1_run_secret(struct secret *out, const struct secret *secret, const char *run, struct err *e)
{
	CLEANUP(secret_release) struct secret prk = SECRET_INIT;
	CLEANUP(buf_release) struct buf info = BUF_INIT;

	if (*run == '\0' || strlen(run) > TEXT_MAX)
		return err_set(e, ERR_VALIDATION, "run: a name of 1 to %d bytes is expected", TEXT_MAX);
	if (extract(&prk, secret, e) == -1 || secret_alloc(out, PRIO1_SEED, e) == -1)
		return -1;
	buf_adds(&info, "darkroom prio1 run v1");
	add_text(&info, run, strlen(run));
	buf_addc(&info, 1);
	expand(out->p, &prk, &info);
	return 0;
}

/* n + 1 and a draw below p - (n + 1). */
static struct f87
draw(struct prio1_points *p)
{
	return f87_put(f87_get(prio1_prg_below(&p->prg, F87_P - p->n - 1)) + p->n + 1);
}

int
prio1_points_make(struct prio1_points *out, enum prio1_point_rule rule, enum prio1_prg_key how,
    const struct secret *secret, const void *batch, size_t batch_len, const struct prio1_params *par, struct err *e)
{
	if (batch_len > TEXT_MAX)
		return err_set(e, ERR_VALIDATION, "batch_id: %zu bytes are more than %d", batch_len, TEXT_MAX);
	if (secret->len != PRIO1_SEED)
		return err_set(e, ERR_VALIDATION, "shared_secret: %zu bytes are not %d", secret->len, PRIO1_SEED);
	out->rule = rule;
	out->n = par->n;
	if (rule == PRIO1_POINT_RECORD) {
		buf_init(&out->info, 2 * TEXT_MAX + 64);
		buf_adds(&out->info, "darkroom prio1 point v1");
		add_text(&out->info, batch, batch_len);
		out->info_len = out->info.len;
		return extract(&out->prk, secret, e);
	}
	if (prio1_prg_start(&out->prg, how, secret->p, batch, batch_len, e) == -1)
		return -1;
	if (rule == PRIO1_POINT_BATCH)
		out->one = draw(out);
	return 0;
}

void
prio1_points_release(struct prio1_points *p)
{
	secret_release(&p->prk);
	buf_release(&p->info);
	prio1_prg_release(&p->prg);
	explicit_bzero(p, sizeof(*p));
}

int
prio1_points_next(struct prio1_points *p, const void *id, size_t id_len, struct f87 *out, struct err *e)
{
	uint8_t key[PRIO1_SEED];
	int rc;

	if (p->rule != PRIO1_POINT_RECORD) {
		*out = p->rule == PRIO1_POINT_BATCH ? p->one : draw(p);
		return 0;
	}
	if (id_len > TEXT_MAX)
		return err_set(e, ERR_VALIDATION, "id: %zu bytes are more than %d", id_len, TEXT_MAX);
	p->info.len = p->info_len;
	add_text(&p->info, id, id_len);
	buf_addc(&p->info, 1);
	expand(key, &p->prk, &p->info);
	if ((rc = prio1_prg_key(&p->prg, key, e)) == 0)
		*out = draw(p);
	explicit_bzero(key, sizeof(key));
	return rc;
}
