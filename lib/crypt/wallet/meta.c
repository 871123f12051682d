/* The metadata text of lib/crypt/wallet/keys.h. */
#include "keys.h"

#include "../../base/cleanup.h"
#include "../../base/json.h"

static void
write_bytes(struct buf *out, const char *name, const uint8_t *p, size_t n)
{
	buf_addf(out, "\"%s\":", name);
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%c%u", i == 0 ? '[' : ',', p[i]);
	buf_addc(out, ']');
}

void
wallet_meta_write(struct buf *out, const struct wallet_meta *m)
{
	buf_addc(out, '{');
	write_bytes(out, "keys", m->keys, sizeof(m->keys));
	if (m->salted) {
		buf_addc(out, ',');
		write_bytes(out, "master_key_salt", m->salt, sizeof(m->salt));
	}
	buf_addc(out, '}');
}

/* read_bytes: 1, or 0 when the member is absent, or -1. */
static int
read_bytes(uint8_t *out, size_t n, struct json_object *o, const char *name,
    struct err *e)
{
	struct json_object *a;
	int got = json_opt_arr(o, name, n, n, &a, e);

	for (size_t i = 0; got == 1 && i < n; i++) {
		struct json_object *v = json_object_array_get_idx(a, i);
		int64_t byte = json_object_get_int64(v);

		if (!json_object_is_type(v, json_type_int) || byte < 0 ||
		    byte > UINT8_MAX)
			return err_set(e, ERR_STRUCTURE,
			    "%s[%zu]: must be a byte's value", name, i);
		out[i] = (uint8_t)byte;
	}
	return got;
}

int
wallet_meta_read(struct wallet_meta *m, const char *p, size_t n, struct err *e)
{
	static const char *const members[] = { "keys", "master_key_salt", NULL };
	CLEANUP(json_put) struct json_object *o = NULL;
	struct wallet_meta got;
	struct err why = ERR_INIT;
	int keys, salt;

	if (n > WALLET_META_MAX)
		return err_set(e, ERR_STRUCTURE, "metadata: above %d bytes",
		    WALLET_META_MAX);
	if (json_parse(&o, p, n, &why) == -1 ||
	    json_known(o, members, &why) == -1 ||
	    (keys = read_bytes(got.keys, sizeof(got.keys), o, members[0], &why)) == -1 ||
	    (salt = read_bytes(got.salt, sizeof(got.salt), o, members[1], &why)) == -1)
		return err_set(e, ERR_STRUCTURE, "metadata: %s", why.msg);
	if (keys == 0)
		return err_set(e, ERR_STRUCTURE, "metadata: keys: is required");
	got.salted = salt == 1;
	*m = got;
	return 0;
}
