/*
 * Lists of revoked indices, without cryptography: which index counts, what
 * changes between two lists, and which changes are refused.
 */
#include "../../lib/base/cleanup.h"
#include "../../lib/crypt/accum/list.h"
#include "../tap.h"

static void
test_begin(void)
{
	CLEANUP(accum_list_release) struct accum_list whole = ACCUM_LIST_INIT, none = ACCUM_LIST_INIT;
	struct err e = ERR_INIT;

	is_int(accum_list_new(&whole, 10, ACCUM_BY_DEFAULT, &e), 0, "issued by default");
	is_int(accum_list_new(&none, 10, ACCUM_ON_DEMAND, &e), 0, "issued on demand");
	ok(!accum_list_counts(&whole, 0) && !accum_list_counts(&none, 0), "index 0 is in no accumulator");
	ok(accum_list_counts(&whole, 1) && accum_list_counts(&whole, 9), "1 to L - 1 count by default");
	ok(accum_list_counts(&whole, 10), "L counts by default, though it is never handed out");
	ok(!accum_list_counts(&none, 1) && !accum_list_counts(&none, 10), "nothing counts on demand");
	ok(!accum_list_counts(&whole, 11), "nothing counts past L");
	ok(none.bits[1] == 0x03, "bits past the end are 0");
	accum_list_set(&none, 9, false);
	ok(accum_list_counts(&none, 9) && none.bits[1] == 0x01, "an issued index counts, at its bit");
}

static void
test_sizes(void)
{
	struct accum_list list = ACCUM_LIST_INIT;
	struct err e = ERR_INIT;

	is_int(accum_list_new(&list, 1, ACCUM_BY_DEFAULT, &e), -1, "a registry of one is refused");
	is_int(e.code, ERR_STRUCTURE, "as a structure");
	is_int(accum_list_new(&list, ACCUM_SIZE_MAX + 1, ACCUM_BY_DEFAULT, &e), -1, "too large is refused");
	ok(list.bits == NULL, "and nothing was made");
}

static void
test_read(void)
{
	static const uint8_t bits[] = { 0x04, 0x02 }, spare[] = { 0x04, 0x06 };
	CLEANUP(accum_list_release) struct accum_list list = ACCUM_LIST_INIT, copy = ACCUM_LIST_INIT;
	struct err e = ERR_INIT;

	is_int(accum_list_read(&list, 10, ACCUM_BY_DEFAULT, spare, 2, &e), -1, "a bit past the end is refused");
	is_int(accum_list_read(&list, 10, ACCUM_BY_DEFAULT, bits, 1, &e), -1, "too few bytes are refused");
	is_int(accum_list_read(&list, 10, ACCUM_BY_DEFAULT, bits, 2, &e), 0, "a stored list");
	ok(accum_list_revoked(&list, 2) && accum_list_revoked(&list, 9), "has its bits");
	accum_list_copy(&copy, &list);
	ok(accum_list_equal(&copy, &list), "a copy is equal");
	accum_list_set(&copy, 0, true);
	ok(accum_list_equal(&copy, &list), "whatever index 0 says");
	accum_list_set(&copy, 9, false);
	ok(!accum_list_equal(&copy, &list), "but not with another index");
}

static void
test_between(void)
{
	CLEANUP(accum_list_release) struct accum_list from = ACCUM_LIST_INIT, to = ACCUM_LIST_INIT;
	CLEANUP(accum_delta_release) struct accum_delta d = ACCUM_DELTA_INIT;
	struct err e = ERR_INIT;

	accum_list_new(&from, 20, ACCUM_BY_DEFAULT, &e);
	accum_list_set(&from, 3, true);
	accum_list_copy(&to, &from);
	accum_list_set(&to, 3, false);
	accum_list_set(&to, 19, true);
	accum_list_set(&to, 5, true);
	accum_list_set(&to, 0, true);
	is_int(accum_delta_between(&d, &from, &to, &e), 0, "what changed");
	ok(d.n_issued == 1 && d.issued[0] == 3, "3 was issued again");
	ok(d.n_revoked == 2 && d.revoked[0] == 5 && d.revoked[1] == 19, "5 and 19 were revoked, 0 is no index");
	is_int(accum_delta_apply(&from, &d, &e), 0, "applied to the first");
	ok(accum_list_equal(&from, &to), "it gives the second");
	accum_delta_release(&d);
	is_int(accum_delta_between(&d, NULL, &to, &e), 0, "what changed since the registry began");
	ok(d.n_issued == 0 && d.n_revoked == 2, "is what is revoked");
	from.issuance = ACCUM_ON_DEMAND;
	is_int(accum_delta_between(&d, &from, &to, &e), -1, "lists of two registries are refused");
}

static void
test_of(void)
{
	static const uint32_t some[] = { 7, 2 }, twice[] = { 2, 7, 2 }, last[] = { 10 }, zero[] = { 0 };
	CLEANUP(accum_list_release) struct accum_list list = ACCUM_LIST_INIT;
	CLEANUP(accum_delta_release) struct accum_delta d = ACCUM_DELTA_INIT;
	struct err e = ERR_INIT;

	accum_list_new(&list, 10, ACCUM_BY_DEFAULT, &e);
	is_int(accum_delta_of(&d, &list, twice, 3, true, &e), -1, "an index twice is refused");
	is_int(e.code, ERR_REVOCATION_ID, "as an index");
	is_int(accum_delta_of(&d, &list, last, 1, true, &e), -1, "L cannot be revoked");
	is_int(e.code, ERR_REVOCATION_ID, "as an index");
	is_int(accum_delta_of(&d, &list, zero, 1, true, &e), -1, "nor can 0");
	is_int(accum_delta_of(&d, &list, some, 2, false, &e), -1, "what is not revoked cannot be un-revoked");
	is_int(e.code, ERR_REVOCATION_ID, "as an index");
	is_int(accum_delta_of(&d, &list, some, 2, true, &e), 0, "two are revoked");
	ok(d.n_revoked == 2 && d.revoked[0] == 2 && d.revoked[1] == 7 && d.n_issued == 0, "in ascending order");
	accum_delta_apply(&list, &d, &e);
	accum_delta_release(&d);
	is_int(accum_delta_of(&d, &list, some, 1, true, &e), -1, "and not once more");
	is_int(e.code, ERR_REVOKED, "as revoked already");
	is_int(accum_delta_of(&d, &list, some, 2, false, &e), 0, "but un-revoked");
	ok(d.n_issued == 2 && d.n_revoked == 0, "both");
}

static void
test_apply_refuses(void)
{
	uint32_t three[] = { 3 }, past[] = { 10 };
	struct accum_delta both = { .issued = three, .n_issued = 1, .revoked = three, .n_revoked = 1 };
	struct accum_delta out = { .revoked = past, .n_revoked = 1 };
	CLEANUP(accum_list_release) struct accum_list list = ACCUM_LIST_INIT, before = ACCUM_LIST_INIT;
	struct err e = ERR_INIT;

	accum_list_new(&list, 10, ACCUM_ON_DEMAND, &e);
	accum_list_copy(&before, &list);
	is_int(accum_delta_apply(&list, &both, &e), -1, "issued and revoked at once is refused");
	is_int(e.code, ERR_REVOCATION_ID, "as an index");
	is_int(accum_delta_apply(&list, &out, &e), -1, "an index past the end is refused");
	ok(accum_list_equal(&list, &before), "and the list is as it was");
}

int
main(void)
{
	test_begin();
	test_sizes();
	test_read();
	test_between();
	test_of();
	test_apply_refuses();
	return done_testing();
}
