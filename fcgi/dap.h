#ifndef FCGI_DAP_H
#define FCGI_DAP_H
#include <json-c/json.h>
#include <stdbool.h>
#include "../lib/base/codec.h"
#include "../lib/crypt/sha256.h"
#include "../lib/dap/batch.h"
#include "../lib/dap/job.h"
#include "../lib/dap/problem.h"
#include "../lib/dap/profile.h"
#include "handler.h"
/*
 * The routes below /dap/: a protocol with bodies of bytes, media types that are compared
 * exactly, tokens of its own and problem documents as refusals.  A handler serves both
 * profiles; which one is asked says the path.  Messages are decoded here and by nobody
 * behind, who gets their fields and digests (docs/design/aggregate.md).
 */
#define DAP_PATH	"/dap/"
#define DAP_WAIT_S	55	/* a helper's answer of profile 09 waits this long for its job */
#define DAP_PATH_MAX	160	/* bytes of a Location */

/* dap_here(rq): the target is below /dap/, whether or not a route serves it. */
bool dap_here(const struct req *rq);
/* dap_profile_here(rq): by the path; NULL: of none. */
const struct dap_profile *dap_profile_here(const struct req *rq);
/*
 * dap_refuse(rq, rs, f): answer with the problem document; returns 0, as a begin does
 * that answered.  dap_error: the same for an error of the dispatcher or of SQL;
 * retry_ms as resp_error has it.
 */
int dap_refuse(const struct req *rq, struct resp *rs, const struct dap_fault *f);
void dap_error(const struct req *rq, struct resp *rs, const struct err *e, int64_t retry_ms);
/* dap_refuse_word: for a word of SQL's, which may be one of the other services. */
void dap_refuse_word(const struct req *rq, struct resp *rs, const char *word, const char *msg, int64_t retry_ms);

/*
 * dap_args(rq, args, f): task_id and profile of the call, and job_id, share_id or
 * collection_id where the path has one; *args is the caller's.  0, or -1 with
 * unrecognizedTask, unrecognizedAggregationJob or what HTTP calls not found.
 */
int dap_args(const struct req *rq, struct json_object **args, struct dap_fault *f);
/* dap_task_here(rq, out, f): the task of the path; 0, or -1 with unrecognizedTask. */
int dap_task_here(const struct req *rq, uint8_t out[DAP_TASK_ID], struct dap_fault *f);
/* dap_named(rq, call, rs, stmt): a begin of a request that is its path and nothing more. */
int dap_named(struct req *rq, struct call *call, struct resp *rs, enum stmt_id stmt);
/* dap_typed(rq, m, f): Content-Type is that of m, or -1. */
int dap_typed(const struct req *rq, enum dap_media m, struct dap_fault *f);

/*
 * Members of a call: bytes as base64url and base64, the SHA-256 of bytes as `digest`, a
 * batch as mode, batch_id (NULL: none) and start, duration.  Times are those of the wire;
 * one beyond DAP_TIME_MAX is invalidMessage.
 */
#define DAP_TIME_MAX	(UINT64_C(1) << 40)
int dap_time_check(const char *name, uint64_t time, struct dap_fault *f);
void dap_add_id(struct json_object *args, const char *name, const void *p, size_t n);
void dap_add_b64(struct json_object *args, const char *name, const void *p, size_t n);
void dap_add_digest(struct json_object *args, const void *p, size_t n);
int dap_add_time(struct json_object *args, const char *name, uint64_t time, struct dap_fault *f);
void dap_add_mode(struct json_object *args, enum dap_mode mode, const uint8_t *batch_id);
int dap_add_interval(struct json_object *args, const struct dap_interval *i, struct dap_fault *f);

/*
 * dap_bytes(extra, name, out, e): the bytes of a base64 member; 1 with *out the caller's
 * (free out->p), 0 when it is not there, -1 with ERR_PROTO.
 */
int dap_bytes(struct json_object *extra, const char *name, struct dap_slice *out, struct err *e);
void dap_bytes_free(struct dap_slice *s);
/* dap_success(rq): 201 where the request makes what it asks for, else 200. */
int dap_success(const struct req *rq);
/* dap_pending(a): the answer says that its job is not over. */
bool dap_pending(const struct answer *a);
/*
 * dap_not_ready(rq, a, rs): the answer while a job runs: of 09 503 with Retry-After, of
 * 18 an empty success with Location and Retry-After.
 */
void dap_not_ready(const struct req *rq, const struct answer *a, struct resp *rs);
/* dap_location(rq, a, rs): where a POST of profile 18 put what it made; nothing in 09. */
void dap_location(const struct req *rq, const struct answer *a, struct resp *rs);
void dap_media(const struct req *rq, struct resp *rs, enum dap_media m);
#endif
