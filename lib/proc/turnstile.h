#ifndef PROC_TURNSTILE_H
#define PROC_TURNSTILE_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "../base/err.h"
/*
 * Which of the jobs that a runner was sent it may begin, in a page that workerd
 * and that runner share.  Jobs are numbered 1, 2, ... in the order of sending.
 * The runner begins each by passing the turnstile; workerd may take back all
 * that have not been begun at any moment, without asking, and knows of a runner
 * that was killed which one it was running.  Neither ever waits for the other.
 *
 * What the runner writes is not believed further than its own jobs: a begun or
 * ended number beyond what was granted counts as the last one granted.
 */
struct turnstile {
	_Atomic uint64_t turn;	/* begun << 32 | granted */
	_Atomic uint32_t floor;	/* up to here all was ended or taken back */
	_Atomic uint32_t ended;	/* the last job that has ended */
};
#define TURNSTILE_FD	4	/* a runner's page */

/* turnstile_new(fd, e): a page and its descriptor, close-on-exec, which the
 * caller owns; NULL + e.  It can be neither shortened nor grown. */
struct turnstile *turnstile_new(int *fd, struct err *e);
/* turnstile_open(fd, e): the runner's side; NULL + e. */
struct turnstile *turnstile_open(int fd, struct err *e);
void turnstile_close(struct turnstile **t);	/* NULL-safe, sets NULL */

/* ---- workerd */
/* turnstile_grant: up to seq may begin, besides what was taken back. */
void turnstile_grant(struct turnstile *t, uint32_t seq);
/* turnstile_revoke: take back what was not begun; last is the last one sent.
 * Returns the last that was begun: none after it will be. */
uint32_t turnstile_revoke(struct turnstile *t, uint32_t last);
/* turnstile_running: the job begun and not ended, or 0; last as above. */
uint32_t turnstile_running(const struct turnstile *t, uint32_t last);

/* ---- the runner */
/* turnstile_begin: false: it was taken back, forget it. */
bool turnstile_begin(struct turnstile *t, uint32_t seq);
void turnstile_end(struct turnstile *t, uint32_t seq);
#endif
