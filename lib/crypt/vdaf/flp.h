#ifndef VDAF_FLP_H
#define VDAF_FLP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/*
 * The fully linear proof system of Prio3: a circuit that is zero for well-formed
 * measurements, proofs that it is, and queries of shares of them.  This file says
 * what a circuit is and which functions a field has for it; the functions are
 * written once for both fields, in *.inc.
 *
 * Vectors of elements are bytes as on the wire.  Rooms are aligned to 16 bytes.
 *
 * Source: draft-irtf-cfrg-vdaf-08 and -20, section 7.3; Boneh, Boyle, Corrigan-Gibbs,
 * Gilboa, Ishai, Zero-knowledge proofs on secret-shared data via fully linear PCPs,
 * 2019, theorem 4.3; specification 3.8, 3.9.
 */
enum flp_circuit {
	FLP_SELF,	/* Mul(m, m) - m */
	FLP_POLY,	/* a polynomial of each element: zero if all are roots */
	FLP_PAIRS	/* chunks of sums of products: all elements are bits */
};

/* Numbers of a measurement: bits with weights 1, 2, .., 2^(bits-2), last. */
struct flp_weights {
	unsigned bits;		/* 1: the element is the number */
	uint64_t last;
};

struct flp_field;

struct flp {
	const struct flp_field *field;
	enum flp_circuit circuit;
	bool	values;		/* gadget polynomial by values (18) instead of coefficients (08) */
	bool	rand_per_call;	/* joint randomness: one element a gadget call (18), or one for all (08) */
	bool	one_hot;	/* the measurement is an index into the numbers */
	bool	check;		/* a second output: the sum of the numbers, below */
	size_t	out_len;	/* numbers */
	struct flp_weights number;
	struct flp_weights weight;	/* of the sum's bits behind the numbers; none: bits = 0 */
	int64_t	sum_add;	/* the check: sum of the numbers + sum_add - weight = 0 */
	int8_t	poly[4];	/* FLP_POLY: coefficients */
	unsigned shares;
	size_t	meas_len, joint_rand_len, outputs;
	size_t	calls, chunk, arity, degree;
	size_t	points;		/* P: of a wire polynomial */
	size_t	gadget_len;	/* elements of the gadget polynomial in a proof */
	size_t	proof_len, verifier_len, prove_rand_len, query_rand_len;
	size_t	room;		/* bytes for prove or query */
	void	*table;		/* the field's; of flp_field.table */
};

/* flp_measure(f): lengths and room from what stands before meas_len, and from
 * chunk, calls and degree. */
void flp_measure(struct flp *f);

struct flp_field {
	size_t	bytes;		/* of an element */
	size_t	limbs;		/* bytes of a factor for sums of columns side by side; 0: there are none */

	/* vectors: whether all are below p; sum += v; v -= w; of n elements `in`, those
	 * below p, at most `room`, to out: how many */
	bool	(*valid)(const uint8_t *v, size_t n);
	void	(*add)(uint8_t *sum, const uint8_t *v, size_t n);
	void	(*sub)(uint8_t *v, const uint8_t *w, size_t n);
	size_t	(*accept)(uint8_t *out, size_t room, const uint8_t *in, size_t n);

	/* table: what depends on the circuit only, from malloc */
	void	*(*table)(const struct flp *f);
	/* encode: numbers in their range to meas_len elements; truncate: those to
	 * out_len sums */
	void	(*encode)(const struct flp *f, uint8_t *meas, const uint64_t *numbers);
	void	(*truncate)(const struct flp *f, uint8_t *out, const uint8_t *meas);

	/* prove: proof_len elements from prove_rand_len and joint_rand_len random ones */
	void	(*prove)(const struct flp *f, uint8_t *proof, const uint8_t *meas, const uint8_t *prove_rand,
	    const uint8_t *joint_rand, void *room);
	/* query: verifier_len elements of a share of measurement and proof; false: the
	 * point is a root of unity.  With `values` those of order 2 P count, too: the draft
	 * refuses order P only, but there the polynomial is a value and needs no proof. */
	bool	(*query)(const struct flp *f, uint8_t *verifier, const uint8_t *meas, const uint8_t *proof,
	    const uint8_t *query_rand, const uint8_t *joint_rand, void *room);
	/* decide: whether the n verifier shares prove it; all elements are below p */
	bool	(*decide)(const struct flp *f, const uint8_t *const share[], size_t n);
};
extern const struct flp_field flp_field64, flp_field128;
#endif
