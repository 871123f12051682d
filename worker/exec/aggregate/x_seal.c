/*
 * blob.seal: a segment that nobody appends to any more becomes a blob, which any
 * host can read.  Whoever has it open goes on reading the file.
 * Source: specification 4.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/codec.h"
#include "../../../lib/base/json.h"
#include "../../../lib/crypt/sha256.h"
#include "kinds.h"
#include "slurp.h"
#include "task.h"

#define SEGMENT_MAX	(INT64_C(1) << 30)	/* bytes */
#define SLICE		(1u << 18)

/* write_all: the next bytes of out. */
static int
write_all(int out, const uint8_t *p, size_t n, struct err *e)
{
	for (size_t at = 0; at < n;) {
		ssize_t k = write(out, p + at, n - at);

		if (k == -1)
			return err_sys(e, "write a segment");
		at += (size_t)k;
	}
	return 0;
}

/* copy: length bytes of in to out, and their digest. */
static int
copy(struct fork_job *j, int in, int out, int64_t length, uint8_t digest[SHA256_LEN], struct err *e)
{
	static uint8_t slice[SLICE];
	CLEANUP(sha256_release) struct sha256 h;

	sha256_init(&h);
	for (int64_t at = 0; at < length;) {
		size_t n = length - at < SLICE ? (size_t)(length - at) : SLICE;

		if (slurp_part(in, at, slice, n, e) == -1 || write_all(out, slice, n, e) == -1)
			return -1;
		sha256_update(&h, slice, n);
		at += (int64_t)n;
		fork_progress(j, "sealing", (uint64_t)at, (uint64_t)length, "bytes");
	}
	sha256_final(&h, digest);
	return 0;
}

/* length_of: what its writer said; of a writer that died, what is there. */
static int
length_of(struct json_object *on, int in, int64_t *length, struct err *e)
{
	struct stat st;
	int rc = json_opt_i64(on, "length", 1, SEGMENT_MAX, length, e);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (fstat(in, &st) == -1)
		return err_sys(e, "stat");
	if (st.st_size > SEGMENT_MAX)
		return err_set(e, ERR_LIMIT, "%lld bytes", (long long)st.st_size);
	*length = st.st_size;
	return 0;
}

static int
seal_run(struct fork_job *j, struct err *e)
{
	CLEANUP(cleanup_close) int in = -1, out = -1;
	uint8_t digest[SHA256_LEN];
	char hex[SHA256_HEX];
	struct json_object *on, *o;
	const char *segment;
	int64_t length;

	if (json_get_obj(agg_on(j), "segment", &on, e) == -1 || json_get_str(on, "segment", 36, 36, &segment, e) == -1)
		return err_wrap(e, "segment");
	in = fork_file_in(j, segment, e);
	if (in == -1 || length_of(on, in, &length, e) == -1)
		return err_wrap(e, "segment");
	out = fork_file_out(j, e);
	if (out == -1 || copy(j, in, out, length, digest, e) == -1 || fork_publish(j, out, segment, digest, e) == -1)
		return -1;
	hex_encode(hex, digest, sizeof(digest));
	o = json_object_new_object();
	json_add_str(o, "segment", segment);
	json_add_str(o, "sha256", hex);
	json_add_i64(o, "size", length);
	fork_write(j, "segment_sealed", o);
	fork_result(j, 200, NULL);
	return 0;
}

const struct fork_kind x_blob_seal = { .name = "blob.seal", .run = seal_run };
