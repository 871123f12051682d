#include "share.h"

#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/codec.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/hpke/hpke.h"
#include "bytes.h"

#define PAGES_MAX	100000
#define PARTS_MAX	100000	/* of one answer */
#define AAD_MAX		65536

/* ---- the sum ------------------------------------------------------------ */

static int
add_part(struct agg_share *s, const struct agg_task *a, struct json_object *part, struct err *e)
{
	CLEANUP(cleanup_free) uint8_t *share = NULL;
	struct json_object *opened;
	int64_t count;
	size_t n;

	if (json_get_i64(part, "count", 0, INT64_MAX / PARTS_MAX, &count, e) == -1 ||
	    json_get_obj(part, "opened", &opened, e) == -1 ||
	    bytes_get(opened, "share", a->vdaf->out_share_bytes, &share, &n, e) == -1)
		return -1;
	if (!prio3_agg_valid(a->vdaf, share, n))
		return err_set(e, ERR_PROTO, "no aggregate share of this task");
	prio3_agg_add(a->vdaf, s->sum, share);
	explicit_bzero(share, n);
	s->count += count;
	return 0;
}

/* add_page: the parts after *after, which becomes where the next page begins, or NULL. */
static int
add_page(struct agg_share *s, struct fork_job *j, const struct agg_task *a, char **after, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	struct json_object *args = json_object_new_object(), *parts;
	const char *next = NULL;

	if (*after != NULL)
		json_add_str(args, "after", *after);
	if (fork_ask(j, "agg_parts", args, &value, NULL, e) == -1)
		return -1;
	if (value == NULL || json_get_arr(value, "parts", 0, PARTS_MAX, &parts, e) == -1 ||
	    json_opt_str(value, "after", 1, 256, &next, e) == -1)
		return err_set(e, ERR_PROTO, "agg_parts: no list");
	for (size_t i = 0; i < json_object_array_length(parts); i++)
		if (add_part(s, a, json_object_array_get_idx(parts, i), e) == -1)
			return err_wrap(e, "part %zu", i);
	free(*after);
	*after = next != NULL ? strdup(next) : NULL;
	return 0;
}

/* ---- the noise ---------------------------------------------------------- */

#define P64	((unsigned __int128)UINT64_C(18446744069414584321))	/* 2^64 - 2^32 + 1 */
#define P128	(((unsigned __int128)UINT64_C(0xffffffffffffffe4) << 64) | 1)	/* 2^66 * 4611686018427387897 + 1 */

/* element: x modulo the field's p, little endian. */
static void
element(uint8_t *out, size_t bytes, int64_t x)
{
	unsigned __int128 p = bytes == 8 ? P64 : P128, mask = (unsigned __int128)(__int128)(x >> 63);
	unsigned __int128 v = (unsigned __int128)(__int128)x + (p & mask);

	for (size_t i = 0; i < bytes; i++)
		out[i] = (uint8_t)(v >> (8 * i));
}

/* blur: each element of the sum gets a draw of its own. */
static void
blur(struct agg_share *s, const struct agg_task *a)
{
	const struct prio3 *v = a->vdaf;
	size_t size = v->out_share_bytes / v->result_n;
	uint8_t *noise = calloc(1, v->out_share_bytes), *drawn = calloc(v->result_n, 8);
	CLEANUP(json_put) struct json_object *o = json_object_new_object();

	if (noise == NULL || drawn == NULL)
		abort();
	for (size_t i = 0; i < v->result_n; i++) {
		int64_t x = gauss_draw(&a->t.noise);

		element(noise + i * size, size, x);
		memcpy(drawn + 8 * i, &x, 8);
	}
	prio3_agg_add(v, s->sum, noise);
	bytes_add(o, "noise", drawn, 8 * v->result_n);
	s->noise = json_object_get(json_object_object_get(o, "noise"));
	explicit_bzero(noise, v->out_share_bytes);
	explicit_bzero(drawn, 8 * v->result_n);
	free(noise);
	free(drawn);
}

int
agg_share_merge(struct agg_share *out, struct fork_job *j, const struct agg_task *a, struct err *e)
{
	struct agg_share s = { .sum = calloc(1, a->vdaf->out_share_bytes) };
	char *after = NULL;

	if (s.sum == NULL)
		abort();
	for (int i = 0; i == 0 || after != NULL; i++)
		if (i == PAGES_MAX || add_page(&s, j, a, &after, e) == -1)
			return i == PAGES_MAX ? err_set(e, ERR_LIMIT, "over %d pages of parts", PAGES_MAX) : -1;
	if (a->t.noise.den != 0)
		blur(&s, a);
	*out = s;
	return 0;
}

/* ---- sealing ------------------------------------------------------------ */

int
agg_share_seal(struct buf *out, struct agg_share *s, const struct agg_task *a, const struct dap_selector *selector,
    struct dap_slice collect_req, struct err *e)
{
	CLEANUP(hpke_sealer_release) struct hpke_sealer sealer = HPKE_SEALER_INIT;
	CLEANUP(buf_release) struct buf aad = BUF_INIT_MAX(AAD_MAX);
	const struct dap_task *t = &a->t;
	size_t n = a->vdaf->out_share_bytes;
	uint8_t info[DAP_LABEL_MAX], enc[HPKE_ENC], *sealed = malloc(n + HPKE_MORE);
	struct dap_hpke_config c;
	int rc;

	if (sealed == NULL)
		abort();
	dap_task_collector(t, &c);
	dap_agg_share_aad_put(&aad, t->profile, t->id, agg_task_config(a), selector, collect_req);
	rc = aad.failed ? err_set(e, ERR_LIMIT, "associated data") :
	    hpke_sealer_init(&sealer, &(const struct hpke_suite){ c.kem, c.kdf, c.aead }, c.public_key.p, c.public_key.n,
	    info, dap_agg_share_info(info, t->profile, t->role), e);
	if (rc == 0)
		rc = hpke_seal(&sealer, enc, sealed, aad.data, aad.len, s->sum, n, e);
	if (rc == 0)
		dap_ciphertext_put(out, &(const struct dap_ciphertext){ .config_id = c.id,
		    .enc = dap_slice(enc, sizeof(enc)), .payload = dap_slice(sealed, n + HPKE_MORE) });
	free(sealed);
	explicit_bzero(s->sum, n);
	return rc == 0 && out->failed ? err_set(e, ERR_LIMIT, "an aggregate share") : rc;
}

/* ---- what the database knows -------------------------------------------- */

/* name: the batch id that the job names, or that the answer does. */
static int
name(struct agg_batch *b, struct json_object *o, struct err *e)
{
	if (b->named || !json_object_object_get_ex(o, "batch_id", NULL))
		return 0;
	b->named = true;
	return bytes_get_id(o, "batch_id", b->batch_id, sizeof(b->batch_id), e);
}

int
agg_batch_ask(struct agg_batch *out, struct fork_job *j, struct json_object *on, struct err *e)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	struct agg_batch b = { .ready = false };

	if (fork_ask(j, "agg_batch", NULL, &value, NULL, e) == -1)
		return -1;
	if (value == NULL)
		return err_set(e, ERR_PROTO, "agg_batch: nothing");
	if (json_get_bool(value, "ready", &b.ready, e) == -1 || name(&b, on, e) == -1 || name(&b, value, e) == -1 ||
	    json_get_i64(value, "count", 0, INT64_MAX, &b.count, e) == -1 ||
	    json_opt_i64(value, "t_min", 0, INT64_MAX, &b.t_min, e) == -1 ||
	    json_opt_i64(value, "t_max", 0, INT64_MAX, &b.t_max, e) == -1 ||
	    (b.count > 0 && bytes_get_hex(value, "checksum", b.checksum, sizeof(b.checksum), e) == -1))
		return err_wrap(e, "agg_batch");
	*out = b;
	return 0;
}
