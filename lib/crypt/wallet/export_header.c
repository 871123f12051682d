/* The header of lib/crypt/wallet/exportfile.h. */
#include <string.h>

#include "../../base/msgpack.h"
#include "exportfile.h"

#define LENGTH	4	/* bytes of a length, little-endian */

/* Variants of the format by their index. */
static const struct {
	enum wallet_method method;
	bool	salted;
} variants[] = {
	{ WALLET_ARGON2I_MOD, true },
	{ WALLET_ARGON2I_INT, true },
	{ WALLET_RAW, false },
};
#define VARIANTS (sizeof(variants) / sizeof(variants[0]))

/* put_bytes: a byte string as an array of integers, as serde writes a Vec<u8>. */
static size_t
put_bytes(uint8_t *out, const uint8_t *p, uint32_t n)
{
	size_t len = msgpack_put_array(out, n);

	for (uint32_t i = 0; i < n; i++)
		len += msgpack_put_uint(out + len, p[i]);
	return len;
}

size_t
export_header_write(struct export_header *h, uint8_t out[EXPORT_HEADER])
{
	uint32_t v = 0;
	size_t n = LENGTH;

	while (variants[v].method != h->method)
		v++;
	n += msgpack_put_array(out + n, 3);
	n += msgpack_put_array(out + n, 2);
	n += msgpack_put_uint(out + n, v);
	n += msgpack_put_array(out + n, variants[v].salted ? 3 : 2);
	if (variants[v].salted)
		n += put_bytes(out + n, h->salt, WALLET_SALT);
	n += put_bytes(out + n, h->nonce, AEAD_NONCE);
	n += msgpack_put_uint(out + n, EXPORT_CHUNK);
	n += msgpack_put_uint(out + n, h->time_s);
	n += msgpack_put_uint(out + n, 0);
	for (size_t i = 0; i < LENGTH; i++)
		out[i] = (uint8_t)((n - LENGTH) >> (8 * i));
	sha256(h->digest, out + LENGTH, n - LENGTH);
	return n;
}

static int
get_bytes(struct msgpack *m, uint8_t *out, size_t want)
{
	uint64_t byte;
	size_t n;

	if (msgpack_array(m, &n) == -1 || n != want)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (msgpack_uint(m, &byte) == -1 || byte > UINT8_MAX)
			return -1;
		out[i] = (uint8_t)byte;
	}
	return 0;
}

static int
get_header(struct export_header *h, struct msgpack m, struct err *e)
{
	uint64_t v, chunk, version;
	size_t n;

	if (msgpack_array(&m, &n) == -1 || n != 3 ||
	    msgpack_array(&m, &n) == -1 || n != 2 || msgpack_uint(&m, &v) == -1)
		return err_set(e, ERR_STRUCTURE, "not the header of an export");
	if (v >= VARIANTS)
		return err_set(e, ERR_STRUCTURE,
		    "the export's encryption has an unknown variant");
	h->method = variants[v].method;
	if (msgpack_array(&m, &n) == -1 || n != (variants[v].salted ? 3 : 2) ||
	    (variants[v].salted && get_bytes(&m, h->salt, WALLET_SALT) == -1) ||
	    get_bytes(&m, h->nonce, AEAD_NONCE) == -1 ||
	    msgpack_uint(&m, &chunk) == -1 || msgpack_uint(&m, &h->time_s) == -1 ||
	    msgpack_uint(&m, &version) == -1 || m.n != 0)
		return err_set(e, ERR_STRUCTURE, "not the header of an export");
	if (chunk != EXPORT_CHUNK || version != 0)
		return err_set(e, ERR_STRUCTURE, "the export is of version %llu "
		    "with chunks of %llu bytes", (unsigned long long)version,
		    (unsigned long long)chunk);
	return 0;
}

int
export_header_read(struct export_header *h, const void *p, size_t n,
    size_t *used, struct err *e)
{
	const uint8_t *in = p;
	struct export_header got = { .method = WALLET_RAW };
	uint32_t len;

	if (n < LENGTH)
		return 0;
	len = in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 |
	    (uint32_t)in[3] << 24;
	if (len > EXPORT_HEADER - LENGTH)
		return err_set(e, ERR_STRUCTURE, "not the header of an export");
	if (n - LENGTH < len)
		return 0;
	if (get_header(&got, (struct msgpack){ in + LENGTH, len }, e) == -1)
		return -1;
	sha256(got.digest, in + LENGTH, len);
	*h = got;
	*used = LENGTH + len;
	return 1;
}
