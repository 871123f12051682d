/*
 * Prio3 against the drafts' own reference code, for parameters that no published vector
 * has: odd chunks, one chunk, chunks beyond the end, many shares, numbers of 64 bits.
 * Each figure is SHA-256 of all that a report has: public share; input share, prep share
 * and output share of each aggregator; prep message.
 *
 * Source: poc/ of draft-irtf-cfrg-vdaf-08 and -20, with randomness byte i = 7 i, verify
 * key byte i = 3 i, nonce 0..15, context "some ctx"; number i of a measurement is
 * 0x9e3779b97f4a7c15 (i + 1) mod 2^64 mod (largest + 1), for Multihot i < max_weight.
 */
#include "../../lib/crypt/sha256.h"
#include "../../lib/crypt/vdaf/prio3.h"
#include "../tap.h"

#define SHARES_MAX	5

static const struct { struct prio3_param param; const char *sha256; } figures[] = {
	{ { .profile = PRIO3_08, .type = PRIO3_COUNT, .shares = 5 },
	    "1b2bea2ba75d8234f822bab9a0a1f5b0b337b224c64e7ae540f03ba43a36549e" },
	{ { .profile = PRIO3_08, .type = PRIO3_SUM, .bits = 1 },
	    "24489065ab35052d44ceaafb227958da9d481d70564af34d42cf9bb3cbfc1cd0" },
	{ { .profile = PRIO3_08, .type = PRIO3_SUM, .bits = 7 },
	    "b9da55d38ac7764263c3a37db5416fd7020be6b40259e13370a9ceb7092c3c70" },
	{ { .profile = PRIO3_08, .type = PRIO3_SUM, .bits = 32 },
	    "88ce88187b082ea9af5d58ffae1acf080b26a671ebafd6ffdc34e24bae837ecc" },
	{ { .profile = PRIO3_08, .type = PRIO3_SUM, .bits = 64 },
	    "bdba1fa7c7f214c116311550f745161f82bf5cc3ec121dc7194a5f0599a58da2" },
	{ { .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 1, .length = 1, .chunk_length = 1 },
	    "c6b13026a2a652e57b91ff5d6e76b4ceb5ac0975284e0b6cd1ef958363e0e283" },
	{ { .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 3, .length = 7, .chunk_length = 1 },
	    "c87a8c27ead7caec305020c2c7284edcb18cba26be72726fbd34d12485d9f118" },
	{ { .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 3, .length = 7, .chunk_length = 21 },
	    "02b48feff50e07db7c6021d7b1a3a2acdb62ed468401a9f60b47217ae36d1648" },
	{ { .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 1, .length = 21, .chunk_length = 5 },
	    "00dbe16a6342af0444445b575954860fd37e8f0b9cb74d097827fab2acca8e5d" },
	{ { .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 64, .length = 3, .chunk_length = 9 },
	    "9d08702a016d1cb513fcc38a22400916a5b3b63f5533e1172ae6f3d7bc976795" },
	{ { .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 7, .length = 10, .chunk_length = 7 },
	    "e2c0f76a3235aeca5a451c23618101eb4ab0450443a299e8032ce118beeb9899" },
	{ { .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 4, .length = 5, .chunk_length = 100 },
	    "74de89d468f5d794bb10e4be8dbd64b27651c1c78068fec857d89eb71cfbd68d" },
	{ { .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .bits = 1, .length = 300, .chunk_length = 17 },
	    "f35b1b1dac54485e8cfc776387a7db1dc7426a1e2ce080d725821e1e794fcb17" },
	{ { .profile = PRIO3_08, .type = PRIO3_HISTOGRAM, .length = 1, .chunk_length = 1 },
	    "4331c4060b3cfdfc5b9bad3f7b936738d457b9f8aeb25e5e892c8018ca4dbd1f" },
	{ { .profile = PRIO3_08, .type = PRIO3_HISTOGRAM, .length = 10, .chunk_length = 3 },
	    "69d4d28b94bad9cc96e9686a08e2c0f8cf1f3b815e9748ce387ed7c06eb418f8" },
	{ { .profile = PRIO3_08, .type = PRIO3_HISTOGRAM, .length = 33, .chunk_length = 5 },
	    "38251d51e5ec22b3d20e9cfbd00fac0ca64bf5e05c1dd7be8cdd2d6b4c856ebf" },
	{ { .profile = PRIO3_08, .type = PRIO3_HISTOGRAM, .length = 64, .chunk_length = 64 },
	    "6a882ba3cb3071b1904100623063cc32f3ad55578882dbeb0b47f65705cf8788" },
	{ { .profile = PRIO3_08, .type = PRIO3_MULTIHOT, .length = 4, .max_weight = 4, .chunk_length = 2 },
	    "b13e3fd2240d0958a281942ca2bd71b44234cded1b2a36e857193a6aedf559ff" },
	{ { .profile = PRIO3_08, .type = PRIO3_MULTIHOT, .length = 20, .max_weight = 9, .chunk_length = 3 },
	    "0ed3cacc09bd2b2cbddc49bc19d528182291a10c61eb1cb08270118bbdb90b33" },
	{ { .profile = PRIO3_18, .type = PRIO3_COUNT, .shares = 5 },
	    "b9028a85cf4c883d5c84983141fc297e00bb3e80daa8ef0371ef64ae52c872a0" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM, .max = 1 },
	    "bb5e880875547e580513911b3f876327e2819bf71a4514f10a06f2b3a1fca9e3" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM, .max = 2 },
	    "9a9ee95670098152890603bb406aeb1986dcb23f2176b653324822539534c4c3" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM, .max = 3 },
	    "a4b154e24d79c0077d626b98bb36575bb20b21ed09c1e835b7137d13eaaeb696" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM, .max = 1000 },
	    "113c2983f6509759bb5b0d975fbd82a3ba24082ca95637cd6e20703cfeef7f0b" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM, .max = UINT64_C(1099511627776) },
	    "a8887249dbde95a0534c38e966cd34a0e37319196c30a183a18a6f6ca6a70c7f" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM, .max = UINT64_C(4611686018427387907) },
	    "9b4eabde172670742b1ac5e5a26d6df54d9269cc613be0eeefec33e4020aba32" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 1, .length = 1, .chunk_length = 1 },
	    "f7762e085d8f4572b4e51c5e028e0e428c58dd4dc90c27ac104c6ff244a6b0c1" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 5, .length = 7, .chunk_length = 1 },
	    "96bcbb20e352fb7b2bc0560eb2f4795d6418faf54b910bd44a9875d4cb29fda5" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 5, .length = 7, .chunk_length = 21 },
	    "a1d95b5c919d1c36564b293b8f495eb767c7058f076acfc492770064984891ea" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 1, .length = 21, .chunk_length = 5 },
	    "2eac87adac50fb60cb094ddb748ab234a45a3c0d231f9fc42d7b04396ae0283a" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = UINT64_C(18446744073709551615), .length = 3, .chunk_length = 9 },
	    "7279f5ae0c07d39bd31558e9d49bb881f0e6b945fe1c94652d42d4dc34980f68" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 100, .length = 10, .chunk_length = 7 },
	    "eb4206eae7fff479e9d16755cc295a0c49598e9b44354263642ed5c68607ef4f" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 9, .length = 5, .chunk_length = 100 },
	    "ed1d9b266663aa80a7bfa2842c7884d98ad12cddd1036f33a89006f337e6e99e" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM_VEC, .max = 1, .length = 300, .chunk_length = 17 },
	    "a8ae43cea4a7fa6ff840bc276bd4e13dc8fd1d60bfa4a977da46b4c1e5895e7e" },
	{ { .profile = PRIO3_18, .type = PRIO3_HISTOGRAM, .length = 1, .chunk_length = 1 },
	    "a169d4a503e220873fd24af9d290089180a4aa357fc9365a90676d449b3a12b8" },
	{ { .profile = PRIO3_18, .type = PRIO3_HISTOGRAM, .length = 10, .chunk_length = 3 },
	    "6aa0051462e5155261880244fc26a7c87d1b072c3753632f58aaf99a4f7a255a" },
	{ { .profile = PRIO3_18, .type = PRIO3_HISTOGRAM, .length = 33, .chunk_length = 5 },
	    "ab525014cf1ed5f2442f25c2ce16c0fdd1c191b6247269945a88545357dbb96c" },
	{ { .profile = PRIO3_18, .type = PRIO3_HISTOGRAM, .length = 64, .chunk_length = 64 },
	    "fbaf5596b9bcf26e585155b6d678af4d6eae1a9230cae8751b85dfb7a8cfe93d" },
	{ { .profile = PRIO3_18, .type = PRIO3_MULTIHOT, .length = 4, .max_weight = 4, .chunk_length = 2 },
	    "68dfc82f02baaa4433ea0ab22437b1fba27f341cfe0e8f08fd18a8cb17ffeec7" },
	{ { .profile = PRIO3_18, .type = PRIO3_MULTIHOT, .length = 20, .max_weight = 9, .chunk_length = 3 },
	    "309f161ff494a345e2410c7791f39ea0abb8a632fcae3fdd744ecc52abd192e3" },
	{ { .profile = PRIO3_18, .type = PRIO3_MULTIHOT, .length = 7, .max_weight = 1, .chunk_length = 7 },
	    "6fff26007190c5996a604468f75487301668fa19f9b072bd26778a3a7beedb4f" },
	{ { .profile = PRIO3_18, .type = PRIO3_SUM_VEC_64, .max = 300, .length = 4, .chunk_length = 6, .shares = 3, .proofs = 5 },
	    "30e1fc31f2a9d96d2007f7e3c48541e5e6acac2d7e0a0588e87d9c82e389b7a9" },
};

static void *
room(size_t n)
{
	return calloc(1, n + 1);
}

static void
fill(uint8_t *p, size_t n, unsigned step)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i * step);
}

static bool
shard(const struct prio3 *p, const uint8_t *nonce, uint8_t *public_share, uint8_t *const input[])
{
	uint64_t *numbers = room(p->measurement_n * sizeof(*numbers)), n = 0;
	uint8_t *rand = room(p->rand_bytes);
	void *scratch = room(p->shard_room_bytes);
	bool good;

	for (size_t i = 0; i < p->measurement_n; i++) {
		n += UINT64_C(0x9e3779b97f4a7c15);
		numbers[i] = p->param.type == PRIO3_MULTIHOT ? i < p->param.max_weight :
		    p->number_max == UINT64_MAX ? n : n % (p->number_max + 1);
	}
	fill(rand, p->rand_bytes, 7);
	good = prio3_shard(p, numbers, p->measurement_n, nonce, rand, public_share, input, scratch, NULL) == 0;
	free(numbers);
	free(rand);
	free(scratch);
	return good;
}

/* prepare: all aggregators of a report; into the digest in the order of the figure. */
static bool
prepare(const struct prio3 *p, const uint8_t *nonce, const uint8_t *public_share, uint8_t *const input[], struct sha256 *all)
{
	uint8_t key[PRIO3_SEED_MAX], msg[PRIO3_SEED_MAX], *state = room(p->state_bytes), *prep[SHARES_MAX];
	void *scratch = room(p->prep_room_bytes);
	size_t len[SHARES_MAX];
	bool good = true;

	fill(key, sizeof(key), 3);
	for (unsigned i = 0; i < p->param.shares; i++) {
		struct prio3_report r = { .nonce = nonce, .public_share = public_share, .public_share_len = p->public_share_bytes,
			.input_share = input[i], .input_share_len = i == 0 ? p->leader_share_bytes : p->helper_share_bytes,
			.state = state, .prep_share = prep[i] = room(len[i] = p->prep_share_bytes) };

		prio3_prep_init(p, i, key, &r, 1, scratch);
		good = good && r.why == PRIO3_GOOD;
		sha256_update(all, r.input_share, r.input_share_len);
		sha256_update(all, prep[i], len[i]);
		sha256_update(all, state, p->out_share_bytes);
	}
	good = good && prio3_prep_shares_to_msg(p, (const uint8_t *const *)prep, len, msg) == PRIO3_GOOD;
	sha256_update(all, msg, p->prep_msg_bytes);
	for (unsigned i = 0; i < p->param.shares; i++)
		free(prep[i]);
	free(state);
	free(scratch);
	return good;
}

static void
test_figure(const struct prio3_param *param, const char *figure)
{
	struct prio3_param q = *param;
	uint8_t nonce[PRIO3_NONCE], want[SHA256_LEN], got[SHA256_LEN], *input[SHARES_MAX], *public_share;
	struct sha256 all = { 0 };
	struct prio3 *p;

	if (q.profile == PRIO3_18) {
		q.ctx = "some ctx";
		q.ctx_len = 8;
	}
	p = prio3_new(&q, NULL);
	public_share = room(p->public_share_bytes);
	for (unsigned i = 0; i < p->param.shares; i++)
		input[i] = room(p->leader_share_bytes);
	fill(nonce, sizeof(nonce), 1);
	unhex(want, figure);
	sha256_init(&all);
	ok(shard(p, nonce, public_share, input), "%s of profile %d: shards", p->name, q.profile);
	sha256_update(&all, public_share, p->public_share_bytes);
	ok(prepare(p, nonce, public_share, input, &all), "and they verify");
	sha256_final(&all, got);
	is_mem(got, want, sizeof(want), "length %u, chunk %u, %zu bytes a number: all as the reference has it", q.length,
	    p->param.chunk_length, p->out_share_bytes / p->result_n);
	for (unsigned i = 0; i < p->param.shares; i++)
		free(input[i]);
	free(public_share);
	prio3_free(p);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++)
		test_figure(&figures[i].param, figures[i].sha256);
	return done_testing();
}
