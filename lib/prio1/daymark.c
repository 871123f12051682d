#include "daymark.h"

#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "partition.h"
#include "tree.h"

#define BUCKET_ID	"prio/v1/_BUCKET_ID"
#define MARKER_MAX	(64 + PRIO_PARTITION_BATCHES * (3 * PRIO_BATCH_MAX + 1))	/* bytes */
#define NAME_BYTES	256	/* of an object below a day's folder */

int
prio_bucket_id(struct prio_store *s, char out[SHA256_HEX], struct err *e)
{
	CLEANUP(buf_release) struct buf id = BUF_INIT_MAX(SHA256_HEX);
	int rc = prio_head(s, BUCKET_ID, NULL, e);

	/* two processes at once write the same */
	if (rc == -1 || (rc == 0 && prio_put_bytes(s, BUCKET_ID, prio_store_ident(s), SHA256_HEX - 1, e) == -1) ||
	    prio_slurp(s, BUCKET_ID, SHA256_HEX - 1, &id, e) == -1)
		return -1;
	if (id.len != SHA256_HEX - 1 || strspn(id.data, "0123456789abcdef") != SHA256_HEX - 1)
		return err_set(e, ERR_CONFIG, "%s of the bucket: 64 hexadecimal digits are expected", BUCKET_ID);
	memcpy(out, id.data, SHA256_HEX);
	return 0;
}

/* ---- the marker of a day ------------------------------------------------ */

/* add_line: "batch <id>", percent-encoded, as in the folders' names. */
static void
add_line(struct buf *b, const char *batch_id)
{
	buf_adds(b, "batch ");
	prio_encode_name(b, batch_id);
	buf_addc(b, '\n');
}

int
prio_day_made(struct prio_store *s, const char *folder, const char *const *batches, size_t n, int64_t turned_away, struct err *e)
{
	CLEANUP(buf_release) struct buf says = BUF_INIT_MAX(MARKER_MAX);
	char name[NAME_BYTES];

	snprintf(name, sizeof(name), "%s/%s", folder, PRIO_MARKER);
	if (batches == NULL)
		buf_adds(&says, turned_away == 0 ? "any\n" : "some\n");
	for (size_t i = 0; i < n; i++)
		add_line(&says, batches[i]);
	if (says.failed)
		return err_set(e, ERR_LIMIT, "batch: their names are more than %d bytes", MARKER_MAX);
	return prio_put_bytes(s, name, says.data, says.len, e);
}

/* has_line: does the text have it, as a whole line? */
static bool
has_line(const struct buf *says, const char *batch_id)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT;

	buf_addc(&text, '\n');
	add_line(&text, batch_id);
	if (says->len >= text.len - 1 && memcmp(says->data, text.data + 1, text.len - 1) == 0)
		return true;
	return says->len > 0 && strstr(says->data, text.data) != NULL;
}

static int
count(void *arg, const char *name, int64_t size, struct err *e)
{
	(void)name;
	(void)size;
	(void)e;
	(*(size_t *)arg)++;
	return 0;
}

/* covers: 1, 0, -1.  Where records were turned away, a batch was looked for if it has parts. */
static int
covers(struct prio_store *s, const char *folder, const struct buf *says, const char *batch_id, struct err *e)
{
	CLEANUP(buf_release) struct buf prefix = BUF_INIT_MAX(PRIO_NAME_MAX - 1);
	size_t n = 0;

	if (strcmp(says->data, "some\n") != 0)
		return has_line(says, batch_id);
	buf_addf(&prefix, "%s/batch_id=", folder);
	prio_encode_name(&prefix, batch_id);
	buf_addc(&prefix, '/');
	if (prefix.failed)
		return 0;
	return prio_list(s, prefix.data, count, &n, e) == -1 ? -1 : n > 0;
}

int
prio_day_covers(struct prio_store *s, const char *folder, const char *const *batches, size_t n, struct err *e)
{
	CLEANUP(buf_release) struct buf says = BUF_INIT_MAX(MARKER_MAX);
	char name[NAME_BYTES];
	int rc;

	snprintf(name, sizeof(name), "%s/%s", folder, PRIO_MARKER);
	rc = prio_head(s, name, NULL, e);
	if (rc != 1)
		return rc;
	if (prio_slurp(s, name, MARKER_MAX, &says, e) == -1)
		return -1;
	if (says.len == 0)
		return PRIO_DAY_SILENT;
	if (strcmp(says.data, "any\n") == 0)
		return 1;
	if (batches == NULL)
		return 1;			/* nothing is delivered */
	for (size_t i = 0; i < n; i++) {
		rc = covers(s, folder, &says, batches[i], e);
		if (rc != 1)
			return rc == -1 ? -1 : err_set(e, ERR_CONFLICT, "batch: %s was not looked for when %s was made: "
			    "name all batches in the first call; to make it anew, remove that folder and what servers were given of it", batches[i], folder);
	}
	return 1;
}

/* ---- deliveries --------------------------------------------------------- */

static void
note_name(char out[NAME_BYTES], const char *word, const struct prio_gift *g)
{
	char whole[SHA256_HEX + PRIO_NAME_MAX + 1], hex[SHA256_HEX];

	snprintf(whole, sizeof(whole), "%s %s", prio_store_ident(g->ingest), g->marker);
	sha256_hex(hex, whole, strlen(whole));
	snprintf(out, NAME_BYTES, "%s/_%s.%s", g->folder, word, hex);
}

/* read_note: what it says, nothing when it is not there. */
static int
read_note(struct buf *says, const char *word, const struct prio_gift *g, struct err *e)
{
	struct err why = ERR_INIT;
	char name[NAME_BYTES];

	note_name(name, word, g);
	if (prio_slurp(g->bucket, name, MARKER_MAX, says, &why) == 0 || why.code == ERR_NOT_FOUND)
		return 0;
	if (e != NULL)
		*e = why;
	return -1;
}

/* says_all: 1, 0, -1. */
static int
says_all(const char *word, const struct prio_gift *g, struct err *e)
{
	CLEANUP(buf_release) struct buf says = BUF_INIT_MAX(MARKER_MAX);

	if (read_note(&says, word, g, e) == -1)
		return -1;
	for (size_t i = 0; i < g->n_batches; i++)
		if (!has_line(&says, g->batches[i]))
			return 0;
	return 1;
}

/* write_note: these batches, beside what it said before (more) or instead. */
static int
write_note(const char *word, const struct prio_gift *g, bool more, struct err *e)
{
	CLEANUP(buf_release) struct buf says = BUF_INIT_MAX(MARKER_MAX);
	char name[NAME_BYTES];

	if (more && read_note(&says, word, g, e) == -1)
		return -1;
	for (size_t i = 0; i < g->n_batches; i++)
		if (!has_line(&says, g->batches[i]))
			add_line(&says, g->batches[i]);
	if (says.failed)
		return err_set(e, ERR_LIMIT, "batch: their names are more than %d bytes", MARKER_MAX);
	note_name(name, word, g);
	return prio_put_bytes(g->bucket, name, says.data, says.len, e);
}

int
prio_day_given(const struct prio_gift *g, struct err *e)
{
	return says_all("GIVEN", g, e);
}

int
prio_day_giving(const struct prio_gift *g, struct err *e)
{
	return says_all("GIVING", g, e);
}

int
prio_day_begin(const struct prio_gift *g, struct err *e)
{
	return write_note("GIVING", g, false, e);
}

int
prio_day_give(const struct prio_gift *g, struct err *e)
{
	return write_note("GIVEN", g, true, e);
}
