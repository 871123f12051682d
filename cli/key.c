#include "key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"

#define FILE_MAX	32768	/* bytes of a key file */
#define DER_MAX		4096
#define PEM_LINE	64

void
key_release(struct key *k)
{
	privkey_release(&k->priv);
	k->set = false;
}

int
key_sign(const struct key *k, char sig[KEY_SIG_B64], const void *p, size_t n, struct err *e)
{
	uint8_t raw[PUBKEY_SIG_MAX];
	size_t len;

	if (privkey_sign(&k->priv, raw, &len, p, n, e) == -1)
		return -1;
	b64_encode(sig, raw, len);
	return 0;
}

/* Give k, whose private key is set, its name. */
static int
name_key(struct key *k, struct err *e)
{
	CLEANUP(pubkey_release) struct pubkey public = PUBKEY_INIT;

	if (privkey_public(&k->priv, &public, e) == -1)
		return -1;
	pubkey_peer_id(k->peer_id, &public);
	k->set = true;
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

static int
take_pem(struct privkey *out, const char *text, struct err *e)
{
	static const char *const labels[] = { "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY" };

	if (strstr(text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") != NULL)
		return err_set(e, ERR_CONFIG, "encrypted keys are not supported");
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		CLEANUP(secret_release) struct secret der = SECRET_INIT;
		ssize_t n = pem_der(&der, text, labels[i]);

		if (n > 0)
			return privkey_der(out, der.p, (size_t)n, e);
	}
	return err_set(e, ERR_CONFIG, "holds neither a PEM private key nor a seed of 64 hex digits");
}

static int
take_text(struct privkey *out, const char *text, size_t n, struct err *e)
{
	CLEANUP(secret_release) struct secret seed = SECRET_INIT;

	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		n--;
	if (n != 2 * ED25519_SEED)
		return take_pem(out, text, e);
	if (secret_alloc(&seed, ED25519_SEED, e) == -1)
		return -1;
	if (hex_decode(seed.p, ED25519_SEED, text, n) != ED25519_SEED)
		return take_pem(out, text, e);
	return privkey_seed(out, seed.p, e);
}

int
key_load(struct key *out, const char *path, struct err *e)
{
	CLEANUP(secret_release) struct secret text = SECRET_INIT;
	CLEANUP(key_release) struct key k = KEY_INIT;

	if (key_secret_read(&text, path, FILE_MAX, e) == -1 ||
	    take_text(&k.priv, (const char *)text.p, text.len, e) == -1 || name_key(&k, e) == -1)
		return err_wrap(e, "key file %s", path);
	*out = k;
	k = (struct key)KEY_INIT;
	return 0;
}

/* Base64 as openssl(1) writes and reads it: lines of 64. */
static int
write_lines(int fd, const char *text)
{
	for (size_t n = strlen(text); n > 0;) {
		size_t part = n < PEM_LINE ? n : PEM_LINE;

		if (dprintf(fd, "%.*s\n", (int)part, text) < 0)
			return -1;
		text += part;
		n -= part;
	}
	return 0;
}

static int
write_pem(int fd, const struct privkey *priv, struct err *e)
{
	CLEANUP(secret_release) struct secret der = SECRET_INIT, text = SECRET_INIT;
	int n = -1;

	if (privkey_pkcs8(priv, &der, e) == -1 || secret_alloc(&text, B64_LEN(der.len), e) == -1)
		return -1;
	b64_encode((char *)text.p, der.p, der.len);
	if (dprintf(fd, "-----BEGIN PRIVATE KEY-----\n") > 0)
		n = write_lines(fd, (const char *)text.p);
	if (n == -1 || dprintf(fd, "-----END PRIVATE KEY-----\n") < 0 || fsync(fd) == -1)
		return err_sys(e, "cannot write the key");
	return 0;
}

int
key_create(struct key *out, const char *path, enum pubkey_alg alg, struct err *e)
{
	CLEANUP(cleanup_close) int fd = -1;
	CLEANUP(key_release) struct key k = KEY_INIT;

	if (privkey_new(&k.priv, alg, e) == -1 || name_key(&k, e) == -1)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1 && errno == EEXIST)
		return err_set(e, ERR_CONFLICT, "%s exists already", path);
	if (fd == -1)
		return err_sys(e, "cannot make %s", path);
	if (write_pem(fd, &k.priv, e) == -1) {
		unlink(path);
		return err_wrap(e, "%s", path);
	}
	*out = k;
	k = (struct key)KEY_INIT;
	return 0;
}
