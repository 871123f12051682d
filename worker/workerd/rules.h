#ifndef WORKERD_RULES_H
#define WORKERD_RULES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../../lib/base/conf.h"
#include "../../lib/base/err.h"
#include "../../lib/blob/store.h"
#include "../../lib/proc/libexec.h"
#include "share.h"
/*
 * The settings of conf_workerd in the form that the parts use.  Strings are
 * borrowed from the conf or point into own buffers.
 */
#define RULES_IMAGES_MAX	16
#define RULES_NAME_MAX		64
enum { RULES_LIGHT, RULES_HEAVY, RULES_IDLE, RULES_AGG, RULES_AGG_PEER, RULES_SHARES };
struct rules {
	const struct conf *conf;
	const char *conf_file;		/* NULL: none was named */
	const char *database, *instance, *log_level;
	char	libexec_dir[LIBEXEC_MAX];
	const char *ipfs_api, *evm_rpc_file, *prio_dir;	/* "": none */
	const char *agg_ca_file;	/* "": the system's */
	const char *node_key_file, *node_key_other_file, *result_public_file;	/* "": no lane of forks is served */
	const char *blob_dir, *spool_dir, *cache_dir, *image_dir;
	size_t	n_images;		/* the first is the default image */
	char	images[RULES_IMAGES_MAX][RULES_NAME_MAX + 1];
	bool	compute, light, maint, net, prio;	/* lanes served */
	bool	cred_light, cred_heavy, cred_idle;
	bool	agg, agg_peer, agg_house;
	struct share shares[RULES_SHARES];	/* of lanes whose jobs run in forks */
	int	pool_size, pool_min, pool_max, light_size, net_size;
	int64_t	acquire_timeout_ms, start_timeout_ms, shrink_ms, grace_ms;
	int64_t	canary_ms, poll_ms;
	int64_t	container_jobs_max;
	int64_t	memory_reserve_bytes;
	int64_t	cache_max_bytes;
	const struct store *store;	/* of blob_store */
	bool	carries;		/* darkroom-blob moves results there: it is no folder of this host */
	int64_t	inline_bytes;		/* a file up to this goes into PostgreSQL */
};
/* rules_read: 0, or -1 with ERR_CONFIG naming the setting. */
int rules_read(struct rules *r, const struct conf *c, const char *conf_file,
    struct err *e);
#endif
