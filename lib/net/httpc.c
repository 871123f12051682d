#include "httpc.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../base/cleanup.h"

#define HEED_MS		100
#define CONNECT_MS	5000

struct httpc {
	CURLM	*multi;
	httpc_heed *heed;
	void	*arg;
};

struct httpc *
httpc_new(httpc_heed *heed, void *arg, struct err *e)
{
	struct httpc *h = calloc(1, sizeof(*h));

	if (h == NULL)
		abort();
	h->heed = heed;
	h->arg = arg;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		h->multi = curl_multi_init();
	if (h->multi == NULL) {
		free(h);
		err_set(e, ERR_SYS, "the HTTP client cannot start");
		return NULL;
	}
	return h;
}

void
httpc_free(struct httpc **h)
{
	if (*h == NULL)
		return;
	curl_multi_cleanup((*h)->multi);
	free(STEAL(*h));
}

static size_t
on_bytes(char *p, size_t size, size_t n, void *arg)
{
	struct buf *out = arg;

	buf_add(out, p, size * n);
	return out->failed ? 0 : size * n;
}

static void
drop_easy(CURL **c)
{
	curl_easy_cleanup(*c);
}

static void
drop_list(struct curl_slist **l)
{
	curl_slist_free_all(*l);
}

/* add_header: name and value; a value that does not fit ends the process: those that
 * come here are bounded by their owners. */
static struct curl_slist *
add_header(struct curl_slist *l, const char *name, const char *value)
{
	char line[HTTPC_HEADER_MAX + 64];

	if (snprintf(line, sizeof(line), "%s: %s", name, value) >= (int)sizeof(line))
		abort();
	l = curl_slist_append(l, line);
	explicit_bzero(line, sizeof(line));
	return l;
}

/* The headers that curl would add by itself: none of them is wanted. */
static struct curl_slist *
headers_of(const struct httpc_req *r)
{
	struct curl_slist *l = curl_slist_append(NULL, "Expect:");

	l = curl_slist_append(l, "Accept: */*");
	if (r->authorization != NULL)
		l = add_header(l, "Authorization", r->authorization);
	return r->content_type == NULL ? curl_slist_append(l, "Content-Type:") :
	    add_header(l, "Content-Type", r->content_type);
}

/* copy_value: of a header line, without white space around it; "" when it does not fit. */
static void
copy_value(char *out, size_t max, const char *p, size_t n)
{
	while (n > 0 && strchr(" \t", *p) != NULL)
		p++, n--;
	while (n > 0 && strchr(" \t\r\n", p[n - 1]) != NULL)
		n--;
	if (n >= max || memchr(p, '\0', n) != NULL)
		n = 0;
	memcpy(out, p, n);
	out[n] = '\0';
}

static void
note_retry(struct httpc_answer *a, const char *p, size_t n)
{
	char text[16];

	copy_value(text, sizeof(text), p, n);
	if (text[0] != '\0' && strspn(text, "0123456789") == strlen(text) && strlen(text) <= 9)
		a->retry_after_s = strtoll(text, NULL, 10);
}

/* on_header: those that somebody asks for. */
static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct httpc_answer *a = arg;
	const char *colon = memchr(p, ':', size * n);
	size_t name = colon != NULL ? (size_t)(colon - p) : 0, rest = colon != NULL ? size * n - name - 1 : 0;

	if (name == 8 && strncasecmp(p, "location", name) == 0)
		copy_value(a->location, sizeof(a->location), colon + 1, rest);
	else if (name == 12 && strncasecmp(p, "content-type", name) == 0)
		copy_value(a->content_type, sizeof(a->content_type), colon + 1, rest);
	else if (name == 11 && strncasecmp(p, "retry-after", name) == 0)
		note_retry(a, colon + 1, rest);
	return size * n;
}

static void
set_body(CURL *c, const struct httpc_req *r)
{
	if (r->method != NULL && strcmp(r->method, "GET") == 0) {
		curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
		return;
	}
	curl_easy_setopt(c, CURLOPT_POST, 1L);
	curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->body != NULL ? r->body : "");
	if (r->method != NULL)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
}

/* set_trust: without the folder that curl was built with, whose certificates count besides otherwise. */
static void
set_trust(CURL *c, const struct httpc_req *r)
{
	struct curl_blob pem = { .flags = CURL_BLOB_COPY };

	if (r->ca_file == NULL && r->ca == NULL)
		return;
	curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	if (r->ca != NULL) {
		pem.data = r->ca->data;
		pem.len = r->ca->len;
		curl_easy_setopt(c, CURLOPT_CAINFO_BLOB, &pem);
	} else {
		curl_easy_setopt(c, CURLOPT_CAINFO, r->ca_file);
	}
}

static void
set_options(CURL *c, const struct httpc_req *r, struct curl_slist *headers, struct buf *out, struct httpc_answer *a)
{
	curl_easy_setopt(c, CURLOPT_URL, r->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "darkroom/" DARKROOM_VERSION);
	set_trust(c, r);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)r->timeout_ms);
	set_body(c, r);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, out);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, a);
}

/* result_of: what curl says, in our words; what is wrong with a certificate in its own, which
 * name the host at most. */
static int
result_of(CURLcode rc, const char *said, const struct buf *out, size_t max_bytes, struct err *e)
{
	if (out->failed)
		return err_set(e, ERR_LIMIT, "an answer of over %zu bytes", max_bytes);
	if (rc == CURLE_OPERATION_TIMEDOUT)
		return err_set(e, ERR_TIMEOUT, "no answer in time");
	if (rc != CURLE_OK)
		return err_set(e, ERR_SYS, "%s", rc == CURLE_PEER_FAILED_VERIFICATION && said[0] != '\0' ? said :
		    curl_easy_strerror(rc));
	return 0;
}

/* transfer: run c to its end.  0 with its result in *rc, or -1 as heed says. */
static int
transfer(struct httpc *h, CURLcode *rc, struct err *e)
{
	int running = 1, left;
	CURLMsg *m;

	*rc = CURLE_FAILED_INIT;
	while (running > 0) {
		if (curl_multi_perform(h->multi, &running) != CURLM_OK)
			return 0;
		if (running > 0 && curl_multi_poll(h->multi, NULL, 0, HEED_MS, NULL) != CURLM_OK)
			return 0;
		if (h->heed(h->arg, e) == -1)
			return -1;
	}
	while ((m = curl_multi_info_read(h->multi, &left)) != NULL)
		if (m->msg == CURLMSG_DONE)
			*rc = m->data.result;
	return 0;
}

int
httpc_call(struct httpc *h, const struct httpc_req *r, struct buf *out, struct httpc_answer *answer, struct err *e)
{
	CLEANUP(drop_list) struct curl_slist *headers = headers_of(r);
	CLEANUP(drop_easy) CURL *c = curl_easy_init();
	struct httpc_answer said = { .retry_after_s = -1 };
	char words[CURL_ERROR_SIZE] = "";
	CURLcode rc;
	int heeded;

	if (c == NULL || headers == NULL)
		abort();
	buf_release(out);
	buf_init(out, r->max_bytes);
	set_options(c, r, headers, out, &said);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, words);
	if (curl_multi_add_handle(h->multi, c) != CURLM_OK)
		return err_set(e, ERR_SYS, "the HTTP client cannot start");
	heeded = transfer(h, &rc, e);
	curl_multi_remove_handle(h->multi, c);
	if (heeded == -1 || result_of(rc, words, out, r->max_bytes, e) == -1)
		return -1;
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &said.status);
	*answer = said;
	return 0;
}

int
httpc_post(struct httpc *h, const struct httpc_req *r, struct buf *out, long *status, struct err *e)
{
	struct httpc_answer said;

	if (httpc_call(h, r, out, &said, e) == -1)
		return -1;
	*status = said.status;
	return 0;
}
