#ifndef PRIO1_MANIFEST_H
#define PRIO1_MANIFEST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../base/buf.h"
#include "../base/err.h"
#include "../crypt/ed25519.h"
#include "../crypt/secret.h"
#include "set.h"
#include "tree.h"
/*
 * What a server says of a folder that it delivered: its files by name, size and
 * digest, and which records are in it (verify1, verify2: those that it could
 * verify so far; aggregate: those accepted), signed with Ed25519 over
 * "darkroom prio1 manifest v1" | 00 | the bytes of the file.  A part is read only
 * if its digest is in a manifest with the pinned key of its maker.
 * Source: aggregate service, 2.10.
 */
#define PRIO_RUN_MAX	384		/* bytes of a run's name, with NUL */
#define PRIO_FILES_MAX	10000
#define PRIO_MANIFEST_MAX (8u << 20)	/* bytes */
struct prio_part {
	char	name[256];		/* no slash */
	int64_t	bytes;
	char	sha256[SHA256_HEX];	/* lower case */
};
struct prio_manifest {
	char	run[PRIO_RUN_MAX], stage[16], batch_id[PRIO_BATCH_MAX + 1];
	char	server;			/* 'A' or 'B': who made it */
	struct prio_part *parts;	/* sorted by name, owned */
	size_t	n_parts;
	struct prio_set set;
};
#define PRIO_MANIFEST_INIT { .parts = NULL }
void prio_manifest_release(struct prio_manifest *m);	/* for CLEANUP */
int prio_manifest_add(struct prio_manifest *m, const char *name, int64_t bytes, const char *sha256, struct err *e);
const struct prio_part *prio_manifest_find(const struct prio_manifest *m, const char *name);	/* or NULL */
/* prio_manifest_write(out, m): its bytes. */
void prio_manifest_write(struct buf *out, const struct prio_manifest *m);
/* prio_manifest_parse(m, p, n, e): strict; ERR_VALIDATION names the field.  m must be empty. */
int prio_manifest_parse(struct prio_manifest *m, const char *p, size_t n, struct err *e);
int prio_manifest_sign(uint8_t sig[ED25519_SIG], const char *p, size_t n, const struct secret *seed, struct err *e);
bool prio_manifest_signed(const uint8_t sig[ED25519_SIG], const char *p, size_t n, const uint8_t key[ED25519_KEY]);
/* prio_manifest_meant(m, run, stage, batch_id, server, e): is it the one expected?  ERR_CONFLICT names the field. */
int prio_manifest_meant(const struct prio_manifest *m, const char *run, const char *stage, const char *batch_id,
    char server, struct err *e);
/* prio_sets_agree(a, b, e): ERR_CONFLICT "batch_mismatch" with both figures. */
int prio_sets_agree(const struct prio_set *ours, const struct prio_set *peers, struct err *e);
#endif
