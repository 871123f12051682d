#ifndef FCGI_RESP_H
#define FCGI_RESP_H
#include "../lib/base/buf.h"
#include "../lib/base/err.h"
#include "handler.h"
/*
 * One answer: status, headers and parts in order.  Handlers fill it through
 * handler.h; the connection pulls it as CGI text in slices, so a file is never
 * held whole.  Errors become HTTP here and nowhere else.
 */
#define RESP_HEAD_MAX	8192		/* bytes of all headers */
#define RESP_MEM_MAX	(64u << 20)	/* bytes of all parts in memory */

struct resp_part;
struct resp {
	int	status;
	bool	done;			/* the handler answered without a call */
	bool	sealed;			/* lead is written, parts may be pulled */
	bool	open;			/* parts will follow those that are there */
	struct buf head;		/* "Name: value\r\n" lines */
	struct buf lead;		/* what goes before the parts */
	struct resp_part *parts;
	size_t	n_parts, at;		/* at: part being pulled */
	int64_t	pulled;			/* bytes after the lead */
	size_t	mem;			/* bytes in memory parts */
	struct gather *gather;		/* NULL: all bytes are here */
	bool	failed;			/* a bound of ours was passed: becomes INTERNAL_ERROR */
};
void resp_init(struct resp *rs);
void resp_release(struct resp *rs);	/* closes files; safe on zeroed */
/* resp_reset(rs): forget status, headers and parts. */
void resp_reset(struct resp *rs);
bool resp_has_header(const struct resp *rs, const char *name);
/* resp_error(rs, rq, e, retry_ms): the answer to an error, replacing all that
 * was there: {"error":{code,message,requestId}}, or a problem document when the
 * client asked for one.  retry_ms: Retry-After of this case; 0: the code's own. */
void resp_error(struct resp *rs, const struct req *rq, const struct err *e, int64_t retry_ms);
/* resp_refusal(rs): the body that resp_error() wrote, as one line: nginx drops
 * the body of a check and takes it from a header. */
const char *resp_refusal(const struct resp *rs);
/* resp_seal(rs, head_only): write the CGI header block; head_only drops the
 * parts after their length was told. */
void resp_seal(struct resp *rs, bool head_only);
/*
 * resp_pull(rs, out, max, e): the next 1..max bytes of a sealed answer
 * (max >= 4096).  Returns their number, 0 at the end, or -1 when a file is
 * shorter than its part says or cannot be read: the answer must be cut off.
 * PART_WAITS: the next bytes are not here yet; resp_pipe() will have them.
 */
ssize_t resp_pull(struct resp *rs, char *out, size_t max, struct err *e);
/* resp_idle(rs): it is open, and all that it has was pulled. */
bool resp_idle(const struct resp *rs);
/* resp_pipe(rs): the pipe that resp_pull waits for. */
int resp_pipe(const struct resp *rs);
#endif
