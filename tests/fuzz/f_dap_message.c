/*
 * DAP messages of both profiles: the first byte is a letter that says which
 * message, upper case of 18.  What is read is written again, the same; what is
 * refused says why.  The letters behind the messages are media types, report
 * errors and problem documents.
 * Reaches: lib/dap/batch.c lib/dap/collect.c lib/dap/extensions.c lib/dap/hpke_config.c lib/dap/job.c lib/dap/problem.c
 * lib/dap/profile.c lib/dap/report.c lib/dap/wire.c
 */
#include <ctype.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../dapmessages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
message(enum message m, const struct dap_profile *p, struct dap_slice in)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT;
	struct dap_fault f = DAP_FAULT_INIT;

	switch (messages[m].again(&out, p, in, &f)) {
	case 0:
		if (out.failed || out.len != in.n || (in.n > 0 && memcmp(out.data, in.p, in.n) != 0))
			abort();
		break;
	case -1:
		if (f.word == DAP_WORD_NONE || f.what[0] == '\0')
			abort();
		dap_problem_put(&out, p, &f, NULL, "request");
		if (out.failed)
			abort();
		break;
	}
}

/* type: no text of a header is two media types. */
static void
type(const struct dap_profile *p, const char *text)
{
	unsigned n = 0;

	for (unsigned m = 0; m < DAP_MEDIA_MAX; m++)
		n += dap_media_is(p, m, text);
	if (n > 1)
		abort();
}

/* problem: what a peer says becomes a word and printable text. */
static void
problem(struct dap_slice in)
{
	struct dap_fault f = DAP_FAULT_INIT;

	dap_problem_read(&f, (const char *)in.p, in.n, 400);
	if (f.word == DAP_WORD_NONE || f.word >= DAP_WORD_MAX)
		abort();
	for (const char *c = f.what; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct dap_profile *p;
	unsigned letter;
	char text[256] = "";

	if (size == 0 || !isalpha(data[0]))
		return 0;
	p = isupper(data[0]) ? &dap_18 : &dap_09;
	letter = (unsigned)(tolower(data[0]) - 'a');
	if (letter < M_MAX) {
		message(letter, p, dap_slice(data + 1, size - 1));
	} else if (letter == M_MAX && size < sizeof(text)) {
		memcpy(text, data + 1, size - 1);
		type(p, text);
	} else if (letter == M_MAX + 1) {
		problem(dap_slice(data + 1, size - 1));
	}
	return 0;
}
