#ifndef PRIO1_PACKET_H
#define PRIO1_PACKET_H
#include "params.h"
#include "prg.h"
/*
 * What servers and clients of prio1 tell each other, as MessagePack objects one
 * after another.  Readers are strict about all but the width of a text's head, as
 * libprio is.  Source: aggregate service, 2.3.
 */
#define PRIO1_VERIFY1_MAX 24	/* bytes */
#define PRIO1_VERIFY2_MAX 12
struct prio1_triple { struct f87 a, b, c; };
/* A client's share for one server, in memory of the caller. */
struct prio1_packet {
	struct prio1_triple beaver;
	struct f87 f0, g0, h0;
	enum prio1_side side;
	uint8_t	seed[PRIO1_SEED];	/* of B: data and h come from it */
	struct f87 *data;		/* n_data */
	struct f87 *h;			/* points */
};
/* prio1_packet_size(par, side, batch_len): bytes that a packet has at most. */
size_t prio1_packet_size(const struct prio1_params *par, enum prio1_side side, size_t batch_len);
/* prio1_packet_write(out, ..): out has that room; returns the length.  Elements of A and the seed of B. */
size_t prio1_packet_write(uint8_t *out, const struct prio1_packet *pk, const struct prio1_params *par,
    const void *batch, size_t batch_len);
/* Why a record is not taken, in the words of 2.7. */
enum prio1_fault {
	PRIO1_OK, PRIO1_SHORT, PRIO1_DECRYPT, PRIO1_MSGPACK, PRIO1_RANGE, PRIO1_BATCH, PRIO1_SERVER, PRIO1_LENGTH,
};
/* prio1_packet_read(pk, ..): fills all but the elements of B, which follow from its seed. */
enum prio1_fault prio1_packet_read(struct prio1_packet *pk, const uint8_t *p, size_t n,
    const struct prio1_params *par, enum prio1_side side, const void *batch, size_t batch_len);

/* An array of n elements alone: its bytes at most, its bytes, its reader; nothing may follow it. */
size_t prio1_array_size(size_t n);
size_t prio1_array_write(uint8_t *out, const struct f87 *a, size_t n);
enum prio1_fault prio1_array_read(struct f87 *out, size_t n, const uint8_t *p, size_t len);

struct prio1_verify1 { struct f87 d, e; };
size_t prio1_verify1_write(uint8_t out[PRIO1_VERIFY1_MAX], const struct prio1_verify1 *v);
enum prio1_fault prio1_verify1_read(struct prio1_verify1 *v, const uint8_t *p, size_t n);
size_t prio1_verify2_write(uint8_t out[PRIO1_VERIFY2_MAX], struct f87 v);
enum prio1_fault prio1_verify2_read(struct f87 *v, const uint8_t *p, size_t n);
#endif
