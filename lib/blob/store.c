#include "store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "../db/db.h"

static const struct store *const stores[] = { &store_dir, &store_s3, &store_rows };

const struct store *
store_find(const char *name)
{
	for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++)
		if (strcmp(stores[i]->name, name) == 0)
			return stores[i];
	return NULL;
}

const struct store *
store_chosen(const struct conf *c, struct err *e)
{
	const char *word = conf_str(c, "blob_store");

	for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++)
		if (strcmp(stores[i]->setting, word) == 0)
			return stores[i]->config == NULL || stores[i]->config(c, e) == 0 ? stores[i] : NULL;
	err_set(e, ERR_CONFIG, "blob_store: folder, s3 or postgres is expected");
	return NULL;
}

PGconn *
store_db(struct store_set *s, struct err *e)
{
	if (s->db == NULL) {
		if (db_connect_sync(&s->db, conf_str(s->conf, "database"), e) == -1)
			return NULL;
		db_drop_notices(s->db);
	}
	return s->db;
}

struct s3 *
store_client(struct store_set *s, struct err *e)
{
	if (s->s3 == NULL && s3_open(&s->s3, s->conf, e) == -1)
		return NULL;
	return s->s3;
}

void
store_set_release(struct store_set *s)
{
	pgconn_finish(&s->db);
	s3_close(s->s3);
	s->s3 = NULL;
}

int
store_place(struct store_set *s, const char *name, struct store_blob *b, struct err *e)
{
	CLEANUP(pgres_clear) PGresult *r = NULL;
	PGconn *db = store_db(s, e);
	uint8_t sha[SHA256_LEN];
	char size[24];
	const char *place;

	if (db == NULL)
		return -1;
	if (hex_decode(sha, sizeof(sha), b->sha256, strlen(b->sha256)) != (ssize_t)sizeof(sha))
		return err_set(e, ERR_PROTO, "sha256 of a blob");
	snprintf(size, sizeof(size), "%" PRId64, b->size);
	if (db_call_sync(db, &r, ST_BLOB_COMING, (const struct db_param[]){ P_TEXT(name), P_BYTES(sha, sizeof(sha)),
	    P_TEXT(size) }, 3, false, e) == -1)
		return -1;
	place = row_text(r, 0, "place");
	if (place == NULL || strlen(place) != sizeof(b->place) - 1)
		return err_set(e, ERR_PROTO, "the database gave no place");
	memcpy(b->place, place, sizeof(b->place));
	return 0;
}
