#ifndef WORKERD_VAULT_H
#define WORKERD_VAULT_H
#include "../../lib/base/codec.h"
#include "../../lib/base/err.h"
#include "../../lib/crypt/seal.h"
/*
 * The keys by which this process opens what credential jobs bring: the node key,
 * and the public half of the key that private results are sealed to.  It hands
 * each runner what its job needs; no runner sees the node key.
 */
struct vault {
	struct seal_key node;
	char	result_pub[B64_LEN(SEAL_KEY)];
};
/* vault_load: 0, or -1 with ERR_CONFIG naming the setting. */
int vault_load(struct vault *v, const char *node_key_file, const char *result_public_file, struct err *e);
void vault_release(struct vault *v);	/* safe on zeroed */
#endif
