/*
 * dap task, dap keygen: what two operators, a collector and clients agree on,
 * made once and written as one file a party.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/rand.h"
#include "../lib/crypt/hpke/hpke.h"
#include "commands.h"
#include "dapfile.h"

#define TOKEN_BYTES	32
#define KEY_ID		1

const struct opt dap_task_opts[] = {
	{ "out", "DIR", false, "make the files of all parties in a new folder" },
	{ .name = NULL },
};
const struct opt dap_keygen_opts[] = {
	{ "id", "N", false, "number of the configuration, 0..255 (1)" },
	{ "aead", "NAME", false, "aes128gcm or chacha20poly1305 (aes128gcm)" },
	{ .name = NULL },
};

static int
aead_named(const char *name, uint16_t *out, struct err *e)
{
	static const struct { const char *name; uint16_t id; } aeads[] = {
		{ "aes128gcm", HPKE_AEAD_AES128GCM }, { "chacha20poly1305", HPKE_AEAD_CHACHA20POLY1305 },
	};

	for (size_t i = 0; i < sizeof(aeads) / sizeof(aeads[0]); i++) {
		if (strcmp(aeads[i].name, name) != 0)
			continue;
		*out = aeads[i].id;
		return 0;
	}
	return err_set(e, ERR_CONFIG, "--aead must be aes128gcm or chacha20poly1305");
}

int
c_dap_keygen(struct cli *c, const struct args *a, struct err *e)
{
	CLEANUP(dapkey_release) struct dapkey k = DAPKEY_INIT;
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	char config[B64_LEN(DAP_HPKE_CONFIG_MAX)];
	uint16_t aead = HPKE_AEAD_AES128GCM;
	const char *name = args_str(a, "aead");
	int64_t id = KEY_ID;

	if (args_i64(a, "id", 0, 255, &id, e) == -1 || (name != NULL && aead_named(name, &aead, e) == -1) ||
	    dapkey_make(&k, (uint8_t)id, aead, e) == -1 || dapkey_write(&k, AT_FDCWD, a->pos[0], e) == -1)
		return -1;
	dapkey_config_text(&k, config);
	json_add_str(o, "collector_hpke_config", config);
	if (c->json)
		cli_json(o);
	else
		puts(config);
	return EXIT_DONE;
}

/* random_b64u: a member of n random bytes, unless the description has it. */
static void
random_b64u(struct json_object *o, const char *key, size_t n)
{
	uint8_t bytes[DAP_TASK_ID];
	char text[B64_LEN(DAP_TASK_ID)];

	if (json_object_object_get(o, key) != NULL)
		return;
	rand_bytes(bytes, n);
	b64url_encode(text, bytes, n);
	json_add_str(o, key, text);
	explicit_bzero(bytes, sizeof(bytes));
	explicit_bzero(text, sizeof(text));
}

/* complete: what a description may leave out; a key is made when it names no collector's. */
static int
complete(struct json_object *o, struct dapkey *k, struct err *e)
{
	const struct dap_profile *p;
	const char *profile;
	char config[B64_LEN(DAP_HPKE_CONFIG_MAX)];

	if (json_get_str(o, "profile", 1, 8, &profile, e) == -1)
		return -1;
	if ((p = dap_profile_of(profile)) == NULL)
		return err_set(e, ERR_VALIDATION, "profile: must be 09 or 18");
	if (json_object_object_get(o, "role") != NULL)
		return err_set(e, ERR_VALIDATION, "role: a description of a task for all has none");
	random_b64u(o, "task_id", DAP_TASK_ID);
	random_b64u(o, "verify_key", p->verify_key_bytes);
	random_b64u(o, "leader_token", TOKEN_BYTES);
	random_b64u(o, "collector_token", TOKEN_BYTES);
	if (json_object_object_get(o, "collector_hpke_config") != NULL)
		return 0;
	if (dapkey_make(k, KEY_ID, HPKE_AEAD_AES128GCM, e) == -1)
		return -1;
	dapkey_config_text(k, config);
	json_add_str(o, "collector_hpke_config", config);
	return 0;
}

/* Who gets which of the secrets. */
static const struct {
	enum dap_role role;
	const char *file;
	const char *keys[4];
} parties[] = {
	{ DAP_LEADER, "leader.json", { "verify_key", "leader_token", "collector_token", NULL } },
	{ DAP_HELPER, "helper.json", { "verify_key", "leader_token", NULL } },
	{ DAP_COLLECTOR, "collector.json", { "collector_token", NULL } },
	{ DAP_CLIENT, "client.json", { NULL } },
};

/* write_party: the task as one party needs it. */
static int
write_party(const struct dap_task *leader, struct json_object *all, size_t i, int dir, struct err *e)
{
	struct dap_task mine = *leader;
	CLEANUP(json_put) struct json_object *o = NULL;
	int status;

	mine.role = parties[i].role;
	o = dap_task_json(&mine);
	for (const char *const *key = parties[i].keys; *key != NULL; key++)
		json_add_str(o, *key, json_object_get_string(json_object_object_get(all, *key)));
	status = dapfile_write(dir, parties[i].file, o, e);
	dap_task_forget(o);
	return status;
}

/* make_files: a new folder that is there with all files, or not at all. */
static int
make_files(const struct dap_task *t, struct json_object *all, const struct dapkey *k, const char *out, struct err *e)
{
	CLEANUP(buf_release) struct buf part = BUF_INIT;
	CLEANUP(cleanup_close) int dir = -1;

	buf_addf(&part, "%s.part", out);
	if (access(out, F_OK) == 0)
		return err_set(e, ERR_CONFIG, "%s: is there already", out);
	if (mkdir(part.data, 0700) == -1 ||
	    (dir = open(part.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return err_set(e, ERR_CONFIG, "cannot make %s: %s", part.data, strerror(errno));
	for (size_t i = 0; i < sizeof(parties) / sizeof(parties[0]); i++)
		if (write_party(t, all, i, dir, e) == -1)
			return -1;
	if (k->config_len > 0 && dapkey_write(k, dir, "collector.key", e) == -1)
		return -1;
	if (fsync(dir) == -1 || rename(part.data, out) == -1)
		return err_sys(e, "cannot make %s", out);
	return 0;
}

/* derive: the files of all parties from one description. */
static int
derive(struct dap_task *t, const char *path, const char *out, struct err *e)
{
	CLEANUP(dap_task_secrets_release) struct dap_task_secrets s = DAP_TASK_SECRETS_INIT;
	CLEANUP(dapkey_release) struct dapkey k = DAPKEY_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	int status;

	if (dapfile_object(&o, path, e) == -1)
		return -1;
	status = complete(o, &k, e);
	if (status == 0) {
		json_add_str(o, "role", dap_role_word(DAP_LEADER));	/* who has all of it */
		status = dap_task_parse(t, &s, DAP_ROLES(DAP_LEADER), o, e);
	}
	if (status == -1)
		err_wrap(e, "%s", path);
	else
		status = make_files(t, o, &k, out, e);
	dap_task_forget(o);
	return status;
}

int
c_dap_task(struct cli *c, const struct args *a, struct err *e)
{
	const unsigned any = DAP_NODE_ROLES | DAP_ROLES(DAP_CLIENT);
	CLEANUP(dap_task_secrets_release) struct dap_task_secrets s = DAP_TASK_SECRETS_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	const char *out = args_str(a, "out");
	struct dap_task t;

	if ((out != NULL ? derive(&t, a->pos[0], out, e) : dapfile_task(&t, &s, any, a->pos[0], e)) == -1)
		return -1;
	o = dap_task_json(&t);
	if (out != NULL)
		json_object_object_del(o, "role");
	if (c->json)
		cli_json(o);
	else
		puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	return EXIT_DONE;
}
