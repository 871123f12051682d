#include "uuids.h"

#include <stdlib.h>

void
uuids_release(struct uuids *u)
{
	buf_release(&u->b);
}

void
uuids_add(struct uuids *u, const char *text)
{
	buf_addc(&u->b, u->b.len == 0 ? '{' : ',');
	buf_adds(&u->b, text);
}

const char *
uuids_text(struct uuids *u)
{
	buf_adds(&u->b, u->b.len == 0 ? "{}" : "}");
	if (u->b.failed)
		abort();	/* a mebibyte of ids: cannot be */
	return u->b.data;
}
