#ifndef SANDBOX_IMAGE_H
#define SANDBOX_IMAGE_H
#include <limits.h>
#include <stddef.h>
#include "../../lib/base/err.h"
/* One built image: <image_dir>/<name> links to the folder that holds image.json and rootfs/. */
#define IMAGE_PRELOAD_MAX	64
struct image {
	char	name[64], digest[80];
	char	rootfs[PATH_MAX];
	char	*preload[IMAGE_PRELOAD_MAX + 1];	/* NULL-terminated, owned */
};
/* image_load(im, dir, name, e): 0, or -1 with ERR_NOT_FOUND (not built) or ERR_VALIDATION (its image.json). */
int image_load(struct image *im, const char *dir, const char *name, struct err *e);
void image_release(struct image *im);
#endif
