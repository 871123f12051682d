#include "packets.h"

#include <string.h>

#include "../base/cleanup.h"
#include "../base/codec.h"

#define LINE_MAX_BYTES	8192

static void
decode(struct prio_pair *p, enum prio_whose whose, enum prio_packet_kind kind, const struct prio_record *rec)
{
	uint8_t bytes[PRIO1_VERIFY1_MAX + 64];
	ssize_t n = b64_decode(bytes, sizeof(bytes), rec->payload, rec->payload_len);
	struct prio1_verify1 v = { F87_ZERO, F87_ZERO };

	if (n < 0 || (kind == PRIO_PACKET_VERIFY1 ? prio1_verify1_read(&v, bytes, (size_t)n) :
	    prio1_verify2_read(&v.d, bytes, (size_t)n)) != PRIO1_OK)
		return;
	f87_fixed_put(p->number[whose][0], v.d);
	f87_fixed_put(p->number[whose][1], v.e);
	p->good[whose] = 1;
}

int
prio_packets_load(struct prio_ids *t, int fd, enum prio_whose whose, enum prio_packet_kind kind, bool known,
    struct err *e)
{
	CLEANUP(prio_lines_release) struct prio_lines lines = PRIO_LINES_INIT;
	CLEANUP(prio_record_room_release) struct prio_record_room room = PRIO_RECORD_ROOM_INIT;
	struct prio_record rec;
	const char *line;
	size_t n;
	int rc;

	prio_lines_make(&lines, fd, LINE_MAX_BYTES);
	while ((rc = prio_lines_next(&lines, &line, &n, e)) == 1) {
		uint8_t id[SHA256_LEN], *value;
		struct prio_pair p;

		if (line == NULL || prio_record_read(&rec, &room, line, n) == -1)
			continue;
		sha256(id, rec.name, rec.name_len);
		value = prio_ids_find(t, id);
		if (value == NULL && (known || prio_ids_put(t, id, &value, e) == -1)) {
			if (known)
				continue;
			return -1;
		}
		memcpy(&p, value, sizeof(p));
		if (p.there[whose])
			continue;
		p.there[whose] = 1;
		decode(&p, whose, kind, &rec);
		memcpy(value, &p, sizeof(p));
	}
	return rc;
}

struct prio_pair
prio_packets_find(const struct prio_ids *t, const uint8_t id[SHA256_LEN])
{
	const uint8_t *value = prio_ids_find(t, id);
	struct prio_pair p = { .there = { 0 } };

	if (value != NULL)
		memcpy(&p, value, sizeof(p));
	return p;
}

static struct f87
number(const uint8_t p[F87_FIXED])
{
	struct f87 v = F87_ZERO;

	f87_fixed_get(&v, p);
	return v;
}

struct prio1_verify1
prio_pair_verify1(const struct prio_pair *p, enum prio_whose whose)
{
	return (struct prio1_verify1){ number(p->number[whose][0]), number(p->number[whose][1]) };
}

struct f87
prio_pair_verify2(const struct prio_pair *p, enum prio_whose whose)
{
	return number(p->number[whose][0]);
}
