#ifndef PRIO1_RECORD_H
#define PRIO1_RECORD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../base/buf.h"
#include "../crypt/sha256.h"
#include "stage.h"
/*
 * A record: one line {"id": .., "payload": ..}.  What the clients and the tools write
 * is read where it stands; any other JSON is read by the parser.  Other members are
 * let pass.  Source: aggregate service, 2.7.
 */
#define PRIO_RECORD_ID	512	/* bytes of an id as it is written in JSON */
struct prio_record {
	const char *id;		/* its JSON text, between the quotes */
	size_t	id_len;
	const char *name;	/* the id itself */
	size_t	name_len;
	const char *payload;
	size_t	payload_len;
	bool	payload_first;	/* of the two members */
};
/* Memory for records that have to be parsed; empty at first. */
struct prio_record_room {
	struct json_object *doc;
	struct buf id;
};
#define PRIO_RECORD_ROOM_INIT { .id = { .max = 1u << 16 } }
void prio_record_room_release(struct prio_record_room *m);	/* for CLEANUP */
/* prio_record_read(r, room, line, n): 0, or -1 when it is none.  r borrows from line and room, until the next call. */
int prio_record_read(struct prio_record *r, struct prio_record_room *room, const char *line, size_t n);
/* prio_record_write(out, r, p, n, style): the line of r with n bytes as its payload. */
void prio_record_write(struct buf *out, const struct prio_record *r, const void *p, size_t n, enum prio_json_style style);
#endif
