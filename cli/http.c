#include "http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"

#define CONNECT_TIMEOUT_S	10L
#define SILENCE_S		30L

struct http {
	CURL	*curl;
	char	*base;			/* scheme://authority */
	char	*authority, *prefix, *unix_path, *ca_file;
};

/* What the callbacks of one transfer share. */
struct transfer {
	const struct http_req *rq;
	struct http_answer *a;
	int64_t	sent;
	int	sys;			/* errno of a failed read or write */
	bool	too_long, wrong_status, stopped;
};

static char *
span(const char *p, size_t n)
{
	char *s = strndup(p, n);

	if (s == NULL)
		abort();
	return s;
}

static int
parse_url(struct http *h, const char *url, struct err *e)
{
	const char *rest, *path;
	size_t scheme, authority;

	if (strncmp(url, "unix:/", 6) == 0) {
		h->unix_path = span(url + 5, strlen(url + 5));
		h->authority = span("localhost", 9);
		h->prefix = span("", 0);
		h->base = span("http://localhost", 16);
		return 0;
	}
	if (strncmp(url, "http://", 7) == 0)
		scheme = 7;
	else if (strncmp(url, "https://", 8) == 0)
		scheme = 8;
	else
		return err_set(e, ERR_CONFIG, "url: http://…, https://… or unix:/path is expected");
	rest = url + scheme;
	authority = strcspn(rest, "/?#");
	path = rest + authority;
	if (authority == 0 || strcspn(rest, "@ ") < authority || strpbrk(path, "?# ") != NULL)
		return err_set(e, ERR_CONFIG, "url: a host, and no user, query or fragment, is expected");
	h->base = span(url, scheme + authority);
	h->authority = span(rest, authority);
	for (char *c = h->authority; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	authority = strlen(path);
	while (authority > 0 && path[authority - 1] == '/')
		authority--;
	h->prefix = span(path, authority);
	return 0;
}

int
http_open(struct http **out, const char *url, const char *ca_file, struct err *e)
{
	struct http *h = calloc(1, sizeof(*h));

	if (h == NULL)
		abort();
	if (parse_url(h, url, e) == -1) {
		http_close(h);
		return -1;
	}
	if (ca_file != NULL)
		h->ca_file = span(ca_file, strlen(ca_file));
	h->curl = curl_easy_init();
	if (h->curl == NULL) {
		http_close(h);
		return err_set(e, ERR_SYS, "libcurl does not start");
	}
	*out = h;
	return 0;
}

void
http_close(struct http *h)
{
	if (h == NULL)
		return;
	if (h->curl != NULL)
		curl_easy_cleanup(h->curl);
	free(h->base);
	free(h->authority);
	free(h->prefix);
	free(h->unix_path);
	free(h->ca_file);
	free(h);
}

const char *
http_authority(const struct http *h)
{
	return h->authority;
}

const char *
http_prefix(const struct http *h)
{
	return h->prefix;
}

void
http_header(struct http_req *rq, const char *name, const char *value)
{
	char *line;

	for (const char *c = value; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			abort();
	if (rq->n_headers == HTTP_HEADER_MAX || asprintf(&line, "%s: %s", name, value) == -1)
		abort();
	rq->header[rq->n_headers++] = line;
}

void
http_req_release(struct http_req *rq)
{
	for (size_t i = 0; i < rq->n_headers; i++) {
		explicit_bzero(rq->header[i], strlen(rq->header[i]));	/* one may hold a token */
		free(rq->header[i]);
	}
	rq->n_headers = 0;
}

void
http_answer_release(struct http_answer *a)
{
	buf_release(&a->body);
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	int64_t room = t->rq->sink_max - t->a->sunk;

	(void)size;			/* always 1 */
	if (t->rq->take != NULL && t->a->status == 200) {
		t->stopped = t->rq->take(t->rq->take_arg, p, n) == -1;
		return t->stopped ? 0 : n;
	}
	if (t->rq->sink_fd == -1 || t->a->status < 200 || t->a->status > 299) {
		buf_add(&t->a->body, p, n);
		t->too_long = t->a->body.failed;
		return t->too_long ? 0 : n;
	}
	t->wrong_status = t->a->status != t->rq->sink_status;
	if (t->wrong_status)
		return 0;
	if ((int64_t)n > room) {
		t->too_long = true;
		return 0;
	}
	for (size_t done = 0; done < n;) {
		ssize_t k = write(t->rq->sink_fd, p + done, n - done);

		if (k == -1 && errno == EINTR)
			continue;
		if (k == -1) {
			t->sys = errno;
			return 0;
		}
		done += (size_t)k;
	}
	t->a->sunk += (int64_t)n;
	return n;
}

static size_t
on_read(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	int64_t left = t->rq->body_size - t->sent;
	size_t want = left < (int64_t)(size * n) ? (size_t)left : size * n;
	ssize_t k;

	do
		k = pread(t->rq->body_fd, p, want, t->sent);
	while (k == -1 && errno == EINTR);
	if (k == -1 || (k == 0 && want > 0)) {
		t->sys = k == -1 ? errno : EIO;		/* the file became shorter */
		return CURL_READFUNC_ABORT;
	}
	t->sent += k;
	return (size_t)k;
}

static int
on_seek(void *arg, curl_off_t offset, int origin)
{
	struct transfer *t = arg;

	if (origin != SEEK_SET)
		return CURL_SEEKFUNC_FAIL;
	t->sent = offset;
	return CURL_SEEKFUNC_OK;
}

/* The value of header name in a line of n bytes, its length in *len, or NULL. */
static const char *
value_of(const char *line, size_t n, const char *name, size_t *len)
{
	size_t k = strlen(name);

	if (n <= k || line[k] != ':' || strncasecmp(line, name, k) != 0)
		return NULL;
	for (k++; k < n && (line[k] == ' ' || line[k] == '\t'); k++)
		;
	while (n > k && (line[n - 1] == '\r' || line[n - 1] == '\n' || line[n - 1] == ' '))
		n--;
	*len = n - k;
	return line + k;
}

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct http_answer *a = ((struct transfer *)arg)->a;
	const char *v;
	size_t len;

	(void)size;
	if (n > 12 && strncmp(p, "HTTP/", 5) == 0) {	/* a status line: forget a 100's headers */
		const char *sp = memchr(p, ' ', n);

		a->status = sp != NULL && sp + 4 <= p + n ?
		    (sp[1] - '0') * 100 + (sp[2] - '0') * 10 + (sp[3] - '0') : 0;
		a->retry_after_s = 0;
		a->etag[0] = a->request_id[0] = '\0';
		a->log_run = -1;
	} else if ((v = value_of(p, n, "Retry-After", &len)) != NULL) {
		for (size_t i = 0; i < len && i < 6 && v[i] >= '0' && v[i] <= '9'; i++)
			a->retry_after_s = a->retry_after_s * 10 + (v[i] - '0');
	} else if ((v = value_of(p, n, "X-Darkroom-Log-Run", &len)) != NULL) {
		a->log_run = 0;
		for (size_t i = 0; i < len && i < 6 && v[i] >= '0' && v[i] <= '9'; i++)
			a->log_run = a->log_run * 10 + (v[i] - '0');
	} else if ((v = value_of(p, n, "ETag", &len)) != NULL && len >= 2 && len < sizeof(a->etag) && v[0] == '"') {
		snprintf(a->etag, sizeof(a->etag), "%.*s", (int)(len - 2), v + 1);
	} else if ((v = value_of(p, n, "X-Request-Id", &len)) != NULL && len < sizeof(a->request_id)) {
		snprintf(a->request_id, sizeof(a->request_id), "%.*s", (int)len, v);
	}
	return n;
}

static int
on_tick(void *arg, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	const struct http_req *rq = ((struct transfer *)arg)->rq;

	(void)down_total, (void)down, (void)up_total, (void)up;
	rq->tick(rq->tick_arg);
	return 0;
}

static void
free_slist(struct curl_slist **l)
{
	curl_slist_free_all(*l);
}

static void
set_connection(struct http *h)
{
	CURL *c = h->curl;

	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
	curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "darkroom/" DARKROOM_VERSION);
	if (h->unix_path != NULL)
		curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, h->unix_path);
	if (h->ca_file != NULL) {
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);	/* whose certificates would count besides */
		curl_easy_setopt(c, CURLOPT_CAINFO, h->ca_file);
	}
}

static void
set_body(CURL *c, const struct http_req *rq, struct transfer *t)
{
	if (rq->body_fd != -1) {
		curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read);
		curl_easy_setopt(c, CURLOPT_READDATA, t);
		curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, on_seek);
		curl_easy_setopt(c, CURLOPT_SEEKDATA, t);
		curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)rq->body_size);
	} else if (rq->body != NULL) {
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, rq->body);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)rq->body_len);
	}
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, rq->method);
}

static int
failure(CURLcode rc, const struct transfer *t, const char *text, struct err *e)
{
	if (t->wrong_status)
		return err_set(e, ERR_PROTO, "the node answered %d where %d was asked for", t->a->status,
		    t->rq->sink_status);
	if (t->too_long)
		return err_set(e, ERR_LIMIT, "the answer is longer than it may be");
	if (t->sys != 0) {
		errno = t->sys;
		return err_sys(e, "cannot read or write a file");
	}
	if (rc == CURLE_OPERATION_TIMEDOUT)
		return err_set(e, ERR_TIMEOUT, "no answer in time");
	if (rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_SSL_CACERT_BADFILE)
		return err_set(e, ERR_CONFIG, "TLS: %s", text);
	return err_set(e, ERR_BACKPRESSURE, "cannot reach the node: %s", text);
}

int
http_send(struct http *h, const struct http_req *rq, struct http_answer *a, struct err *e)
{
	CLEANUP(cleanup_free) char *url = NULL;
	CLEANUP(free_slist) struct curl_slist *headers = NULL;
	struct transfer t = { .rq = rq, .a = a };
	char text[CURL_ERROR_SIZE] = "";
	CURLcode rc;

	curl_easy_reset(h->curl);	/* keeps the connections */
	set_connection(h);
	if (asprintf(&url, "%s%s", h->base, rq->target) == -1)
		abort();
	for (size_t i = 0; i < rq->n_headers; i++)
		headers = curl_slist_append(headers, rq->header[i]);
	/* uploads ask first, so that a refusal costs no transfer; nothing else does */
	headers = curl_slist_append(headers, rq->body_fd != -1 ? "Expect: 100-continue" : "Expect:");
	curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(h->curl, CURLOPT_URL, url);
	set_body(h->curl, rq, &t);
	curl_easy_setopt(h->curl, CURLOPT_ERRORBUFFER, text);
	curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, &t);
	curl_easy_setopt(h->curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(h->curl, CURLOPT_HEADERDATA, &t);
	curl_easy_setopt(h->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(h->curl, CURLOPT_LOW_SPEED_TIME, SILENCE_S + rq->wait_s);
	if (rq->tick != NULL) {
		curl_easy_setopt(h->curl, CURLOPT_NOPROGRESS, 0L);
		curl_easy_setopt(h->curl, CURLOPT_XFERINFOFUNCTION, on_tick);
		curl_easy_setopt(h->curl, CURLOPT_XFERINFODATA, &t);
	}
	a->status = 0;
	a->log_run = -1;
	a->sunk = 0;
	buf_reset(&a->body);
	rc = curl_easy_perform(h->curl);
	if (rc != CURLE_OK && !t.stopped)
		return failure(rc, &t, *text != '\0' ? text : curl_easy_strerror(rc), e);
	return 0;
}
