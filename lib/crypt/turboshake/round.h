/*
 * One round of Keccak-p[1600] over lanes of any type that has ^ & ~ << >>:
 * KECCAK_ROUND(e, a, rc) makes state e of state a.  Rows are written in the
 * order of the output, so that rho and pi are constants: every B below names
 * the lane that comes there and by how many bits it is turned.  LANE is the type.
 *
 * Source: FIPS 202, section 3.2.
 */
#define K_TURN(x, by)	((x) << (by) | (x) >> (64 - (by)))
#define K_COLUMN(a, x)	(a[x] ^ a[(x) + 5] ^ a[(x) + 10] ^ a[(x) + 15] ^ a[(x) + 20])
#define K_B(a, from, by) K_TURN(a[from] ^ d[(from) % 5], by)
#define K_ROW(e, y, b0, b1, b2, b3, b4) do {			\
	const LANE r0 = (b0), r1 = (b1), r2 = (b2), r3 = (b3), r4 = (b4);	\
								\
	e[(y) + 0] = r0 ^ (~r1 & r2);				\
	e[(y) + 1] = r1 ^ (~r2 & r3);				\
	e[(y) + 2] = r2 ^ (~r3 & r4);				\
	e[(y) + 3] = r3 ^ (~r4 & r0);				\
	e[(y) + 4] = r4 ^ (~r0 & r1);				\
} while (0)
#define KECCAK_ROUND(e, a, rc) do {				\
	const LANE c0 = K_COLUMN(a, 0), c1 = K_COLUMN(a, 1), c2 = K_COLUMN(a, 2),	\
	    c3 = K_COLUMN(a, 3), c4 = K_COLUMN(a, 4);		\
	const LANE d[5] = { c4 ^ K_TURN(c1, 1), c0 ^ K_TURN(c2, 1), c1 ^ K_TURN(c3, 1),	\
	    c2 ^ K_TURN(c4, 1), c3 ^ K_TURN(c0, 1) };		\
								\
	K_ROW(e, 0, a[0] ^ d[0], K_B(a, 6, 44), K_B(a, 12, 43), K_B(a, 18, 21), K_B(a, 24, 14));	\
	K_ROW(e, 5, K_B(a, 3, 28), K_B(a, 9, 20), K_B(a, 10, 3), K_B(a, 16, 45), K_B(a, 22, 61));	\
	K_ROW(e, 10, K_B(a, 1, 1), K_B(a, 7, 6), K_B(a, 13, 25), K_B(a, 19, 8), K_B(a, 20, 18));	\
	K_ROW(e, 15, K_B(a, 4, 27), K_B(a, 5, 36), K_B(a, 11, 10), K_B(a, 17, 15), K_B(a, 23, 56));	\
	K_ROW(e, 20, K_B(a, 2, 62), K_B(a, 8, 55), K_B(a, 14, 39), K_B(a, 15, 41), K_B(a, 21, 2));	\
	e[0] ^= (rc);						\
} while (0)
