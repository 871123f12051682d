#ifndef WORKERD_VAULT_H
#define WORKERD_VAULT_H
#include "../../lib/base/codec.h"
#include "../../lib/base/err.h"
#include "../../lib/crypt/seal.h"
#include "../../lib/crypt/unlock.h"
/*
 * The keys by which this process opens what credential jobs bring: the node key,
 * and the public half of the key that private results are sealed to.  It hands
 * each runner what its job needs; no runner sees a node key.
 *
 * While the node key changes there is another one: the one before, under which
 * rows still rest, or the next, under which other workers seal already.  Everything
 * is sealed under the first; either opens (docs/design/keys.md).
 */
struct vault {
	struct seal_key node, other;
	bool	has_other;
	char	name[SEAL_KEY_NAME];	/* of node */
	char	result_pub[B64_LEN(SEAL_KEY)];
};
/* vault_load: 0, or -1 with ERR_CONFIG naming the setting.  other_key_file "", or a file
 * that is not there: no other key. */
int vault_load(struct vault *v, const char *node_key_file, const char *other_key_file,
    const char *result_public_file, struct err *e);
void vault_release(struct vault *v);	/* safe on zeroed */

/*
 * Opening, with whichever key it was sealed to: as seal_row_open, seal_box_open and
 * unlock_open.  *old, if not NULL, is set on success: whether that was the other key.
 */
int vault_open_row(const struct vault *v, struct wbuf *out, const struct seal_place *at, const void *p, size_t n,
    bool *old, struct err *e);
int vault_open_box(const struct vault *v, struct wbuf *out, const void *p, size_t n, bool *old, struct err *e);
int vault_open_unlock(const struct vault *v, struct secret *master, const char *handle, const char *wallet,
    const void *p, size_t n, struct err *e);
#endif
