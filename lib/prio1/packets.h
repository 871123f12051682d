#ifndef PRIO1_PACKETS_H
#define PRIO1_PACKETS_H
#include "idtable.h"
#include "server.h"
/*
 * Packets of one stage, ours and the peer's, by record: what the next stage joins.
 */
enum prio_whose { PRIO_OWN, PRIO_PEER };
enum prio_packet_kind { PRIO_PACKET_VERIFY1, PRIO_PACKET_VERIFY2 };
struct prio_pair {
	uint8_t	there[2];		/* is there a line, by enum prio_whose */
	uint8_t	good[2];		/* does it hold a packet */
	uint8_t	number[2][2][F87_FIXED];	/* d and e, or one number */
};
#define PRIO_PACKETS_INIT PRIO_IDS_INIT(sizeof(struct prio_pair))
/*
 * prio_packets_load(t, fd, whose, kind, known, e): the lines of a file.  known: only
 * those of records that are in t already.  Lines that are no records are passed by; of
 * two of one record the first counts.
 */
int prio_packets_load(struct prio_ids *t, int fd, enum prio_whose whose, enum prio_packet_kind kind, bool known,
    struct err *e);
/* prio_packets_find(t, id): the pair (of zeros when there is none). */
struct prio_pair prio_packets_find(const struct prio_ids *t, const uint8_t id[SHA256_LEN]);
struct prio1_verify1 prio_pair_verify1(const struct prio_pair *p, enum prio_whose whose);
struct f87 prio_pair_verify2(const struct prio_pair *p, enum prio_whose whose);
#endif
