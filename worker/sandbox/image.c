#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/buf.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "spec.h"

#define IMAGE_JSON_MAX	(64u << 10)

static int
read_json(struct json_object **out, const char *path, struct err *e)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(IMAGE_JSON_MAX);
	CLEANUP(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return err_set(e, ERR_NOT_FOUND, "%s: %s; build it with darkroom-image(8)", path, strerror(errno));
	while (buf_room(&b, 4096) != NULL && (n = read(fd, buf_room(&b, 4096), 4096)) > 0)
		buf_grew(&b, (size_t)n);
	return json_parse(out, b.data != NULL ? b.data : "", b.len, e);
}

static int
take_preload(struct image *im, struct json_object *a, struct err *e)
{
	for (size_t i = 0; i < json_object_array_length(a); i++) {
		struct json_object *s = json_object_array_get_idx(a, i);

		if (!json_object_is_type(s, json_type_string))
			return err_set(e, ERR_VALIDATION, "preload[%zu]: not a string", i);
		im->preload[i] = strdup(json_object_get_string(s));
		if (im->preload[i] == NULL)
			abort();
	}
	return 0;
}

int
image_load(struct image *im, const char *dir, const char *name, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	CLEANUP(image_release) struct image t = { .name = "" };
	struct json_object *preload = NULL;
	const char *digest = NULL;
	char path[PATH_MAX];

	if (!spec_name_ok(name))
		return err_set(e, ERR_CONFIG, "image: not a name");
	snprintf(path, sizeof(path), "%s/%s/image.json", dir, name);
	if (read_json(&o, path, e) == -1 ||
	    json_get_str(o, "digest", 71, sizeof(t.digest) - 1, &digest, e) == -1 ||
	    json_get_arr(o, "preload", 0, IMAGE_PRELOAD_MAX, &preload, e) == -1 ||
	    take_preload(&t, preload, e) == -1)
		return err_wrap(e, "image %s", name);
	snprintf(t.name, sizeof(t.name), "%s", name);
	snprintf(t.digest, sizeof(t.digest), "%s", digest);
	snprintf(path, sizeof(path), "%s/%s/rootfs", dir, name);
	/* Resolved now: a rebuild may turn the link, but what runs stays what was described. */
	if (realpath(path, t.rootfs) == NULL)
		return err_sys(e, "image %s", path);
	*im = t;
	t = (struct image){ .name = "" };
	return 0;
}

void
image_release(struct image *im)
{
	for (size_t i = 0; i <= IMAGE_PRELOAD_MAX; i++) {
		free(im->preload[i]);
		im->preload[i] = NULL;
	}
}
