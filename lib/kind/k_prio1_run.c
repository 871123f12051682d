#include "k_prio1_run.h"

#include <ctype.h>
#include <string.h>

#include "../base/json.h"

#define DATE	"dddd-dd-dd"
#define STATE_ID 32	/* hex digits */

/* A file's name without a path: it begins with a letter or digit. */
static bool
is_name(const char *s)
{
	return isalnum((unsigned char)*s) &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == strlen(s);
}

static bool
is_date(const char *s)
{
	for (const char *form = DATE; *form != '\0'; form++, s++)
		if (*form == 'd' ? !isdigit((unsigned char)*s) : *s != *form)
			return false;
	return *s == '\0';
}

static int
run_parse(void *args, struct json_object *spec, struct err *e)
{
	static const char *const keys[] = { "config", "date", "state_id", NULL };
	struct prio1_run_args *a = args;

	if (json_known(spec, keys, e) == -1 || json_get_str(spec, "config", 1, PRIO1_RUN_CONFIG, &a->config, e) == -1 ||
	    json_opt_str(spec, "date", sizeof(DATE) - 1, sizeof(DATE) - 1, &a->date, e) == -1 ||
	    json_opt_str(spec, "state_id", STATE_ID, STATE_ID, &a->state_id, e) == -1)
		return -1;
	if (!is_name(a->config))
		return err_set(e, ERR_VALIDATION, "config: letters, digits, '.', '_' and '-' are expected");
	if (a->date != NULL && !is_date(a->date))
		return err_set(e, ERR_VALIDATION, "date: YYYY-MM-DD is expected");
	if (a->state_id != NULL && strspn(a->state_id, "0123456789abcdef") != STATE_ID)
		return err_set(e, ERR_VALIDATION, "state_id: %d hex digits are expected", STATE_ID);
	return 0;
}

const struct kind k_prio1_run = {
	.name = "prio1.run", .max_spec = 256, .args_size = sizeof(struct prio1_run_args), .parse = run_parse,
};
