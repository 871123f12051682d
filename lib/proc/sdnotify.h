#ifndef PROC_SDNOTIFY_H
#define PROC_SDNOTIFY_H
#include <stdint.h>
/*
 * sdnotify_send(state): tell the service manager ("READY=1", "STOPPING=1",
 * "WATCHDOG=1"), when there is one (NOTIFY_SOCKET); see sd_notify(3).  Never
 * blocks; failing changes nothing.
 */
void sdnotify_send(const char *state);
/* sdnotify_watchdog_ms(): how often "WATCHDOG=1" is due, or 0: nobody asks. */
int64_t sdnotify_watchdog_ms(void);
#endif
