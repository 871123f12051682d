#ifndef AGGREGATE_ROOM_H
#define AGGREGATE_ROOM_H
#include <stddef.h>
/* room_new(n): n bytes, at least one, aligned for anything; free() them.  Out of
 * memory ends the process.  Megabytes come in large pages, where the kernel has
 * some: a job of 100 reports of 44 kB took a third of its time in page faults. */
void *room_new(size_t n);
#endif
