/* Errors: the table is whole, messages stay bounded, context comes first. */
#include "../../lib/base/err.h"

#include <errno.h>

#include "../tap.h"

static void
test_table(void)
{
	for (int c = ERR_NONE; c < ERR_CODE_MAX; c++) {
		const struct err_info *i = err_info((enum err_code)c);

		is_int(i->code, c, "row %d stands at its place", c);
		ok(c == ERR_NONE || i->word[0] != '\0', "and has a public word");
		ok(i->http >= 200 && i->http < 600, "and a status");
		if (c > ERR_NONE && c <= ERR_BACKPRESSURE && c != ERR_NOT_FOUND)
			is_int(err_from_word(i->word), c, "and is found by it");
		if (c > ERR_BACKPRESSURE)
			ok(i->text != NULL, "and hides its message");
	}
	is_int(err_from_word("NOT_FOUND"), ERR_NOT_FOUND, "SQL's private word");
	is_int(err_from_word("no such word"), ERR_INTERNAL, "unknown words");
	is_int(err_info((enum err_code)9999)->code, ERR_INTERNAL, "no such code");
	is_int(err_indy(ERR_WALLET_ACCESS), 207, "Indy's WalletAccessFailed");
	is_int(err_indy(ERR_IMPORT_TRUNCATED), 0, "Indy has no such error");
	is_int(err_indy((enum err_code)9999), 0, "nor this");
}

static void
test_messages(void)
{
	struct err e = ERR_INIT;

	is_int(err_set(&e, ERR_LIMIT, "%d items", 7), -1, "err_set says -1");
	err_wrap(&e, "input %d", 2);
	is_str(e.msg, "input 2: 7 items", "context comes first");
	is_int(e.code, ERR_LIMIT, "and keeps the code");
	for (int i = 0; i < 1000; i++)
		err_wrap(&e, "level %d", i);
	ok(strlen(e.msg) < sizeof(e.msg), "endless context stays bounded");
	ok(strncmp(e.msg, "level 999: level 998", 20) == 0, "newest kept");
	errno = ENOENT;
	err_sys(&e, "open %s", "x");
	is_str(e.msg, "open x: No such file or directory", "errno in words");
	is_int(e.sys, ENOENT, "and as a number");
	is_int(err_set(NULL, ERR_LIMIT, "x"), -1, "nobody listens");
	is_int(err_wrap(NULL, "x"), -1, "to any");
}

int
main(void)
{
	test_table();
	test_messages();
	return done_testing();
}
