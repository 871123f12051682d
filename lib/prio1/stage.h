#ifndef PRIO1_STAGE_H
#define PRIO1_STAGE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../base/err.h"
#include "../crypt/prio1/point.h"
#include "../crypt/secret.h"
#include "../crypt/x25519.h"
#include "set.h"
/*
 * The stages of a batch over files of records: {"id", "payload"} a line.  Files are
 * open descriptors, read from where they stand and once through; outputs are written
 * in order and not synced.  Memory is bounded whatever a file holds: some megabytes,
 * and up to 80 bytes for each record of a file where stages are joined by id.
 * Source: aggregate service, 2.5 to 2.8.
 */
#define PRIO_RECORDS_MAX (1 << 20)	/* records of one file */
enum prio_json_style { PRIO_JSON_COMPACT, PRIO_JSON_PROCESSOR, PRIO_JSON_STYLE_MAX };
extern const char *const prio_json_style_name[PRIO_JSON_STYLE_MAX];	/* "compact", "prio-processor" */

/* What became of the records of a file, by the words of 2.7. */
enum prio_outcome {
	PRIO_BAD_JSON, PRIO_BAD_BASE64, PRIO_SHORT, PRIO_DECRYPT, PRIO_MSGPACK, PRIO_RANGE, PRIO_BATCH, PRIO_SERVER,
	PRIO_LENGTH, PRIO_DUPLICATE_ID, PRIO_NO_PEER, PRIO_INVALID, PRIO_ACCEPTED, PRIO_OUTCOME_MAX
};
extern const char *const prio_outcome_name[PRIO_OUTCOME_MAX];		/* "bad_json" .. */
struct prio_tally {
	int64_t	total;			/* lines that are not empty */
	int64_t	outcome[PRIO_OUTCOME_MAX];
	struct prio_set accepted;	/* records that came out of the stage */
};
#define PRIO_TALLY_INIT { .total = 0 }
/* prio_tally_add(t, what, id): one more record; id (SHA-256) goes into the set of the accepted ones. */
void prio_tally_add(struct prio_tally *t, enum prio_outcome what, const uint8_t id[SHA256_LEN]);
void prio_tally_merge(struct prio_tally *t, const struct prio_tally *part);
/* prio_tally_before(t, before): t counts only what verify1 let pass; with what it did not. */
void prio_tally_before(struct prio_tally *t, const struct prio_tally *before);
/* prio_tally_errors(t): records that are not accepted. */
int64_t prio_tally_errors(const struct prio_tally *t);

/*
 * A server at work on one batch: keys, rules, tables.  n_data counts bits.  Rules
 * must be the same at both servers.
 */
struct prio_server_opts {
	int64_t	n_data;
	const char *batch_id;
	enum prio1_side side;
	const struct secret *private_key;	/* X25519_LEN bytes; borrowed until close */
	const struct secret *secret;		/* PRIO1_SEED bytes; the shared one */
	const char *run;			/* secret=per-run: the run's name; NULL: as-given */
	enum prio1_point_rule point;
	enum prio1_prg_key prg;
	enum prio_json_style style;
	/*
	 * Whether an id came before, in another file or run: 1 (the record is a duplicate),
	 * 0, or -1 with e.  NULL: nobody knows.  Asked by verify1 once per record of a file.
	 */
	int	(*seen)(void *arg, const uint8_t id[SHA256_LEN], struct err *e);
	void	*seen_arg;
};
struct prio_server;
int prio_server_open(struct prio_server **out, const struct prio_server_opts *o, struct err *e);
void prio_server_close(struct prio_server **s);		/* for CLEANUP; wipes */

/*
 * A stage adds what it did to *t and returns 0, or -1 when files cannot be read or
 * written, or when a file has more than PRIO_RECORDS_MAX records (ERR_LIMIT).  Bad
 * records are counted and left out; an id that came before in the file makes a
 * duplicate.  Points of positions count from the start of each file.
 *
 * state: what verify1 keeps of each record (sealed by a key that follows from the
 * private key); -1: nothing is kept.  With it the later stages need neither raw nor
 * internal (-1).  A state is of one side, batch and run and refused by any other.
 */
int prio_verify1(struct prio_server *s, int raw, int out, int state, struct prio_tally *t, struct err *e);
struct prio_stage_in {
	int	raw, state;		/* one of them; the other -1 */
	int	internal, external;	/* packets of the stage before, ours and the peer's */
};
int prio_verify2(struct prio_server *s, const struct prio_stage_in *in, int out, struct prio_tally *t, struct err *e);
/*
 * prio_aggregate(s, in, out, t, e): internal is needed in any case: it says what this
 * server found.  out gets one object, {"payload": total share, "error", "total"}.
 * noise: NULL, or n_data numbers that are added to the share, once.
 */
int prio_aggregate(struct prio_server *s, const struct prio_stage_in *in, const int64_t *noise, int out,
    struct prio_tally *t, struct err *e);

/*
 * prio_publish(o, internal, external, n_parts, out, e): the sums of a batch, of so many
 * aggregate files of each server.  No key is needed.  ERR_CONFLICT
 * "implausible_total" as prio1_publish says, with the accepted records of internal as bound.
 */
struct prio_publish_opts {
	int64_t	n_data;			/* bits */
	unsigned bits;			/* of an integer; 1: single bits */
	enum prio1_side side;		/* of internal */
	int64_t	slack;			/* how far noise may take a value past its bounds */
	bool	counts;			/* add error and total */
	enum prio_json_style style;
};
int prio_publish(const struct prio_publish_opts *o, const int *internal, const int *external, size_t n_parts, int out,
    struct err *e);

/*
 * prio_encode_shares(o, in, out, t, e): lines {"payload": [0, 1, ..]} (integers below
 * 2^bits, bits > 1) become sealed records with fresh ids, the same in both outputs.  A
 * bad line ends it: ERR_VALIDATION with its number.
 */
struct prio_encode_opts {
	int64_t	n_data;			/* bits: integers times bits */
	unsigned bits;
	const char *batch_id;
	uint8_t	public[2][X25519_LEN];	/* of A and B */
	enum prio1_prg_key prg;
	enum prio_json_style style;
};
int prio_encode_shares(const struct prio_encode_opts *o, int in, const int out[2], int64_t *count, struct err *e);

/*
 * prio_index(in, batch_id, config, origins, out, e): results of publish as lines
 * {batch_id, origin, hash, index, aggregate}.  config is the JSON list of {batch_id,
 * n_data}, origins that of {name, hash, index}; batch <name>-<k> goes on in origins
 * where <name>-<k-1> ended.  batch_id NULL: each line of the input has its own.
 */
struct json_object;
int prio_index(int in, const char *batch_id, struct json_object *config, struct json_object *origins, int out,
    struct err *e);
#endif
