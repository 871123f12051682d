#include "tails.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "../../base/codec.h"
#include "../bn254/wire.h"

uint32_t
tails_points(uint32_t size)
{
	return 2 * size + 1;
}

uint64_t
tails_bytes(uint32_t size)
{
	return tails_offset(tails_points(size));
}

uint64_t
tails_offset(uint32_t slot)
{
	return TAILS_HEAD + (uint64_t)TAILS_POINT * slot;
}

void
tails_hash_text(char out[TAILS_HASH_MAX], const uint8_t sha256[SHA256_LEN])
{
	b58_encode(out, TAILS_HASH_MAX, sha256, SHA256_LEN);
}

static int
size_check(uint32_t size, struct err *e)
{
	if (size < ACCUM_SIZE_MIN || size > ACCUM_SIZE_MAX)
		return err_set(e, ERR_STRUCTURE, "a registry has %d to %d indices, not %u",
		    ACCUM_SIZE_MIN, ACCUM_SIZE_MAX, size);
	return 0;
}

/* The size that a file of this length is for; 0: none. */
static uint32_t
size_of(uint64_t bytes)
{
	uint64_t size = bytes / TAILS_POINT / 2;

	if (size < ACCUM_SIZE_MIN || size > ACCUM_SIZE_MAX || tails_bytes((uint32_t)size) != bytes)
		return 0;
	return (uint32_t)size;
}

static int
length_check(uint32_t *size, uint64_t bytes, struct err *e)
{
	if (*size == 0)
		*size = size_of(bytes);
	if (*size == 0)
		return err_set(e, ERR_TAILS_MISMATCH, "%llu bytes are no tails file",
		    (unsigned long long)bytes);
	if (size_check(*size, e) == -1)
		return -1;
	if (bytes != tails_bytes(*size))
		return err_set(e, ERR_TAILS_MISMATCH, "the file has %llu bytes, not %llu",
		    (unsigned long long)bytes, (unsigned long long)tails_bytes(*size));
	return 0;
}

static int
content_check(const uint8_t *map, uint64_t bytes, const char *hash, struct err *e)
{
	uint8_t want[SHA256_LEN], got[SHA256_LEN];

	if (map[0] != 0 || map[1] != 2)
		return err_set(e, ERR_TAILS_MISMATCH, "the file does not begin with 00 02");
	if (hash == NULL)
		return 0;
	if (b58_decode(want, sizeof(want), hash, strnlen(hash, TAILS_HASH_MAX)) != SHA256_LEN)
		return err_set(e, ERR_TAILS_MISMATCH, "tailsHash is no SHA-256");
	sha256(got, map, bytes);
	if (memcmp(got, want, SHA256_LEN) != 0)
		return err_set(e, ERR_TAILS_MISMATCH, "the file has another hash");
	return 0;
}

int
tails_map(struct tails *t, int fd, uint32_t size, const char *hash, struct err *e)
{
	struct stat st;
	void *map;

	if (fstat(fd, &st) == -1)
		return err_sys(e, "tails");
	if (length_check(&size, (uint64_t)st.st_size, e) == -1)
		return -1;
	map = mmap(NULL, tails_bytes(size), PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return err_sys(e, "map tails");
	if (content_check(map, tails_bytes(size), hash, e) == -1) {
		munmap(map, tails_bytes(size));
		return -1;
	}
	*t = (struct tails){ .size = size, .map = map };
	return 0;
}

int
tails_sparse(struct tails *t, uint32_t size, struct err *e)
{
	if (size_check(size, e) == -1)
		return -1;
	*t = (struct tails){ .size = size };
	return 0;
}

/* Where slot is among the ascending slots, or belongs. */
static size_t
find(const struct tails *t, uint32_t slot)
{
	size_t low = 0, high = t->n_slots;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->slots[middle].slot < slot)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
point_check(const uint8_t point[TAILS_POINT], struct err *e)
{
	struct g2_affine a;
	struct g2 p;

	if (wire_g2_affine_read(&a, point) == -1 || !g2_affine_on_curve(&a))
		return err_set(e, ERR_TAILS_MISMATCH, "it is no point of the curve");
	g2_from_affine(&p, &a);
	if (!g2_in_group(&p))
		return err_set(e, ERR_TAILS_MISMATCH, "it is outside the group");
	return 0;
}

int
tails_add(struct tails *t, uint32_t slot, const uint8_t point[TAILS_POINT], struct err *e)
{
	size_t at = find(t, slot);

	if (slot >= tails_points(t->size))
		return err_set(e, ERR_TAILS_MISMATCH, "slot %u of %u", slot, tails_points(t->size));
	if (point_check(point, e) == -1)
		return err_wrap(e, "slot %u", slot);
	if (at < t->n_slots && t->slots[at].slot == slot) {
		memcpy(t->slots[at].point, point, TAILS_POINT);
		return 0;
	}
	if (t->n_slots == t->cap_slots) {
		t->cap_slots = t->cap_slots == 0 ? 64 : 2 * t->cap_slots;
		t->slots = reallocarray(t->slots, t->cap_slots, sizeof(*t->slots));
		if (t->slots == NULL)
			abort();
	}
	memmove(&t->slots[at + 1], &t->slots[at], (t->n_slots - at) * sizeof(*t->slots));
	t->slots[at].slot = slot;
	memcpy(t->slots[at].point, point, TAILS_POINT);
	t->n_slots++;
	return 0;
}

void
tails_release(struct tails *t)
{
	if (t->map != NULL)
		munmap((void *)(uintptr_t)t->map, tails_bytes(t->size));
	free(t->slots);
	*t = (struct tails)TAILS_INIT;
}

const uint8_t *
tails_at(const struct tails *t, uint32_t slot)
{
	size_t at;

	if (slot >= tails_points(t->size))
		return NULL;
	if (t->map != NULL)
		return t->map + tails_offset(slot);
	at = find(t, slot);
	return at < t->n_slots && t->slots[at].slot == slot ? t->slots[at].point : NULL;
}
