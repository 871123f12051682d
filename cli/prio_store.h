#ifndef CLI_PRIO_STORE_H
#define CLI_PRIO_STORE_H
#include "../lib/base/buf.h"
#include "../lib/prio1/store.h"
#include "args.h"
/*
 * Stores and folders as `darkroom prio` is told of them.  A side ("internal",
 * "external", "a", "b") has an endpoint, an access key, a secret key and a region of its
 * own; keys that it lacks are MINIO_ACCESS_KEY and MINIO_SECRET_KEY.
 */
#define PRIO_OPT_ACCESS(side, ENV, what) \
	{ side "-endpoint", "URL", false, "of the store " what " (" ENV "_ENDPOINT)" }, \
	{ side "-access-key", "ID", false, "(" ENV "_ACCESS_KEY, MINIO_ACCESS_KEY)" }, \
	{ side "-secret-key-file", "FILE", false, "(" ENV "_SECRET_KEY_FILE; " ENV "_SECRET_KEY, MINIO_SECRET_KEY)" }, \
	{ side "-region", "NAME", false, "us-east-1 (" ENV "_REGION)" }
#define PRIO_OPT_STORES \
	{ "s3-ca-file", "FILE", false, "who signs the stores' certificates (S3_CA_FILE)" }, \
	{ "unsigned-payload", NULL, false, "bodies are not signed, over https only" }, \
	{ "state-dir", "FOLDER", false, "what is done, ids that were used: ~/.local/state/darkroom-prio (STATE_DIR)" }, \
	{ "work-dir", "FOLDER", false, "for files without a name: /var/tmp (WORK_DIR)" }
#define PRIO_OPT_TREE \
	{ "app-name", "NAME", false, "makes the tree dated (APP_NAME)" }, \
	{ "bucket-prefix", "PATH", false, "of a dated tree: data/v1 (BUCKET_PREFIX)" }, \
	{ "submission-date", "DATE", false, "of the answers, YYYY-MM-DD (SUBMISSION_DATE)" }

/* prio_open_store(a, side, bucket, out, e): bucket: the option that names folder or bucket. */
int prio_open_store(const struct args *a, const char *side, const char *bucket, struct prio_store **out, struct err *e);
/* prio_state_dir(a, out, e): made when it is not there, 0700. */
int prio_state_dir(const struct args *a, struct buf *out, struct err *e);
const char *prio_work_dir(const struct args *a);
/* prio_date(a, out, e): --submission-date, checked.  Today is no default: a call that is made
 * again after midnight would be one of another day. */
int prio_date(const struct args *a, char out[11], struct err *e);
#endif
