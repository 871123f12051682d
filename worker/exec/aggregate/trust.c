#include "trust.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "../../../lib/base/cleanup.h"

static struct buf trusted = BUF_INIT_MAX(AGG_TRUST_MAX);

static int
read_all(const char *path, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	char block[16384];
	ssize_t n;

	if (fd == -1)
		return err_set(e, ERR_CONFIG, "agg_ca_file %s: %s", path, strerror(errno));
	while ((n = read(fd, block, sizeof(block))) > 0)
		buf_add(&trusted, block, (size_t)n);
	if (n == -1)
		return err_set(e, ERR_CONFIG, "agg_ca_file %s: %s", path, strerror(errno));
	return trusted.failed ? err_set(e, ERR_CONFIG, "agg_ca_file %s: over %u bytes", path, AGG_TRUST_MAX) : 0;
}

/* certificates: as many as there are; -1: one of them is none. */
static int
certificates(const struct buf *pem)
{
	BIO *in = BIO_new_mem_buf(pem->data != NULL ? pem->data : "", (int)pem->len);
	X509 *c;
	int n = 0;
	bool at_end;

	if (in == NULL)
		abort();
	for (; (c = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL; n++)
		X509_free(c);
	at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	ERR_clear_error();
	BIO_free(in);
	return at_end ? n : -1;
}

int
agg_trust_read(const char *path, struct err *e)
{
	if (read_all(path, e) == -1)
		return -1;
	return certificates(&trusted) > 0 ? 0 : err_set(e, ERR_CONFIG, "agg_ca_file %s: no list of certificates (PEM)", path);
}

const struct buf *
agg_trust(void)
{
	return trusted.len > 0 ? &trusted : NULL;
}
