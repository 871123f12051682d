/* What rests under a node key that is not the one in force: opened by either, sealed under the first. */
#include "../../worker/workerd/reseal.h"

#include <stdlib.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/hmac.h"
#include "../../lib/crypt/unlock.h"
#include "../../lib/crypt/xchacha.h"
#include "../../worker/workerd/vault.h"
#include "../tap.h"

static const struct seal_place at = { "wallet", "w1", "t:x" };

static struct vault
two_keys(void)
{
	struct vault v = { .has_other = true };
	struct err e = ERR_INIT;

	if (seal_key_make(&v.node, &e) == -1 || seal_key_make(&v.other, &e) == -1)
		abort();
	return v;
}

/* sealed_with: a row of a form, as the database gives it. */
static struct json_object *
sealed_with(const struct seal_key *k, const char *form)
{
	CLEANUP(buf_release) struct buf box = BUF_INIT;
	struct json_object *o = json_object_new_object(), *place = json_object_new_object();
	struct err e = ERR_INIT;
	char text[256];

	if ((strcmp(form, "row") == 0 ? seal_row(&box, k, &at, "gamma", 5, &e) : seal_box(&box, k->pub, "gamma", 5, &e)) == -1)
		abort();
	b64_encode(text, box.data, box.len);
	json_add_str(o, "form", form);
	json_add_str(o, "sealed", text);
	json_add_str(place, "table", at.table);
	json_add_str(place, "id", at.id);
	json_add_str(place, "tenant", at.tenant);
	json_add(o, "at", place);
	return o;
}

/* after: what becomes of a row, in an answer of its own; the answer is the caller's. */
static struct json_object *
after(const struct vault *v, struct json_object *row, struct json_object **value)
{
	struct json_object *list = json_object_new_array();
	struct err e = ERR_INIT;

	*value = json_object_new_object();
	json_object_array_add(list, row);
	json_add(*value, "reseal", list);
	is_int(reseal_answer(v, *value, &e), 0, "taken %s", e.msg);
	return row;
}

static const char *
state_of(struct json_object *row)
{
	return json_object_get_string(json_object_object_get(row, "state"));
}

static void
test_states(void)
{
	static const struct { const char *form; bool written; } forms[] = { { "row", true }, { "box", true }, { "read", false } };
	CLEANUP(seal_key_release) struct seal_key gone = SEAL_KEY_INIT;
	struct vault v = two_keys();
	struct err e = ERR_INIT;

	is_int(seal_key_make(&gone, &e), 0, "a key that is not here");
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct { const struct seal_key *k; const char *state; } cases[] = {
			{ &v.node, "new" }, { &v.other, "old" }, { &gone, "lost" },
		};
		for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
			CLEANUP(json_put) struct json_object *value = NULL;
			struct json_object *row = after(&v, sealed_with(cases[n].k, forms[i].form), &value);
			bool there = json_object_object_get_ex(row, "sealed", NULL);

			is_str(state_of(row), cases[n].state, "%s", forms[i].form);
			ok(there == (n == 1 && forms[i].written), "a text only where one is to be written");
		}
	}
	vault_release(&v);
}

static void
test_sealed_anew(void)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	CLEANUP(wbuf_release) struct wbuf clear = WBUF_INIT_MAX(64);
	struct vault v = two_keys();
	struct json_object *row = after(&v, sealed_with(&v.other, "row"), &value);
	const char *text = json_object_get_string(json_object_object_get(row, "sealed"));
	struct err e = ERR_INIT;
	uint8_t box[256];
	ssize_t n = b64_decode(box, sizeof(box), text, strlen(text));

	is_int(seal_row_open(&clear, &v.node, &at, box, (size_t)n, &e), 0, "opens under the key in force alone");
	ok(clear.len == 5 && memcmp(clear.data, "gamma", 5) == 0, "as what it was");
	vault_release(&v);
}

static void
test_one_key(void)
{
	CLEANUP(json_put) struct json_object *value = NULL;
	struct vault v = two_keys();
	struct json_object *row;

	v.has_other = false;
	row = after(&v, sealed_with(&v.other, "row"), &value);
	is_str(state_of(row), "lost", "without the other key it opens under none");
	vault_release(&v);
}

/* A value that no answer carries comes without its text: it counts, and fails nothing. */
static void
test_large(void)
{
	static const char *const forms[] = { "row", "box", "read" };
	struct vault v = two_keys();

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		CLEANUP(json_put) struct json_object *value = NULL;
		struct json_object *row = json_object_new_object();

		json_add_str(row, "form", forms[i]);
		json_add_bool(row, "large", true);
		is_str(state_of(after(&v, row, &value)), "old", "%s: may need the other key", forms[i]);
		ok(!json_object_object_get_ex(row, "sealed", NULL), "and is not written");
	}
	vault_release(&v);
}

static void
test_malformed(void)
{
	static const char *const bad[] = {
		"{\"reseal\":1}", "{\"reseal\":[1]}", "{\"reseal\":[{}]}", "{\"reseal\":[{\"form\":\"row\"}]}",
		"{\"reseal\":[{\"form\":\"row\",\"large\":1}]}", "{\"reseal\":[{\"form\":\"x\",\"large\":true}]}",
		"{\"reseal\":[{\"form\":\"x\",\"sealed\":\"AAAA\"}]}", "{\"reseal\":[{\"form\":\"row\",\"sealed\":\"AAAA\"}]}",
		"{\"reseal\":[{\"form\":\"row\",\"sealed\":\"!\",\"at\":{\"table\":\"t\",\"id\":\"i\",\"tenant\":\"\"}}]}",
	};
	struct vault v = two_keys();

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CLEANUP(json_put) struct json_object *value = NULL;
		struct err e = ERR_INIT;

		if (json_parse(&value, bad[i], strlen(bad[i]), &e) == -1)
			abort();
		is_int(reseal_answer(&v, value, &e), -1, "refused: %s", bad[i]);
	}
	vault_release(&v);
}

/* An unlock from before the head names no key: both are tried. */
static void
test_nameless_unlock(void)
{
	CLEANUP(secret_release) struct secret key = SECRET_INIT, got = SECRET_INIT;
	CLEANUP(buf_release) struct buf row = BUF_INIT;
	struct vault v = two_keys();
	char handle[UNLOCK_TEXT];
	struct err e = ERR_INIT;

	unlock_make(handle);
	ok(hkdf_sha256(&key, 32, &v.other.sec, handle, strlen(handle), "darkroom unlock 1", &e) == 0 &&
	    xchacha_seal(&row, &key, "w1", 2, "0123456789abcdef0123456789abcdef", 32, &e) == 0, "sealed as it was once, under the other key");
	is_int(vault_open_unlock(&v, &got, handle, "w1", row.data, row.len, &e), 0, "opened");
	ok(got.len == 32 && memcmp(got.p, "0123456789abcdef0123456789abcdef", 32) == 0, "as it was");
	v.has_other = false;
	secret_release(&got);
	is_int(vault_open_unlock(&v, &got, handle, "w1", row.data, row.len, &e), -1, "not without that key");
	is_int(e.code, ERR_WALLET_LOCKED, "as a lock");
	vault_release(&v);
}

static void
test_other_key_file(void)
{
	char dir[] = "/tmp/t_reseal-XXXXXX", key[64], pub[64], other[64], other_pub[64];
	struct vault v = { .has_other = false };
	struct err e = ERR_INIT;

	if (mkdtemp(dir) == NULL)
		abort();
	snprintf(key, sizeof(key), "%s/k", dir);
	snprintf(pub, sizeof(pub), "%s/p", dir);
	snprintf(other, sizeof(other), "%s/ok", dir);
	snprintf(other_pub, sizeof(other_pub), "%s/op", dir);
	is_int(seal_key_files(key, pub, &e), 1, "a key");
	is_int(vault_load(&v, key, other, pub, &e), 0, "another that is not there is none");
	ok(!v.has_other && strlen(v.name) == SEAL_KEY_NAME - 1, "so it is");
	vault_release(&v);
	is_int(seal_key_files(other, other_pub, &e), 1, "another");
	is_int(vault_load(&v, key, other, pub, &e), 0, "both");
	ok(v.has_other, "are there");
	vault_release(&v);
	v = (struct vault){ .has_other = false };
	is_int(vault_load(&v, key, key, pub, &e), 0, "the same file twice");
	ok(!v.has_other, "is one key");
	vault_release(&v);
	unlink(key);
	unlink(pub);
	unlink(other);
	unlink(other_pub);
	rmdir(dir);
}

int
main(void)
{
	test_states();
	test_sealed_anew();
	test_one_key();
	test_large();
	test_malformed();
	test_nameless_unlock();
	test_other_key_file();
	return done_testing();
}
