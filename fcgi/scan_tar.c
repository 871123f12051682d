#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/base/json.h"
#include "scan.h"
/*
 * A tar is taken when it holds plain files and folders only, with relative
 * names that do not climb.  Links, devices and sparse files are refused here, so
 * that an owner learns it at the upload; whoever unpacks checks again.
 * Source: POSIX pax (ustar and x/g headers) and GNU tar's L header.
 */
#define BLOCK		512
#define EXT_MAX		65536	/* bytes of a pax or long-name header */
#define ENTRIES_MAX	1000000
#define NAME_MAX_BYTES	1024

enum tar_state { TAR_HEADER, TAR_DATA, TAR_EXT, TAR_END };
struct tar {
	enum tar_state state;
	char	block[BLOCK];
	size_t	n;		/* bytes in block */
	int64_t	skip;		/* bytes to the next header */
	char	ext[EXT_MAX + 1];
	size_t	ext_n, ext_want;
	char	ext_type;
	char	name[NAME_MAX_BYTES + 1];	/* of an extended header; "": none */
	int64_t	size;		/* of an extended header; -1: none */
	int64_t	entries, blocks;
};

static int
bad(struct err *e, const char *why)
{
	return err_set(e, ERR_VALIDATION, "kind: the tar %s", why);
}

static int
tar_begin(void *state)
{
	struct tar *t = state;

	t->size = -1;
	return 0;
}

/* An octal field; GNU's base-256 form for what does not fit is refused: pax exists. */
static int64_t
octal(const char *p, size_t n)
{
	int64_t v = 0;
	size_t i = 0;

	while (i < n && p[i] == ' ')
		i++;
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		v = v << 3 | (p[i] - '0');
	return i == n || p[i] == '\0' || p[i] == ' ' ? v : -1;
}

static bool
checksum_holds(const char *b)
{
	int64_t sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : (uint8_t)b[i];
	return octal(b + 148, 8) == sum;
}

static bool
safe_name(const char *s)
{
	if (*s == '/' || *s == '\0' || !utf8_valid(s, strlen(s)))
		return false;
	for (const char *p = s; *p != '\0'; p += strcspn(p, "/"), p += *p == '/')
		if (strcspn(p, "/") == 2 && p[0] == '.' && p[1] == '.')
			return false;
	return true;
}

static int
keep_name(struct tar *t, const char *s, size_t n, struct err *e)
{
	if (n > NAME_MAX_BYTES || memchr(s, '\0', n) != NULL)
		return bad(e, "has a name that is too long or holds a NUL");
	memcpy(t->name, s, n);
	t->name[n] = '\0';
	return 0;
}

/* "len key=value\n" records; a name or a size here counts for the next entry. */
static int
pax_records(struct tar *t, struct err *e)
{
	const char *p = t->ext, *end = t->ext + t->ext_n;

	while (p < end && *p != '\0') {
		char *after;
		unsigned long len = strtoul(p, &after, 10);
		const char *key = after + 1, *eq;

		if (*after != ' ' || len < 5 || len > (size_t)(end - p) || p[len - 1] != '\n' || key >= p + len)
			return bad(e, "has a broken extended header");
		eq = memchr(key, '=', (size_t)(p + len - key));
		if (eq == NULL)
			return bad(e, "has a broken extended header");
		if (strncmp(key, "path=", 5) == 0 && keep_name(t, eq + 1, (size_t)(p + len - 1 - (eq + 1)), e) == -1)
			return -1;
		if (strncmp(key, "size=", 5) == 0)
			t->size = strtoll(eq + 1, NULL, 10);
		if (strncmp(key, "GNU.sparse.", 11) == 0)
			return bad(e, "holds a sparse file");
		p += len;
	}
	return 0;
}

static int
ext_end(struct tar *t, struct err *e)
{
	t->ext[t->ext_n] = '\0';
	if (t->ext_type == 'x')
		return pax_records(t, e);
	if (t->ext_type == 'L')
		return keep_name(t, t->ext, strlen(t->ext), e);
	return 0;
}

/* The name in the header itself: prefix, a slash, name. */
static int
own_name(struct tar *t, struct err *e)
{
	const char *b = t->block;
	char name[BLOCK];
	bool ustar = memcmp(b + 257, "ustar", 5) == 0 && b[345] != '\0';

	if (t->name[0] != '\0')
		return 0;
	if (ustar)
		snprintf(name, sizeof(name), "%.155s/%.100s", b + 345, b);
	else
		snprintf(name, sizeof(name), "%.100s", b);
	return keep_name(t, name, strlen(name), e);
}

static int
entry(struct tar *t, char type, int64_t size, struct err *e)
{
	if (type == '1' || type == '2')
		return bad(e, "holds a link");
	if (type == '3' || type == '4' || type == '6')
		return bad(e, "holds a device or a pipe");
	if (type != '0' && type != '\0' && type != '5' && type != '7')
		return bad(e, "holds an entry that is neither file nor folder");
	if (own_name(t, e) == -1)
		return -1;
	if (!safe_name(t->name))
		return bad(e, "has a name that is absolute, climbs or is not UTF-8");
	if (++t->entries > ENTRIES_MAX)
		return bad(e, "has too many entries");
	if (t->size >= 0)
		size = t->size;
	if (size > INT64_MAX - BLOCK)
		return bad(e, "is damaged");
	t->name[0] = '\0';
	t->size = -1;
	t->skip = (size + BLOCK - 1) / BLOCK * BLOCK;
	t->state = t->skip > 0 ? TAR_DATA : TAR_HEADER;
	return 0;
}

static int
header(struct tar *t, struct err *e)
{
	char type = t->block[156];
	int64_t size = octal(t->block + 124, 12);

	t->blocks++;
	if (memcmp(t->block, (char[BLOCK]){ 0 }, BLOCK) == 0) {
		t->state = TAR_END;
		return 0;
	}
	if (!checksum_holds(t->block) || size < 0)
		return bad(e, t->blocks == 1 ? "has no tar header (compressed tars are not taken)" : "is damaged");
	if (type != 'x' && type != 'g' && type != 'L')
		return entry(t, type, type == '5' ? 0 : size, e);
	if (size > EXT_MAX)
		return bad(e, "has an extended header that is too large");
	t->ext_type = type;
	t->ext_n = 0;
	t->ext_want = (size_t)size;
	t->skip = (size + BLOCK - 1) / BLOCK * BLOCK;
	t->state = t->skip > 0 ? TAR_EXT : TAR_HEADER;
	return 0;
}

static size_t
least(size_t a, int64_t b)
{
	return (int64_t)a < b ? a : (size_t)b;
}

/* Bytes used of p..p+n; -1 on error. */
static ssize_t
tar_some(struct tar *t, const char *p, size_t n, struct err *e)
{
	size_t k;

	if (t->state == TAR_END)
		return (ssize_t)n;
	if (t->state == TAR_HEADER) {
		k = n < BLOCK - t->n ? n : BLOCK - t->n;
		memcpy(t->block + t->n, p, k);
		t->n += k;
		if (t->n == BLOCK) {
			t->n = 0;
			if (header(t, e) == -1)
				return -1;
		}
		return (ssize_t)k;
	}
	k = least(n, t->skip);
	if (t->state == TAR_EXT && t->ext_n < t->ext_want) {
		size_t take = k < t->ext_want - t->ext_n ? k : t->ext_want - t->ext_n;

		memcpy(t->ext + t->ext_n, p, take);
		t->ext_n += take;
	}
	t->skip -= (int64_t)k;
	if (t->skip == 0) {
		bool ext = t->state == TAR_EXT;

		t->state = TAR_HEADER;
		if (ext && ext_end(t, e) == -1)
			return -1;
	}
	return (ssize_t)k;
}

static int
tar_feed(void *state, const char *p, size_t n, struct err *e)
{
	while (n > 0) {
		ssize_t k = tar_some(state, p, n, e);

		if (k == -1)
			return -1;
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

static int
tar_end(void *state, struct scan_facts *out, struct err *e)
{
	struct tar *t = state;

	if (t->n != 0 || t->skip != 0 || t->blocks == 0)
		return bad(e, "ends in the middle of an entry");
	out->rows = -1;
	return 0;
}

const struct scan_kind scan_tar = { .name = "tar", .size = sizeof(struct tar), .begin = tar_begin, .feed = tar_feed,
    .end = tar_end };
