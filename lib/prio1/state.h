#ifndef PRIO1_STATE_H
#define PRIO1_STATE_H
#include "../crypt/aead.h"
#include "../crypt/prio1/verify.h"
#include "../crypt/wbuf.h"
#include "record.h"
/*
 * What verify1 keeps of the records of a file, so that the later stages need not open
 * one again: blocks of two columns, of rows and of data shares, each sealed for itself
 * so that verify2 passes the data by.
 *
 *	"DRPRIOS1" | salt[16]
 *	block:	u32 records | u32 bytes of rows | u64 bytes of data | rows, tag | data, tag
 *	end:	a block of no records whose rows are u64 records | u64 lines | u64 of each outcome
 *	row:	a, b, c, H(r), d, e at 12 bytes each | SHA-256(id) | u16 id<> as in JSON | u8 payload first
 *	data:	n_data elements of 12 bytes
 *
 * The key is HKDF of the server's private key, the salt and what the file belongs to
 * (batch, run, side, n_data); the nonce is u64 block | u32 column, the associated data
 * a block's head.  A file that is cut or changed anywhere is refused.
 */
struct prio_state_of {		/* what a file belongs to */
	const struct secret *key;
	const char *batch_id, *run;	/* run may be NULL */
	enum prio1_side side;
	size_t	n_data;
};
struct prio_state_row {
	struct prio1_row row;
	uint8_t	digest[SHA256_LEN];	/* of the id itself */
	const char *id;		/* JSON text; when read: borrowed until the next block */
	size_t	id_len;
	bool	payload_first;
};

struct prio_state_writer {
	int	fd;
	struct aead aead;
	size_t	n_data;
	uint64_t block, total;
	uint32_t n;		/* records of the block that gathers */
	struct wbuf rows, data;
};
#define PRIO_STATE_WRITER_INIT { .fd = -1 }
int prio_state_create(struct prio_state_writer *w, int fd, const struct prio_state_of *of, struct err *e);
int prio_state_add(struct prio_state_writer *w, const struct prio_state_row *row, const struct f87 *data,
    struct err *e);
/* prio_state_end(w, t, e): t says what became of all lines of the file. */
int prio_state_end(struct prio_state_writer *w, const struct prio_tally *t, struct err *e);
void prio_state_writer_release(struct prio_state_writer *w);	/* for CLEANUP; wipes */

struct prio_state_reader {
	int	fd;
	struct aead aead;
	size_t	n_data;
	bool	want_data;
	uint64_t block, total;
	uint32_t n, i;		/* records of the block, and the next one of them */
	size_t	at;		/* in rows */
	struct prio_tally before;	/* at the end: what verify1 counted */
	struct wbuf rows, data;
};
#define PRIO_STATE_READER_INIT { .fd = -1 }
/* prio_state_open(r, fd, of, want_data, e): fd can seek.  ERR_VALIDATION when it is no such file. */
int prio_state_open(struct prio_state_reader *r, int fd, const struct prio_state_of *of, bool want_data,
    struct err *e);
/* prio_state_next(r, row, data, e): 1, 0 at the end, -1.  *data (with want_data) is n_data
 * elements as they stand in the file: F87_FIXED bytes each, below p. */
int prio_state_next(struct prio_state_reader *r, struct prio_state_row *row, const uint8_t **data, struct err *e);
void prio_state_reader_release(struct prio_state_reader *r);	/* for CLEANUP; wipes */
#endif
