#include "dapfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "../lib/crypt/hpke/hpke.h"
#include "file.h"

#define TASK_MAX	65536	/* bytes of a task file */
#define KEY_MAX		4096

/* forget: what was read may have held secrets. */
static void
forget(struct buf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->cap);
	buf_release(b);
}

static bool
holds_secrets(struct json_object *o)
{
	return json_object_object_get(o, "verify_key") != NULL || json_object_object_get(o, "leader_token") != NULL ||
	    json_object_object_get(o, "collector_token") != NULL;
}

int
dapfile_object(struct json_object **out, const char *path, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	CLEANUP(forget) struct buf text = BUF_INIT;
	struct stat st;

	if (file_read(&text, path, TASK_MAX, e) == -1)
		return -1;
	if (json_parse(&o, text.data != NULL ? text.data : "", text.len, e) == -1)
		return err_wrap(e, "%s", path);
	if (!json_object_is_type(o, json_type_object))
		return err_set(e, ERR_CONFIG, "%s: an object is expected", path);
	if (holds_secrets(o) && stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) != 0) {
		dap_task_forget(o);
		return err_set(e, ERR_CONFIG, "%s: holds secrets and others may read it; mend with chmod 600", path);
	}
	*out = STEAL(o);
	return 0;
}

int
dapfile_task(struct dap_task *t, struct dap_task_secrets *s, unsigned roles, const char *path, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = NULL;
	int status;

	if (dapfile_object(&o, path, e) == -1)
		return -1;
	status = dap_task_parse(t, s, roles, o, e);
	dap_task_forget(o);
	return status == -1 ? err_wrap(e, "%s", path) : 0;
}

void
dapkey_release(struct dapkey *k)
{
	secret_release(&k->secret);
	k->config_len = 0;
}

int
dapkey_make(struct dapkey *k, uint8_t id, uint16_t aead, struct err *e)
{
	CLEANUP(dapkey_release) struct dapkey made = DAPKEY_INIT;
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(DAP_HPKE_CONFIG_MAX);
	uint8_t public[HPKE_KEY];

	if (x25519_make(&made.secret, public, e) == -1)
		return -1;
	dap_hpke_config_put(&b, &(struct dap_hpke_config){ .id = id, .kem = HPKE_KEM_X25519, .kdf = HPKE_KDF_SHA256,
	    .aead = aead, .public_key = dap_slice(public, sizeof(public)) });
	memcpy(made.config, b.data, b.len);
	made.config_len = b.len;
	*k = made;
	made = (struct dapkey)DAPKEY_INIT;
	return 0;
}

/* halves: config and private key from their JSON, and that they are one pair. */
static int
halves(struct dapkey *k, struct json_object *o, struct err *e)
{
	static const char *const known[] = { "config", "private_key", NULL };
	const char *config, *private;
	struct dap_hpke_config c;
	uint8_t public[HPKE_KEY];
	ssize_t n;

	if (json_known(o, known, e) == -1 || json_get_str(o, "config", 1, B64_LEN(DAP_HPKE_CONFIG_MAX), &config, e) == -1 ||
	    json_get_str(o, "private_key", 1, B64_LEN(HPKE_KEY), &private, e) == -1 ||
	    secret_alloc(&k->secret, HPKE_KEY, e) == -1)
		return -1;
	n = b64url_decode(k->config, sizeof(k->config), config, strlen(config));
	if (n == -1 || dap_hpke_config_read(&c, dap_slice(k->config, (size_t)n), NULL) == -1 ||
	    dap_hpke_config_pick(&c, 1) == NULL)
		return err_set(e, ERR_CONFIG, "config: is no HpkeConfig that we know");
	k->config_len = (size_t)n;
	if (b64url_decode(k->secret.p, k->secret.len, private, strlen(private)) != HPKE_KEY)
		return err_set(e, ERR_CONFIG, "private_key: must be base64url of %d bytes", HPKE_KEY);
	x25519_public(public, k->secret.p);
	if (memcmp(public, c.public_key.p, HPKE_KEY) != 0)
		return err_set(e, ERR_CONFIG, "private_key: is not that of config");
	return 0;
}

int
dapkey_read(struct dapkey *k, const char *path, struct err *e)
{
	CLEANUP(secret_release) struct secret text = SECRET_INIT;
	CLEANUP(dapkey_release) struct dapkey made = DAPKEY_INIT;
	CLEANUP(json_put) struct json_object *o = NULL;
	struct json_object *private;
	int status;

	if (secret_read_file(&text, path, KEY_MAX, e) == -1)
		return -1;
	if (json_parse(&o, (const char *)text.p, text.len, e) == -1)
		return err_wrap(e, "%s", path);
	status = halves(&made, o, e);
	private = json_object_object_get(o, "private_key");
	if (json_object_is_type(private, json_type_string))
		explicit_bzero((char *)(uintptr_t)json_object_get_string(private),
		    (size_t)json_object_get_string_len(private));
	if (status == -1)
		return err_wrap(e, "%s", path);
	*k = made;
	made = (struct dapkey)DAPKEY_INIT;
	return 0;
}

void
dapkey_config_text(const struct dapkey *k, char out[B64_LEN(DAP_HPKE_CONFIG_MAX)])
{
	b64url_encode(out, k->config, k->config_len);
}

/* write_new: all of it in a new file, or none. */
static int
write_new(int dir, const char *name, const char *text, size_t n, struct err *e)
{
	CLEANUP(cleanup_close) int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	size_t done = 0;

	if (fd == -1)
		return err_set(e, ERR_CONFIG, "cannot make %s: %s", name, strerror(errno));
	while (done < n) {
		ssize_t wrote = write(fd, text + done, n - done);

		if (wrote == -1 && errno == EINTR)
			continue;
		if (wrote == -1)
			break;
		done += (size_t)wrote;
	}
	if (done == n && fsync(fd) == 0)
		return 0;
	err_sys(e, "cannot write %s", name);
	unlinkat(dir, name, 0);
	return -1;
}

int
dapfile_write(int dir, const char *name, struct json_object *o, struct err *e)
{
	const char *json = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
	CLEANUP(forget) struct buf text = BUF_INIT;

	buf_adds(&text, json);
	buf_addc(&text, '\n');
	return write_new(dir, name, text.data, text.len, e);
}

int
dapkey_write(const struct dapkey *k, int dir, const char *name, struct err *e)
{
	char config[B64_LEN(DAP_HPKE_CONFIG_MAX)], private[B64_LEN(HPKE_KEY)];
	CLEANUP(forget) struct buf text = BUF_INIT;

	dapkey_config_text(k, config);
	b64url_encode(private, k->secret.p, k->secret.len);
	buf_addf(&text, "{\n  \"config\": \"%s\",\n  \"private_key\": \"%s\"\n}\n", config, private);
	explicit_bzero(private, sizeof(private));
	return write_new(dir, name, text.data, text.len, e);
}
