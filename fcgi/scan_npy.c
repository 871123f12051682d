#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/base/json.h"
#include "scan.h"
/*
 * A NumPy array: \x93NUMPY, version, length of a header that is the text of a
 * Python dictionary.  Source: numpy.lib.format, versions 1.0 to 3.0.  Arrays of
 * objects are pickles and refused: loading one runs code.
 */
#define NPY_HEADER_MAX	65536
#define NPY_MAGIC	"\x93NUMPY"
#define NPY_MAGIC_LEN	6

struct npy {
	char	head[NPY_HEADER_MAX + 1];
	size_t	n;
};

static int
npy_feed(void *state, const char *p, size_t n, struct err *e)
{
	struct npy *a = state;
	size_t room = NPY_HEADER_MAX - a->n;

	(void)e;
	memcpy(a->head + a->n, p, n < room ? n : room);
	a->n += n < room ? n : room;
	return 0;
}

/* Where the dictionary is and how long; false when the head is no npy head. */
static bool
dictionary(const struct npy *a, const char **text, size_t *len)
{
	const uint8_t *u = (const uint8_t *)a->head;
	size_t start;

	if (a->n < 12 || memcmp(a->head, NPY_MAGIC, NPY_MAGIC_LEN) != 0 || u[6] < 1 || u[6] > 3)
		return false;
	start = u[6] == 1 ? 10 : 12;
	*len = u[8] | (size_t)u[9] << 8;
	if (u[6] > 1)
		*len |= (size_t)u[10] << 16 | (size_t)u[11] << 24;
	*text = a->head + start;
	return *len <= a->n - start;
}

/* The value after 'key': in the dictionary, from its first byte to a byte of end. */
static bool
value_of(const char *dict, const char *key, const char *open, const char *close, char *out, size_t max)
{
	const char *p = strstr(dict, key);
	size_t n;

	if (p == NULL)
		return false;
	p += strlen(key);
	p += strspn(p, ": ");
	if (*p == '\0' || strchr(open, *p) == NULL)
		return false;
	p++;
	n = strcspn(p, close);
	if (p[n] == '\0' || n >= max)
		return false;
	memcpy(out, p, n);
	out[n] = '\0';
	return true;
}

static int
npy_end(void *state, struct scan_facts *out, struct err *e)
{
	struct npy *a = state;
	char descr[64], shape[256], type[sizeof(descr) + sizeof(shape) + 3], dict[NPY_HEADER_MAX + 1];
	struct json_object *o;
	const char *text;
	size_t n;

	if (!dictionary(a, &text, &n))
		return err_set(e, ERR_VALIDATION, "kind: the body is not an npy file");
	memcpy(dict, text, n);
	dict[n] = '\0';
	if (!value_of(dict, "'shape'", "(", ")", shape, sizeof(shape)))
		return err_set(e, ERR_VALIDATION, "kind: the npy file has no shape");
	if (!value_of(dict, "'descr'", "'", "'", descr, sizeof(descr)))
		snprintf(descr, sizeof(descr), "record");
	if (strchr(descr, 'O') != NULL || strstr(dict, "'|O'") != NULL)
		return err_set(e, ERR_VALIDATION, "kind: an npy file of Python objects is not taken");
	snprintf(type, sizeof(type), "%s(%s)", descr, shape);
	if (!utf8_valid(type, strlen(type)))
		return err_set(e, ERR_VALIDATION, "kind: the header of the npy file is not text");
	o = json_object_new_object();
	json_add_str(o, "name", "array");
	json_add_str(o, "type", type);
	out->columns = json_object_new_array();
	json_object_array_add(out->columns, o);
	out->rows = shape[0] != '\0' ? strtoll(shape, NULL, 10) : 1;
	return 0;
}

const struct scan_kind scan_npy = { .name = "npy", .size = sizeof(struct npy), .feed = npy_feed, .end = npy_end };
