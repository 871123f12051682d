#include "rules.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define N_LANES 11

/* next_word: the next comma-separated word of *p into out; 1, 0 at the end, -1 too long. */
static int
next_word(const char **p, char out[RULES_NAME_MAX + 1])
{
	size_t n;

	*p += strspn(*p, ", \t");
	n = strcspn(*p, ", \t");
	if (n > RULES_NAME_MAX)
		return -1;
	memcpy(out, *p, n);
	out[n] = '\0';
	*p += n;
	return n > 0;
}

/* An image's name becomes an argument of a program and part of a path. */
static bool
image_name_ok(const char *s)
{
	if (!isalnum((unsigned char)*s))
		return false;
	for (; *s != '\0'; s++)
		if (!isalnum((unsigned char)*s) && strchr("._-", *s) == NULL)
			return false;
	return true;
}

static int
read_images(struct rules *r, const char *text, struct err *e)
{
	char name[RULES_NAME_MAX + 1];
	int rc;

	r->n_images = 0;
	while ((rc = next_word(&text, name)) == 1) {
		if (!image_name_ok(name))
			return err_set(e, ERR_CONFIG, "images: %s is not a name", name);
		if (r->n_images == RULES_IMAGES_MAX)
			return err_set(e, ERR_CONFIG, "images: over %d", RULES_IMAGES_MAX);
		memcpy(r->images[r->n_images++], name, sizeof(name));
	}
	return rc == -1 ? err_set(e, ERR_CONFIG, "images: a name over %d bytes", RULES_NAME_MAX) : 0;
}

static int
read_lanes(struct rules *r, const char *text, struct err *e)
{
	const struct { const char *name; bool *flag; } known[N_LANES] = {
		{ "compute", &r->compute }, { "light", &r->light }, { "maint", &r->maint },
		{ "net", &r->net }, { "prio", &r->prio },
		{ "cred-light", &r->cred_light }, { "cred-heavy", &r->cred_heavy }, { "cred-idle", &r->cred_idle },
		{ "agg", &r->agg }, { "agg-peer", &r->agg_peer }, { "agg-house", &r->agg_house },
	};
	char name[RULES_NAME_MAX + 1];
	int rc;

	for (size_t i = 0; i < N_LANES; i++)
		*known[i].flag = false;
	while ((rc = next_word(&text, name)) == 1) {
		size_t i = 0;

		while (i < N_LANES && strcmp(known[i].name, name) != 0)
			i++;
		if (i == N_LANES)
			return err_set(e, ERR_CONFIG, "lanes: %s is none", name);
		*known[i].flag = true;
	}
	return rc == -1 ? err_set(e, ERR_CONFIG, "lanes: a name over %d bytes", RULES_NAME_MAX) : 0;
}

/* read_store: where results go; the folder's files are linked here, others are carried. */
static int
read_store(struct rules *r, struct err *e)
{
	r->store = store_chosen(r->conf, e);
	r->carries = r->store != &store_dir;
	return r->store == NULL ? -1 : 0;
}

static int
read_shares(struct rules *r, const struct conf *c, struct err *e)
{
	static const char *const settings[RULES_SHARES] = {
		[RULES_LIGHT] = "cred_light", [RULES_HEAVY] = "cred_heavy", [RULES_IDLE] = "cred_idle",
		[RULES_AGG] = "agg", [RULES_AGG_PEER] = "agg_peer",
	};

	for (size_t i = 0; i < RULES_SHARES; i++)
		if (share_read(&r->shares[i], settings[i], conf_str(c, settings[i]), e) == -1)
			return -1;
	return 0;
}

/* keyless: without both keys no secret of a request can be opened, and no private
 * result sealed. */
static bool
keyless(const struct rules *r)
{
	return r->node_key_file[0] == '\0' || r->result_public_file[0] == '\0';
}

static void
read_sizes(struct rules *r, const struct conf *c)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	r->pool_size = (int)conf_i64(c, "pool_size");
	r->pool_min = (int)conf_i64(c, "pool_min");
	r->pool_max = (int)conf_i64(c, "pool_max");
	r->light_size = (int)conf_i64(c, "light_size");
	r->net_size = (int)conf_i64(c, "net_size");
	if (r->pool_max == 0)
		r->pool_max = cpus > 0 ? (int)(2 * cpus) : 2;
	if (r->pool_max < r->pool_size)
		r->pool_max = r->pool_size;
	if (r->pool_min > r->pool_size)
		r->pool_min = r->pool_size;
}

int
rules_read(struct rules *r, const struct conf *c, const char *conf_file, struct err *e)
{
	struct rules n = {
		.conf = c, .conf_file = conf_file,
		.database = conf_str(c, "database"),
		.instance = conf_str(c, "instance"),
		.log_level = conf_str(c, "log_level"),
		.ipfs_api = conf_str(c, "ipfs_api"),
		.evm_rpc_file = conf_str(c, "evm_rpc_file"),
		.prio_dir = conf_str(c, "prio_dir"),
		.agg_ca_file = conf_str(c, "agg_ca_file"),
		.node_key_file = conf_str(c, "node_key_file"),
		.node_key_other_file = conf_str(c, "node_key_other_file"),
		.result_public_file = conf_str(c, "result_public_file"),
		.blob_dir = conf_str(c, "blob_dir"),
		.spool_dir = conf_str(c, "spool_dir"),
		.cache_dir = conf_str(c, "cache_dir"),
		.image_dir = conf_str(c, "image_dir"),
		.acquire_timeout_ms = conf_i64(c, "acquire_timeout_ms"),
		.start_timeout_ms = conf_i64(c, "start_timeout_ms"),
		.shrink_ms = conf_i64(c, "shrink_ms"),
		.grace_ms = conf_i64(c, "grace_ms"),
		.canary_ms = conf_i64(c, "canary_ms"),
		.poll_ms = conf_i64(c, "poll_ms"),
		.container_jobs_max = conf_i64(c, "container_jobs_max"),
		.memory_reserve_bytes = conf_i64(c, "memory_reserve_bytes"),
		.cache_max_bytes = conf_i64(c, "cache_max_bytes"),
		.inline_bytes = conf_i64(c, "blob_inline_bytes"),
	};

	if (read_images(&n, conf_str(c, "images"), e) == -1 ||
	    read_lanes(&n, conf_str(c, "lanes"), e) == -1 ||
	    libexec_dir(n.libexec_dir, conf_str(c, "libexec_dir"), e) == -1 ||
	    read_shares(&n, c, e) == -1 || read_store(&n, e) == -1)
		return -1;
	read_sizes(&n, c);
	if (n.n_images == 0)
		n.compute = false;
	if (keyless(&n))
		n.cred_light = n.cred_heavy = n.cred_idle = n.agg = n.agg_peer = false;
	*r = n;
	return 0;
}
