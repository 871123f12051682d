/*
 * What the process of a credential job makes of workerd's word: the job, its
 * secrets, and the answers to two questions.  Any bytes, as frames that 0x1e ends.
 * Reaches: worker/exec/fork/fork_job.c worker/exec/fork/fork.c worker/exec/credential/cred.c
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/base/json.h"
#include "../../worker/exec/credential/cred.h"
#include "../../worker/exec/fork/fork_job.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX	16384u

static void
say(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		const uint8_t *end = memchr(p, 0x1e, n);
		size_t len = end != NULL ? (size_t)(end - p) : n;
		const uint8_t head[4] = { 0, 0, (uint8_t)(len >> 8), (uint8_t)len };

		if (write(fd, head, sizeof(head)) != (ssize_t)sizeof(head) || write(fd, p, len) != (ssize_t)len)
			abort();
		p += len + (end != NULL);
		n -= len + (end != NULL);
	}
}

static void
run(struct fork_job *j)
{
	struct err e = ERR_INIT;
	const struct wallet_keys *keys;

	if (fork_job_wait(j, &e) != 1)
		return;
	if (fork_job_id(j) == NULL || fork_args(j) == NULL || fork_secrets(j) == NULL)
		abort();
	for (int i = 0; i < 2; i++) {
		struct json_object *value = NULL, *opened = NULL;

		if (fork_ask(j, "record_get", NULL, &value, &opened, &e) == -1)
			break;
		json_put(&value);
		json_put(&opened);
	}
	if (cred_wallet(j) != NULL && cred_wallet_keys(j, &keys, &e) == 0)
		abort();	/* that would be a forgery */
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fork_job j;
	int sv[2];

	if (size < 2 || size > INPUT_MAX || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) == -1)
		return 0;
	say(sv[1], data, size);
	shutdown(sv[1], SHUT_WR);
	fork_job_init(&j, sv[0]);
	run(&j);
	json_put(&j.frame);
	json_put(&j.secrets);
	json_put(&j.writes);
	json_put(&j.files);
	cred_forget(&j);
	frame_release(&j.io);
	close(sv[0]);
	close(sv[1]);
	return 0;
}
