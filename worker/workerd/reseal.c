#include "reseal.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/buf.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/wbuf.h"
#include "../../lib/proc/frame.h"
#include "vault.h"

#define ROWS_MAX	1000		/* of one answer */
#define SEALED_MAX	FRAME_MAX	/* characters of a row: what an answer can carry */
#define CLEAR_MAX	(3u << 20)	/* bytes of one sealed value, opened */

struct row {
	const struct vault *vault;
	struct json_object *o;
	const uint8_t *sealed;
	size_t	n;
};

/* ---- forms -------------------------------------------------------------- */

/*
 * A form opens what is sealed and, where it is to be written, seals it anew into
 * fresh.  0 with *old; -1: lost, or for ERR_PROTO not of its form.
 */
typedef int form_fn(const struct row *r, struct buf *fresh, bool *old, struct err *e);

static int
form_row(const struct row *r, struct buf *fresh, bool *old, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf clear = WBUF_INIT_MAX(CLEAR_MAX);
	struct seal_place at;
	struct json_object *place;

	if (json_get_obj(r->o, "at", &place, e) == -1 || json_get_str(place, "table", 1, 32, &at.table, e) == -1 ||
	    json_get_str(place, "id", 1, 512, &at.id, e) == -1 || json_get_str(place, "tenant", 0, 256, &at.tenant, e) == -1) {
		e->code = ERR_PROTO;
		return -1;
	}
	if (vault_open_row(r->vault, &clear, &at, r->sealed, r->n, old, e) == -1)
		return -1;
	return *old ? seal_row(fresh, &r->vault->node, &at, clear.data, clear.len, e) : 0;
}

static int
form_box(const struct row *r, struct buf *fresh, bool *old, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf clear = WBUF_INIT_MAX(CLEAR_MAX);

	if (vault_open_box(r->vault, &clear, r->sealed, r->n, old, e) == -1)
		return -1;
	return *old ? seal_box(fresh, r->vault->node.pub, clear.data, clear.len, e) : 0;
}

static int
form_read(const struct row *r, struct buf *fresh, bool *old, struct err *e)
{
	CLEANUP(wbuf_release) struct wbuf clear = WBUF_INIT_MAX(CLEAR_MAX);

	(void)fresh;
	return vault_open_box(r->vault, &clear, r->sealed, r->n, old, e);
}

static const struct { const char *name; form_fn *run; } forms[] = {
	{ "row", form_row }, { "box", form_box }, { "read", form_read },
};

static form_fn *
form_of(struct json_object *o, struct err *e)
{
	const char *name;

	if (json_get_str(o, "form", 1, 16, &name, e) == -1)
		return NULL;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i].name, name) == 0)
			return forms[i].run;
	err_set(e, ERR_PROTO, "form: not one of a sealed row");
	return NULL;
}

/* ---- rows --------------------------------------------------------------- */

/* put: what the runner is told of a row. */
static void
put(struct json_object *o, const char *state, const struct buf *fresh)
{
	CLEANUP(cleanup_free) char *text = NULL;

	json_object_object_del(o, "sealed");
	json_add_str(o, "state", state);
	if (fresh->len == 0)
		return;
	text = malloc(B64_LEN(fresh->len));
	if (text == NULL)
		abort();
	b64_encode(text, fresh->data, fresh->len);
	json_add_str(o, "sealed", text);
}

static int
reseal(const struct vault *v, struct json_object *o, struct err *e)
{
	CLEANUP(buf_release) struct buf fresh = BUF_INIT_MAX(CLEAR_MAX + SEAL_BOX_MORE + SEAL_ROW_MORE);
	CLEANUP(cleanup_free) uint8_t *sealed = NULL;
	struct err why = ERR_INIT;
	form_fn *form = form_of(o, e);
	const char *text;
	bool old = false, large = false;
	ssize_t n;

	if (form == NULL || json_opt_bool(o, "large", &large, e) == -1)
		return -1;
	if (large) {
		put(o, "old", &fresh);
		return 0;
	}
	if (json_get_str(o, "sealed", 1, SEALED_MAX, &text, e) == -1)
		return -1;
	sealed = malloc(strlen(text) + 1);
	if (sealed == NULL)
		abort();
	n = b64_decode(sealed, strlen(text) + 1, text, strlen(text));
	if (n < 0)
		return err_set(e, ERR_PROTO, "sealed: no base64");
	if (form(&(const struct row){ v, o, sealed, (size_t)n }, &fresh, &old, &why) == 0) {
		put(o, old ? "old" : "new", &fresh);
		return 0;
	}
	if (why.code == ERR_PROTO) {
		*e = why;
		return -1;
	}
	buf_reset(&fresh);
	put(o, "lost", &fresh);
	return 0;
}

int
reseal_answer(const struct vault *v, struct json_object *value, struct err *e)
{
	struct json_object *list = NULL;
	int rc = json_opt_arr(value, "reseal", 0, ROWS_MAX, &list, e);

	for (size_t i = 0; rc == 1 && i < json_object_array_length(list); i++)
		if (reseal(v, json_object_array_get_idx(list, i), e) == -1)
			return err_wrap(e, "reseal[%zu]", i);
	return rc == -1 ? -1 : 0;
}
