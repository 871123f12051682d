#ifndef PROC_LOOP_H
#define PROC_LOOP_H
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include "../base/err.h"
/*
 * One thread around one epoll.  Callbacks run one at a time and never block.
 * An entry removed inside a callback gets no further event, not even one that
 * the same epoll_wait returned.  Signals arrive by signalfd.
 */
struct loop;
struct loop_fd;
struct loop_timer;
struct signalfd_siginfo;
typedef void loop_fd_fn(void *arg, uint32_t events);	/* EPOLLIN | EPOLLOUT | EPOLLHUP | EPOLLERR */
typedef void loop_fn(void *arg);
typedef void loop_sig_fn(void *arg, const struct signalfd_siginfo *si);

int loop_new(struct loop **out, struct err *e);
void loop_free(struct loop *l);
int loop_run(struct loop *l, struct err *e);		/* until loop_stop */
void loop_stop(struct loop *l);
/* loop_fd_add: watch fd (not owned) for events; NULL + e on failure. */
struct loop_fd *loop_fd_add(struct loop *l, int fd, uint32_t events, loop_fd_fn *fn, void *arg, struct err *e);
int loop_fd_mod(struct loop_fd *f, uint32_t events, struct err *e);
/* loop_fd_del: NULL-safe, sets NULL.  Before the descriptor is closed: its number may be another's by then. */
void loop_fd_del(struct loop_fd **f);
/* loop_timer_new: a one-shot timer, unarmed.  set: fire once delay_ms from now (re-arms). */
struct loop_timer *loop_timer_new(struct loop *l, loop_fn *fn, void *arg);
void loop_timer_set(struct loop_timer *t, int64_t delay_ms);
void loop_timer_set_us(struct loop_timer *t, int64_t delay_us);
void loop_timer_cancel(struct loop_timer *t);
void loop_timer_free(struct loop_timer **t);
/* loop_signals: block these and deliver them through the loop. */
int loop_signals(struct loop *l, const int *sigs, size_t n, loop_sig_fn *fn, void *arg, struct err *e);
/* loop_before_wait: called once before each wait (flush batches there). */
void loop_before_wait(struct loop *l, loop_fn *fn, void *arg);
#endif
