#include "plain.h"

#include <string.h>

#define ID_LEN		(UUID_TEXT - 1)
#define JOB_AT_TIMEOUT	5u
#define JOB_AT_ID	13u
#define JOB_AT_TOKEN	(JOB_AT_ID + ID_LEN)
#define JOB_AT_KIND	(JOB_AT_TOKEN + ID_LEN)	/* its length */
#define JOB_HEAD	(JOB_AT_KIND + 1u)
#define DONE_LEN	21u

bool
plain_is_record(const char *body)
{
	return body[0] != '{';
}

static void
put(char *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (char)(v >> (8 * (n - 1 - i)));
}

static uint64_t
get(const char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | (uint8_t)p[i];
	return v;
}

int
plain_job_add(struct frame_io *f, const struct plain_job *j, struct err *e)
{
	size_t kind_len = strlen(j->kind);
	char head[JOB_HEAD + PLAIN_KIND_MAX] = "J";

	if (kind_len > PLAIN_KIND_MAX)
		return err_set(e, ERR_LIMIT, "kind of %zu bytes", kind_len);
	put(head + 1, j->seq, 4);
	put(head + JOB_AT_TIMEOUT, (uint64_t)j->timeout_ms, 8);
	memcpy(head + JOB_AT_ID, j->id, ID_LEN);
	memcpy(head + JOB_AT_TOKEN, j->token, ID_LEN);
	head[JOB_AT_KIND] = (char)kind_len;
	memcpy(head + JOB_HEAD, j->kind, kind_len);
	return frame_add_body(f, head, JOB_HEAD + kind_len, j->spec, j->spec_len, e);
}

int
plain_done_add(struct frame_io *f, const struct plain_done *d, struct err *e)
{
	char body[DONE_LEN] = "D";

	put(body + 1, d->seq, 4);
	put(body + 5, (uint64_t)d->wall_us, 8);
	put(body + 13, (uint64_t)d->cpu_us, 8);
	return frame_add_body(f, body, sizeof(body), NULL, 0, e);
}

int
plain_job_read(struct plain_job *j, const char *body, size_t len, struct err *e)
{
	size_t kind_len;

	if (len < JOB_HEAD || body[0] != 'J')
		return err_set(e, ERR_PROTO, "not a job record");
	kind_len = (uint8_t)body[JOB_AT_KIND];
	if (kind_len == 0 || kind_len > PLAIN_KIND_MAX || kind_len > len - JOB_HEAD ||
	    memchr(body + JOB_HEAD, '\0', kind_len) != NULL)
		return err_set(e, ERR_PROTO, "job record: kind");
	j->seq = (uint32_t)get(body + 1, 4);
	j->timeout_ms = (int64_t)get(body + JOB_AT_TIMEOUT, 8);
	if (j->seq == 0 || j->seq > PLAIN_SEQ_MAX)
		return err_set(e, ERR_PROTO, "job record: seq");
	if (j->timeout_ms < 1)
		return err_set(e, ERR_PROTO, "job record: timeout_ms");
	memcpy(j->id, body + JOB_AT_ID, ID_LEN);
	j->id[ID_LEN] = '\0';
	memcpy(j->token, body + JOB_AT_TOKEN, ID_LEN);
	j->token[ID_LEN] = '\0';
	memcpy(j->kind, body + JOB_HEAD, kind_len);
	j->kind[kind_len] = '\0';
	j->spec = body + JOB_HEAD + kind_len;
	j->spec_len = len - JOB_HEAD - kind_len;
	return 0;
}

int
plain_done_read(struct plain_done *d, const char *body, size_t len, struct err *e)
{
	if (len != DONE_LEN || body[0] != 'D')
		return err_set(e, ERR_PROTO, "not a done record");
	d->seq = (uint32_t)get(body + 1, 4);
	d->wall_us = (int64_t)get(body + 5, 8);
	d->cpu_us = (int64_t)get(body + 13, 8);
	if (d->wall_us < 0 || d->cpu_us < 0)
		return err_set(e, ERR_PROTO, "done record: times");
	return 0;
}
