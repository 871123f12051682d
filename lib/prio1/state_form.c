#include "state_form.h"

#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../crypt/hmac.h"

int
state_key(struct aead *out, const struct prio_state_of *of, const uint8_t salt[STATE_SALT], struct err *e)
{
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	CLEANUP(buf_release) struct buf what = BUF_INIT;
	char hex[SHA256_HEX], info[128];

	buf_addf(&what, "%zu:%s", strlen(of->batch_id), of->batch_id);
	buf_addf(&what, "|%s%s", of->run != NULL ? "run " : "", of->run != NULL ? of->run : "");
	sha256_hex(hex, what.data, what.len);
	snprintf(info, sizeof(info), "darkroom prio1 state v1 %d %zu %s", of->side, of->n_data, hex);
	if (hkdf_sha256(&key, AEAD_KEY, of->key, salt, STATE_SALT, info, e) == -1)
		return -1;
	return aead_init(out, key.p, key.len, e);
}

void
state_nonce(uint8_t out[AEAD_NONCE], uint64_t block, enum state_column column)
{
	for (size_t i = 0; i < 8; i++)
		out[i] = (uint8_t)(block >> (56 - 8 * i));
	memset(out + 8, 0, 3);
	out[11] = (uint8_t)column;
}
