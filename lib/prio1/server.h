#ifndef PRIO1_SERVER_H
#define PRIO1_SERVER_H
#include "../crypt/prio1/sealed.h"
#include "../crypt/prio1/verify.h"
#include "idtable.h"
#include "line.h"
#include "record.h"
#include "state.h"
/*
 * A server at work, as the stages see it.
 */
struct prio_server {
	struct prio_server_opts o;	/* texts: owned */
	size_t	batch_len;
	struct secret secret;		/* from which points follow */
	struct prio1_params par;
	struct prio1_points points;
	struct prio1_weights weights;
	struct prio1_seal seal;
	struct prio1_prg prg;
	struct prio1_packet pk;		/* of the record that was opened last */
	uint8_t	*sealed;
	size_t	sealed_max;
};
/* prio_server_state(s): what its states belong to. */
struct prio_state_of prio_server_state(const struct prio_server *s);
/* prio_server_unseal(s, r): PRIO_ACCEPTED and s->pk, or what is wrong with the payload. */
enum prio_outcome prio_server_unseal(struct prio_server *s, const struct prio_record *r);
/* prio_server_row(s, r, row): the record that was unsealed, at point r. */
void prio_server_row(struct prio_server *s, struct f87 r, struct prio1_row *row);

/*
 * The records of a raw file with their points.  Lines that hold none, and
 * duplicates, are counted and passed by, but for points that count what opens:
 * these need a duplicate opened, and late says so.
 */
struct prio_raw {
	struct prio_server *s;
	struct prio_lines lines;
	struct prio_record_room room;
	struct prio_ids ids;
	struct prio_record rec;
	uint8_t	id[SHA256_LEN];
	bool	late;		/* a duplicate: to be counted after it was opened */
	bool	ask;		/* the others that may have seen it */
	struct f87 point;	/* PRIO1_POINT_POSITION: of this line */
};
int prio_raw_open(struct prio_raw *w, struct prio_server *s, int fd, bool ask, struct err *e);
void prio_raw_release(struct prio_raw *w);	/* for CLEANUP */
int prio_raw_next(struct prio_raw *w, struct prio_tally *t, struct err *e);	/* 1, 0 at the end, -1 */
/* prio_raw_row(w, row, t, e): opens and evaluates the record: 1 and row, 0 when it was
 * counted as one that is left out, -1. */
int prio_raw_row(struct prio_raw *w, struct prio1_row *row, struct prio_tally *t, struct err *e);
#endif
