#include "list.h"

#include <stdlib.h>

#include "../../base/cleanup.h"

void
accum_delta_release(struct accum_delta *d)
{
	free(d->issued);
	free(d->revoked);
	*d = (struct accum_delta)ACCUM_DELTA_INIT;
}

static uint32_t *
indices_new(size_t n)
{
	uint32_t *p = n == 0 ? NULL : reallocarray(NULL, n, sizeof(*p));

	if (n > 0 && p == NULL)
		abort();
	return p;
}

/* Counts what differs, and notes it where there is room for it already. */
static void
note_changes(struct accum_delta *d, const struct accum_list *from, const struct accum_list *to)
{
	d->n_issued = d->n_revoked = 0;
	for (uint32_t j = 1; j < to->size; j++) {
		bool revoked = accum_list_revoked(to, j);
		uint32_t *part = revoked ? d->revoked : d->issued;
		size_t *n = revoked ? &d->n_revoked : &d->n_issued;

		if (accum_list_revoked(from, j) == revoked)
			continue;
		if (part != NULL)
			part[*n] = j;
		++*n;
	}
}

int
accum_delta_between(struct accum_delta *d, const struct accum_list *from,
    const struct accum_list *to, struct err *e)
{
	CLEANUP(accum_list_release) struct accum_list start = ACCUM_LIST_INIT;
	struct accum_delta got = ACCUM_DELTA_INIT;

	if (from == NULL) {
		if (accum_list_new(&start, to->size, to->issuance, e) == -1)
			return -1;
		from = &start;
	}
	if (from->size != to->size || from->issuance != to->issuance)
		return err_set(e, ERR_STRUCTURE, "the lists are of two registries");
	note_changes(&got, from, to);
	got.issued = indices_new(got.n_issued);
	got.revoked = indices_new(got.n_revoked);
	note_changes(&got, from, to);
	*d = got;
	return 0;
}

static int
index_check(uint32_t size, uint32_t j, struct err *e)
{
	if (j == 0 || j >= size)
		return err_set(e, ERR_REVOCATION_ID, "index %u is not one of 1 to %u", j, size - 1);
	return 0;
}

int
accum_delta_of(struct accum_delta *d, const struct accum_list *list, const uint32_t *indices,
    size_t n, bool revoke, struct err *e)
{
	CLEANUP(accum_list_release) struct accum_list after = ACCUM_LIST_INIT;

	accum_list_copy(&after, list);
	for (size_t i = 0; i < n; i++) {
		uint32_t j = indices[i];

		if (index_check(list->size, j, e) == -1)
			return -1;
		if (accum_list_revoked(&after, j) != revoke)
			accum_list_set(&after, j, revoke);
		else if (accum_list_revoked(list, j) != revoke)
			return err_set(e, ERR_REVOCATION_ID, "index %u stands there twice", j);
		else if (revoke)
			return err_set(e, ERR_REVOKED, "index %u is revoked already", j);
		else
			return err_set(e, ERR_REVOCATION_ID, "index %u is not revoked", j);
	}
	return accum_delta_between(d, list, &after, e);
}

/* Sets the n indices of one part; -1 when one is out of range or was set as `other` before. */
static int
apply_part(struct accum_list *list, struct accum_list *seen, const uint32_t *indices, size_t n,
    bool revoked, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t j = indices[i];

		if (index_check(list->size, j, e) == -1)
			return -1;
		if (accum_list_revoked(seen, j))
			return err_set(e, ERR_REVOCATION_ID, "index %u stands there twice", j);
		accum_list_set(seen, j, true);
		accum_list_set(list, j, revoked);
	}
	return 0;
}

int
accum_delta_apply(struct accum_list *list, const struct accum_delta *d, struct err *e)
{
	CLEANUP(accum_list_release) struct accum_list after = ACCUM_LIST_INIT, seen = ACCUM_LIST_INIT;

	if (accum_list_new(&seen, list->size, ACCUM_BY_DEFAULT, e) == -1)
		return -1;
	accum_list_copy(&after, list);
	if (apply_part(&after, &seen, d->issued, d->n_issued, false, e) == -1 ||
	    apply_part(&after, &seen, d->revoked, d->n_revoked, true, e) == -1)
		return -1;
	accum_list_release(list);
	*list = after;
	after = (struct accum_list)ACCUM_LIST_INIT;
	return 0;
}
