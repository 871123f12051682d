#include "key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"

#define FILE_MAX	65536	/* bytes of a key file */
#define DER_MAX		4096
#define SEED_LEN	32

struct key {
	uint8_t	secret[crypto_sign_SECRETKEYBYTES];	/* seed, then public key */
	char	peer[KEY_PEER_MAX];
};

/* What begins the DER of a private key (RFC 8410); the seed follows. */
static const uint8_t pkcs8_ed25519[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70,
	0x04, 0x22, 0x04, 0x20 };
/* libp2p: identity multihash of the key message {type Ed25519, data}. */
static const uint8_t peer_prefix[] = { 0x00, 0x24, 0x08, 0x01, 0x12, 0x20 };

static void
peer_of(char peer[KEY_PEER_MAX], const uint8_t public[32])
{
	uint8_t id[sizeof(peer_prefix) + 32];

	memcpy(id, peer_prefix, sizeof(peer_prefix));
	memcpy(id + sizeof(peer_prefix), public, 32);
	if (b58_encode(peer, KEY_PEER_MAX, id, sizeof(id)) == -1)
		abort();		/* 38 bytes are at most 53 characters */
}

static struct key *
key_of_seed(const uint8_t seed[SEED_LEN])
{
	struct key *k = sodium_malloc(sizeof(*k));	/* locked, not in core dumps */
	uint8_t public[crypto_sign_PUBLICKEYBYTES];

	if (k == NULL)
		abort();
	crypto_sign_seed_keypair(public, k->secret, seed);
	peer_of(k->peer, public);
	return k;
}

void
key_free(struct key *k)
{
	sodium_free(k);			/* wipes */
}

void
key_sign(const struct key *k, char sig[KEY_SIG_B64], const void *p, size_t n)
{
	uint8_t raw[crypto_sign_BYTES];

	crypto_sign_detached(raw, NULL, p, n, k->secret);
	b64_encode(sig, raw, sizeof(raw));
}

const char *
key_peer_id(const struct key *k)
{
	return k->peer;
}

/* Read a whole file (or standard input) of at most max - 1 bytes; the number of them, or -1. */
static ssize_t
slurp(char *out, size_t max, const char *path, struct err *e)
{
	CLEANUP(cleanup_close) int fd = -1;
	size_t len = 0;

	if (strcmp(path, "-") != 0) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd == -1)
			return err_sys(e, "cannot read key file %s", path);
	}
	while (len < max) {
		ssize_t n = read(fd == -1 ? STDIN_FILENO : fd, out + len, max - len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_sys(e, "cannot read key file %s", path);
		if (n == 0) {
			out[len] = '\0';
			return (ssize_t)len;
		}
		len += (size_t)n;
	}
	return err_set(e, ERR_CONFIG, "key file %s is too big to be a key", path);
}

/* The DER inside a PEM block with this label; its length, or -1. */
static ssize_t
pem_der(uint8_t *out, size_t out_max, const char *text, const char *label)
{
	char marker[64], *b64;
	const char *p, *end;
	size_t n = 0;
	ssize_t len;

	snprintf(marker, sizeof(marker), "-----BEGIN %s-----", label);
	p = strstr(text, marker);
	if (p == NULL)
		return -1;
	p += strlen(marker);
	snprintf(marker, sizeof(marker), "-----END %s-----", label);
	end = strstr(p, marker);
	if (end == NULL)
		return -1;
	b64 = sodium_malloc((size_t)(end - p) + 1);
	if (b64 == NULL)
		abort();
	for (; p < end; p++)
		if (strchr(" \t\r\n", *p) == NULL)
			b64[n++] = *p;
	len = b64_decode(out, out_max, b64, n);
	sodium_free(b64);
	return len;
}

/* The Ed25519 seed in PKCS#8 (version 0, or version 1 with a public key after it). */
static const uint8_t *
pkcs8_seed(const uint8_t *der, size_t n)
{
	if (n < sizeof(pkcs8_ed25519) + SEED_LEN || der[0] != 0x30 || der[1] != n - 2 || der[4] > 1)
		return NULL;
	if (memcmp(der + 2, pkcs8_ed25519 + 2, 2) != 0 ||
	    memcmp(der + 5, pkcs8_ed25519 + 5, sizeof(pkcs8_ed25519) - 5) != 0)
		return NULL;
	return der + sizeof(pkcs8_ed25519);
}

static int
seed_of_text(uint8_t seed[SEED_LEN], const char *text, size_t n, const char *path, struct err *e)
{
	uint8_t der[DER_MAX];
	const uint8_t *s = NULL;
	ssize_t len;

	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		n--;
	if (n == 2 * SEED_LEN && hex_decode(seed, SEED_LEN, text, n) == SEED_LEN)
		return 0;
	if (strstr(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") != NULL)
		return err_set(e, ERR_CONFIG, "key file %s: encrypted keys are not supported", path);
	if (strstr(text, "-----BEGIN RSA PRIVATE KEY-----") != NULL ||
	    strstr(text, "-----BEGIN EC PRIVATE KEY-----") != NULL)
		return err_set(e, ERR_CONFIG, "key file %s: only Ed25519 keys can sign", path);
	len = pem_der(der, sizeof(der), text, "PRIVATE KEY");
	if (len != -1)
		s = pkcs8_seed(der, (size_t)len);
	if (s != NULL)
		memcpy(seed, s, SEED_LEN);
	sodium_memzero(der, sizeof(der));
	if (s == NULL)
		return err_set(e, ERR_CONFIG, "key file %s holds neither a PEM Ed25519 key nor a seed of 64 hex digits", path);
	return 0;
}

int
key_load(struct key **out, const char *path, struct err *e)
{
	uint8_t seed[SEED_LEN];
	char *text = sodium_malloc(FILE_MAX);
	ssize_t n;
	int rc;

	if (text == NULL)
		abort();
	n = slurp(text, FILE_MAX, path, e);
	rc = n == -1 ? -1 : seed_of_text(seed, text, (size_t)n, path, e);
	sodium_free(text);
	if (rc == 0)
		*out = key_of_seed(seed);
	sodium_memzero(seed, sizeof(seed));
	return rc;
}

static int
write_pem(int fd, const uint8_t seed[SEED_LEN])
{
	uint8_t der[sizeof(pkcs8_ed25519) + SEED_LEN];
	char b64[B64_LEN(sizeof(der))];
	int n;

	memcpy(der, pkcs8_ed25519, sizeof(pkcs8_ed25519));
	memcpy(der + sizeof(pkcs8_ed25519), seed, SEED_LEN);
	b64_encode(b64, der, sizeof(der));
	n = dprintf(fd, "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n", b64);
	sodium_memzero(der, sizeof(der));
	sodium_memzero(b64, sizeof(b64));
	return n < 0 || fsync(fd) == -1 ? -1 : 0;
}

int
key_create(struct key **out, const char *path, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	uint8_t seed[SEED_LEN];

	if (fd == -1 && errno == EEXIST)
		return err_set(e, ERR_CONFLICT, "%s exists already", path);
	if (fd == -1)
		return err_sys(e, "cannot make %s", path);
	randombytes_buf(seed, sizeof(seed));
	if (write_pem(fd, seed) == -1) {
		err_sys(e, "cannot write %s", path);
		unlink(path);
		sodium_memzero(seed, sizeof(seed));
		return -1;
	}
	*out = key_of_seed(seed);
	sodium_memzero(seed, sizeof(seed));
	return 0;
}
