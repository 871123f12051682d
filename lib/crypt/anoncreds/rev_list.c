#include "rev_list.h"

#include <stdlib.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../../base/codec.h"
#include "../../base/json.h"

static const char *const members[] = {
	"revRegDefId", "issuerId", "revocationList", "currentAccumulator",
	"accum", "timestamp", NULL,
};

/* read_packed: {"size", "bits"}, as a front hands lists on. */
static int
read_packed(struct accum_list *list, struct json_object *o, struct err *e)
{
	CLEANUP(cleanup_free) uint8_t *bits = NULL;
	const char *text;
	int64_t size;
	ssize_t n;

	if (json_get_i64(o, "size", ACCUM_SIZE_MIN, ACCUM_SIZE_MAX, &size, e) == -1 ||
	    json_get_str(o, "bits", 1, B64_LEN(ACCUM_LIST_BYTES(ACCUM_SIZE_MAX)), &text, e) == -1)
		return err_set(e, ERR_STRUCTURE, "neither an array nor its bits");
	bits = malloc(strlen(text) + 1);
	if (bits == NULL)
		abort();
	n = b64_decode(bits, strlen(text) + 1, text, strlen(text));
	if (n < 0)
		return err_set(e, ERR_STRUCTURE, "bits: no base64");
	return accum_list_read(list, (uint32_t)size, ACCUM_BY_DEFAULT, bits, (size_t)n, e);
}

/* read_bits: the array of 0 and 1 (or false and true) that is the list. */
static int
read_bits(struct accum_list *list, struct json_object *o, struct err *e)
{
	struct json_object *a = NULL;
	size_t n;

	if (json_object_object_get_ex(o, "revocationList", &a) && json_object_is_type(a, json_type_object))
		return read_packed(list, a, e) == -1 ? err_wrap(e, "revocationList") : 0;
	if (ac_arr(o, "revocationList", ACCUM_SIZE_MIN, ACCUM_SIZE_MAX, &a, e) == -1)
		return -1;
	n = json_object_array_length(a);
	if (accum_list_new(list, (uint32_t)n, ACCUM_BY_DEFAULT, e) == -1)
		return err_wrap(e, "revocationList");
	for (size_t i = 0; i < n; i++) {
		struct json_object *bit = json_object_array_get_idx(a, i);
		int64_t v = json_object_get_int64(bit);

		if ((!json_object_is_type(bit, json_type_int) &&
		    !json_object_is_type(bit, json_type_boolean)) ||
		    v < 0 || v > 1)
			return err_set(e, ERR_STRUCTURE,
			    "revocationList[%zu]: must be 0 or 1", i);
		accum_list_set(list, (uint32_t)i, v == 1);
	}
	return 0;
}

static int
read_all(struct ac_rev_list *l, struct err *e)
{
	struct json_object *o = l->json, *v;
	const char *accum;
	int got;

	if (ac_members(o, members, SIZE_MAX, e) == -1)
		return -1;
	accum = json_object_object_get_ex(o, "currentAccumulator", &v) ?
	    "currentAccumulator" : "accum";
	if (ac_text(o, "revRegDefId", AC_ID_MAX, &l->rev_reg_id, e) == -1 ||
	    ac_opt_text(o, "issuerId", AC_ID_MAX, &l->issuer_id, e) == -1 ||
	    ac_g2(o, accum, WIRE_MAY_BE_INFINITY, &l->accum, e) == -1)
		return -1;
	got = ac_opt_i64(o, "timestamp", 0, INT64_MAX - 1, &l->timestamp, e);
	l->has_timestamp = got == 1;
	return got == -1 ? -1 : read_bits(&l->list, o, e);
}

int
ac_rev_list_decode(struct ac_rev_list *out, struct json_object *o, struct err *e)
{
	CLEANUP(ac_rev_list_release) struct ac_rev_list l = AC_REV_LIST_INIT;

	l.json = json_object_get(o);
	if (read_all(&l, e) == -1)
		return -1;
	*out = l;
	l = (struct ac_rev_list)AC_REV_LIST_INIT;
	return 0;
}

void
ac_rev_list_release(struct ac_rev_list *l)
{
	accum_list_release(&l->list);
	json_object_put(l->json);
	*l = (struct ac_rev_list)AC_REV_LIST_INIT;
}

struct json_object *
ac_rev_list_encode(const char *rev_reg_id, const char *issuer_id,
    const struct accum_list *list, const struct g2 *accum, int64_t timestamp)
{
	struct json_object *o = ac_new_object(), *bits = ac_new_array();

	for (uint32_t j = 0; j < list->size; j++)
		ac_push_i64(bits, accum_list_revoked(list, j));
	json_add_str(o, "revRegDefId", rev_reg_id);
	json_add_str(o, "issuerId", issuer_id);
	json_add(o, "revocationList", bits);
	ac_add_g2(o, "currentAccumulator", accum);
	json_add_i64(o, "timestamp", timestamp);
	return o;
}
