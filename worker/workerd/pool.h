#ifndef WORKERD_POOL_H
#define WORKERD_POOL_H
#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include "../../lib/base/err.h"
#include "../../lib/proc/loop.h"
#include "rules.h"
#include "slot.h"
/*
 * The runners of one lane: how many, of which image, and which job gets which.
 * Size: target at the start and whenever one is lost; up to the ceiling while
 * work waits and memory allows; back to the target after shrink_ms idle; down
 * to the floor while memory is short.  Target equal to floor and ceiling:
 * never resized.
 */
#define POOL_IMAGES_MAX	(2 * RULES_IMAGES_MAX)
#define POOL_WHYS_MAX	16
#define POOL_COSTS_MAX	32
struct kind;
struct lane;
struct worker;

struct pool_image {
	char	name[RULES_NAME_MAX + 1];
	int	failures;		/* in a row */
	int64_t	retry_us;		/* not before; monotonic */
	bool	absent;			/* the last failure: not on this host */
};
struct pool_why { const char *why; int64_t n; };
/* What runs of a kind take, as a moving average. */
struct pool_cost { const struct kind *kind; int64_t us; };
struct pool {
	struct worker *worker;
	struct lane *lane;
	TAILQ_HEAD(, slot) slots;
	TAILQ_HEAD(, job) waiting;
	struct pool_image images[POOL_IMAGES_MAX];
	size_t	n_images;
	int	size, floor, target, ceiling;
	int64_t	last_n, grown_us;
	int64_t	run_us;			/* moving average of a run; 0: none yet */
	struct pool_cost costs[POOL_COSTS_MAX];
	struct pool_why replaced[POOL_WHYS_MAX];
	bool	ending;			/* start nothing more */
};

/* argv of a runner; the strings live in text. */
#define POOL_ARGV_MAX 20
struct pool_argv { const char *v[POOL_ARGV_MAX]; char text[4096]; };

void pool_init(struct pool *p, struct lane *l);
void pool_resize(struct pool *p);		/* sizes from the rules, at start and reload */
int pool_argv(struct pool *p, const char *image, struct pool_argv *a, struct err *e);
size_t pool_free(const struct pool *p);		/* jobs that could start now */
/* pool_ran: a job of that kind has taken a runner for this long. */
void pool_ran(struct pool *p, const struct kind *k, int64_t us);
/* pool_cost: what one is expected to take; 0 when none has run yet. */
int64_t pool_cost(const struct pool *p, const struct kind *k);
/* pool_take: find the job a runner, now or when one is made. */
void pool_take(struct pool *p, struct job *j);
void pool_forget(struct pool *p, struct job *j);	/* it waits no more */
void pool_put_back(struct pool *p, struct job *j);	/* it waits again, before the others */
void pool_tend(struct pool *p);			/* start and retire what the sizes ask for */
void pool_tick(struct pool *p);			/* each second */
void pool_end(struct pool *p);			/* retire all; no new ones */
bool pool_ended(const struct pool *p);
/* pool_describe: add states, size and reasons of replacement to o. */
void pool_describe(const struct pool *p, struct json_object *o);

/* What slots report. */
void pool_on_created(struct pool *p, struct slot *s);
void pool_on_ready(struct pool *p, struct slot *s);
void pool_on_exit(struct pool *p, struct slot *s);	/* before it is freed */
#endif
