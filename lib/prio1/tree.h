#ifndef PRIO1_TREE_H
#define PRIO1_TREE_H
#include <stdbool.h>
#include <stddef.h>
#include "../base/buf.h"
#include "../base/err.h"
#include "store.h"
/*
 * Where the files of a run are: folders of the two servers' buckets, flat or by
 * date.  A folder's name ends without a slash.  Source: aggregate service, 2.8;
 * names of the dated layout as mozilla/prio-processor's bin/process has them.
 *
 * flat		raw  intermediate/{internal,external}/<stage>  processed
 * dated	<prefix>/<peer's public key>/<app>/<date>/ before each of raw/shares,
 *		intermediate/.., processed/publish; batch_id=<id> below each
 */
enum prio_stage { PRIO_VERIFY1, PRIO_VERIFY2, PRIO_AGGREGATE, PRIO_PUBLISH, PRIO_STAGE_MAX };
extern const char *const prio_stage_name[PRIO_STAGE_MAX];	/* "verify1" .. */
/* Which folder: the letters are those of the bucket that holds it. */
enum prio_folder {
	PRIO_RAW,		/* own ingest bucket */
	PRIO_INTERNAL,		/* own private bucket: what we made in a stage */
	PRIO_EXTERNAL,		/* own shared bucket: what the peer made; it writes here */
	PRIO_PEER,		/* the peer's shared bucket: where ours goes */
	PRIO_PROCESSED,		/* own private bucket */
	PRIO_FOLDER_MAX
};
#define PRIO_MARKER	"_SUCCESS"
#define PRIO_MANIFEST	"_MANIFEST.json"
#define PRIO_SIGNATURE	"_MANIFEST.sig"
#define PRIO_BATCH_MAX	256		/* bytes of a batch id */
struct prio_tree {
	bool	dated;
	char	prefix[128], app[64], date[11];		/* dated: "data/v1", "telemetry", "2024-05-31" */
	char	public_internal[65], public_external[65];	/* upper case hex */
};
/* prio_tree_ok(t, e): every name is one that a path may hold; ERR_CONFIG names the field. */
int prio_tree_ok(const struct prio_tree *t, struct err *e);
/*
 * prio_tree_path(out, t, folder, stage, batch_id, name, e): the object `name` ("" for
 * the folder itself) of a batch; stage counts for PRIO_INTERNAL, _EXTERNAL and _PEER.
 * batch_id NULL: the folder above all batches (where dated markers of a stage are).
 */
int prio_tree_path(char out[PRIO_NAME_MAX], const struct prio_tree *t, enum prio_folder folder, enum prio_stage stage,
    const char *batch_id, const char *name, struct err *e);
/* prio_is_part(name): a data file: neither marker nor manifest, and not hidden. */
bool prio_is_part(const char *name);
/* prio_batch_fits(id): is "batch_id=<id>", percent-encoded, a name that a folder may have (255 bytes)? */
bool prio_batch_fits(const char *batch_id);
/* prio_encode_name(out, s): percent-encoded outside [A-Za-z0-9._-], as one segment; out fails when it is
 * full.  prio_decode_name(out, max, s): back; -1 when it is none, or too long. */
void prio_encode_name(struct buf *out, const char *s);
int prio_decode_name(char *out, size_t max, const char *s);
#endif
