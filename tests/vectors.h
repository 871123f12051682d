#ifndef VECTORS_H
#define VECTORS_H
/*
 * Test vectors from outside, below the folder that $DR_VECTORS names.  Where there
 * are none, vec_missing() says so and the test skips; a file that is missing
 * below the folder ends the test.
 */
#include <fcntl.h>
#include <json-c/json.h>
#include <limits.h>

#include "tap.h"

#define VEC_FN __attribute__((unused)) static

VEC_FN bool
vec_missing(void)
{
	if (getenv("DR_VECTORS") != NULL)
		return false;
	skip("DR_VECTORS is not set: nothing is compared with the published vectors");
	return true;
}

VEC_FN void
vec_die(const char *what)
{
	printf("Bail out! %s: no such vector\n", what);
	exit(1);
}

/* vec_open(name): a file of the folder, for reading; the caller closes it. */
VEC_FN int
vec_open(const char *name)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", getenv("DR_VECTORS"), name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		vec_die(path);
	return fd;
}

/* vec_json(name): a file of the folder; the caller's (json_object_put). */
VEC_FN struct json_object *
vec_json(const char *name)
{
	char path[PATH_MAX];
	struct json_object *o;

	snprintf(path, sizeof(path), "%s/%s", getenv("DR_VECTORS"), name);
	if ((o = json_object_from_file(path)) == NULL)
		vec_die(path);
	return o;
}

/* vec_at(o, path): what stands at "proofs.0.m" and the like; borrowed. */
VEC_FN struct json_object *
vec_at(struct json_object *o, const char *path)
{
	char word[64];

	for (const char *p = path; *p != '\0'; p += strcspn(p, "."), p += *p == '.') {
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(p, "."), p);
		if (json_object_is_type(o, json_type_array))
			o = json_object_array_get_idx(o, strtoul(word, NULL, 10));
		else if (!json_object_object_get_ex(o, word, &o))
			o = NULL;
		if (o == NULL)
			vec_die(path);
	}
	return o;
}

/* vec_text(o, path): the string, or the number's text, there; borrowed. */
VEC_FN const char *
vec_text(struct json_object *o, const char *path)
{
	return json_object_get_string(vec_at(o, path));
}
#endif
