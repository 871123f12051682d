#include "key.h"

#include <sodium.h>

void
accum_key_new(struct accum_pub *pub, struct accum_priv *priv)
{
	struct g1 *const g1[] = {
		&pub->g, &pub->h, &pub->h0, &pub->h1, &pub->h2, &pub->htilde,
	};
	struct g2 *const g2[] = { &pub->g_dash, &pub->h_cap, &pub->u };

	for (size_t i = 0; i < sizeof(g1) / sizeof(*g1); i++)
		g1_random(g1[i]);
	for (size_t i = 0; i < sizeof(g2) / sizeof(*g2); i++)
		g2_random(g2[i]);
	fr_random(&priv->x);
	fr_random(&priv->sk);
	g1_mul(&pub->pk, &pub->g, &priv->sk);
	g2_mul(&pub->y, &pub->h_cap, &priv->x);
}

bool
accum_key_matches(const struct accum_pub *pub, const struct accum_priv *priv)
{
	struct g1 pk;
	struct g2 y;

	g1_mul(&pk, &pub->g, &priv->sk);
	g2_mul(&y, &pub->h_cap, &priv->x);
	return g1_equal(&pk, &pub->pk) && g2_equal(&y, &pub->y);
}

void
accum_priv_wipe(struct accum_priv *priv)
{
	sodium_memzero(priv, sizeof(*priv));
}
