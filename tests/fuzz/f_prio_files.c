/*
 * What a server of prio1 reads of others: a manifest, a ping, a page of a list, the
 * names in them.  What is taken can be written and read again.
 * Reaches: lib/prio1/manifest.c lib/prio1/ping.c lib/prio1/tree.c lib/blob/s3_list.c
 */
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/blob/s3.h"
#include "../../lib/prio1/manifest.h"
#include "../../lib/prio1/ping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_manifest(const char *p, size_t n)
{
	CLEANUP(prio_manifest_release) struct prio_manifest m = PRIO_MANIFEST_INIT, again = PRIO_MANIFEST_INIT;
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(PRIO_MANIFEST_MAX);
	struct err e = ERR_INIT;

	if (prio_manifest_parse(&m, p, n, &e) == -1)
		return;
	for (size_t i = 0; i < m.n_parts; i++)
		if (!prio_is_part(m.parts[i].name) || prio_manifest_find(&m, m.parts[i].name) != &m.parts[i])
			abort();
	prio_manifest_write(&b, &m);
	if (b.failed)
		return;		/* escapes made it longer than it may be */
	if (prio_manifest_parse(&again, b.data, b.len, &e) == -1 || again.n_parts != m.n_parts ||
	    prio_sets_agree(&m.set, &again.set, &e) == -1 || prio_manifest_meant(&again, m.run, m.stage, m.batch_id, m.server, &e) == -1)
		abort();
}

static void
try_ping(const char *p, size_t n)
{
	CLEANUP(prio_ping_release) struct prio_ping g = PRIO_PING_INIT;
	CLEANUP(buf_release) struct buf name = BUF_INIT_MAX(PRIO_NAME_MAX - 1);
	struct err e = ERR_INIT;

	if (prio_ping_parse(&g, p, n, &e) == -1)
		return;
	if (g.n > PRIO_SHARES_MAX || *g.id == '\0')
		abort();
	for (size_t i = 0; i < g.n; i++) {
		buf_reset(&name);
		prio_encode_name(&name, g.share[i].batch_id);
		if (!name.failed && (strchr(name.data, '/') != NULL || name.data[0] == '.'))
			abort();
		if (strlen(g.share[i].a) % 4 != 0 || strlen(g.share[i].b) % 4 != 0)
			abort();
	}
}

static int
named(void *arg, const char *name, int64_t size, struct err *e)
{
	(void)e;
	++*(int *)arg;
	if (*name == '\0' || size < 0)
		abort();
	return 0;
}

static void
try_list(const char *p, size_t n)
{
	char last[256] = "";
	struct err e = ERR_INIT;
	bool more;
	int count = 0;

	if (s3_list_page(p, n, last, sizeof(last), &more, named, &count, &e) == 0 && (count > 0) != (*last != '\0'))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_manifest((const char *)data, size);
	try_ping((const char *)data, size);
	try_list((const char *)data, size);
	return 0;
}
