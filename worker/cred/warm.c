#include "warm.h"

#include <openssl/crypto.h>
#include <sodium.h>

#include "../../lib/crypt/anoncreds/attr.h"
#include "../../lib/crypt/bn/prime.h"
#include "../../lib/crypt/sha256.h"

int
warm_up(struct err *e)
{
	char name[AC_NAME_MAX + 1];
	uint8_t digest[SHA256_LEN];

	if (sodium_init() == -1)
		return err_set(e, ERR_CRYPTO, "libsodium does not start");
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		return err_set(e, ERR_CRYPTO, "libcrypto does not start");
	sha256(digest, "", 0);		/* libgcrypt's self-test reads /proc */
	(void)ac_attr_name(name, "warm");	/* glibc's tables of letters are files */
	prime_warm();
	return 0;
}
