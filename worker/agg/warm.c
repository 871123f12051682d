#include "warm.h"

#include <curl/curl.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <sodium.h>

#include "../../lib/crypt/sha256.h"

#define KEPT_BYTES	(16 << 20)	/* of a process that ends with its job */

int
warm_up(struct err *e)
{
	uint8_t digest[SHA256_LEN];

	if (sodium_init() == -1)
		return err_set(e, ERR_CRYPTO, "libsodium does not start");
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1)
		return err_set(e, ERR_CRYPTO, "libcrypto does not start");
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(e, ERR_CRYPTO, "libcurl does not start");
	/* shares of 44 kB come and go four at a time: giving each back to the kernel cost a
	 * page fault for every 4 kB of them */
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	(void)mallopt(M_TOP_PAD, KEPT_BYTES / 16);
	sha256(digest, "", 0);		/* libgcrypt's self-test reads /proc */
	return 0;
}
