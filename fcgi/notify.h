#ifndef FCGI_NOTIFY_H
#define FCGI_NOTIFY_H
#include <stdint.h>
/* notify_send(state): tell the service manager ("READY=1", "STOPPING=1",
 * "WATCHDOG=1"), when there is one; see sd_notify(3).  Failing changes nothing. */
void notify_send(const char *state);
/* notify_watchdog_ms(): how often "WATCHDOG=1" is due, or 0: nobody asks. */
int64_t notify_watchdog_ms(void);
#endif
