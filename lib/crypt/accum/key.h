#ifndef ACCUM_KEY_H
#define ACCUM_KEY_H
#include <stdbool.h>
#include "../bn254/g1.h"
#include "../bn254/g2.h"
/*
 * The revocation keys of a credential definition.  Source: specification 3.5;
 * Camenisch, Kohlweiss, Soriente, An accumulator based on bilinear maps, PKC 2009.
 */
struct accum_pub {
	struct g1 g, h, h0, h1, h2, htilde, pk;	/* pk = g^sk */
	struct g2 g_dash, h_cap, u, y;		/* y = h_cap^x */
};
struct accum_priv {				/* secret */
	struct fr x, sk;
};
/* accum_key_new(pub, priv): fresh keys; nobody knows a relation between the
 * generators.  The caller wipes priv. */
void accum_key_new(struct accum_pub *pub, struct accum_priv *priv);
/* accum_key_matches(pub, priv): whether pk and y are of this private key. */
bool accum_key_matches(const struct accum_pub *pub, const struct accum_priv *priv);
void accum_priv_wipe(struct accum_priv *priv);	/* for CLEANUP */
#endif
