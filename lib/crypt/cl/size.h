#ifndef CRYPT_CL_SIZE_H
#define CRYPT_CL_SIZE_H
/*
 * How many bits the numbers of a key of one size have.  One row for n of
 * 2046-2052 bits, one for 3070-3076.  Source: specification 3.2.
 */
struct cl_size {
	unsigned modulus;	/* what we generate, exactly */
	unsigned modulus_min, modulus_max;	/* what we accept */
	unsigned v_prime;	/* also r, r_i, r_delta */
	unsigned v_second;	/* v'', its top bit set */
	unsigned v_mask;	/* of v*, in the equality proof */
	unsigned v_prime_mask;	/* of v' in the request proof, of r_i and r_delta */
	unsigned m2_mask;
	unsigned alpha_mask;
	unsigned number_max;	/* any other number from outside */
};
#define CL_CHALLENGE	256
#define CL_M		256	/* link secret, attribute */
#define CL_E_TOP	596	/* e = 2^596 + random of CL_E_RANDOM bits */
#define CL_E_RANDOM	119
#define CL_E_ROUNDS	30	/* of Miller-Rabin */
#define CL_E_MASK	456
#define CL_M_MASK	592	/* also of u_i */
#define CL_M_REQUEST_MASK 593
#define CL_E_HAT_MAX	457	/* |e^| <= 2^457: rule 1 */
#define CL_M_HAT_MAX	594	/* |m^| <= 2^594 */
#define CL_NONCE	80	/* made here */
#define CL_NONCE_MAX	256	/* accepted */
/* cl_size_of(bits): the row for a modulus of that many bits, or NULL. */
const struct cl_size *cl_size_of(unsigned bits);
#endif
