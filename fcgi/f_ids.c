#include <ctype.h>
#include <string.h>
#include "../lib/base/codec.h"
#include "../lib/base/uuid.h"
#include "../lib/crypt/address.h"
#include "../lib/crypt/peerid.h"
#include "field.h"

#define DIGIT	"0123456789"
#define LOWER	"abcdefghijklmnopqrstuvwxyz"
#define UPPER	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define ALNUM	DIGIT LOWER UPPER
#define HEX	DIGIT "abcdefABCDEF"
#define BASE58	"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
#define BASE32	LOWER "234567"
#define TASK_ID_LEN	32	/* bytes of the id of a task of aggregation */
#define TAILS_HASH_LEN 32	/* bytes: SHA-256 of the file, in base58 */
#define ID_CHARS 26		/* 128 bits in base32 */

/* All of s is of set, and its length is min..max. */
static bool
is_span(const char *s, size_t min, size_t max, const char *set)
{
	size_t n = strspn(s, set);

	return s[n] == '\0' && n >= min && n <= max;
}

static bool
is_name(const char *s)
{
	return *s != '\0' && strchr(ALNUM, *s) != NULL && is_span(s, 1, 64, ALNUM "._-");
}

/* The string of v, or "" when it is none or holds a NUL: no rule accepts "". */
static const char *
text_of(struct json_object *v)
{
	const char *s;

	if (!json_object_is_type(v, json_type_string))
		return "";
	s = json_object_get_string(v);
	return strlen(s) == (size_t)json_object_get_string_len(v) ? s : "";
}

static struct json_object *
lower_case(const char *s)
{
	char out[65];
	size_t n = 0;

	for (; n < sizeof(out) - 1 && s[n] != '\0'; n++)
		out[n] = (char)tolower((unsigned char)s[n]);
	return json_object_new_string_len(out, (int)n);
}

static int
keep(bool good, struct json_object *v, struct json_object **out, struct err *e, enum err_code code,
    const char *at, const char *rule)
{
	if (!good)
		return err_set(e, code, "%s %s", at, rule);
	*out = json_object_get(v);
	return 0;
}

int
f_name(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	(void)f;
	return keep(is_name(text_of(v)), v, out, e, ERR_VALIDATION, at,
	    "must be 1 to 64 letters, digits, dots, underscores or hyphens, the first a letter or digit");
}

/* Python 3: keywords, and the names that cannot be assigned to. */
static bool
is_keyword(const char *s)
{
	static const char *const words[] = { "False", "None", "True", "and", "as", "assert", "async", "await",
	    "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from",
	    "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return",
	    "try", "while", "with", "yield", "__debug__" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], s) == 0)
			return true;
	return false;
}

int
f_variable(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s = text_of(v);

	(void)f;
	if (!is_span(s, 1, 64, ALNUM "_") || strchr(DIGIT, *s) != NULL)
		return err_set(e, ERR_VALIDATION,
		    "%s must be 1 to 64 ASCII letters, digits or underscores, the first no digit", at);
	return keep(!is_keyword(s), v, out, e, ERR_VALIDATION, at, "must not be a Python keyword");
}

static const char *
without_0x(const char *s)
{
	return s[0] == '0' && (s[1] == 'x' || s[1] == 'X') ? s + 2 : s;
}

int
f_lease_id(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s = text_of(v);

	(void)f;
	if (is_span(without_0x(s), 64, 64, HEX)) {
		*out = lower_case(without_0x(s));
		return 0;
	}
	return keep(is_name(s), v, out, e, ERR_VALIDATION, at,
	    "must be 64 hex digits or a name of 1 to 64 letters, digits, dots, underscores or hyphens");
}

static int
no_such(const char *s, const char *what, struct err *e)
{
	if (*s == '\0')
		return err_set(e, ERR_INVALID_REQUEST, "the path names no %s", what);
	return err_set(e, ERR_NOT_FOUND, "no such %s", what);
}

int
f_lease_ref(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	if (f_lease_id(f, at, v, out, NULL) == -1)
		return no_such(text_of(v), "lease", e);
	return 0;
}

int
f_comp_id(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	static const char prefix[] = "comp-";
	const char *s = text_of(v);
	uint8_t raw[16];
	char text[UUID_TEXT];

	(void)f;
	(void)at;
	if (strncmp(s, prefix, sizeof(prefix) - 1) != 0 || strlen(s) != sizeof(prefix) - 1 + ID_CHARS ||
	    b32_decode(raw, sizeof(raw), s + sizeof(prefix) - 1, ID_CHARS) != (ssize_t)sizeof(raw))
		return no_such(s, "computation", e);
	uuid_format(text, raw);
	*out = json_object_new_string(text);
	return 0;
}

static bool
is_made_id(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) == 0 && is_span(s + n, ID_CHARS, ID_CHARS, BASE32);
}

int
f_made_id(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s = text_of(v);

	(void)at;
	if (!is_made_id(s, f->arg))
		return no_such(s, "id", e);
	*out = json_object_get(v);
	return 0;
}

int
f_job_id(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s = text_of(v);
	uint8_t id[16];

	(void)f;
	(void)at;
	if (uuid_parse(id, s) == -1)
		return no_such(s, "id", e);
	*out = json_object_get(v);
	return 0;
}

int
f_tails_hash(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s = text_of(v);
	uint8_t sha[TAILS_HASH_LEN];

	(void)f;
	(void)at;
	if (b58_decode(sha, sizeof(sha), s, strlen(s)) != TAILS_HASH_LEN)
		return no_such(s, "tails file", e);
	*out = json_object_get(v);
	return 0;
}

int
f_task_id(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s = text_of(v);
	uint8_t id[TASK_ID_LEN];

	(void)f;
	(void)at;
	if (b64url_decode(id, sizeof(id), s, strlen(s)) != TASK_ID_LEN)
		return no_such(s, "task", e);
	*out = json_object_get(v);
	return 0;
}

/* did:pandacea:[^:]+:[^/]+/[^/]+, at most 256 bytes of UTF-8 without controls. */
static bool
is_product_id(const char *s)
{
	static const char prefix[] = "did:pandacea:";
	const char *colon, *slash;

	if (strlen(s) > 256 || strncmp(s, prefix, sizeof(prefix) - 1) != 0)
		return false;
	for (const char *p = s; *p != '\0'; p++)
		if (iscntrl((unsigned char)*p))
			return false;
	s += sizeof(prefix) - 1;
	colon = strchr(s, ':');
	slash = colon != NULL ? strchr(colon, '/') : NULL;
	return slash != NULL && colon > s && slash > colon + 1 && slash[1] != '\0' && strchr(slash + 1, '/') == NULL;
}

int
f_product_id(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	(void)f;
	return keep(is_product_id(text_of(v)), v, out, e, ERR_VALIDATION, at, "must conform to did:pandacea format");
}

static int
normal_peer_id(const char *s, struct json_object **out)
{
	struct peerid id;

	if (peerid_parse(&id, s, strlen(s), NULL) == -1)
		return -1;
	*out = json_object_new_string(id.text);
	return 0;
}

int
f_peer_id(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	(void)f;
	return normal_peer_id(text_of(v), out) == 0 ? 0 : err_set(e, ERR_VALIDATION, "%s must be a peer id", at);
}

int
f_principal(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s = text_of(v);

	(void)f;
	if (normal_peer_id(s, out) == 0)
		return 0;
	return keep(is_made_id(s, "prn_"), v, out, e, ERR_VALIDATION, at, "must be a principal's id or peer id");
}

int
f_cid(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s = text_of(v);

	(void)f;
	return keep(*s == 'Q' && is_span(s, 46, 46, BASE58), v, out, e, ERR_VALIDATION, at,
	    "must be a CID of 46 characters starting with Q");
}

int
f_sha256(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s = text_of(v);

	(void)f;
	if (!is_span(s, 64, 64, HEX))
		return err_set(e, ERR_VALIDATION, "%s must be 64 hex digits", at);
	*out = lower_case(s);
	return 0;
}

int
f_image_digest(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s = text_of(v);

	(void)f;
	return keep(strncmp(s, "sha256:", 7) == 0 && is_span(s + 7, 64, 64, DIGIT "abcdef"), v, out, e,
	    ERR_VALIDATION, at, "must be sha256: and 64 lower-case hex digits");
}

int
f_chain_id(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s = without_0x(text_of(v));

	(void)f;
	if (!is_span(s, 64, 64, HEX))
		return err_set(e, ERR_VALIDATION, "%s must be 64 hex digits", at);
	*out = lower_case(s);
	return 0;
}

int
f_address(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s = text_of(v);
	uint8_t address[ADDRESS_LEN];
	char text[ADDRESS_TEXT];

	(void)f;
	if (address_parse(address, s, strlen(s)) == -1)
		return err_set(e, ERR_VALIDATION, "%s must be 0x and 40 hex digits", at);
	address_text(text, address);
	*out = json_object_new_string(text);
	return 0;
}

int
f_cursor(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	(void)f;
	return keep(is_span(text_of(v), 0, 1024, ALNUM "-_="), v, out, e, ERR_INVALID_REQUEST, at, "is not a cursor");
}

int
f_artifact_name(const struct field *f, const char *at, struct json_object *v, struct json_object **out, struct err *e)
{
	const char *s = text_of(v);
	bool good = is_span(s, 1, 128, ALNUM "._-/") && s[0] != '/' && s[0] != '.' &&
	    strstr(s, "//") == NULL && strstr(s, "/.") == NULL && s[strlen(s) - (*s != '\0')] != '/';

	(void)f;
	(void)at;
	if (!good)
		return no_such(s, "artifact", e);
	*out = json_object_get(v);
	return 0;
}
