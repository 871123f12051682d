#ifndef SANDBOX_BOX_H
#define SANDBOX_BOX_H
#include <stdint.h>
#include <sys/types.h>
#include "../../lib/base/err.h"
#include "../../lib/proc/loop.h"
#include "cgroup.h"
#include "image.h"
/*
 * One warm container and the socket on which jobs for it arrive.  The frames are
 * those of docs/design/contract.md, section 5.
 */
struct box_env {
	struct loop *loop;
	const struct cg_host *cg;
	const struct image *image;
	const char *prefix;		/* of our control groups */
	const char *runtime;		/* path */
	uid_t	base_uid;
	int	fd;			/* stream socket to workerd */
	int64_t	start_timeout_ms, jobs_max, spare_age_ms, memory_bytes;
};

struct box;
/* box_new(out, env, e): begin to make the container; ready is announced from inside the loop. */
int box_new(struct box **out, const struct box_env *env, struct err *e);
/* box_quit: kill job and container, then stop the loop. */
void box_quit(struct box *b);
/* box_failed(b): why the loop was stopped by a failure; NULL if by order. */
const char *box_failed(const struct box *b);
void box_free(struct box *b);
#endif
