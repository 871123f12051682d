#ifndef VDAF_PINGPONG_H
#define VDAF_PINGPONG_H
#include "prio3.h"
/*
 * The ping-pong topology: what leader and helper send each other of one report,
 * and what that does to its state.  Prio3 has one round: the leader initializes,
 * the helper finishes, the leader has finished.  Instances have two shares.
 *
 *	u8 0 initialize, prep_share<4>
 *	u8 1 continue, prep_msg<4> | prep_share<4>	(never with Prio3)
 *	u8 2 finish, prep_msg<4>
 *
 * Source: draft-irtf-cfrg-vdaf-08 section 5.8, -20 section 5.7; specification 3.2.
 */
#define PINGPONG_HEAD	5	/* bytes before the share or the message */

/* Bytes of the leader's message, and of the helper's. */
size_t pingpong_initialize_bytes(const struct prio3 *p);
size_t pingpong_finish_bytes(const struct prio3 *p);

/*
 * A report of a job: `report` as for prio3_prep_init, without prep_share.  inbound:
 * what came from the peer (helper only), of any length.  outbound: out, of
 * pingpong_initialize_bytes (leader) or pingpong_finish_bytes (helper).
 */
struct pingpong {
	struct prio3_report report;
	const uint8_t *inbound;
	size_t	inbound_len;
	uint8_t	*outbound;
};

/*
 * pingpong_leader_initialized(p, verify_key, r, n, room): prepare n reports; where
 * r[i].report.why is PRIO3_GOOD, outbound and state are there.
 * pingpong_helper_initialized: the same, and check them against the leader's shares;
 * where why is PRIO3_GOOD the output share at the head of state may be added, and
 * outbound is the answer.
 * room: pingpong_room_bytes(p), aligned as malloc aligns.
 */
size_t pingpong_room_bytes(const struct prio3 *p);
void pingpong_leader_initialized(const struct prio3 *p, const uint8_t *verify_key, struct pingpong *r, size_t n,
    void *room);
void pingpong_helper_initialized(const struct prio3 *p, const uint8_t *verify_key, struct pingpong *r, size_t n,
    void *room);

/* pingpong_leader_continued(p, state, inbound, len): the helper's answer; PRIO3_GOOD:
 * the output share at the head of state may be added.  pingpong_leader_agrees: the same
 * from the seed alone, the p->prep_msg_bytes of a state behind its output share. */
enum prio3_why pingpong_leader_continued(const struct prio3 *p, const uint8_t *state, const uint8_t *inbound,
    size_t len);
enum prio3_why pingpong_leader_agrees(const struct prio3 *p, const uint8_t *seed, const uint8_t *inbound, size_t len);
#endif
