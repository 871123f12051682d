#include "vault.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* load_other: a key that is not there is none; one that cannot be read is an error. */
static int
load_other(struct vault *v, const char *path, struct err *e)
{
	if (*path == '\0' || (access(path, F_OK) == -1 && errno == ENOENT))
		return 0;
	if (seal_key_read(&v->other, path, e) == -1)
		return err_wrap(e, "node_key_other_file");
	v->has_other = memcmp(v->other.pub, v->node.pub, SEAL_KEY) != 0;
	return 0;
}

int
vault_load(struct vault *v, const char *node_key_file, const char *other_key_file,
    const char *result_public_file, struct err *e)
{
	uint8_t pub[SEAL_KEY];

	if (seal_key_read(&v->node, node_key_file, e) == -1)
		return err_wrap(e, "node_key_file");
	if (load_other(v, other_key_file, e) == -1)
		return -1;
	if (seal_public_read(pub, result_public_file, e) == -1)
		return err_wrap(e, "result_public_file");
	seal_key_name(v->name, v->node.pub);
	b64_encode(v->result_pub, pub, sizeof(pub));
	return 0;
}

void
vault_release(struct vault *v)
{
	seal_key_release(&v->node);
	seal_key_release(&v->other);
}

static void
set_old(bool *old, bool is)
{
	if (old != NULL)
		*old = is;
}

int
vault_open_row(const struct vault *v, struct wbuf *out, const struct seal_place *at, const void *p, size_t n,
    bool *old, struct err *e)
{
	struct err first = ERR_INIT;
	bool is_old = false;

	if (seal_row_open(out, &v->node, at, p, n, &first) == -1) {
		if (first.code != ERR_CONFIG || !v->has_other) {
			*e = first;
			return -1;
		}
		if (seal_row_open(out, &v->other, at, p, n, e) == -1)
			return -1;
		is_old = true;
	}
	set_old(old, is_old);
	return 0;
}

/* A box does not say whose it is: what the node key does not open is tried with the other. */
int
vault_open_box(const struct vault *v, struct wbuf *out, const void *p, size_t n, bool *old, struct err *e)
{
	struct err first = ERR_INIT;
	bool is_old = false;

	if (seal_box_open(out, &v->node, p, n, &first) == -1) {
		if (first.code != ERR_CRYPTO || !v->has_other) {
			*e = first;
			return -1;
		}
		if (seal_box_open(out, &v->other, p, n, e) == -1)
			return -1;
		is_old = true;
	}
	set_old(old, is_old);
	return 0;
}

/* What names no key is tried with both, as a box is. */
int
vault_open_unlock(const struct vault *v, struct secret *master, const char *handle, const char *wallet,
    const void *p, size_t n, struct err *e)
{
	struct err first = ERR_INIT;

	if (unlock_open(master, &v->node, handle, wallet, p, n, &first) == 0)
		return 0;
	if ((first.code == ERR_CONFIG || n == UNLOCK_NAMELESS) && v->has_other)
		return unlock_open(master, &v->other, handle, wallet, p, n, e);
	*e = first;
	return -1;
}
