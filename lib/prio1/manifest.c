#include "manifest.h"

#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "../base/json.h"
#include "../crypt/ct.h"

/* What is signed is never anything else that the key may sign. */
static const char domain[] = "darkroom prio1 manifest v1";	/* with its NUL */

void
prio_manifest_release(struct prio_manifest *m)
{
	free(m->parts);
	*m = (struct prio_manifest)PRIO_MANIFEST_INIT;
}

/* ---- parts -------------------------------------------------------------- */

static bool
is_digest(const char *s)
{
	return strlen(s) == SHA256_HEX - 1 && strspn(s, "0123456789abcdef") == SHA256_HEX - 1;
}

/* place: where a name is or belongs; sorted by bytes. */
static size_t
place(const struct prio_manifest *m, const char *name, bool *there)
{
	size_t from = 0, to = m->n_parts;

	*there = false;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int c = strcmp(m->parts[mid].name, name);

		if (c == 0) {
			*there = true;
			return mid;
		}
		if (c < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

int
prio_manifest_add(struct prio_manifest *m, const char *name, int64_t bytes, const char *sha256, struct err *e)
{
	size_t n = strlen(name), at;
	struct prio_part *p;
	bool there;

	if (!prio_is_part(name) || n >= sizeof(p->name))
		return err_set(e, ERR_VALIDATION, "files: a name without slash, not hidden, of at most %zu bytes", sizeof(p->name) - 1);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
			return err_set(e, ERR_VALIDATION, "files: a name with a control character");
	if (bytes < 0 || !is_digest(sha256))
		return err_set(e, ERR_VALIDATION, "files: %s", bytes < 0 ? "bytes" : "sha256");
	if (m->n_parts == PRIO_FILES_MAX)
		return err_set(e, ERR_LIMIT, "files: more than %d", PRIO_FILES_MAX);
	at = place(m, name, &there);
	if (there)
		return err_set(e, ERR_VALIDATION, "files: a name stands twice");
	p = reallocarray(m->parts, m->n_parts + 1, sizeof(*p));
	if (p == NULL)
		abort();
	m->parts = p;
	memmove(p + at + 1, p + at, (m->n_parts - at) * sizeof(*p));
	p[at] = (struct prio_part){ .bytes = bytes };
	memcpy(p[at].name, name, n + 1);
	memcpy(p[at].sha256, sha256, SHA256_HEX);
	m->n_parts++;
	return 0;
}

const struct prio_part *
prio_manifest_find(const struct prio_manifest *m, const char *name)
{
	bool there;
	size_t at = place(m, name, &there);

	return there ? &m->parts[at] : NULL;
}

/* ---- writing ------------------------------------------------------------ */

static void
put_obj(struct json_object **o)
{
	json_put(o);
}

void
prio_manifest_write(struct buf *out, const struct prio_manifest *m)
{
	CLEANUP(put_obj) struct json_object *o = json_object_new_object();
	struct json_object *files = json_object_new_array(), *accepted = json_object_new_object();
	char hex[SHA256_HEX], server[2] = { m->server, '\0' };

	json_add_i64(o, "v", 1);
	json_add_str(o, "run", m->run);
	json_add_str(o, "stage", m->stage);
	json_add_str(o, "batch_id", m->batch_id);
	json_add_str(o, "server", server);
	for (size_t i = 0; i < m->n_parts; i++) {
		struct json_object *f = json_object_new_object();

		json_add_str(f, "name", m->parts[i].name);
		json_add_i64(f, "bytes", m->parts[i].bytes);
		json_add_str(f, "sha256", m->parts[i].sha256);
		json_object_array_add(files, f);
	}
	json_add(o, "files", files);
	hex_encode(hex, m->set.checksum, SHA256_LEN);
	json_add_i64(accepted, "count", m->set.count);
	json_add_str(accepted, "checksum", hex);
	json_add(o, "accepted", accepted);
	buf_adds(out, json_text(o));
}

/* ---- reading ------------------------------------------------------------ */

static int
read_files(struct prio_manifest *m, struct json_object *o, struct err *e)
{
	static const char *const keys[] = { "name", "bytes", "sha256", NULL };
	struct json_object *files;

	if (json_get_arr(o, "files", 0, PRIO_FILES_MAX, &files, e) == -1)
		return -1;
	for (size_t i = 0; i < json_object_array_length(files); i++) {
		struct json_object *f = json_object_array_get_idx(files, i);
		const char *name, *sha256;
		int64_t bytes;

		if (json_known(f, keys, e) == -1 || json_get_str(f, "name", 1, sizeof(m->parts->name) - 1, &name, e) == -1 ||
		    json_get_i64(f, "bytes", 0, INT64_MAX, &bytes, e) == -1 ||
		    json_get_str(f, "sha256", SHA256_HEX - 1, SHA256_HEX - 1, &sha256, e) == -1 ||
		    prio_manifest_add(m, name, bytes, sha256, e) == -1)
			return -1;
	}
	return 0;
}

static int
read_accepted(struct prio_set *s, struct json_object *o, struct err *e)
{
	static const char *const keys[] = { "count", "checksum", NULL };
	struct json_object *a;
	const char *hex;

	if (json_get_obj(o, "accepted", &a, e) == -1 || json_known(a, keys, e) == -1 ||
	    json_get_i64(a, "count", 0, INT64_MAX / 2, &s->count, e) == -1 ||
	    json_get_str(a, "checksum", SHA256_HEX - 1, SHA256_HEX - 1, &hex, e) == -1)
		return -1;
	if (!is_digest(hex))
		return err_set(e, ERR_VALIDATION, "checksum: 64 lower case hex digits are expected");
	hex_decode(s->checksum, SHA256_LEN, hex, SHA256_HEX - 1);
	return 0;
}

static int
read_text(char *out, size_t max, struct json_object *o, const char *key, struct err *e)
{
	const char *s;

	if (json_get_str(o, key, 1, max - 1, &s, e) == -1)
		return -1;
	memcpy(out, s, strlen(s) + 1);
	return 0;
}

int
prio_manifest_parse(struct prio_manifest *m, const char *p, size_t n, struct err *e)
{
	static const char *const keys[] = { "v", "run", "stage", "batch_id", "server", "files", "accepted", NULL };
	CLEANUP(prio_manifest_release) struct prio_manifest got = PRIO_MANIFEST_INIT;
	CLEANUP(put_obj) struct json_object *o = NULL;
	char server[2];
	int64_t v;

	if (n > PRIO_MANIFEST_MAX)
		return err_set(e, ERR_TOO_LARGE, "a manifest over %u bytes", PRIO_MANIFEST_MAX);
	if (json_parse(&o, p, n, e) == -1 || json_known(o, keys, e) == -1 || json_get_i64(o, "v", 1, 1, &v, e) == -1 ||
	    read_text(got.run, sizeof(got.run), o, "run", e) == -1 ||
	    read_text(got.stage, sizeof(got.stage), o, "stage", e) == -1 ||
	    read_text(got.batch_id, sizeof(got.batch_id), o, "batch_id", e) == -1 ||
	    read_text(server, sizeof(server), o, "server", e) == -1 || read_files(&got, o, e) == -1 ||
	    read_accepted(&got.set, o, e) == -1)
		return err_wrap(e, PRIO_MANIFEST);
	if (server[0] != 'A' && server[0] != 'B')
		return err_set(e, ERR_VALIDATION, PRIO_MANIFEST ": server: A or B is expected");
	got.server = server[0];
	*m = got;
	got.parts = NULL;
	return 0;
}

/* ---- signatures --------------------------------------------------------- */

/* signed_bytes: the domain with its NUL, then the file. */
static void
signed_bytes(struct buf *out, const char *p, size_t n)
{
	buf_add(out, domain, sizeof(domain));
	buf_add(out, p, n);
	if (out->failed)
		abort();	/* its bound is above that of a manifest */
}

int
prio_manifest_sign(uint8_t sig[ED25519_SIG], const char *p, size_t n, const struct secret *seed, struct err *e)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(sizeof(domain) + PRIO_MANIFEST_MAX);

	if (n > PRIO_MANIFEST_MAX)
		return err_set(e, ERR_TOO_LARGE, "a manifest over %u bytes", PRIO_MANIFEST_MAX);
	signed_bytes(&b, p, n);
	return ed25519_sign(sig, b.data, b.len, seed, e);
}

bool
prio_manifest_signed(const uint8_t sig[ED25519_SIG], const char *p, size_t n, const uint8_t key[ED25519_KEY])
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(sizeof(domain) + PRIO_MANIFEST_MAX);

	if (n > PRIO_MANIFEST_MAX)
		return false;
	signed_bytes(&b, p, n);
	return ed25519_verify(sig, b.data, b.len, key);
}

int
prio_manifest_meant(const struct prio_manifest *m, const char *run, const char *stage, const char *batch_id, char server,
    struct err *e)
{
	const char *wrong = strcmp(m->run, run) != 0 ? "run" : strcmp(m->stage, stage) != 0 ? "stage" :
	    strcmp(m->batch_id, batch_id) != 0 ? "batch_id" : m->server != server ? "server" : NULL;

	return wrong != NULL ? err_set(e, ERR_CONFLICT, PRIO_MANIFEST ": %s is another than ours", wrong) : 0;
}

int
prio_sets_agree(const struct prio_set *ours, const struct prio_set *peers, struct err *e)
{
	char a[SHA256_HEX], b[SHA256_HEX];

	if (ours->count == peers->count && ct_equal(ours->checksum, peers->checksum, SHA256_LEN))
		return 0;
	hex_encode(a, ours->checksum, SHA256_LEN);
	hex_encode(b, peers->checksum, SHA256_LEN);
	return err_set(e, ERR_CONFLICT, "batch_mismatch: we accepted %lld records (checksum %s), the peer %lld (%s)",
	    (long long)ours->count, a, (long long)peers->count, b);
}
