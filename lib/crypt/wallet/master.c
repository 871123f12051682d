#include "master.h"

#include <gcrypt.h>
#include <string.h>

#include "../../base/rand.h"
#include "../ctb58.h"
#include "../libgcrypt.h"

#define ARGON2_SALT	16	/* bytes of the stored salt that enter */

/* passes 0: no Argon2 */
static const struct method {
	const char *word;
	unsigned long passes, memory_kib;
} methods[] = {
	[WALLET_ARGON2I_MOD] = { "argon2i_mod", 6, 131072 },
	[WALLET_ARGON2I_INT] = { "argon2i_int", 4, 32768 },
	[WALLET_RAW] = { "raw", 0, 0 },
	[WALLET_MANAGED] = { "managed", 0, 0 },
};
_Static_assert(sizeof(methods) / sizeof(methods[0]) == WALLET_METHOD_MAX,
    "one row per method");

const char *
wallet_method_word(enum wallet_method m)
{
	return methods[m].word;
}

int
wallet_method_of(enum wallet_method *out, const char *field, const char *word,
    struct err *e)
{
	for (int m = 0; m < WALLET_METHOD_MAX; m++)
		if (strcmp(word, methods[m].word) == 0) {
			*out = (enum wallet_method)m;
			return 0;
		}
	return err_set(e, ERR_STRUCTURE, "%s: must be argon2i_mod, "
	    "argon2i_int, raw or managed", field);
}

bool
wallet_method_slow(enum wallet_method m)
{
	return methods[m].passes > 0;
}

/* argon2i: WALLET_MASTER bytes into out. */
static int
argon2i(uint8_t *out, const struct method *m, const char *key, size_t n,
    const uint8_t *salt, struct err *e)
{
	const unsigned long cost[] = { WALLET_MASTER, m->passes, m->memory_kib, 1 };
	gcry_kdf_hd_t h;
	gpg_error_t bad;

	libgcrypt_ready();
	bad = gcry_kdf_open(&h, GCRY_KDF_ARGON2, GCRY_KDF_ARGON2I, cost, 4,
	    key, n, salt, ARGON2_SALT, NULL, 0, NULL, 0);
	if (bad == 0) {
		bad = gcry_kdf_compute(h, NULL);
		if (bad == 0)
			bad = gcry_kdf_final(h, WALLET_MASTER, out);
		gcry_kdf_close(h);
	}
	return bad == 0 ? 0 : err_set(e, ERR_CRYPTO, "Argon2 with %lu MiB: %s",
	    m->memory_kib / 1024, gcry_strerror(bad));
}

int
wallet_master(struct secret *out, enum wallet_method m, const char *key,
    size_t n, const uint8_t salt[WALLET_SALT], struct err *e)
{
	struct secret made = SECRET_INIT;
	int bad;

	if (m == WALLET_MANAGED)
		return err_set(e, ERR_WALLET_INPUT,
		    "key: a managed wallet takes none");
	if (n == 0 || n > WALLET_KEY_MAX)
		return err_set(e, ERR_WALLET_INPUT,
		    "key: must have 1 to %d bytes", WALLET_KEY_MAX);
	if (secret_alloc(&made, WALLET_MASTER, e) == -1)
		return -1;
	if (wallet_method_slow(m))
		bad = argon2i(made.p, &methods[m], key, n, salt, e);
	else if ((bad = ctb58_decode(made.p, made.len, key, n)) == -1)
		err_set(e, ERR_WALLET_INPUT,
		    "key: a raw key is base58 of %d bytes", WALLET_MASTER);
	if (bad == -1) {
		secret_release(&made);
		return -1;
	}
	*out = made;
	return 0;
}

int
wallet_master_random(struct secret *out, struct err *e)
{
	if (secret_alloc(out, WALLET_MASTER, e) == -1)
		return -1;
	rand_bytes(out->p, out->len);
	return 0;
}
