#include "key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/rand.h"

#define FILE_MAX	32768	/* bytes of a key file */
#define DER_MAX		4096

/* What begins the DER of a private key (RFC 8410); the seed follows. */
static const uint8_t pkcs8_ed25519[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70,
	0x04, 0x22, 0x04, 0x20 };

void
key_release(struct key *k)
{
	secret_release(&k->seed);
}

int
key_sign(const struct key *k, char sig[KEY_SIG_B64], const void *p, size_t n, struct err *e)
{
	uint8_t raw[ED25519_SIG];

	if (ed25519_sign(raw, p, n, &k->seed, e) == -1)
		return -1;
	b64_encode(sig, raw, sizeof(raw));
	return 0;
}

/* Give k, whose seed is set, its name. */
static int
name_key(struct key *k, struct err *e)
{
	uint8_t public[ED25519_KEY];

	if (ed25519_public(public, &k->seed, e) == -1)
		return -1;
	peerid_ed25519(k->peer_id, public);
	return 0;
}

static int
read_stdin(struct secret *out, size_t max, struct err *e)
{
	size_t len = 0;

	while (len < max) {
		ssize_t n = read(STDIN_FILENO, out->p + len, max - len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_sys(e, "cannot read standard input");
		if (n == 0) {
			out->len = len;
			return 0;
		}
		len += (size_t)n;
	}
	return err_set(e, ERR_CONFIG, "standard input is longer than %zu bytes", max);
}

int
key_secret_read(struct secret *out, const char *path, size_t max, struct err *e)
{
	CLEANUP(secret_release) struct secret file = SECRET_INIT;

	if (secret_alloc(out, max + 1, e) == -1)
		return -1;
	if (strcmp(path, "-") == 0)
		return read_stdin(out, max, e);
	if (secret_read_file(&file, path, max, e) == -1)
		return -1;
	memcpy(out->p, file.p, file.len);
	out->len = file.len;
	return 0;
}

/* The DER inside a PEM block with this label, in out (DER_MAX bytes); its length, or -1. */
static ssize_t
pem_der(struct secret *out, const char *text, const char *label)
{
	CLEANUP(secret_release) struct secret b64 = SECRET_INIT;
	char marker[64];
	const char *p, *end;
	size_t n = 0;

	snprintf(marker, sizeof(marker), "-----BEGIN %s-----", label);
	p = strstr(text, marker);
	if (p == NULL)
		return -1;
	p += strlen(marker);
	snprintf(marker, sizeof(marker), "-----END %s-----", label);
	end = strstr(p, marker);
	if (end == NULL || end == p || secret_alloc(&b64, (size_t)(end - p), NULL) == -1 ||
	    secret_alloc(out, DER_MAX, NULL) == -1)
		return -1;
	for (; p < end; p++)
		if (strchr(" \t\r\n", *p) == NULL)
			b64.p[n++] = (uint8_t)*p;
	return b64_decode(out->p, DER_MAX, (const char *)b64.p, n);
}

/* The Ed25519 seed in PKCS#8 (version 0, or version 1 with a public key after it), or NULL. */
static const uint8_t *
pkcs8_seed(const uint8_t *der, ssize_t n)
{
	if (n < (ssize_t)sizeof(pkcs8_ed25519) + ED25519_SEED || der[0] != 0x30 || der[1] != n - 2 || der[4] > 1)
		return NULL;
	if (memcmp(der + 2, pkcs8_ed25519 + 2, 2) != 0 ||
	    memcmp(der + 5, pkcs8_ed25519 + 5, sizeof(pkcs8_ed25519) - 5) != 0)
		return NULL;
	return der + sizeof(pkcs8_ed25519);
}

/* Labels whose keys are real but not for us. */
static const char *
refused_label(const char *text)
{
	static const struct { const char *label, *why; } others[] = {
		{ "-----BEGIN ENCRYPTED PRIVATE KEY-----", "encrypted keys are not supported" },
		{ "-----BEGIN RSA PRIVATE KEY-----", "only Ed25519 keys can sign" },
		{ "-----BEGIN EC PRIVATE KEY-----", "only Ed25519 keys can sign" },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strstr(text, others[i].label) != NULL)
			return others[i].why;
	return NULL;
}

static int
seed_of_text(struct secret *seed, const char *text, size_t n, struct err *e)
{
	CLEANUP(secret_release) struct secret der = SECRET_INIT;
	const char *why = refused_label(text);
	const uint8_t *s;
	ssize_t len;

	if (why != NULL)
		return err_set(e, ERR_CONFIG, "%s", why);
	if (secret_alloc(seed, ED25519_SEED, e) == -1)
		return -1;
	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		n--;
	if (n == 2 * ED25519_SEED && hex_decode(seed->p, ED25519_SEED, text, n) == ED25519_SEED)
		return 0;
	len = pem_der(&der, text, "PRIVATE KEY");
	s = pkcs8_seed(der.p, len);
	if (s == NULL)
		return err_set(e, ERR_CONFIG, "holds neither a PEM Ed25519 key nor a seed of 64 hex digits");
	memcpy(seed->p, s, ED25519_SEED);
	return 0;
}

int
key_load(struct key *out, const char *path, struct err *e)
{
	CLEANUP(secret_release) struct secret text = SECRET_INIT;
	CLEANUP(key_release) struct key k = KEY_INIT;

	if (key_secret_read(&text, path, FILE_MAX, e) == -1 ||
	    seed_of_text(&k.seed, (const char *)text.p, text.len, e) == -1 || name_key(&k, e) == -1)
		return err_wrap(e, "key file %s", path);
	*out = k;
	k.seed = (struct secret)SECRET_INIT;
	return 0;
}

static int
write_pem(int fd, const struct secret *seed)
{
	uint8_t der[sizeof(pkcs8_ed25519) + ED25519_SEED];
	char b64[B64_LEN(sizeof(der))];
	int n;

	memcpy(der, pkcs8_ed25519, sizeof(pkcs8_ed25519));
	memcpy(der + sizeof(pkcs8_ed25519), seed->p, ED25519_SEED);
	b64_encode(b64, der, sizeof(der));
	n = dprintf(fd, "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n", b64);
	sodium_memzero(der, sizeof(der));
	sodium_memzero(b64, sizeof(b64));
	return n < 0 || fsync(fd) == -1 ? -1 : 0;
}

int
key_create(struct key *out, const char *path, struct err *e)
{
	CLEANUP(cleanup_close) int fd = -1;
	CLEANUP(key_release) struct key k = KEY_INIT;

	if (secret_alloc(&k.seed, ED25519_SEED, e) == -1)
		return -1;
	rand_bytes(k.seed.p, ED25519_SEED);
	if (name_key(&k, e) == -1)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1 && errno == EEXIST)
		return err_set(e, ERR_CONFLICT, "%s exists already", path);
	if (fd == -1)
		return err_sys(e, "cannot make %s", path);
	if (write_pem(fd, &k.seed) == -1) {
		err_sys(e, "cannot write %s", path);
		unlink(path);
		return -1;
	}
	*out = k;
	k.seed = (struct secret)SECRET_INIT;
	return 0;
}
