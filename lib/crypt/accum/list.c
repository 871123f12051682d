#include "list.h"

#include <stdlib.h>
#include <string.h>

static uint8_t *
bits_new(uint32_t size)
{
	uint8_t *p = calloc(1, ACCUM_LIST_BYTES(size));

	if (p == NULL)
		abort();
	return p;
}

static int
size_check(uint32_t size, struct err *e)
{
	if (size < ACCUM_SIZE_MIN || size > ACCUM_SIZE_MAX)
		return err_set(e, ERR_STRUCTURE, "a registry has %d to %d indices, not %u",
		    ACCUM_SIZE_MIN, ACCUM_SIZE_MAX, size);
	return 0;
}

/* Bits of the last byte that no index has. */
static uint8_t
spare_bits(uint32_t size)
{
	return size % 8 == 0 ? 0 : (uint8_t)(0xff << (size % 8));
}

int
accum_list_new(struct accum_list *list, uint32_t size, enum accum_issuance issuance, struct err *e)
{
	if (size_check(size, e) == -1)
		return -1;
	*list = (struct accum_list){ .size = size, .issuance = issuance, .bits = bits_new(size) };
	if (issuance == ACCUM_ON_DEMAND) {
		memset(list->bits, 0xff, ACCUM_LIST_BYTES(size));
		list->bits[ACCUM_LIST_BYTES(size) - 1] &= (uint8_t)~spare_bits(size);
	}
	return 0;
}

int
accum_list_read(struct accum_list *list, uint32_t size, enum accum_issuance issuance,
    const void *bits, size_t n, struct err *e)
{
	const uint8_t *p = bits;

	if (size_check(size, e) == -1)
		return -1;
	if (n != ACCUM_LIST_BYTES(size) || (p[n - 1] & spare_bits(size)) != 0)
		return err_set(e, ERR_STRUCTURE, "the list is not one of %u indices", size);
	*list = (struct accum_list){ .size = size, .issuance = issuance, .bits = bits_new(size) };
	memcpy(list->bits, p, n);
	return 0;
}

void
accum_list_copy(struct accum_list *out, const struct accum_list *list)
{
	*out = *list;
	out->bits = bits_new(list->size);
	memcpy(out->bits, list->bits, ACCUM_LIST_BYTES(list->size));
}

void
accum_list_release(struct accum_list *list)
{
	free(list->bits);
	*list = (struct accum_list)ACCUM_LIST_INIT;
}

bool
accum_list_revoked(const struct accum_list *list, uint32_t j)
{
	return (list->bits[j / 8] >> (j % 8) & 1) != 0;
}

void
accum_list_set(struct accum_list *list, uint32_t j, bool revoked)
{
	uint8_t bit = (uint8_t)(1u << (j % 8));

	if (revoked)
		list->bits[j / 8] |= bit;
	else
		list->bits[j / 8] &= (uint8_t)~bit;
}

bool
accum_list_counts(const struct accum_list *list, uint32_t j)
{
	if (j == 0 || j > list->size)
		return false;
	if (j == list->size)
		return list->issuance == ACCUM_BY_DEFAULT;
	return !accum_list_revoked(list, j);
}

bool
accum_list_equal(const struct accum_list *a, const struct accum_list *b)
{
	if (a->size != b->size || a->issuance != b->issuance)
		return false;
	return ((a->bits[0] ^ b->bits[0]) & 0xfe) == 0 &&	/* all but index 0 */
	    memcmp(a->bits + 1, b->bits + 1, ACCUM_LIST_BYTES(a->size) - 1) == 0;
}
