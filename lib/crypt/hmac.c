#include "hmac.h"

#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

#include "libgcrypt.h"

#define HKDF_MAX	(255 * HMAC_LEN)	/* bytes: the bound of RFC 5869 */

/* mac: HMAC of up to three pieces; the key is the first of the library's list. */
static void
mac(uint8_t out[HMAC_LEN], const void *key, size_t key_len,
    const gcry_buffer_t *piece, size_t n)
{
	gcry_buffer_t all[4] = {
		{ .data = (void *)(uintptr_t)key, .len = key_len },
	};

	for (size_t i = 0; i < n; i++)
		all[1 + i] = piece[i];
	libgcrypt_ready();
	if (gcry_md_hash_buffers(GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC, out, all,
	    (int)(1 + n)) != 0)
		abort();	/* out of memory */
}

void
hmac_sha256(uint8_t out[HMAC_LEN], const struct secret *key, const void *p,
    size_t n)
{
	const gcry_buffer_t text = {
		.data = (void *)(uintptr_t)(n > 0 ? p : ""), .len = n,
	};

	mac(out, key->p, key->len, &text, 1);
}

int
hkdf_sha256(struct secret *out, size_t n, const struct secret *key,
    const void *salt, size_t salt_len, const char *info, struct err *e)
{
	static const uint8_t no_salt[HMAC_LEN];
	uint8_t prk[HMAC_LEN], block[HMAC_LEN], count = 0;
	const gcry_buffer_t ikm = { .data = key->p, .len = key->len };
	struct secret made = SECRET_INIT;
	size_t block_len = 0;

	if (n == 0 || n > HKDF_MAX)
		return err_set(e, ERR_LIMIT, "%zu bytes of HKDF", n);
	if (secret_alloc(&made, n, e) == -1)
		return -1;
	mac(prk, salt_len > 0 ? salt : no_salt,
	    salt_len > 0 ? salt_len : sizeof(no_salt), &ikm, 1);
	for (size_t done = 0, take; done < n; done += take) {
		const gcry_buffer_t piece[] = {
			{ .data = block, .len = block_len },
			{ .data = (void *)(uintptr_t)info,
			    .len = strlen(info) },
			{ .data = &count, .len = 1 },
		};

		count++;
		mac(block, prk, sizeof(prk), piece, 3);
		block_len = sizeof(block);
		take = n - done < block_len ? n - done : block_len;
		memcpy(made.p + done, block, take);
	}
	explicit_bzero(prk, sizeof(prk));
	explicit_bzero(block, sizeof(block));
	*out = made;
	return 0;
}
