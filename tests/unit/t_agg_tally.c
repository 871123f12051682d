/* What a job makes of its reports leaves in one frame, whatever the reports are. */
#include "../../lib/base/codec.h"
#include "../../lib/base/json.h"
#include "../../lib/crypt/vdaf/pingpong.h"
#include "../../lib/proc/frame.h"
#include "../../worker/exec/aggregate/bytes.h"
#include "../../worker/exec/aggregate/tally.h"
#include "../tap.h"

#define PRECISION	INT64_C(1)
#define LATE		INT64_C(9000000000000000000)	/* the longest text of a time */

/* One report a bucket, all good, with the answer of a helper: how many were taken. */
static size_t
most_buckets(const struct prio3_param *param, size_t n)
{
	struct err e = ERR_INIT;
	struct agg_task a = { .vdaf = prio3_new(param, &e) };
	struct json_object *frame = json_object_new_object(), *write;
	struct agg_tally *t;
	uint8_t *share, *response;
	size_t more, taken = 0, len;

	if (a.vdaf == NULL)
		exit(1);
	more = n * (DAP_REPORT_ID + 5 + pingpong_finish_bytes(a.vdaf));
	share = calloc(1, a.vdaf->out_share_bytes);
	response = calloc(1, more);
	t = agg_tally_new(&a, n, more);
	for (size_t i = 0; i < n; i++) {
		const int64_t time_s = LATE + (int64_t)i;
		struct agg_bucket b = agg_bucket_of_time(time_s, PRECISION);
		uint8_t id[DAP_REPORT_ID] = { (uint8_t)i, (uint8_t)(i >> 8) };
		const bool room = agg_tally_room(t, &b);

		if (room)
			agg_tally_add(t, &b, id, time_s, share);
		taken += room;
		agg_tally_note(t, id, room ? DAP_ACCEPTED : DAP_HPKE_UNKNOWN_CONFIG_ID, &b, time_s);
	}
	write = agg_tally_write(t);
	bytes_add(write, "response_b64", response, more);
	json_add(frame, "write", write);
	len = strlen(json_text(frame));
	ok(len <= FRAME_MAX - 4096, "%zu reports, %zu buckets: a frame of %zu bytes", n, taken, len);
	json_put(&frame);
	free(share);
	free(response);
	prio3_free(a.vdaf);
	return taken;
}

int
main(void)
{
	const struct prio3_param count = { .profile = PRIO3_08, .type = PRIO3_COUNT, .shares = 2, .proofs = 1 };
	const struct prio3_param vec = { .profile = PRIO3_08, .type = PRIO3_SUM_VEC, .shares = 2, .proofs = 1,
	    .length = 2500, .bits = 1, .chunk_length = 50 };

	is_int((int64_t)most_buckets(&count, 1000), 1000, "small shares: each report may have a bucket of its own");
	ok(most_buckets(&count, 10000) > 7000, "in the largest job most of them");
	is_int((int64_t)most_buckets(&vec, 1000), 73, "shares of 40 kB");
	is_int((int64_t)most_buckets(&vec, 10000), 36, "the same in the largest job");
	return done_testing();
}
