#include "ping.h"

#include <string.h>

#include "../base/cleanup.h"
#include "../base/json.h"
#include "tree.h"

/* is_base64: padded, of the standard alphabet; what is in it is the server's to judge. */
static bool
is_base64(const char *s, size_t n)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t plain = strspn(s, alphabet);

	return n > 0 && n % 4 == 0 && n - plain <= 2 && strspn(s + plain, "=") == n - plain;
}

/* side: one share; NULL when it is missing. */
static int
side(struct json_object *o, const char *key, const char **out, struct err *e)
{
	int rc = json_opt_str(o, key, 1, PRIO_LINE_MAX, out, e);

	if (rc == 1 && !is_base64(*out, strlen(*out)))
		return err_set(e, ERR_VALIDATION, "%s: base64 is expected", key);
	if (rc == 0)
		*out = NULL;
	return rc == -1 ? -1 : 0;
}

static int
add_share(struct prio_ping *g, const char *batch_id, struct json_object *shares, struct err *e)
{
	struct prio_share s = { .batch_id = batch_id };
	size_t n = strlen(batch_id);

	if (n == 0 || n > PRIO_BATCH_MAX)
		return err_set(e, ERR_VALIDATION, "the id of a batch: 1 to %d bytes", PRIO_BATCH_MAX);
	if (side(shares, "a", &s.a, e) == -1 || side(shares, "b", &s.b, e) == -1)
		return -1;
	if (s.a == NULL || s.b == NULL) {
		g->incomplete++;
		return 0;
	}
	if (g->n == PRIO_SHARES_MAX)
		return err_set(e, ERR_LIMIT, "a ping with more than %d batches", PRIO_SHARES_MAX);
	for (size_t i = 0; i < g->n; i++)
		if (strcmp(g->share[i].batch_id, batch_id) == 0)
			return err_set(e, ERR_VALIDATION, "a ping with one batch twice");
	g->share[g->n++] = s;
	return 0;
}

/* read_list: the form of payload.prioData. */
static int
read_list(struct prio_ping *g, struct json_object *payload, struct err *e)
{
	struct json_object *list;

	if (json_get_arr(payload, "prioData", 0, PRIO_SHARES_MAX, &list, e) == -1)
		return -1;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *one = json_object_array_get_idx(list, i), *shares = NULL;
		const char *encoding;
		int rc;

		if (!json_object_is_type(one, json_type_object))
			return err_set(e, ERR_VALIDATION, "prioData: objects are expected");
		if (json_get_str(one, "encoding", 1, PRIO_BATCH_MAX, &encoding, e) == -1)
			return -1;
		rc = json_opt_obj(one, "prio", &shares, e);
		if (rc == -1)
			return -1;
		if (rc == 0)
			g->incomplete++;
		else if (add_share(g, encoding, shares, e) == -1)
			return -1;
	}
	return 0;
}

/* read_map: the form that has the batch as key. */
static int
read_map(struct prio_ping *g, struct json_object *payload, struct err *e)
{
	json_object_object_foreach(payload, key, value) {
		if (!json_object_is_type(value, json_type_object))
			return err_set(e, ERR_VALIDATION, "payload: a batch with shares a and b is expected");
		if (add_share(g, key, value, e) == -1)
			return -1;
	}
	return 0;
}

int
prio_ping_parse(struct prio_ping *out, const char *p, size_t n, struct err *e)
{
	CLEANUP(prio_ping_release) struct prio_ping g = PRIO_PING_INIT;
	struct json_object *payload, *list;

	if (n > PRIO_LINE_MAX)
		return err_set(e, ERR_TOO_LARGE, "a line over %u bytes", PRIO_LINE_MAX);
	if (json_parse(&g.doc, p, n, e) == -1)
		return -1;
	if (!json_object_is_type(g.doc, json_type_object))
		return err_set(e, ERR_VALIDATION, "a ping is an object");
	if (json_get_str(g.doc, "id", 1, PRIO_ID_MAX, &g.id, e) == -1 || json_get_obj(g.doc, "payload", &payload, e) == -1)
		return -1;
	if (json_object_object_get_ex(payload, "prioData", &list) && json_object_is_type(list, json_type_array) ?
	    read_list(&g, payload, e) == -1 : read_map(&g, payload, e) == -1)
		return -1;
	*out = g;
	g.doc = NULL;
	return 0;
}

void
prio_ping_release(struct prio_ping *p)
{
	json_put(&p->doc);
	p->n = 0;
}
