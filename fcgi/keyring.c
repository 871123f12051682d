#include "keyring.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETS	128
#define WAYS	4	/* keys whose ids fall into one set */

struct entry {
	char	id[PEERID_TEXT];	/* by which it was asked for; "": free */
	struct pubkey key;
};
struct keyring {
	struct entry entry[SETS][WAYS];
	unsigned char next[SETS];	/* who goes when a set is full */
};

/* FNV-1a: ids are hashes already, and only registered keys come in. */
static size_t
set_of(const char *id)
{
	uint32_t h = 2166136261;

	for (; *id != '\0'; id++)
		h = (h ^ (unsigned char)*id) * 16777619;
	return h % SETS;
}

struct keyring *
keyring_new(void)
{
	struct keyring *kr = calloc(1, sizeof(*kr));

	if (kr == NULL)
		abort();
	return kr;
}

void
keyring_free(struct keyring *kr)
{
	for (size_t s = 0; kr != NULL && s < SETS; s++)
		for (size_t w = 0; w < WAYS; w++)
			pubkey_release(&kr->entry[s][w].key);
	free(kr);
}

const struct pubkey *
keyring_find(const struct keyring *kr, const char *id)
{
	const struct entry *set = kr->entry[set_of(id)];

	for (size_t w = 0; w < WAYS; w++)
		if (strcmp(set[w].id, id) == 0)
			return &set[w].key;
	return NULL;
}

static bool
is_named(const struct pubkey *k, const char *id)
{
	char text[PEERID_TEXT];

	pubkey_peer_id(text, k);
	return strcmp(id, text) == 0 || (pubkey_alias(text, k) && strcmp(id, text) == 0);
}

int
keyring_put(struct keyring *kr, const char *id, struct pubkey *k)
{
	size_t s = set_of(id);
	struct entry *e = &kr->entry[s][kr->next[s]];
	bool named = is_named(k, id);

	if (!named || keyring_find(kr, id) != NULL) {	/* found: two requests asked at once */
		pubkey_release(k);
		return named ? 0 : -1;
	}
	kr->next[s] = (unsigned char)((kr->next[s] + 1) % WAYS);
	pubkey_release(&e->key);
	snprintf(e->id, sizeof(e->id), "%s", id);
	e->key = *k;
	*k = (struct pubkey)PUBKEY_INIT;
	return 0;
}
