#include <string.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "../crypt/prio1/total.h"
#include "out.h"
#include "packets.h"

struct pass {
	struct prio_server *s;
	struct prio_ids packets;
	struct prio1_total total;
	struct prio_tally t;
};
#define PASS_INIT(server) { .s = (server), .packets = PRIO_PACKETS_INIT, .total = PRIO1_TOTAL_INIT }

static void
pass_release(struct pass *p)
{
	prio_ids_release(&p->packets);
	prio1_total_release(&p->total);
}

/* By both servers' packets: accepted, or why not. */
static enum prio_outcome
verdict(const struct pass *p, const uint8_t id[SHA256_LEN])
{
	struct prio_pair pair = prio_packets_find(&p->packets, id);

	if (!pair.there[PRIO_OWN] || !pair.there[PRIO_PEER])
		return PRIO_NO_PEER;
	if (!pair.good[PRIO_OWN] || !pair.good[PRIO_PEER] ||
	    !prio1_accepted(prio_pair_verify2(&pair, PRIO_OWN), prio_pair_verify2(&pair, PRIO_PEER)))
		return PRIO_INVALID;
	return PRIO_ACCEPTED;
}

/* The points do not matter any more: a record is opened for its data only. */
static int
from_raw(struct pass *p, int fd, struct err *e)
{
	CLEANUP(prio_raw_release) struct prio_raw w;
	int rc;

	if (prio_raw_open(&w, p->s, fd, false, e) == -1)
		return -1;
	while ((rc = prio_raw_next(&w, &p->t, e)) == 1) {
		enum prio_outcome what = w.late ? PRIO_DUPLICATE_ID : verdict(p, w.id);

		if (what == PRIO_ACCEPTED && (what = prio_server_unseal(p->s, &w.rec)) == PRIO_ACCEPTED)
			prio1_total_add(&p->total, p->s->pk.data);
		prio_tally_add(&p->t, what, w.id);
	}
	return rc;
}

static int
from_state(struct pass *p, int fd, struct err *e)
{
	CLEANUP(prio_state_reader_release) struct prio_state_reader state = PRIO_STATE_READER_INIT;
	const struct prio_state_of of = prio_server_state(p->s);
	struct prio_state_row r;
	const uint8_t *data;
	int rc;

	if (prio_state_open(&state, fd, &of, true, e) == -1)
		return -1;
	while ((rc = prio_state_next(&state, &r, &data, e)) == 1) {
		enum prio_outcome what = verdict(p, r.digest);

		if (what == PRIO_ACCEPTED)
			prio1_total_add_fixed(&p->total, data);
		prio_tally_add(&p->t, what, r.digest);
	}
	explicit_bzero(&r, sizeof(r));
	if (rc == 0)
		prio_tally_before(&p->t, &state.before);
	return rc;
}

/* {"payload", "error", "total"}: one object. */
static int
write_total(struct pass *p, int fd, struct err *e)
{
	CLEANUP(prio_out_release) struct prio_out out = PRIO_OUT_INIT(fd);
	CLEANUP(buf_release) struct buf bytes = BUF_INIT_MAX(8u << 20);
	bool compact = p->s->o.style == PRIO_JSON_COMPACT;
	char *room;

	prio1_total_write(&bytes, &p->total);
	if (bytes.failed)
		return err_set(e, ERR_LIMIT, "a total share is too long");
	buf_addf(&out.b, "{\"payload\":%s\"", compact ? "" : " ");
	if ((room = buf_room(&out.b, B64_LEN(bytes.len))) != NULL) {
		b64_encode(room, bytes.data, bytes.len);
		buf_grew(&out.b, B64_LEN(bytes.len) - 1);
	}
	buf_addf(&out.b, compact ? "\",\"error\":%lld,\"total\":%lld}\n" : "\", \"error\": %lld, \"total\": %lld}",
	    (long long)prio_tally_errors(&p->t), (long long)p->t.total);
	return prio_out_flush(&out, e);
}

int
prio_aggregate(struct prio_server *s, const struct prio_stage_in *in, const int64_t *noise, int out,
    struct prio_tally *t, struct err *e)
{
	CLEANUP(pass_release) struct pass p = PASS_INIT(s);
	int rc;

	if (prio_packets_load(&p.packets, in->internal, PRIO_OWN, PRIO_PACKET_VERIFY2, false, e) == -1)
		return err_wrap(e, "internal verify2");
	if (prio_packets_load(&p.packets, in->external, PRIO_PEER, PRIO_PACKET_VERIFY2, true, e) == -1)
		return err_wrap(e, "external verify2");
	prio1_total_make(&p.total, s->par.n_data, s->o.side);
	rc = in->state != -1 ? from_state(&p, in->state, e) : from_raw(&p, in->raw, e);
	if (rc == -1)
		return -1;
	for (size_t i = 0; noise != NULL && i < p.total.n_data; i++)
		prio1_total_noise(&p.total, i, noise[i]);
	if (write_total(&p, out, e) == -1)
		return -1;
	prio_tally_merge(t, &p.t);
	return 0;
}
