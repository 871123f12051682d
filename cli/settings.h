#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H
#include <stddef.h>
#include "../lib/base/err.h"
#include "args.h"
/*
 * Which node, and who we are: flags, else DARKROOM_* in the environment, else
 * $XDG_CONFIG_HOME/darkroom/config as `darkroom login` wrote it.  Secrets are
 * named by path only.
 */
#define SETTING_MAX 4096	/* bytes of one value */
enum setting { SET_URL, SET_KEY_FILE, SET_TOKEN_FILE, SET_SPENDER, SET_CA_FILE, SET_MAX };
struct settings {
	char	*value[SET_MAX];	/* NULL: not given */
};
#define SETTINGS_INIT { { NULL } }
extern const struct opt settings_opts[];	/* the flags */

/* settings_load(out, a, e): a may lack any of them.  ERR_CONFIG names a bad line. */
int settings_load(struct settings *out, const struct args *a, struct err *e);
void settings_release(struct settings *s);
/* settings_save(s, path, path_max, e): write url, key_file, token_file,
 * spender and ca_file (paths made absolute) to the config file, 0600, in one
 * rename; path gets its name. */
int settings_save(const struct settings *s, char *path, size_t path_max, struct err *e);
#endif
