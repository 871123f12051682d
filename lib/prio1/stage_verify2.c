#include <string.h>

#include "../base/cleanup.h"
#include "out.h"
#include "packets.h"

/* What one pass of verify2 works with. */
struct pass {
	struct prio_server *s;
	struct prio_ids packets;
	struct prio_out out;
	struct prio_tally t;
};
#define PASS_INIT(server, fd) { .s = (server), .packets = PRIO_PACKETS_INIT, .out = PRIO_OUT_INIT(fd) }

static void
pass_release(struct pass *p)
{
	prio_ids_release(&p->packets);
	prio_out_release(&p->out);
}

/* A record's share of the verdict goes out. */
static int
put(struct pass *p, const struct prio_record *rec, const uint8_t id[SHA256_LEN], const struct prio1_row *row,
    const struct prio1_verify1 *own, const struct prio_pair *pair, struct err *e)
{
	struct prio1_verify1 peer = prio_pair_verify1(pair, PRIO_PEER);
	uint8_t packet[PRIO1_VERIFY2_MAX];

	prio_record_write(&p->out.b, rec, packet, prio1_verify2_write(packet, prio1_verify2(row, own, &peer)), p->s->o.style);
	prio_tally_add(&p->t, PRIO_ACCEPTED, id);
	return prio_out_some(&p->out, e);
}

static int
from_raw(struct pass *p, int fd, struct err *e)
{
	CLEANUP(prio_raw_release) struct prio_raw w;
	struct prio1_row row;
	int rc;

	if (prio_raw_open(&w, p->s, fd, false, e) == -1)
		return -1;
	while ((rc = prio_raw_next(&w, &p->t, e)) == 1) {
		struct prio_pair pair = prio_packets_find(&p->packets, w.id);
		struct prio1_verify1 own = prio_pair_verify1(&pair, PRIO_OWN);

		if (!pair.there[PRIO_OWN] || !pair.there[PRIO_PEER]) {
			prio_tally_add(&p->t, PRIO_NO_PEER, NULL);
			continue;
		}
		if ((rc = prio_raw_row(&w, &row, &p->t, e)) == -1)
			break;
		if (rc == 0)
			continue;
		if (!pair.good[PRIO_OWN] || !pair.good[PRIO_PEER])
			prio_tally_add(&p->t, PRIO_INVALID, NULL);
		else if ((rc = put(p, &w.rec, w.id, &row, &own, &pair, e)) == -1)
			break;
	}
	explicit_bzero(&row, sizeof(row));
	return rc;
}

static int
from_state(struct pass *p, int fd, struct err *e)
{
	CLEANUP(prio_state_reader_release) struct prio_state_reader state = PRIO_STATE_READER_INIT;
	const struct prio_state_of of = prio_server_state(p->s);
	struct prio_state_row r;
	const uint8_t *none;
	int rc;

	if (prio_state_open(&state, fd, &of, false, e) == -1)
		return -1;
	while ((rc = prio_state_next(&state, &r, &none, e)) == 1) {
		struct prio_pair pair = prio_packets_find(&p->packets, r.digest);
		const struct prio_record rec = { .id = r.id, .id_len = r.id_len, .payload_first = r.payload_first };

		if (!pair.there[PRIO_PEER])
			prio_tally_add(&p->t, PRIO_NO_PEER, NULL);
		else if (!pair.good[PRIO_PEER])
			prio_tally_add(&p->t, PRIO_INVALID, NULL);
		else if ((rc = put(p, &rec, r.digest, &r.row, &r.row.own, &pair, e)) == -1)
			break;
	}
	explicit_bzero(&r, sizeof(r));
	if (rc == 0)
		prio_tally_before(&p->t, &state.before);
	return rc;
}

int
prio_verify2(struct prio_server *s, const struct prio_stage_in *in, int out, struct prio_tally *t, struct err *e)
{
	CLEANUP(pass_release) struct pass p = PASS_INIT(s, out);
	bool state = in->state != -1;
	int rc;

	if (!state && prio_packets_load(&p.packets, in->internal, PRIO_OWN, PRIO_PACKET_VERIFY1, false, e) == -1)
		return err_wrap(e, "internal verify1");
	if (prio_packets_load(&p.packets, in->external, PRIO_PEER, PRIO_PACKET_VERIFY1, !state, e) == -1)
		return err_wrap(e, "external verify1");
	rc = state ? from_state(&p, in->state, e) : from_raw(&p, in->raw, e);
	if (rc == -1 || prio_out_flush(&p.out, e) == -1)
		return -1;
	prio_tally_merge(t, &p.t);
	return 0;
}
