/* Commands of wallets and credentials: each has its route, and what stands on the line becomes the body. */
#include <fcntl.h>
#include <unistd.h>
#include "../tap.h"
#include "../../cli/command.h"
#include "../../cli/commands.h"
#include "../../cli/cred.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"

static const struct cred_cmd *
cmd_named(const char *name)
{
	for (const struct cred_cmd *c = cred_cmds; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static size_t
count(const char *s, char c)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += *s == c;
	return n;
}

static void
test_every_command_has_a_route(void)
{
	for (const struct command *cmd = command_table; cmd->name != NULL; cmd++) {
		const struct cred_cmd *c = cmd_named(cmd->name);
		size_t words = 0;

		if (cmd->run != c_credential && cmd->run != c_wallet_export && cmd->run != c_wallet_import)
			continue;
		if (!ok(c != NULL, "%s has a route", cmd->name))
			continue;
		while (words < 3 && c->words[words] != NULL)
			words++;
		ok(cmd->min_pos >= count(c->path, '%'), "%s: the path's words are there", cmd->name);
		if (cmd->run == c_credential)
			ok(cmd->max_pos == count(c->path, '%') + words, "%s: and no word is for nothing", cmd->name);
	}
}

static const struct opt *
opt_named(const struct opt *o, const char *name)
{
	while (o->name != NULL && strcmp(o->name, name) != 0)
		o++;
	return o->name != NULL ? o : NULL;
}

static void
set(struct args *a, const struct opt *opts, const char *name, const char *value)
{
	a->set[a->n_set].opt = opt_named(opts, name);
	a->set[a->n_set++].value = value;
	ok(a->set[a->n_set - 1].opt != NULL, "--%s is an option of it", name);
}

static void
body_is(const char *name, const struct args *a, size_t first, const char *want)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	struct err e = ERR_INIT;

	is_int(cred_body(body, cmd_named(name), a, first, &e), 0, "%s: %s", name, e.msg);
	is_str(json_text(body), want, "its body");
}

static void
test_bodies(void)
{
	struct args a = { .n_pos = 2, .pos = { "degree", "1.0" } };
	char path[] = "/tmp/t_cli_cred-XXXXXX";
	CLEANUP(cleanup_close) int fd = mkstemp(path);

	set(&a, cred_schema_opts, "issuer", "did:x");
	set(&a, cred_schema_opts, "attr", "name");
	set(&a, cred_schema_opts, "attr", "age");
	body_is("credential schema", &a, 0, "{\"name\":\"degree\",\"version\":\"1.0\",\"issuer_id\":\"did:x\",\"attr_names\":[\"name\",\"age\"]}");

	ok(fd != -1 && write(fd, "secret\n", 7) == 7, "a file with a secret, for its owner alone");
	a = (struct args){ .n_pos = 1, .pos = { "w" } };
	set(&a, wallet_create_opts, "method", "raw");
	set(&a, wallet_create_opts, "key-from", path);
	body_is("wallet create", &a, 0, "{\"id\":\"w\",\"method\":\"raw\",\"key\":\"secret\"}");
	a = (struct args){ .n_pos = 3, .pos = { "w", "verkey", path } };
	body_is("wallet sign", &a, 1, "{\"verkey\":\"verkey\",\"message\":\"c2VjcmV0Cg==\"}");
	a = (struct args){ .n_pos = 3, .pos = { "w", "t", "i" } };
	set(&a, wallet_put_opts, "value-from", path);
	set(&a, wallet_put_opts, "label", "~city=Bonn");
	body_is("wallet put", &a, 3, "{\"value\":\"secret\\n\",\"tags\":{\"~city\":\"Bonn\"}}");
	unlink(path);
}

static void
test_refusals(void)
{
	CLEANUP(json_put) struct json_object *body = json_object_new_object();
	struct args a = { .n_pos = 1, .pos = { "r" } };
	struct err e = ERR_INIT;

	set(&a, cred_revoke_opts, "index", "seven");
	is_int(cred_body(body, cmd_named("credential revoke"), &a, 1, &e), -1, "a number that is none");
	is_str(e.msg, "--index: seven is no whole number", "is named");
	a = (struct args){ .n_pos = 3, .pos = { "w", "t", "i" } };
	set(&a, wallet_put_opts, "label", "nothing");
	is_int(cred_body(body, cmd_named("wallet put"), &a, 3, &e), -1, "a tag without a value");
}

int
main(void)
{
	test_every_command_has_a_route();
	test_bodies();
	test_refusals();
	return done_testing();
}
