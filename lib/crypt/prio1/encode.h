#ifndef PRIO1_ENCODE_H
#define PRIO1_ENCODE_H
#include "../../base/buf.h"
#include "packet.h"
#include "sealed.h"
/*
 * The client: an answer becomes two sealed shares.  Source: aggregate service, 2.5.
 */
struct prio1_encoder {
	const struct prio1_params *par;	/* borrowed */
	struct prio1_packet pk;
	struct f87 *work;		/* two transforms */
	struct prio1_prg prg;
	struct prio1_seal seal;
	uint8_t	*plain;			/* a packet */
	size_t	plain_max;
};
#define PRIO1_ENCODER_INIT { .par = NULL }
void prio1_encoder_make(struct prio1_encoder *c, const struct prio1_params *par, size_t batch_len);
void prio1_encoder_release(struct prio1_encoder *c);	/* for CLEANUP; wipes */
/*
 * prio1_encode(c, bits, how, batch, batch_len, public, out, e): bits has n_data
 * bytes, each 0 or 1 (else ERR_VALIDATION); public[side] are the servers' keys; what is
 * sealed to each is appended to out[side].  The values do not show in time.
 */
int prio1_encode(struct prio1_encoder *c, const uint8_t *bits, enum prio1_prg_key how, const void *batch,
    size_t batch_len, const uint8_t public[2][X25519_LEN], struct buf *out[2], struct err *e);
#endif
