#include "x_primes.h"

#include <string.h>

#include "../../../lib/base/cleanup.h"
#include "../../../lib/base/clock.h"
#include "../../../lib/base/json.h"
#include "../../../lib/base/uuid.h"
#include "../../../lib/crypt/bn/prime.h"
#include "field.h"

#define SLICE_US	45000000	/* of the lane's 60 s: what was found by then is kept */
#define STEP		50		/* candidates between two looks at the clock */
#define COUNT_MAX	64

/* add_prime: the half of a safe prime for the pool, under a name of its own. */
static void
add_prime(struct fork_job *j, const struct bn *half, int64_t bits)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(BN_DEC_MAX + 1);
	struct json_object *o = json_object_new_object();
	char id[UUID_TEXT];
	uint8_t u[16];

	uuid_random128(u);
	uuid_format(id, u);
	bn_to_dec(half, &text);
	json_add_str(o, "id", id);
	json_add_i64(o, "bits", bits);
	json_add_strn(o, "seal_p", text.data, text.len);
	explicit_bzero(text.data, text.len);
	fork_write(j, "prime", o);
}

static int64_t
search(struct fork_job *j, struct prime_search *s, int64_t bits, int64_t count)
{
	int64_t until = clock_mono_us() + SLICE_US, found = 0;

	while (found < count && clock_mono_us() < until) {
		struct bn half = BN_INIT;

		if (prime_search_step(s, STEP, &half) == 1) {
			add_prime(j, &half, bits);
			found++;
		}
		bn_release(&half);
		fork_progress(j, "primes", prime_search_candidates(s), 0, "candidates");
	}
	return found;
}

/* bits: of a prime, or of a modulus, which has two. */
static int
fill(struct fork_job *j, struct err *e)
{
	struct json_object *body;
	struct prime_search *s;
	int64_t bits = 1024, count = 1, found;

	if (field_int(j, "bits", 1024, 3072, &bits, e) == -1 || field_int(j, "count", 1, COUNT_MAX, &count, e) == -1)
		return -1;
	if (bits >= 2048)
		bits /= 2;
	if (bits != 1024 && bits != 1536)
		return err_set(e, ERR_STRUCTURE, "bits: not 1024 or 1536");
	s = prime_search_new((unsigned)bits, e);
	if (s == NULL)
		return -1;
	found = search(j, s, bits, count);
	prime_search_free(s);
	body = json_object_new_object();
	json_add_i64(body, "made", found);
	json_add_i64(body, "bits", bits);
	fork_result(j, 200, body);
	return 0;
}

const struct fork_kind x_primes_fill = { .name = "primes.fill", .run = fill };
