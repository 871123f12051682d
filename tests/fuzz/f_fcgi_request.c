/*
 * Whole requests, from FastCGI parameters to the last byte of the answer, with
 * every route open and the database away: routing, checks, the fields of every
 * handler, uploads, errors.  The input is "METHOD target", lines "Name: value",
 * an empty line, the body.  "X-Darkroom-Content-SHA256: @" is the body's own
 * digest; "Prefix: /_check" asks as nginx does before an upload.
 * Reaches: fcgi/check.c fcgi/exch.c fcgi/finish.c fcgi/shape.c fcgi/asset_head.c fcgi/upload.c
 *	fcgi/payload.c fcgi/resp.c fcgi/part.c fcgi/req.c fcgi/route.c fcgi/h_compute_submit.c
 *	fcgi/cred_args.c fcgi/cred_table.c fcgi/h_cred_run.c fcgi/h_cred_jobs.c fcgi/h_cred_blob_put.c
 *	fcgi/h_token_add.c fcgi/h_asset_put.c fcgi/h_asset_put_check.c fcgi/h_log_get.c fcgi/h_script_put.c
 */
#include <ctype.h>
#include <fcntl.h>
#include <fastcgi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../fcgi/cred_keys.h"
#include "../../fcgi/exch.h"
#include "../../fcgi/metrics.h"
#include "../../fcgi/park.h"
#include "../../fcgi/record.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "../../lib/base/settings.h"
#include "../../lib/crypt/sha256.h"
#include "tree.h"

#define INPUT_MAX	(32u << 10)
#define ROUTES_MAX	256
#define INLINE_MAX	"64"	/* bytes: longer uploads become files */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char spool[64], blobs[64];
static struct route routes[ROUTES_MAX];
static struct front front;
static struct cred_keys keys;
static int client;			/* our end of the connection */
static struct buf answer = BUF_INIT_MAX(4u << 20);

static void
take_answer(void *arg)
{
	char slice[4096];
	ssize_t n;

	while ((n = recv(client, slice, sizeof(slice), MSG_DONTWAIT)) > 0)
		buf_add(&answer, slice, (size_t)n);
	if (front.conns.n == 0)
		loop_stop(arg);
}

/* Connections to nowhere, on a loop that never runs: the database stays away. */
static void
set_up(void)
{
	static const char *const setup[] = { NULL };
	char blob_dir[96], inline_max[] = "--blob-inline-bytes=" INLINE_MAX, conf[] = "-c", none[] = "/dev/null";
	char prog[] = "fuzz", *argv[] = { prog, conf, none, blob_dir, inline_max, NULL };
	struct batch_opts o = { .conninfo = "host=/nowhere", .write_connections = 1, .read_connections = 1, .max = 1, .wait_ms = 1000, .setup = setup };
	struct err e = ERR_INIT;
	struct loop *idle, *run;

	log_init("fuzz", LOG_ERROR + 1);	/* no line a request */
	snprintf(spool, sizeof(spool), "%s/spool", tree_make());
	snprintf(blobs, sizeof(blobs), "%s/blobs", tree_make());
	snprintf(blob_dir, sizeof(blob_dir), "--blob-dir=%s", blobs);
	if (mkdir(blobs, 0700) == -1 || conf_load(&front.conf, conf_fcgi, "fuzz", 5, argv, NULL, &e) == -1 ||
	    loop_new(&front.loop, &e) == -1 || loop_new(&idle, &e) == -1 ||
	    batch_new(&front.batch, idle, &o, &e) == -1)
		abort();
	for (size_t i = 0; i < route_count(route_table) && i < ROUTES_MAX - 1; i++) {
		routes[i] = route_table[i];
		routes[i].flags |= RT_OPEN;
	}
	if (metrics_map(routes, 1, &e) == -1)
		abort();
	metrics_process(0);
	front.routes = routes;
	if (seal_key_make(&keys.result, &e) == -1 || seal_derive(&keys.idem, &keys.result, "fuzz", &e) == -1)
		abort();
	memcpy(keys.node, keys.result.pub, sizeof(keys.node));
	front.keys = &keys;
	TAILQ_INIT(&front.exchs);
	run = front.loop;
	front.loop = idle;
	if (park_new(&front.park, &front, "host=/nowhere", setup, &e) == -1)
		abort();
	front.loop = run;
	front.conns = (struct conn_set){ .loop = run, .sink = &exch_sink, .arg = &front, .max = 8 };
	LIST_INIT(&front.conns.list);
	loop_before_wait(run, take_answer, run);
}

static void
add_pair(struct buf *b, const char *name, const char *value, size_t n)
{
	const size_t lens[2] = { strlen(name), n };

	for (size_t i = 0; i < 2; i++) {
		buf_addc(b, (char)(0x80 | lens[i] >> 24));
		buf_addc(b, (char)(lens[i] >> 16));
		buf_addc(b, (char)(lens[i] >> 8));
		buf_addc(b, (char)lens[i]);
	}
	buf_add(b, name, lens[0]);
	buf_add(b, value, n);
}

/* "Name: value" -> the parameter that nginx makes of it. */
static void
add_header(struct buf *b, const char *line, size_t n, const char *sha256)
{
	const char *colon = memchr(line, ':', n), *value;
	char name[80] = "HTTP_";
	size_t k, len;

	if (colon == NULL || colon == line || (size_t)(colon - line) > 64)
		return;
	k = strncasecmp(line, "Content-", 8) == 0 ? 0 : 5;
	for (const char *p = line; p < colon; p++)
		name[k++] = (char)(*p == '-' ? '_' : toupper((unsigned char)*p));
	name[k] = '\0';
	value = colon + 1 + (colon + 1 < line + n && colon[1] == ' ');
	len = (size_t)(line + n - value);
	if (strcmp(name, "HTTP_PREFIX") == 0)
		add_pair(b, "DARKROOM_PREFIX", value, len);
	else if (len == 1 && *value == '@')
		add_pair(b, name, sha256, 64);
	else
		add_pair(b, name, value, len);
}

/* The head of the input, up to its empty line -> FastCGI pairs. */
static void
add_params(struct buf *b, const char *p, size_t n, const char *sha256)
{
	const char *end = p + n, *eol, *space;

	for (size_t i = 0; p < end; p = eol + 1, i++) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol == NULL)
			eol = end;
		space = i == 0 ? memchr(p, ' ', (size_t)(eol - p)) : NULL;
		if (space != NULL) {
			add_pair(b, "REQUEST_METHOD", p, (size_t)(space - p));
			add_pair(b, "REQUEST_URI", space + 1, (size_t)(eol - space - 1));
		} else {
			add_header(b, p, (size_t)(eol - p), sha256);
		}
	}
}

static void
add_record(struct buf *b, uint8_t type, const void *p, size_t n)
{
	uint8_t h[REC_HEADER];

	rec_header(h, type, 1, (uint16_t)n, 0);
	buf_add(b, h, sizeof(h));
	buf_add(b, p, n);
}

static void
spool_body(const char *p, size_t n)
{
	CLEANUP(cleanup_close) int fd = open(spool, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, p, n) != (ssize_t)n)
		abort();
}

/* An answer is records, the first of which begin with a status; what says that it is JSON is. */
static void
check_answer(void)
{
	static const char json_type[] = "Content-Type: application/json";
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(4u << 20);
	CLEANUP(json_put) struct json_object *o = NULL;
	struct rec_parser ps = { .have = 0 };
	struct rec_piece piece;
	const uint8_t *p = (const uint8_t *)answer.data;
	size_t n = answer.len;
	const char *body;

	while (rec_next(&ps, &p, &n, &piece) == 1)
		if (piece.type == FCGI_STDOUT)
			buf_add(&text, piece.p, piece.n);
	buf_addc(&text, '\0');
	if (text.failed || strncmp(text.data, "Status: ", 8) != 0)
		abort();
	body = strstr(text.data, "\r\n\r\n");
	if (body == NULL || strlen(text.data) != text.len - 1)
		abort();
	if (body[4] != '\0' && memmem(text.data, (size_t)(body - text.data), json_type, sizeof(json_type) - 1) != NULL &&
	    json_parse(&o, body + 4, strlen(body + 4), NULL) == -1)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t begin[8] = { 0, FCGI_RESPONDER };
	CLEANUP(buf_release) struct buf params = BUF_INIT_MAX(4 * INPUT_MAX), in = BUF_INIT_MAX(8 * INPUT_MAX);
	const char *text = (const char *)data, *gap;
	size_t head, body;
	char sha256[SHA256_HEX];
	struct err e = ERR_INIT;
	int pair[2];

	if (front.loop == NULL)
		set_up();
	if (size > INPUT_MAX)
		return 0;
	gap = memmem(text, size, "\n\n", 2);
	head = gap != NULL ? (size_t)(gap - text) : size;
	body = gap != NULL ? size - head - 2 : 0;
	sha256_hex(sha256, text + size - body, body);
	add_params(&params, text, head, sha256);
	if (head > 4 && strncmp(text, "PUT ", 4) == 0 && body > 0) {
		spool_body(text + size - body, body);
		add_pair(&params, "DARKROOM_BODY_FILE", spool, strlen(spool));
	}
	if (params.len > REC_CONTENT_MAX)
		return 0;
	add_record(&in, FCGI_BEGIN_REQUEST, begin, sizeof(begin));
	if (params.len > 0)
		add_record(&in, FCGI_PARAMS, params.data, params.len);
	add_record(&in, FCGI_PARAMS, NULL, 0);
	if (body > 0)
		add_record(&in, FCGI_STDIN, text + size - body, body);
	add_record(&in, FCGI_STDIN, NULL, 0);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == -1)
		abort();
	client = pair[0];
	if (send(client, in.data, in.len, MSG_NOSIGNAL) != (ssize_t)in.len || conn_open(&front.conns, pair[1], &e) == -1 ||
	    loop_run(front.loop, &e) == -1 || !TAILQ_EMPTY(&front.exchs) || front.n_exchs != 0)
		abort();
	take_answer(front.loop);
	check_answer();
	buf_reset(&answer);
	close(client);
	if (body > 0)
		tree_empty(blobs);
	return 0;
}
