#include <string.h>
#include "scan.h"
/* Parquet begins and ends with PAR1; what is between is the script's to read. */
#define MAGIC "PAR1"
#define MAGIC_LEN 4

struct parquet {
	char	first[MAGIC_LEN], last[MAGIC_LEN];
	size_t	n;		/* bytes seen, at most 2 * MAGIC_LEN */
};

static int
parquet_feed(void *state, const char *p, size_t n, struct err *e)
{
	struct parquet *q = state;

	(void)e;
	for (; n > 0 && q->n < MAGIC_LEN; p++, n--) {
		q->first[q->n++] = *p;
	}
	if (n >= MAGIC_LEN) {
		memcpy(q->last, p + n - MAGIC_LEN, MAGIC_LEN);
	} else {
		memmove(q->last, q->last + n, MAGIC_LEN - n);
		memcpy(q->last + MAGIC_LEN - n, p, n);
	}
	return 0;
}

static int
parquet_end(void *state, struct scan_facts *out, struct err *e)
{
	struct parquet *q = state;

	(void)out;
	if (memcmp(q->first, MAGIC, MAGIC_LEN) != 0 || memcmp(q->last, MAGIC, MAGIC_LEN) != 0)
		return err_set(e, ERR_VALIDATION, "kind: the body is not a parquet file");
	return 0;
}

const struct scan_kind scan_parquet = { .name = "parquet", .size = sizeof(struct parquet), .feed = parquet_feed,
    .end = parquet_end };
