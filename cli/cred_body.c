#include "cred.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/base/json.h"
#include "file.h"
#include "key.h"

#define SECRET_TEXT_MAX	1024		/* bytes of a key, a seed */
#define FILE_MAX	(64u << 20)	/* of an object, a message */

struct form;
typedef int form_fn(struct json_object *body, const struct form *f, const char *value, struct err *e);
struct form {
	const char *opt;	/* option, or word of the command line */
	const char *member;
	form_fn	*take;
};

static int
take_text(struct json_object *body, const struct form *f, const char *value, struct err *e UNUSED)
{
	json_add_str(body, f->member, value);
	return 0;
}

static int
take_flag(struct json_object *body, const struct form *f, const char *value UNUSED, struct err *e UNUSED)
{
	json_add_bool(body, f->member, true);
	return 0;
}

static int
whole(const char *value, const char *opt, int64_t *out, struct err *e)
{
	char *end;

	errno = 0;
	*out = strtoll(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0')
		return err_set(e, ERR_CONFIG, "--%s: %.32s is no whole number", opt, value);
	return 0;
}

static int
take_int(struct json_object *body, const struct form *f, const char *value, struct err *e)
{
	int64_t v;

	if (whole(value, f->opt, &v, e) == -1)
		return -1;
	json_add_i64(body, f->member, v);
	return 0;
}

static struct json_object *
list_of(struct json_object *body, const char *member)
{
	struct json_object *list = NULL;

	if (!json_object_object_get_ex(body, member, &list)) {
		list = json_object_new_array();
		json_add(body, member, list);
	}
	return list;
}

static int
take_item(struct json_object *body, const struct form *f, const char *value, struct err *e UNUSED)
{
	json_object_array_add(list_of(body, f->member), json_object_new_string(value));
	return 0;
}

static int
take_index(struct json_object *body, const struct form *f, const char *value, struct err *e)
{
	int64_t v;

	if (whole(value, f->opt, &v, e) == -1)
		return -1;
	json_object_array_add(list_of(body, f->member), json_object_new_int64(v));
	return 0;
}

/* NAME=VALUE */
static int
take_pair(struct json_object *body, const struct form *f, const char *value, struct err *e)
{
	const char *eq = strchr(value, '=');
	struct json_object *map = NULL;
	char name[256];

	if (eq == NULL || eq == value || (size_t)(eq - value) >= sizeof(name))
		return err_set(e, ERR_CONFIG, "--%s %.64s: NAME=VALUE is expected", f->opt, value);
	memcpy(name, value, (size_t)(eq - value));
	name[eq - value] = '\0';
	if (!json_object_object_get_ex(body, f->member, &map)) {
		map = json_object_new_object();
		json_add(body, f->member, map);
	}
	json_add_str(map, name, eq + 1);
	return 0;
}

/* The object of a file.  What another command wrote is taken as it is: of
 * {"cred_def_id", "cred_def", "key_proof"} --cred-def is the second. */
static int
take_json(struct json_object *body, const struct form *f, const char *path, struct err *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(FILE_MAX);
	struct json_object *o = NULL, *inner = NULL;

	if (file_read(&text, path, FILE_MAX, e) == -1)
		return -1;
	if (json_parse(&o, text.data != NULL ? text.data : "", text.len, NULL) == -1)
		return err_set(e, ERR_CONFIG, "%s does not hold JSON", path);
	if (json_object_object_get_ex(o, f->member, &inner) && json_object_is_type(inner, json_type_object)) {
		json_add(body, f->member, json_object_get(inner));
		json_object_put(o);
	} else
		json_add(body, f->member, o);
	return 0;
}

/* Bytes of a file as base64. */
static int
take_bytes(struct json_object *body, const struct form *f, const char *path, struct err *e)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT_MAX(FILE_MAX);
	CLEANUP(cleanup_free) char *b64 = NULL;

	if (file_read(&bytes, path, FILE_MAX, e) == -1)
		return -1;
	b64 = malloc(B64_LEN(bytes.len));
	if (b64 == NULL)
		abort();
	b64_encode(b64, bytes.data, bytes.len);
	json_add_str(body, f->member, b64);
	return 0;
}

/* One line of a file without its end. */
static void
add_line(struct json_object *body, const char *member, const struct secret *s)
{
	size_t n = strcspn((const char *)s->p, "\r\n");

	json_add_strn(body, member, (const char *)s->p, n);
}

static int
take_secret(struct json_object *body, const struct form *f, const char *path, struct err *e)
{
	CLEANUP(secret_release) struct secret s = SECRET_INIT;

	if (key_secret_read(&s, path, SECRET_TEXT_MAX, e) == -1)
		return err_wrap(e, "--%s", f->opt);
	add_line(body, f->member, &s);
	return 0;
}

static int
take_value(struct json_object *body, const struct form *f, const char *path, struct err *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT_MAX(FILE_MAX);

	if (file_read(&text, path, FILE_MAX, e) == -1)
		return -1;
	json_add_strn(body, f->member, text.data != NULL ? text.data : "", text.len);
	return 0;
}

static const struct form forms[] = {
	{ "attr", "attr_names", take_item }, { "auto", "auto", take_flag }, { "bits", "bits", take_int },
	{ "cid", "cid", take_flag }, { "cred-def", "cred_def", take_json }, { "cred-defs", "cred_defs", take_json },
	{ "credential", "credential", take_json }, { "crypto-type", "crypto_type", take_text }, { "cursor", "cursor", take_text },
	{ "definition", "cred_def_id", take_text }, { "did", "did", take_text }, { "entropy-from", "entropy", take_secret },
	{ "envelope", "envelope", take_json }, { "export-key-from", "export_key", take_secret }, { "index", "indices", take_index },
	{ "issuance", "issuance", take_text }, { "issuer", "issuer_id", take_text },
	{ "key-from", "key", take_secret }, { "label", "tags", take_pair }, { "legacy-revocation", "legacy_revocation", take_flag },
	{ "limit", "limit", take_int }, { "link-secret", "link_secret", take_text }, { "message", "message", take_bytes },
	{ "method", "method", take_text }, { "method-name", "method_name", take_text }, { "name", "name", take_text },
	{ "new-key-from", "new_key", take_secret }, { "new-method", "new_method", take_text }, { "offer", "offer", take_json },
	{ "old-state", "old_state", take_json }, { "old-status-list", "old_status_list", take_json },
	{ "presentation", "presentation", take_json }, { "prover-did", "prover_did", take_text }, { "query", "query", take_json },
	{ "registry", "registry", take_text }, { "registry-size", "max_cred_num", take_int }, { "request", "request", take_json },
	{ "rev-index", "index", take_int }, { "rev-reg-def", "rev_reg_def", take_json }, { "rev-reg-defs", "rev_reg_defs", take_json },
	{ "revocable", "support_revocation", take_flag }, { "schema", "schema", take_json }, { "schemas", "schemas", take_json },
	{ "secret-from", "value", take_secret }, { "seed-from", "seed", take_secret }, { "selection", "selection", take_json }, { "self-attested", "self_attested", take_json },
	{ "sender", "sender", take_text }, { "signature", "signature", take_text }, { "states", "states", take_json },
	{ "status-list", "status_list", take_json }, { "status-lists", "status_lists", take_json }, { "tag", "tag", take_text },
	{ "tails", "tails", take_text }, { "tails-location", "tails_location", take_text }, { "timestamp", "timestamp", take_int },
	{ "to", "recipients", take_item }, { "ttl", "ttl_s", take_int }, { "type", "type", take_text },
	{ "value-from", "value", take_value }, { "values", "values", take_json }, { "verkey", "verkey", take_text },
	{ "version", "version", take_text }, { "wallet", "wallet", take_text }, { "wallet-name", "id", take_text },
};

static const struct form *
form_of(const char *opt)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i].opt, opt) == 0)
			return &forms[i];
	return NULL;
}

/* A line from the terminal that it does not show; without one the option is needed. */
static int
ask(struct json_object *body, const struct form *f, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	CLEANUP(secret_release) struct secret line = SECRET_INIT;
	struct termios shown, hidden;
	ssize_t n;

	if (fd == -1 || tcgetattr(fd, &shown) == -1)
		return err_set(e, ERR_CONFIG, "--%s FILE is needed: there is no terminal to ask at", f->opt);
	if (secret_alloc(&line, SECRET_TEXT_MAX + 1, e) == -1)
		return -1;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	dprintf(fd, "%s: ", f->member);
	tcsetattr(fd, TCSAFLUSH, &hidden);
	n = read(fd, line.p, SECRET_TEXT_MAX);		/* a terminal gives a line */
	tcsetattr(fd, TCSAFLUSH, &shown);
	dprintf(fd, "\n");
	if (n <= 1)
		return err_set(e, ERR_CONFIG, "no %s was given", f->member);
	add_line(body, f->member, &line);
	return 0;
}

/* A managed wallet has its key from the node. */
static bool
is_needed(const char *opt, const struct args *a)
{
	const char *method = args_str(a, strcmp(opt, "new-key-from") == 0 ? "new-method" : "method");

	return strcmp(opt, "export-key-from") == 0 || method == NULL || strcmp(method, "managed") != 0;
}

int
cred_body(struct json_object *body, const struct cred_cmd *cmd, const struct args *a, size_t first, struct err *e)
{
	const struct form *f;

	for (size_t i = 0; i < 3 && cmd->words[i] != NULL && first + i < a->n_pos; i++) {
		f = form_of(cmd->words[i]);
		if (f->take(body, f, a->pos[first + i], e) == -1)
			return -1;
	}
	for (size_t i = 0; i < a->n_set; i++) {
		f = form_of(a->set[i].opt->name);
		if (f != NULL && f->take(body, f, a->set[i].value, e) == -1)
			return -1;
	}
	if (cmd->ask != NULL && args_str(a, cmd->ask) == NULL && is_needed(cmd->ask, a))
		return ask(body, form_of(cmd->ask), e);
	return 0;
}
