#include "pingpong.h"

#include <string.h>

#include "prio3_own.h"

enum message { INITIALIZE, CONTINUE, FINISH };

size_t
pingpong_initialize_bytes(const struct prio3 *p)
{
	return PINGPONG_HEAD + p->prep_share_bytes;
}

size_t
pingpong_finish_bytes(const struct prio3 *p)
{
	return PINGPONG_HEAD + p->prep_msg_bytes;
}

size_t
pingpong_room_bytes(const struct prio3 *p)
{
	return p->prep_room_bytes + p->prep_lanes * ((p->prep_share_bytes + 15) / 16 * 16);
}

static void
put_head(uint8_t *out, enum message type, size_t len)
{
	const uint8_t head[PINGPONG_HEAD] = { (uint8_t)type, (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
	    (uint8_t)len };

	memcpy(out, head, sizeof(head));
}

/* body_of: what a message of this type and of n bytes carries, or NULL. */
static const uint8_t *
body_of(enum message type, size_t n, const uint8_t *in, size_t len)
{
	uint8_t head[PINGPONG_HEAD];

	put_head(head, type, n);
	return len == PINGPONG_HEAD + n && memcmp(in, head, sizeof(head)) == 0 ? in + PINGPONG_HEAD : NULL;
}

/* prepare: up to p->prep_lanes of them; each finds its own share in report.prep_share. */
static void
prepare(const struct prio3 *p, unsigned agg_id, const uint8_t *verify_key, struct pingpong *r, size_t n, void *room)
{
	struct prio3_report lane[PRIO3_PREP_LANES];

	for (size_t i = 0; i < n; i++)
		lane[i] = r[i].report;
	prio3_prep_init(p, agg_id, verify_key, lane, n, room);
	for (size_t i = 0; i < n; i++)
		r[i].report = lane[i];
}

void
pingpong_leader_initialized(const struct prio3 *p, const uint8_t *verify_key, struct pingpong *r, size_t n, void *room)
{
	for (size_t i = 0; i < n; i++) {
		put_head(r[i].outbound, INITIALIZE, p->prep_share_bytes);
		r[i].report.prep_share = r[i].outbound + PINGPONG_HEAD;
	}
	for (size_t i = 0, k; i < n; i += k) {
		k = n - i < p->prep_lanes ? n - i : p->prep_lanes;
		prepare(p, 0, verify_key, r + i, k, room);
	}
}

static enum prio3_why
helper_finish(const struct prio3 *p, const struct pingpong *r)
{
	const uint8_t *share[2] = { body_of(INITIALIZE, p->prep_share_bytes, r->inbound, r->inbound_len), r->report.prep_share };
	const size_t len[2] = { p->prep_share_bytes, p->prep_share_bytes };
	enum prio3_why why;

	if (share[0] == NULL)
		return PRIO3_BAD_PEER;
	why = prio3_prep_shares_to_msg(p, share, len, r->outbound + PINGPONG_HEAD);
	if (why == PRIO3_GOOD)
		why = prio3_prep_next(p, r->report.state, r->outbound + PINGPONG_HEAD, p->prep_msg_bytes);
	put_head(r->outbound, FINISH, p->prep_msg_bytes);
	return why;
}

void
pingpong_helper_initialized(const struct prio3 *p, const uint8_t *verify_key, struct pingpong *r, size_t n, void *room)
{
	uint8_t *own[PRIO3_PREP_LANES], *at = room;

	for (size_t i = 0; i < p->prep_lanes; i++)
		own[i] = prio3_take(&at, p->prep_share_bytes);
	for (size_t i = 0, k; i < n; i += k) {
		k = n - i < p->prep_lanes ? n - i : p->prep_lanes;
		for (size_t j = 0; j < k; j++)
			r[i + j].report.prep_share = own[j];
		prepare(p, 1, verify_key, r + i, k, at);
		for (size_t j = 0; j < k; j++)
			if (r[i + j].report.why == PRIO3_GOOD)
				r[i + j].report.why = helper_finish(p, &r[i + j]);
	}
}

enum prio3_why
pingpong_leader_agrees(const struct prio3 *p, const uint8_t *seed, const uint8_t *inbound, size_t len)
{
	const uint8_t *msg = body_of(FINISH, p->prep_msg_bytes, inbound, len);

	return msg == NULL ? PRIO3_BAD_PEER : prio3_prep_agrees(p, seed, msg, p->prep_msg_bytes);
}

enum prio3_why
pingpong_leader_continued(const struct prio3 *p, const uint8_t *state, const uint8_t *inbound, size_t len)
{
	return pingpong_leader_agrees(p, state + p->out_share_bytes, inbound, len);
}
