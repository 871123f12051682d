#include "req.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/base/codec.h"
#include "../lib/base/uuid.h"
#include "conn.h"
#include "record.h"
#include "route.h"

#define ID_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

static bool
take_id(struct req *rq, const char *s)
{
	size_t n = s == NULL ? 0 : strlen(s);

	if (n == 0 || n >= sizeof(rq->id) || strspn(s, ID_CHARS) != n)
		return false;
	memcpy(rq->id, s, n + 1);
	return true;
}

/* The client's id, else nginx's, else one of ours. */
static void
choose_id(struct req *rq)
{
	uint8_t r[16];

	if (take_id(rq, req_param(rq, "HTTP_X_REQUEST_ID")) || take_id(rq, req_param(rq, "REQUEST_ID")))
		return;
	uuid_random128(r);
	memcpy(rq->id, "req_", 4);
	b32_encode(rq->id + 4, r, sizeof(r));
}

static const char *
param_or(const struct req *rq, const char *name, const char *def)
{
	const char *s = req_param(rq, name);

	return s == NULL ? def : s;
}

static void
lower(char *s)
{
	for (; *s != '\0'; s++)
		*s = (char)tolower((unsigned char)*s);
}

static int
split_target(struct req *rq, struct err *e)
{
	const char *prefix = param_or(rq, "DARKROOM_PREFIX", "");
	const char *q = strchr(rq->uri, '?');
	size_t n = q == NULL ? strlen(rq->uri) : (size_t)(q - rq->uri);

	if (rq->uri[0] != '/' || strlen(rq->uri) > REQ_TARGET_MAX)
		return err_set(e, ERR_INVALID_REQUEST, "the request target must start with / and have at most %d bytes",
		    REQ_TARGET_MAX);
	if (rq->uri[1] == '_')
		return err_set(e, ERR_NOT_FOUND, "no such route");
	if (asprintf(&rq->impl->path, "%s%.*s", prefix, (int)n, rq->uri) == -1)
		abort();
	rq->path = rq->impl->path;
	rq->query = q == NULL ? "" : q + 1;
	return 0;
}

static int
query_part(struct buf *out, const char *p, size_t n)
{
	if (percent_decode(out, p, n, true) == -1)
		return -1;
	buf_addc(out, '\0');
	return out->failed ? -1 : 0;
}

static int
split_query(struct req *rq, struct err *e)
{
	struct buf *out = &rq->impl->query;

	for (const char *p = rq->query; *p != '\0'; p += *p == '&') {
		size_t n = strcspn(p, "&"), name_n = strcspn(p, "=&");
		size_t skip = name_n < n ? name_n + 1 : n;

		if (name_n > 0 && (query_part(out, p, name_n) == -1 || query_part(out, p + skip, n - skip) == -1)) {
			buf_reset(out);		/* half a pair would be read past its end */
			return err_set(e, ERR_INVALID_REQUEST, "the query is not percent-encoded UTF-8");
		}
		p += n;
	}
	return 0;
}

static void
make_index(struct req_impl *im, size_t n)
{
	struct rec_pair pairs[REQ_PAIRS_MAX];

	_Static_assert(CONN_PARAMS_MAX <= REC_INDEX_MAX, "offsets of parameters are 16 bits wide");
	im->index_n = rec_index(im->params, n, pairs, REQ_PAIRS_MAX);
	im->index = reallocarray(NULL, im->index_n, sizeof(*im->index));
	if (im->index == NULL)
		abort();
	memcpy(im->index, pairs, im->index_n * sizeof(*im->index));
}

int
req_open(struct req *rq, struct req_impl *im, char *params, size_t n, struct err *e)
{
	ssize_t flat = params == NULL ? -1 : rec_flatten(params, n, REQ_PAIRS_MAX);

	rq->impl = im;
	rq->method = rq->uri = rq->path = rq->query = rq->host = rq->remote_addr = "";
	im->params = params;
	if (flat > 0)
		make_index(im, (size_t)flat);
	buf_init(&im->path_params, 2 * REQ_TARGET_MAX);
	buf_init(&im->query, 2 * REQ_TARGET_MAX);
	choose_id(rq);
	if (flat == -1)
		return err_set(e, ERR_INVALID_REQUEST, "the parameters are malformed");
	rq->method = param_or(rq, "REQUEST_METHOD", "");
	rq->uri = param_or(rq, "REQUEST_URI", "");
	rq->remote_addr = param_or(rq, "REMOTE_ADDR", "");
	rq->host = param_or(rq, "HTTP_HOST", "");
	lower((char *)rq->host);
	if (split_target(rq, e) == -1)
		return -1;
	return split_query(rq, e);
}

void
req_release(struct req *rq)
{
	struct req_impl *im = rq->impl;

	if (im == NULL)
		return;
	free(im->params);
	free(im->index);
	free(im->path);
	buf_release(&im->path_params);
	buf_release(&im->query);
	memset(im, 0, sizeof(*im));
	rq->impl = NULL;
}

void
req_forget_query(struct req *rq)
{
	buf_reset(&rq->impl->query);
	rq->query = "";
}

const char *
req_param(const struct req *rq, const char *name)
{
	return rec_find(rq->impl->params, rq->impl->index, rq->impl->index_n, name);
}

const char *
req_path_param(const struct req *rq, const char *name)
{
	return rec_get(rq->impl->path_params.data, rq->impl->path_params.len, name);
}

const char *
req_query(const struct req *rq, const char *name)
{
	return rec_get(rq->impl->query.data, rq->impl->query.len, name);
}

int
req_query_known(const struct req *rq, const char *const *names, struct err *e)
{
	const struct buf *q = &rq->impl->query;

	for (size_t at = 0; at < q->len;) {
		const char *name = q->data + at;
		bool known = false;

		for (size_t i = 0; names[i] != NULL; i++)
			known = known || strcmp(names[i], name) == 0;
		if (!known)
			return err_set(e, ERR_VALIDATION, "%.64s is not a query parameter of this route", name);
		at += strlen(name) + 1;
		at += strlen(q->data + at) + 1;
	}
	return 0;
}

/* A whole decimal number, nothing else. */
static int
whole_i64(const char *s, int64_t *out)
{
	char *end;
	long long v;

	if (!isdigit((unsigned char)s[s[0] == '-']))
		return -1;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno != 0 || *end != '\0')
		return -1;
	*out = v;
	return 0;
}

int
req_query_i64(const struct req *rq, const char *name, int64_t min, int64_t max, int64_t *out, struct err *e)
{
	const char *s = req_query(rq, name);
	int64_t v;

	if (s == NULL)
		return 0;
	if (whole_i64(s, &v) == -1 || v < min || v > max)
		return err_set(e, ERR_VALIDATION, "%s must be a whole number from %lld to %lld", name,
		    (long long)min, (long long)max);
	*out = v;
	return 1;
}

const char *
req_header(const struct req *rq, const char *name)
{
	char key[80] = "HTTP_";
	size_t i = 5;

	if (strcasecmp(name, "Content-Type") == 0 || strcasecmp(name, "Content-Length") == 0)
		i = 0;
	for (; *name != '\0' && i < sizeof(key) - 1; name++)
		key[i++] = *name == '-' ? '_' : (char)toupper((unsigned char)*name);
	key[i] = '\0';
	return req_param(rq, key);
}

int
req_content_length(const struct req *rq, int64_t *out)
{
	const char *s = req_param(rq, "CONTENT_LENGTH");

	return s == NULL ? -1 : whole_i64(s, out);
}

int
req_upload_length(const struct req *rq, int64_t *out, struct err *e)
{
	const char *s = req_param(rq, "HTTP_CONTENT_LENGTH");

	if (s == NULL)
		s = req_param(rq, "CONTENT_LENGTH");
	if (s == NULL || whole_i64(s, out) == -1 || *out < 0)
		return err_set(e, ERR_LENGTH_REQUIRED, "Content-Length is required");
	return 0;
}

int
req_wait_s(const struct req *rq, int64_t *out, struct err *e)
{
	int64_t v = 0;
	const char *prefer, *p;

	switch (req_query_i64(rq, "wait", 1, REQ_WAIT_MAX_S, &v, e)) {
	case -1:
		return -1;
	case 1:
		*out = v;
		return 0;
	}
	prefer = req_header(rq, "Prefer");
	p = prefer == NULL ? NULL : strcasestr(prefer, "wait=");
	if (p != NULL && isdigit((unsigned char)p[5]))
		v = strtol(p + 5, NULL, 10);
	*out = v > REQ_WAIT_MAX_S ? REQ_WAIT_MAX_S : v;
	return 0;
}

bool
req_accepts(const struct req *rq, const char *media_type)
{
	const char *accept = req_header(rq, "Accept");

	return accept != NULL && strcasestr(accept, media_type) != NULL;
}
