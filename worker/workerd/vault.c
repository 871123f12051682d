#include "vault.h"

int
vault_load(struct vault *v, const char *node_key_file, const char *result_public_file, struct err *e)
{
	uint8_t pub[SEAL_KEY];

	if (seal_key_read(&v->node, node_key_file, e) == -1)
		return err_wrap(e, "node_key_file");
	if (seal_public_read(pub, result_public_file, e) == -1)
		return err_wrap(e, "result_public_file");
	b64_encode(v->result_pub, pub, sizeof(pub));
	return 0;
}

void
vault_release(struct vault *v)
{
	seal_key_release(&v->node);
}
