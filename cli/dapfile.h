#ifndef CLI_DAPFILE_H
#define CLI_DAPFILE_H
#include "../lib/base/codec.h"
#include "../lib/dap/task.h"
/*
 * Files of the aggregate service: tasks, and the collector's key
 * {"config","private_key"}, both in base64url.
 */
/*
 * dapfile_task(t, s, roles, path, e): a task as dap_task_parse has it.  A file
 * that holds secrets must not be readable by others.  ERR_CONFIG or
 * ERR_VALIDATION, with the path.
 */
int dapfile_task(struct dap_task *t, struct dap_task_secrets *s, unsigned roles, const char *path, struct err *e);
/* dapfile_object(o, path, e): the JSON object in a file, the same way; the caller's
 * to forget and put. */
int dapfile_object(struct json_object **o, const char *path, struct err *e);

struct dapkey {
	struct secret secret;		/* HPKE_KEY bytes */
	uint8_t	config[DAP_HPKE_CONFIG_MAX];	/* an encoded HpkeConfig */
	size_t	config_len;
};
#define DAPKEY_INIT { .secret = SECRET_INIT }
void dapkey_release(struct dapkey *k);	/* safe on zeroed */
/* dapkey_make(k, id, aead, e): a new one. */
int dapkey_make(struct dapkey *k, uint8_t id, uint16_t aead, struct err *e);
/* dapkey_read(k, path, e): ERR_CONFIG when the two halves do not belong together. */
int dapkey_read(struct dapkey *k, const char *path, struct err *e);
void dapkey_config_text(const struct dapkey *k, char out[B64_LEN(DAP_HPKE_CONFIG_MAX)]);
/* dapkey_write(k, dir, name, e), dapfile_write(dir, name, o, e): a new file of
 * mode 0600, synced; dir is a descriptor or AT_FDCWD.  ERR_CONFIG: there is one. */
int dapkey_write(const struct dapkey *k, int dir, const char *name, struct err *e);
int dapfile_write(int dir, const char *name, struct json_object *o, struct err *e);
#endif
