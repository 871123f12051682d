/*
 * Prio3 of VDAF-08 beside another implementation (make check-dap).
 *
 *	ours		reports on stdin, as prio3.mjs writes them; what is not as we
 *			compute it is printed; then a line for each kind: good, bad,
 *			and how many of the good were refused as they must be
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/codec.h"
#include "../../../lib/crypt/vdaf/prio3.h"

#define FIELDS		15
#define NUMBERS_MAX	4096
enum field { KIND, PARAMETERS, VERDICT, KEY, NONCE, RAND, MEASUREMENT, PUBLIC, LEADER, HELPER, PREP0, PREP1, MESSAGE, OUT0, OUT1 };

struct kind {
	const char *name;
	enum prio3_type type;
	long	good, bad, refused;
};
static struct kind kinds[] = {
	{ .name = "count", .type = PRIO3_COUNT }, { .name = "sum", .type = PRIO3_SUM },
	{ .name = "histogram", .type = PRIO3_HISTOGRAM }, { .name = "sumvec", .type = PRIO3_SUM_VEC },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void
die(const char *what)
{
	fprintf(stderr, "ours: %s\n", what);
	exit(111);
}

static void *
room(size_t n)
{
	void *p = calloc(1, n + 1);

	if (p == NULL)
		die("no memory");
	return p;
}

/* Bytes of a hexadecimal field; an empty one is "-". */
struct bytes {
	uint8_t	*p;
	size_t	len;
};
static struct bytes
get_bytes(const char *w)
{
	struct bytes b = { .len = strcmp(w, "-") == 0 ? 0 : strlen(w) / 2 };

	b.p = room(b.len);
	if (b.len > 0 && hex_decode(b.p, b.len, w, 2 * b.len) != (ssize_t)b.len)
		die("not hexadecimal");
	return b;
}

/* Numbers with commas; an empty field is "-". */
static size_t
get_numbers(uint64_t out[NUMBERS_MAX], char *w)
{
	size_t n = 0;

	if (strcmp(w, "-") == 0)
		return 0;
	for (char *t; (t = strsep(&w, ",")) != NULL; out[n++] = strtoull(t, NULL, 10))
		if (n == NUMBERS_MAX)
			die("too many numbers");
	return n;
}

static struct prio3 *
instance(enum prio3_type type, char *parameters)
{
	struct prio3_param par = { .profile = PRIO3_08, .type = type };
	static uint64_t v[NUMBERS_MAX];
	struct err e = ERR_INIT;
	struct prio3 *p;

	get_numbers(v, parameters);
	if (type == PRIO3_SUM)
		par.bits = (unsigned)v[0];
	if (type == PRIO3_HISTOGRAM || type == PRIO3_SUM_VEC)
		par.length = (uint32_t)v[0];
	if (type == PRIO3_HISTOGRAM)
		par.chunk_length = (uint32_t)v[1];
	if (type == PRIO3_SUM_VEC) {
		par.bits = (unsigned)v[1];
		par.chunk_length = (uint32_t)v[2];
	}
	if ((p = prio3_new(&par, &e)) == NULL)
		die(e.msg);
	return p;
}

static bool
same(const void *ours, size_t len, const struct bytes *theirs)
{
	return len == theirs->len && memcmp(ours, theirs->p, len) == 0;
}

/* Our shares of the same measurement and randomness, beside theirs. */
static bool
sharded(const struct prio3 *p, const uint64_t *meas, size_t n, const struct bytes f[FIELDS])
{
	uint8_t *share[2] = { room(p->leader_share_bytes), room(p->helper_share_bytes) };
	uint8_t *public = room(p->public_share_bytes), *scratch = room(p->shard_room_bytes);
	struct err e = ERR_INIT;
	bool ok;

	if (f[RAND].len != p->rand_bytes || prio3_shard(p, meas, n, f[NONCE].p, f[RAND].p, public, share, scratch, &e) == -1)
		die("the randomness or the measurement does not fit");
	ok = same(public, p->public_share_bytes, &f[PUBLIC]) && same(share[0], p->leader_share_bytes, &f[LEADER]) &&
	    same(share[1], p->helper_share_bytes, &f[HELPER]);
	free(share[0]);
	free(share[1]);
	free(public);
	free(scratch);
	return ok;
}

/* Our preparation of their shares, beside theirs: each message, each output share, and the verdict. */
static bool
prepared(const struct prio3 *p, const struct bytes f[FIELDS], bool good)
{
	uint8_t *state[2], *prep[2], *message = room(p->prep_msg_bytes), *scratch = room(p->prep_room_bytes);
	size_t len[2] = { p->prep_share_bytes, p->prep_share_bytes };
	bool ok = true, accepted;

	for (unsigned i = 0; i < 2; i++) {
		const struct bytes *share = &f[LEADER + i];
		struct prio3_report r = { .nonce = f[NONCE].p, .public_share = f[PUBLIC].p, .public_share_len = f[PUBLIC].len,
		    .input_share = share->p, .input_share_len = share->len };

		r.state = state[i] = room(p->state_bytes);
		r.prep_share = prep[i] = room(p->prep_share_bytes);
		prio3_prep_init(p, i, f[KEY].p, &r, 1, scratch);
		ok = ok && r.why == PRIO3_GOOD && same(prep[i], p->prep_share_bytes, &f[PREP0 + i]);
	}
	accepted = ok && prio3_prep_shares_to_msg(p, (const uint8_t *const *)prep, len, message) == PRIO3_GOOD;
	for (unsigned i = 0; i < 2; i++) {
		accepted = accepted && prio3_prep_next(p, state[i], message, p->prep_msg_bytes) == PRIO3_GOOD;
		ok = ok && (!good || same(state[i], p->out_share_bytes, &f[OUT0 + i]));
	}
	ok = ok && accepted == good && (!good || same(message, p->prep_msg_bytes, &f[MESSAGE]));
	for (unsigned i = 0; i < 2; i++) {
		free(state[i]);
		free(prep[i]);
	}
	free(message);
	free(scratch);
	return ok;
}

static void
compare(struct kind *k, char *word[FIELDS])
{
	static uint64_t meas[NUMBERS_MAX];
	struct prio3 *p = instance(k->type, word[PARAMETERS]);
	size_t n = get_numbers(meas, word[MEASUREMENT]);
	bool good = strcmp(word[VERDICT], "good") == 0, ok;
	struct bytes f[FIELDS] = { 0 };

	for (size_t i = KEY; i < FIELDS; i++)
		if (i != MEASUREMENT)
			f[i] = get_bytes(word[i]);
	ok = prepared(p, f, good) && (!good || sharded(p, meas, n, f));
	*(ok ? &k->good : &k->bad) += 1;
	k->refused += ok && !good;
	if (!ok)
		printf("# not as theirs: %s %s %s\n", k->name, word[VERDICT], word[NONCE]);
	for (size_t i = 0; i < FIELDS; i++)
		free(f[i].p);
	prio3_free(p);
}

int
main(void)
{
	char *line = NULL, *word[FIELDS];
	size_t size = 0, k;
	long bad = 0;

	while (getline(&line, &size, stdin) > 0) {
		char *at = line;

		for (size_t i = 0; i < FIELDS; i++)
			if ((word[i] = strsep(&at, " \n")) == NULL)
				die("a line is too short");
		for (k = 0; k < KINDS && strcmp(kinds[k].name, word[KIND]) != 0; k++)
			continue;
		if (k == KINDS)
			die("an unknown kind");
		compare(&kinds[k], word);
	}
	free(line);
	for (k = 0; k < KINDS; k++) {
		printf("%s %ld %ld %ld\n", kinds[k].name, kinds[k].good, kinds[k].bad, kinds[k].refused);
		bad += kinds[k].bad;
	}
	return bad > 0;
}
