#ifndef WORKERD_IDLE_H
#define WORKERD_IDLE_H
struct lane;
/*
 * Sleeping so that nobody is missed: take the idle lock, look for work once
 * more, sleep.  A submit commits, then looks for a held lock, then notifies
 * its holder: whichever comes first, the work is seen.
 */
/* idle_settle: lock or unlock as the lane's room asks; after each turn. */
void idle_settle(struct lane *l);
/* idle_wake: "wake <lane>" came; with no room of our own it goes to the next. */
void idle_wake(struct lane *l);
#endif
