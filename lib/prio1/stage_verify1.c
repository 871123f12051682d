#include <string.h>

#include "../base/cleanup.h"
#include "out.h"
#include "server.h"

/* One record that was opened: its packet for the peer, and what this server keeps. */
static int
put(struct prio_raw *w, const struct prio1_row *row, struct prio_out *out, struct prio_state_writer *state,
    struct err *e)
{
	uint8_t packet[PRIO1_VERIFY1_MAX];
	struct prio_state_row kept = { .row = *row, .id = w->rec.id, .id_len = w->rec.id_len,
		.payload_first = w->rec.payload_first };
	int rc = 0;

	memcpy(kept.digest, w->id, sizeof(kept.digest));
	prio_record_write(&out->b, &w->rec, packet, prio1_verify1_write(packet, &row->own), w->s->o.style);
	if (prio_out_some(out, e) == -1 ||
	    (state->fd != -1 && prio_state_add(state, &kept, w->s->pk.data, e) == -1))
		rc = -1;
	explicit_bzero(&kept, sizeof(kept));
	return rc;
}

int
prio_verify1(struct prio_server *s, int raw, int out_fd, int state_fd, struct prio_tally *t, struct err *e)
{
	CLEANUP(prio_raw_release) struct prio_raw w;
	CLEANUP(prio_out_release) struct prio_out out = PRIO_OUT_INIT(out_fd);
	CLEANUP(prio_state_writer_release) struct prio_state_writer state = PRIO_STATE_WRITER_INIT;
	const struct prio_state_of of = prio_server_state(s);
	struct prio_tally here = PRIO_TALLY_INIT;
	struct prio1_row row;
	int rc;

	if (prio_raw_open(&w, s, raw, true, e) == -1 ||
	    (state_fd != -1 && prio_state_create(&state, state_fd, &of, e) == -1))
		return -1;
	while ((rc = prio_raw_next(&w, &here, e)) == 1) {
		if ((rc = prio_raw_row(&w, &row, &here, e)) == 0)
			continue;
		if (rc == -1 || put(&w, &row, &out, &state, e) == -1)
			break;
		prio_tally_add(&here, PRIO_ACCEPTED, w.id);
	}
	explicit_bzero(&row, sizeof(row));
	if (rc != 0 || prio_out_flush(&out, e) == -1 || (state_fd != -1 && prio_state_end(&state, &here, e) == -1))
		return -1;
	prio_tally_merge(t, &here);
	return 0;
}
