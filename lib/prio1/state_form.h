#ifndef PRIO1_STATE_FORM_H
#define PRIO1_STATE_FORM_H
#include "state.h"
/* What writer and reader of a state file share. */
#define STATE_MAGIC	"DRPRIOS1"
#define STATE_SALT	16		/* bytes */
#define STATE_HEAD	16		/* bytes in front of a block */
#define STATE_NUMBERS	6		/* elements of a row */
#define STATE_ROW	(STATE_NUMBERS * F87_FIXED + SHA256_LEN + 3)	/* bytes without the id */
#define STATE_END	(8 * (2 + PRIO_OUTCOME_MAX))	/* bytes of the end */
#define STATE_BLOCK	(1u << 20)	/* bytes from which on a block is full */
#define STATE_RECORDS	4096		/* records of a block at most */
enum state_column { STATE_ROWS, STATE_DATA };
int state_key(struct aead *out, const struct prio_state_of *of, const uint8_t salt[STATE_SALT], struct err *e);
void state_nonce(uint8_t out[AEAD_NONCE], uint64_t block, enum state_column column);
#endif
