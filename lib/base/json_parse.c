#include "json.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

/*
 * json-c keeps the last of two equal keys, accepts control characters and
 * non-JSON words in places, and clamps integers.  So the text is walked here
 * first, by the grammar of RFC 8259, and json-c only builds what passed: two
 * readers of one body must never disagree on what it says.
 */
struct scan {
	const char *p, *end;
	int	depth;
	const char *why;
};

static bool scan_value(struct scan *s);

static bool
refuse(struct scan *s, const char *why)
{
	if (s->why == NULL)
		s->why = why;
	return false;
}

static void
skip_space(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' ||
	    *s->p == '\n' || *s->p == '\r'))
		s->p++;
}

static bool
scan_char(struct scan *s, char c)
{
	skip_space(s);
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

/* hex4: the value of four hex digits, or -1. */
static int
hex4(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int d = c >= '0' && c <= '9' ? c - '0' :
		    c >= 'a' && c <= 'f' ? c - 'a' + 10 :
		    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;

		if (d < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

/* scan_u: after "\u": no NUL, and surrogates only as a pair. */
static bool
scan_u(struct scan *s)
{
	int v = hex4(s->p, s->end), low;

	if (v == -1)
		return refuse(s, "bad \\u escape");
	s->p += 4;
	if (v == 0)
		return refuse(s, "NUL in a string");
	if (v < 0xd800 || v > 0xdfff)
		return true;
	if (v > 0xdbff || s->end - s->p < 6 || s->p[0] != '\\' ||
	    s->p[1] != 'u')
		return refuse(s, "lone surrogate");
	low = hex4(s->p + 2, s->end);
	if (low < 0xdc00 || low > 0xdfff)
		return refuse(s, "lone surrogate");
	s->p += 6;
	return true;
}

static bool
scan_string(struct scan *s)
{
	if (!scan_char(s, '"'))
		return refuse(s, "a string is expected");
	while (s->p < s->end) {
		unsigned char c = (unsigned char)*s->p++;

		if (c == '"')
			return true;
		if (c < 0x20)
			return refuse(s, "control character in a string");
		if (c != '\\')
			continue;
		if (s->p == s->end)
			break;
		c = (unsigned char)*s->p++;
		if (c == 'u') {
			if (!scan_u(s))
				return false;
		} else if (strchr("\"\\/bfnrt", c) == NULL || c == '\0') {
			return refuse(s, "bad escape");
		}
	}
	return refuse(s, "unterminated string");
}

static bool
scan_digits(struct scan *s)
{
	const char *from = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return s->p > from;
}

static bool
scan_number(struct scan *s)
{
	const char *from;

	if (s->p < s->end && *s->p == '-')
		s->p++;
	from = s->p;
	if (!scan_digits(s) || (*from == '0' && s->p - from > 1))
		return refuse(s, "bad number");
	if (s->p < s->end && *s->p == '.') {
		s->p++;
		if (!scan_digits(s))
			return refuse(s, "bad number");
	}
	if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		if (!scan_digits(s))
			return refuse(s, "bad number");
	}
	return true;
}

static bool
scan_word(struct scan *s, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
		return refuse(s, "bad value");
	s->p += n;
	return true;
}

/* scan_list: the inside of an object or array up to its closing character. */
static bool
scan_list(struct scan *s, char close, bool keys)
{
	s->p++;
	if (++s->depth > JSON_DEPTH)
		return refuse(s, "nested too deep");
	if (!scan_char(s, close)) {
		do {
			if (keys && !scan_string(s))
				return false;
			if (keys && !scan_char(s, ':'))
				return refuse(s, "a colon is expected");
			if (!scan_value(s))
				return false;
		} while (scan_char(s, ','));
		if (!scan_char(s, close))
			return refuse(s, "a comma or an end is expected");
	}
	s->depth--;
	return true;
}

static bool
scan_value(struct scan *s)
{
	skip_space(s);
	if (s->p == s->end)
		return refuse(s, "a value is missing");
	switch (*s->p) {
	case '{':
		return scan_list(s, '}', true);
	case '[':
		return scan_list(s, ']', false);
	case '"':
		return scan_string(s);
	case 't':
		return scan_word(s, "true");
	case 'f':
		return scan_word(s, "false");
	case 'n':
		return scan_word(s, "null");
	default:
		return scan_number(s);
	}
}

/* count_colons: members as the text has them; the tree has fewer if a key repeats. */
static size_t
count_colons(const char *p, const char *end)
{
	bool in_string = false;
	size_t n = 0;

	for (; p < end; p++) {
		if (*p == '\\' && in_string)
			p++;
		else if (*p == '"')
			in_string = !in_string;
		else if (*p == ':' && !in_string)
			n++;
	}
	return n;
}

static size_t
count_members(struct json_object *o)
{
	size_t n = 0;

	if (json_object_is_type(o, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(o); i++)
			n += count_members(json_object_array_get_idx(o, i));
	} else if (json_object_is_type(o, json_type_object)) {
		json_object_object_foreach(o, key, val) {
			(void)key;
			n += 1 + count_members(val);
		}
	}
	return n;
}

static void
tokener_free(struct json_tokener **t)
{
	if (*t != NULL)		/* json-c's own does not look */
		json_tokener_free(*t);
}

int
json_parse(struct json_object **out, const char *p, size_t n, struct err *e)
{
	struct scan s = { .p = p, .end = p + n };
	CLEANUP(tokener_free) struct json_tokener *t = NULL;
	CLEANUP(json_put) struct json_object *o = NULL;

	if (n == 0 || n > INT32_MAX)
		return err_set(e, ERR_INVALID_REQUEST, "body is not JSON: %s",
		    n == 0 ? "it is empty" : "it is too long");
	if (!utf8_valid(p, n))
		return err_set(e, ERR_INVALID_REQUEST,
		    "body is not JSON: it is not UTF-8");
	if (scan_value(&s)) {
		skip_space(&s);
		if (s.p != s.end)
			refuse(&s, "bytes after the value");
	}
	if (s.why != NULL)
		return err_set(e, ERR_INVALID_REQUEST,
		    "body is not JSON: %s at byte %td", s.why, s.p - p);

	t = json_tokener_new_ex(JSON_DEPTH + 2);
	if (t == NULL)
		abort();
	json_tokener_set_flags(t, JSON_TOKENER_STRICT |
	    JSON_TOKENER_ALLOW_TRAILING_CHARS);
	o = json_tokener_parse_ex(t, p, (int)n);
	/* a bare number ends only where the text does */
	if (json_tokener_get_error(t) == json_tokener_continue)
		o = json_tokener_parse_ex(t, "", 1);
	if (json_tokener_get_error(t) != json_tokener_success)
		return err_set(e, ERR_INVALID_REQUEST, "body is not JSON: %s",
		    json_tokener_error_desc(json_tokener_get_error(t)));
	if (count_members(o) != count_colons(p, p + n))
		return err_set(e, ERR_INVALID_REQUEST,
		    "body is not JSON: a key stands twice in one object");
	*out = STEAL(o);
	return 0;
}
