#include "idtable.h"

#include <stdlib.h>
#include <string.h>

#include "stage.h"

#define KEPT	16	/* bytes of a digest */
#define FIRST	1024	/* slots */

void
prio_ids_release(struct prio_ids *t)
{
	if (t->entry != NULL)
		explicit_bzero(t->entry, t->cap * (KEPT + t->value_size));
	free(t->slot);
	free(t->entry);
	*t = (struct prio_ids)PRIO_IDS_INIT(t->value_size);
}

static uint8_t *
entry_of(const struct prio_ids *t, size_t i)
{
	return t->entry + i * (KEPT + t->value_size);
}

/* The slot of a digest: its own, or the free one where it belongs. */
static size_t
probe(const struct prio_ids *t, const uint8_t *id)
{
	uint64_t at;

	memcpy(&at, id, sizeof(at));
	for (at &= t->slots - 1; t->slot[at] != 0; at = (at + 1) & (t->slots - 1))
		if (memcmp(entry_of(t, t->slot[at] - 1), id, KEPT) == 0)
			break;
	return at;
}

/* Twice the room, for entries and slots; entries are copied, so that none stays behind unwiped. */
static void
grow(struct prio_ids *t)
{
	size_t size = KEPT + t->value_size, cap = t->cap == 0 ? FIRST / 2 : 2 * t->cap;
	uint8_t *entry = reallocarray(NULL, cap, size);

	if (entry == NULL)
		abort();
	if (t->n > 0) {
		memcpy(entry, t->entry, t->n * size);
		explicit_bzero(t->entry, t->n * size);
	}
	free(t->entry);
	free(t->slot);
	t->entry = entry;
	t->cap = cap;
	t->slots = 2 * cap;
	if ((t->slot = calloc(t->slots, sizeof(*t->slot))) == NULL)
		abort();
	for (size_t i = 0; i < t->n; i++)
		t->slot[probe(t, entry_of(t, i))] = (uint32_t)(i + 1);
}

int
prio_ids_put(struct prio_ids *t, const uint8_t id[SHA256_LEN], uint8_t **value, struct err *e)
{
	size_t at;
	bool fresh;

	if (t->n == t->cap) {
		if (t->n >= PRIO_RECORDS_MAX)
			return err_set(e, ERR_LIMIT, "more than %d records in one file", PRIO_RECORDS_MAX);
		grow(t);
	}
	at = probe(t, id);
	fresh = t->slot[at] == 0;
	if (fresh) {
		uint8_t *entry = entry_of(t, t->n);

		memcpy(entry, id, KEPT);
		memset(entry + KEPT, 0, t->value_size);
		t->slot[at] = (uint32_t)++t->n;
	}
	*value = entry_of(t, t->slot[at] - 1) + KEPT;
	return fresh;
}

uint8_t *
prio_ids_find(const struct prio_ids *t, const uint8_t id[SHA256_LEN])
{
	size_t at;

	if (t->n == 0)
		return NULL;
	at = probe(t, id);
	return t->slot[at] == 0 ? NULL : entry_of(t, t->slot[at] - 1) + KEPT;
}
