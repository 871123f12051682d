#ifndef PRIO1_POINT_H
#define PRIO1_POINT_H
#include "../../base/buf.h"
#include "../secret.h"
#include "params.h"
#include "prg.h"
/*
 * Where polynomials are evaluated: a point that both servers know and no client
 * can.  Who knows it before it encodes can forge a proof.
 * Source: aggregate service, 2.6.
 */
enum prio1_point_rule {
	PRIO1_POINT_RECORD,		/* of the batch and the record's id */
	PRIO1_POINT_BATCH,		/* one for the whole batch */
	PRIO1_POINT_POSITION,		/* one draw a line */
	PRIO1_POINT_POSITION_LEGACY,	/* libprio's: one draw a record that opens */
	PRIO1_POINT_MAX
};
extern const char *const prio1_point_name[PRIO1_POINT_MAX];	/* "record" .. */

struct prio1_points {
	enum prio1_point_rule rule;
	size_t	n;			/* of the parameters */
	struct secret prk;		/* PRIO1_POINT_RECORD: HKDF's key, */
	struct buf info;		/* and what it is bound to: the batch id, then an id */
	size_t	info_len;		/* without the id */
	struct prio1_prg prg;
	struct f87 one;			/* PRIO1_POINT_BATCH */
};
#define PRIO1_POINTS_INIT { .prg = PRIO1_PRG_INIT }
/*
 * prio1_points_make(out, rule, how, secret, batch, batch_len, par, e): secret has
 * PRIO1_SEED bytes: the shared secret, or what prio1_run_secret made of it.  A batch
 * id is at most 65535 bytes.
 */
int prio1_points_make(struct prio1_points *out, enum prio1_point_rule rule, enum prio1_prg_key how,
    const struct secret *secret, const void *batch, size_t batch_len, const struct prio1_params *par, struct err *e);
void prio1_points_release(struct prio1_points *p);	/* for CLEANUP */
/* prio1_points_next(p, id, id_len, out, e): the point of the next record, whose id is at most 65535 bytes. */
int prio1_points_next(struct prio1_points *p, const void *id, size_t id_len, struct f87 *out, struct err *e);
/* prio1_run_secret(out, secret, run, e): the secret of one run by its name; out must be empty. */
int prio1_run_secret(struct secret *out, const struct secret *secret, const char *run, struct err *e);
#endif
