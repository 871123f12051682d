#ifndef WORKERD_UUIDS_H
#define WORKERD_UUIDS_H
#include "../../lib/base/buf.h"
/* A PostgreSQL array of uuids, or of other words of ours, as text. */
struct uuids { struct buf b; };
#define UUIDS_INIT { .b = BUF_INIT }
void uuids_release(struct uuids *u);
/* uuids_add: text must hold neither comma, quote, brace nor backslash. */
void uuids_add(struct uuids *u, const char *text);
/* uuids_text: "{a,b}"; borrowed, and the last thing done with u. */
const char *uuids_text(struct uuids *u);
#endif
