#include "tree.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/codec.h"

const char *const prio_stage_name[PRIO_STAGE_MAX] = { "verify1", "verify2", "aggregate", "publish" };

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

/* Folders as the two layouts have them: peer says whose public key is in the dated path. */
#define FOLDER_NAME_MAX	255	/* bytes, NAME_MAX of Linux */

static const struct { const char *flat, *dated; bool staged, peer; } folders[PRIO_FOLDER_MAX] = {
	[PRIO_RAW] = { "raw", "raw/shares", false, false },
	[PRIO_INTERNAL] = { "intermediate/internal", "intermediate/internal", true, false },
	[PRIO_EXTERNAL] = { "intermediate/external", "intermediate/external", true, false },
	[PRIO_PEER] = { "intermediate/external", "intermediate/external", true, true },
	[PRIO_PROCESSED] = { "processed", "processed/publish", false, false },
};

bool
prio_batch_fits(const char *batch_id)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(FOLDER_NAME_MAX);

	buf_adds(&b, "batch_id=");
	prio_encode_name(&b, batch_id);
	return !b.failed;
}

void
prio_encode_name(struct buf *out, const char *s)
{
	bool first = out->len == 0 || out->data[out->len - 1] == '/';

	for (; *s != '\0'; s++, first = false)
		if (strchr(plain, *s) != NULL && !(first && *s == '.'))
			buf_addc(out, *s);
		else
			buf_addf(out, "%%%02X", (unsigned char)*s);
}

int
prio_decode_name(char *out, size_t max, const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++) {
		uint8_t c = (uint8_t)*s;

		if (c == '%') {
			if (hex_decode(&c, 1, s + 1, strnlen(s + 1, 2)) != 1 || c == '\0')
				return -1;
			s += 2;
		}
		if (n + 1 >= max)
			return -1;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	return n > 0 ? 0 : -1;
}

/* is_word: 1 to max characters of `plain` and more, none of its segments hidden. */
static bool
is_word(const char *s, size_t max, const char *more)
{
	size_t n = strlen(s);

	if (n == 0 || n > max)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool first = i == 0 || s[i - 1] == '/';

		if ((strchr(plain, s[i]) == NULL && strchr(more, s[i]) == NULL) || (first && (s[i] == '.' || s[i] == '/')))
			return false;
	}
	return s[n - 1] != '/';
}

static bool
is_key(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789ABCDEF") == 64;
}

/* is_date: 2024-05-31; days that no month has are let pass. */
static bool
is_date(const char *s)
{
	if (strlen(s) != 10 || s[4] != '-' || s[7] != '-')
		return false;
	for (size_t i = 0; i < 10; i++)
		if (i != 4 && i != 7 && !isdigit((unsigned char)s[i]))
			return false;
	return strncmp(s + 5, "01", 2) >= 0 && strncmp(s + 5, "12", 2) <= 0 && strncmp(s + 8, "01", 2) >= 0 &&
	    strncmp(s + 8, "31", 2) <= 0;
}

int
prio_tree_ok(const struct prio_tree *t, struct err *e)
{
	if (!t->dated)
		return 0;
	if (!is_word(t->prefix, sizeof(t->prefix) - 1, "/"))
		return err_set(e, ERR_CONFIG, "BUCKET_PREFIX: letters, digits, . _ - and / between");
	if (!is_word(t->app, sizeof(t->app) - 1, ""))
		return err_set(e, ERR_CONFIG, "APP_NAME: 1 to %zu letters, digits, . _ -", sizeof(t->app) - 1);
	if (!is_date(t->date))
		return err_set(e, ERR_CONFIG, "SUBMISSION_DATE: a day such as 2024-05-31 is expected");
	if (!is_key(t->public_internal) || !is_key(t->public_external))
		return err_set(e, ERR_CONFIG, "PUBLIC_KEY_HEX_%s: 64 hex digits are expected",
		    is_key(t->public_internal) ? "EXTERNAL" : "INTERNAL");
	return 0;
}

int
prio_tree_path(char out[PRIO_NAME_MAX], const struct prio_tree *t, enum prio_folder folder, enum prio_stage stage,
    const char *batch_id, const char *name, struct err *e)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(PRIO_NAME_MAX - 1);

	if (t->dated)
		buf_addf(&b, "%s/%s/%s/%s/", t->prefix, folders[folder].peer ? t->public_internal : t->public_external, t->app,
		    t->date);
	buf_adds(&b, t->dated ? folders[folder].dated : folders[folder].flat);
	if (folders[folder].staged)
		buf_addf(&b, "/%s", prio_stage_name[stage]);
	if (t->dated && batch_id != NULL) {
		buf_adds(&b, "/batch_id=");
		prio_encode_name(&b, batch_id);
	}
	if (*name != '\0')
		buf_addf(&b, "/%s", name);
	if (b.failed)
		return err_set(e, ERR_LIMIT, "the name of an object is longer than %d bytes", PRIO_NAME_MAX - 1);
	memcpy(out, b.data, b.len + 1);
	return 0;
}

bool
prio_is_part(const char *name)
{
	return *name != '\0' && *name != '.' && *name != '_' && strchr(name, '/') == NULL;
}
