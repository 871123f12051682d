#include "s3.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/rand.h"

#define TRIES		6
#define PAUSE_MS	100		/* before the second try; doubles */
#define PAUSE_MAX_MS	3000
#define CONNECT_S	10L
#define SILENCE_S	20L		/* slower than SLOW_BYTES a second for so long: cut */
#define SLOW_BYTES	1024L
#define SKEW_US		(INT64_C(300) * 1000000)	/* stores refuse at 15 minutes; some at 5 */

struct s3 {
	CURL	*curl;
	struct s3_target t;
	char	ca_file[1025];
	int64_t	whole_bytes;		/* more goes up in parts */
};

/* What the callbacks of one try share. */
struct attempt {
	struct s3 *s;
	const struct s3_req *rq;
	struct s3_answer *a;
	int64_t	sent;			/* of the body */
	bool	range_ok;		/* Content-Range is what was asked for */
	struct err *e;			/* of a sink or file that failed */
	bool	ours;			/* it did */
};

void
s3_answer_release(struct s3_answer *a)
{
	buf_release(&a->body);
}

const struct s3_target *
s3_target(const struct s3 *s)
{
	return &s->t;
}

int
s3_open_target(struct s3 **out, struct s3_target *t, const char *ca_file, int64_t whole_bytes, struct err *e)
{
	struct s3 *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	snprintf(s->ca_file, sizeof(s->ca_file), "%s", ca_file);
	s->whole_bytes = whole_bytes;
	s->curl = curl_easy_init();
	if (s->curl == NULL) {
		s3_close(s);
		return err_set(e, ERR_SYS, "libcurl does not start");
	}
	s->t = *t;
	*t = (struct s3_target)S3_TARGET_INIT;
	*out = s;
	return 0;
}

int
s3_open(struct s3 **out, const struct conf *c, struct err *e)
{
	CLEANUP(s3_target_release) struct s3_target t = S3_TARGET_INIT;

	if (s3_target_read(&t, c, e) == -1)
		return -1;
	return s3_open_target(out, &t, conf_str(c, "s3_ca_file"), S3_PART_BYTES, e);
}

void
s3_close(struct s3 *s)
{
	if (s == NULL)
		return;
	if (s->curl != NULL)
		curl_easy_cleanup(s->curl);
	s3_target_release(&s->t);
	free(s);
}

/* ---- one try ------------------------------------------------------------ */

static size_t
give_body(char *out, size_t size, size_t n, void *arg)
{
	struct attempt *t = arg;
	int64_t left = t->rq->len - t->sent;
	ssize_t k;

	n = size * n < (uint64_t)left ? size * n : (size_t)left;
	if (n == 0)
		return 0;
	if (t->rq->text != NULL) {
		memcpy(out, t->rq->text + t->sent, n);
		k = (ssize_t)n;
	} else {
		do
			k = pread(t->rq->fd, out, n, (off_t)(t->rq->off + t->sent));
		while (k == -1 && errno == EINTR);
	}
	if (k <= 0) {
		t->ours = true;
		err_set(t->e, ERR_SYS, "the file to store is shorter than it was");
		return CURL_READFUNC_ABORT;
	}
	t->sent += k;
	return (size_t)k;
}

static int
rewind_body(void *arg, curl_off_t off, int whence)
{
	struct attempt *t = arg;

	if (whence != SEEK_SET || off < 0 || off > t->rq->len)
		return CURL_SEEKFUNC_FAIL;
	t->sent = off;
	return CURL_SEEKFUNC_OK;
}

static size_t
take_body(char *p, size_t size, size_t n, void *arg)
{
	struct attempt *t = arg;
	long status = 0;

	n *= size;
	curl_easy_getinfo(t->s->curl, CURLINFO_RESPONSE_CODE, &status);
	if (t->rq->want == 0 || status != 206) {
		if (n > t->a->body.max - t->a->body.len)
			n = t->a->body.max - t->a->body.len + 1;
		buf_add(&t->a->body, p, n);
		return t->a->body.failed ? 0 : n;
	}
	if (!t->range_ok || (int64_t)n > t->rq->want - t->a->got)
		return 0;		/* not what was asked for */
	if (t->rq->sink(t->rq->arg, p, n, t->e) == -1) {
		t->ours = true;
		return 0;
	}
	t->a->got += (int64_t)n;
	return n;
}

/* header_value: of the line when it is that header, without its end; or NULL. */
static const char *
header_value(const char *line, size_t n, const char *name, size_t *len)
{
	size_t k = strlen(name);

	if (n <= k || strncasecmp(line, name, k) != 0 || line[k] != ':')
		return NULL;
	for (k++; k < n && (line[k] == ' ' || line[k] == '\t'); k++)
		;
	while (n > k && (line[n - 1] == '\r' || line[n - 1] == '\n' || line[n - 1] == ' '))
		n--;
	*len = n - k;
	return line + k;
}

static size_t
take_header(char *line, size_t size, size_t n, void *arg)
{
	struct attempt *t = arg;
	char want[80];
	const char *v;
	size_t len;

	n *= size;
	v = header_value(line, n, "ETag", &len);
	if (v != NULL && len < sizeof(t->a->etag)) {
		memcpy(t->a->etag, v, len);
		t->a->etag[len] = '\0';
	}
	v = header_value(line, n, "Date", &len);
	if (v != NULL && len < sizeof(t->a->date)) {
		memcpy(t->a->date, v, len);
		t->a->date[len] = '\0';
	}
	v = header_value(line, n, "Content-Range", &len);
	if (v != NULL) {
		int k = snprintf(want, sizeof(want), "bytes %" PRId64 "-%" PRId64 "/", t->rq->from + t->a->got,
		    t->rq->from + t->rq->want - 1);

		t->range_ok = len > (size_t)k && strncasecmp(v, want, (size_t)k) == 0;
	}
	return n;
}

static void
add_header(struct curl_slist **list, const char *name, const char *value)
{
	char line[SIGV4_AUTH_MAX + 64];

	snprintf(line, sizeof(line), "%s: %s", name, value);
	*list = curl_slist_append(*list, line);
	if (*list == NULL)
		abort();
}

static void
free_list(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

/* set_method: what the method means for libcurl. */
static void
set_method(struct attempt *t)
{
	CURL *c = t->s->curl;
	const struct s3_req *rq = t->rq;

	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, rq->method);
	if (strcmp(rq->method, "HEAD") == 0)
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	if (rq->fd == -1 && rq->text == NULL)
		return;
	curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)rq->len);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, give_body);
	curl_easy_setopt(c, CURLOPT_READDATA, t);
	curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, rewind_body);
	curl_easy_setopt(c, CURLOPT_SEEKDATA, t);
	curl_easy_setopt(c, CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10);
}

static void
set_rules(struct attempt *t)
{
	CURL *c = t->s->curl;

	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, SILENCE_S);
	curl_easy_setopt(c, CURLOPT_BUFFERSIZE, 256L << 10);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	if (t->s->ca_file[0] != '\0') {
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);	/* whose certificates would count besides */
		curl_easy_setopt(c, CURLOPT_CAINFO, t->s->ca_file);
	}
}

/* try_once: CURLE_OK when an answer came, whatever it says; -1 with e when the
 * request could not be made at all. */
static int
try_once(struct attempt *t, CURLcode *rc, struct err *e)
{
	CLEANUP(free_list) struct curl_slist *list = NULL;
	const struct s3_req *rq = t->rq;
	struct s3 *s = t->s;
	struct s3_stamp stamp;
	char url[S3_URL_MAX + 300], range[64];
	int url_n;
	curl_off_t length = -1;

	if (s3_stamp(&stamp, &s->t, rq->method, rq->path, rq->query, rq->payload, e) == -1)
		return -1;
	url_n = snprintf(url, sizeof(url), "%s%s%s%s", s->t.base, rq->path, *rq->query != '\0' ? "?" : "", rq->query);
	if (url_n < 0 || (size_t)url_n >= sizeof(url))
		return err_set(e, ERR_LIMIT, "s3: a request is longer than %d bytes", S3_URL_MAX);
	curl_easy_reset(s->curl);
	curl_easy_setopt(s->curl, CURLOPT_URL, url);
	set_rules(t);
	set_method(t);
	add_header(&list, "Host", s->t.host);
	add_header(&list, "x-amz-content-sha256", rq->payload);
	add_header(&list, "x-amz-date", stamp.date);
	add_header(&list, "Authorization", stamp.auth);
	add_header(&list, "Expect", "");
	if (rq->want > 0) {
		snprintf(range, sizeof(range), "bytes=%" PRId64 "-%" PRId64, rq->from + t->a->got, rq->from + rq->want - 1);
		add_header(&list, "Range", range);
	}
	curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, list);
	*rc = curl_easy_perform(s->curl);
	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &t->a->status);
	curl_easy_getinfo(s->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	t->a->length = length;
	return 0;
}

/* ---- until it passes ---------------------------------------------------- */

static void
pause_before(int try_no)
{
	int64_t ms = (int64_t)PAUSE_MS << (try_no - 1);
	uint16_t random;
	struct timespec ts;

	rand_bytes(&random, sizeof(random));
	ms = ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS;
	ms = ms / 2 + ms / 2 * random / UINT16_MAX;
	ts = (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	nanosleep(&ts, NULL);
}

/* Words of the store that say "again" with a status that does not. */
static bool
word_again(const char *word)
{
	static const char *const again[] = { "RequestTimeout", "InternalError", "SlowDown", "OperationAborted" };

	for (size_t i = 0; i < sizeof(again) / sizeof(again[0]); i++)
		if (strcmp(word, again[i]) == 0)
			return true;
	return false;
}

/* judge: 0 passed, 1 try again, -1 refused; e says why for both. */
static int
judge(const struct attempt *t, CURLcode rc, struct err *e)
{
	const struct s3_answer *a = t->a;
	char word[64] = "";
	size_t at = 0;

	if (t->ours)
		return -1;
	if (rc != CURLE_OK && (rc != CURLE_WRITE_ERROR || a->status / 100 == 2)) {
		err_set(e, ERR_BACKPRESSURE, "s3: %s", curl_easy_strerror(rc));
		return 1;
	}
	if (a->body.data != NULL)
		s3_xml(word, sizeof(word), a->body.data, a->body.len, "Code", &at);
	if (a->status / 100 == 2 && word[0] == '\0' && (t->rq->want == 0 || a->got == t->rq->want))
		return 0;
	if (a->status == 404)
		return err_set(e, ERR_NOT_FOUND, "s3: no such object%s%s", *word != '\0' ? ": " : "", word);
	err_set(e, a->status / 100 == 4 ? ERR_CONFIG : ERR_BACKPRESSURE, "s3: %s answered %ld %s", t->rq->method, a->status, word);
	if (a->status == 501)
		return err_set(e, ERR_CONFIG, "s3: %s is nothing that the store can do", t->rq->method);
	if (a->status / 100 == 4 && a->status != 429 && a->status != 408 && !word_again(word))
		return -1;
	e->code = ERR_BACKPRESSURE;
	return 1;
}

/*
 * learn_time: the store refuses us, and its clock is far from ours: sign by its own
 * from now on.  The word for it is not asked for: an answer to HEAD has none.
 */
static bool
learn_time(struct s3 *s, const struct s3_answer *a)
{
	time_t theirs = curl_getdate(a->date, NULL);
	int64_t skew_us;

	if (a->status != 403 || s->t.skew_us != 0 || theirs == -1)
		return false;
	skew_us = (int64_t)theirs * 1000000 - clock_wall_us();
	if (skew_us > -SKEW_US && skew_us < SKEW_US)
		return false;
	s->t.skew_us = skew_us;
	return true;
}

int
s3_do(struct s3 *s, const struct s3_req *rq, struct s3_answer *a, struct err *e)
{
	struct err why = ERR_INIT;

	for (int i = 0; i < TRIES; i++) {
		struct attempt t = { .s = s, .rq = rq, .a = a, .e = &why };
		int64_t before = a->got;
		CURLcode rc;
		int verdict;

		if (i > 0)
			pause_before(i);
		buf_reset(&a->body);
		a->etag[0] = a->date[0] = '\0';
		if (try_once(&t, &rc, e) == -1)
			return -1;
		verdict = judge(&t, rc, &why);
		if (verdict == 0)
			return 0;
		if (verdict == -1 && !learn_time(s, a))
			break;
		if (a->got > before)
			i = 0;		/* it moves: only standing still is counted */
	}
	if (e != NULL)
		*e = why;
	return -1;
}

/* ---- objects ------------------------------------------------------------ */

int
s3_size(struct s3 *s, const char *path, int64_t *size, struct err *e)
{
	CLEANUP(s3_answer_release) struct s3_answer a = S3_ANSWER_INIT;

	if (s3_do(s, &(const struct s3_req){ .method = "HEAD", .path = path, .query = "", .fd = -1,
	    .payload = SIGV4_EMPTY }, &a, e) == -1)
		return -1;
	*size = a.length;
	return 0;
}

int
s3_put(struct s3 *s, const char *path, int fd, int64_t size, const char *sha_hex, struct err *e)
{
	CLEANUP(s3_answer_release) struct s3_answer a = S3_ANSWER_INIT;
	struct err why = ERR_INIT;
	int64_t have = -1;

	if (size > s->whole_bytes) {
		if (s3_put_parts(s, path, fd, size, sha_hex, e) == -1)
			return -1;
	} else if (s3_do(s, &(const struct s3_req){ .method = "PUT", .path = path, .query = "", .fd = fd,
	    .len = size, .payload = sha_hex }, &a, e) == -1) {
		return -1;
	}
	if (s3_size(s, path, &have, &why) == -1) {
		/* who may put and not look: the store has compared the digest, of all parts */
		if (why.code == ERR_CONFIG && strcmp(sha_hex, SIGV4_UNSIGNED) != 0)
			return 0;
		if (e != NULL)
			*e = why;
		return err_wrap(e, "after it was stored");
	}
	if (have != size)
		return err_set(e, ERR_BACKPRESSURE, "s3: kept %" PRId64 " bytes of %" PRId64, have, size);
	return 0;
}

int
s3_get(struct s3 *s, const char *path, int64_t from, int64_t len, s3_sink_fn *sink, void *arg, struct err *e)
{
	CLEANUP(s3_answer_release) struct s3_answer a = S3_ANSWER_INIT;

	if (len == 0)
		return 0;
	return s3_do(s, &(const struct s3_req){ .method = "GET", .path = path, .query = "", .fd = -1,
	    .payload = SIGV4_EMPTY, .from = from, .want = len, .sink = sink, .arg = arg }, &a, e);
}

int
s3_remove(struct s3 *s, const char *path, bool parts, struct err *e)
{
	CLEANUP(s3_answer_release) struct s3_answer a = S3_ANSWER_INIT;
	struct err why = ERR_INIT;

	/* a store that cannot list unfinished uploads forgets them by a rule of its own */
	if (parts && s3_drop_parts(s, path, &why) == -1 && why.code != ERR_CONFIG) {
		if (e != NULL)
			*e = why;
		return -1;
	}
	if (s3_do(s, &(const struct s3_req){ .method = "DELETE", .path = path, .query = "", .fd = -1,
	    .payload = SIGV4_EMPTY }, &a, &why) == 0 || why.code == ERR_NOT_FOUND)
		return 0;
	if (e != NULL)
		*e = why;
	return -1;
}
