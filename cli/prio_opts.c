#include "prio_opts.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/base/cleanup.h"
#include "../lib/base/codec.h"
#include "../lib/prio1/passing.h"
#include "cli.h"
#include "table.h"

#define SECRET_FILE_MAX	4096	/* bytes */
#define SECRETS_MAX	8	/* that are taken out of the environment */

extern char **environ;

static void
env_name(char out[64], const char *name)
{
	size_t i = 0;

	for (; name[i] != '\0' && i < 63; i++)
		out[i] = name[i] == '-' ? '_' : (char)toupper((unsigned char)name[i]);
	out[i] = '\0';
}

const char *
prio_opt(const struct args *a, const char *name)
{
	const char *v = args_str(a, name);
	char env[64];

	if (v == NULL) {
		env_name(env, name);
		v = getenv(env);
	}
	return v != NULL && *v != '\0' ? v : NULL;
}

int
prio_need(const struct args *a, const char *name, const char **out, struct err *e)
{
	char env[64];

	if ((*out = prio_opt(a, name)) != NULL)
		return 0;
	env_name(env, name);
	return err_set(e, ERR_CONFIG, "--%s (or %s) is missing", name, env);
}

int
prio_number(const struct args *a, const char *name, int64_t min, int64_t max, int64_t *out, struct err *e)
{
	const char *v = prio_opt(a, name);
	char *end;
	long long n;

	if (v == NULL)
		return 0;
	errno = 0;
	n = strtoll(v, &end, 10);
	if (errno != 0 || *end != '\0' || n < min || n > max)
		return err_set(e, ERR_CONFIG, "--%s: a number from %" PRId64 " to %" PRId64 " is expected", name, min, max);
	*out = n;
	return 1;
}

int
prio_word(const struct args *a, const char *name, const char *const *words, size_t n, int *out, struct err *e)
{
	const char *v = prio_opt(a, name);

	if (v == NULL)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(v, words[i]) == 0) {
			*out = (int)i;
			return 1;
		}
	}
	return err_set(e, ERR_CONFIG, "--%s: %.32s is none of its words; see --help", name, v);
}

int
prio_side(const struct args *a, enum prio1_side *out, struct err *e)
{
	static const char *const sides[] = { [PRIO1_A] = "A", [PRIO1_B] = "B" };
	const char *v;
	int side = 0;

	if (prio_need(a, "server-id", &v, e) == -1 || prio_word(a, "server-id", sides, 2, &side, e) == -1)
		return -1;
	*out = (enum prio1_side)side;
	return 0;
}

int
prio_public_key(const struct args *a, const char *name, uint8_t out[X25519_LEN], struct err *e)
{
	const char *v = prio_opt(a, name);

	if (v == NULL)
		return 0;
	if (strlen(v) != 2 * X25519_LEN || hex_decode(out, X25519_LEN, v, strlen(v)) != X25519_LEN)
		return err_set(e, ERR_CONFIG, "--%s: %d hex digits are expected", name, 2 * X25519_LEN);
	return 1;
}

int
prio_public_text(const struct args *a, const char *name, char out[2 * X25519_LEN + 1], struct err *e)
{
	uint8_t key[X25519_LEN];
	int rc = prio_public_key(a, name, key, e);

	if (rc != 1)
		return rc == -1 ? -1 : err_set(e, ERR_CONFIG, "--%s is missing: a dated tree is named by it", name);
	for (size_t i = 0; i < X25519_LEN; i++)
		snprintf(out + 2 * i, 3, "%02X", key[i]);
	return 0;
}

/* ---- secrets ------------------------------------------------------------------ */
static struct {
	char	name[64];
	struct secret value;
} taken[SECRETS_MAX];
static size_t n_taken;

static bool
is_secret(const char *name, size_t n)
{
	static const char *const whole[] = { "SHARED_SECRET", "PRIVATE_KEY_HEX" };
	static const char end[] = "SECRET_KEY";

	for (size_t i = 0; i < 2; i++)
		if (strlen(whole[i]) == n && memcmp(whole[i], name, n) == 0)
			return true;
	return n >= sizeof(end) - 1 && memcmp(name + n - (sizeof(end) - 1), end, sizeof(end) - 1) == 0;
}

/* Keeps the value, and wipes it where the process was given it. */
static void
take(char *text, size_t name_len)
{
	char *value = text + name_len + 1;
	size_t n = strlen(value);

	if (n > 0 && n_taken < SECRETS_MAX && name_len < sizeof(taken[0].name) &&
	    secret_alloc(&taken[n_taken].value, n, NULL) == 0) {
		memcpy(taken[n_taken].name, text, name_len);
		memcpy(taken[n_taken++].value.p, value, n);
	}
	explicit_bzero(value, n);
}

void
prio_env_hide(void)
{
	for (size_t i = 0; environ[i] != NULL; ) {
		size_t n = strcspn(environ[i], "=");
		char name[64];

		if (!is_secret(environ[i], n) || environ[i][n] == '\0' || n >= sizeof(name)) {
			i++;
			continue;
		}
		memcpy(name, environ[i], n);
		name[n] = '\0';
		take(environ[i], n);
		unsetenv(name);
	}
}

int
prio_env_secret(struct secret *out, const char *name, struct err *e)
{
	for (size_t i = 0; i < n_taken; i++) {
		if (strcmp(taken[i].name, name) != 0)
			continue;
		if (secret_alloc(out, taken[i].value.len, e) == -1)
			return -1;
		memcpy(out->p, taken[i].value.p, out->len);
		return 1;
	}
	return 0;
}

/* The text of a secret: a file's, which may be the JSON that keygen and shared-seed print, or the environment's. */
static int
secret_text(const struct args *a, const char *file_opt, const char *env, struct secret *out, struct err *e)
{
	const char *path = prio_opt(a, file_opt);
	int rc;

	if (path != NULL)
		return secret_read_file(out, path, SECRET_FILE_MAX, e);
	if ((rc = prio_env_secret(out, env, e)) != 0)
		return rc == 1 ? 0 : -1;
	return err_set(e, ERR_CONFIG, "--%s (or %s in the environment) is missing", file_opt, env);
}

/* The value of a member of one flat JSON object, where it stands; or the whole text without the white space around it. */
static void
value_in(const struct secret *text, const char *member, const char **value, size_t *n)
{
	const char *p = (const char *)text->p, *end = p + text->len, *key, *quote;

	while (p < end && isspace((unsigned char)*p))
		p++;
	while (end > p && isspace((unsigned char)end[-1]))
		end--;
	if (p < end && *p == '{' && (key = memmem(p, (size_t)(end - p), member, strlen(member))) != NULL &&
	    key[-1] == '"' && (p = memchr(key + strlen(member) + 1, '"', (size_t)(end - key) - strlen(member) - 1)) != NULL &&
	    (quote = memchr(p + 1, '"', (size_t)(end - p - 1))) != NULL) {
		p++;
		end = quote;
	}
	*value = p != NULL ? p : end;
	*n = (size_t)(end - *value);
}

int
prio_private_key(const struct args *a, struct secret *out, struct err *e)
{
	CLEANUP(secret_release) struct secret text = SECRET_INIT;
	struct secret made = SECRET_INIT;
	const char *value;
	size_t n;

	if (secret_text(a, "private-key-file", "PRIVATE_KEY_HEX", &text, e) == -1 ||
	    secret_alloc(&made, X25519_LEN, e) == -1)
		return -1;
	value_in(&text, "private_key", &value, &n);
	if (n != 2 * X25519_LEN || hex_decode(made.p, made.len, value, n) != X25519_LEN) {
		secret_release(&made);
		return err_set(e, ERR_CONFIG, "private key: %d hex digits are expected", 2 * X25519_LEN);
	}
	*out = made;
	return 0;
}

int
prio_shared_secret(const struct args *a, struct secret *out, struct err *e)
{
	CLEANUP(secret_release) struct secret text = SECRET_INIT;
	struct secret made = SECRET_INIT;
	const char *value;
	size_t n;

	if (secret_text(a, "shared-secret-file", "SHARED_SECRET", &text, e) == -1 ||
	    secret_alloc(&made, PRIO1_SEED, e) == -1)
		return -1;
	value_in(&text, "shared_seed", &value, &n);
	if (b64_decode(made.p, made.len, value, n) != PRIO1_SEED) {
		secret_release(&made);
		return err_set(e, ERR_CONFIG, "shared secret: base64 of %d bytes is expected", PRIO1_SEED);
	}
	*out = made;
	return 0;
}

/* ---- switches ------------------------------------------------------------------- */
static int
run_name(struct prio_rules *r, const struct args *a, struct err *e)
{
	const char *batch, *date;
	int n;

	if ((r->run = prio_opt(a, "run")) != NULL)
		return 0;
	if (prio_need(a, "batch-id", &batch, e) == -1)
		return -1;
	if ((date = prio_opt(a, "submission-date")) == NULL)
		return err_set(e, ERR_CONFIG, "--run (or RUN, or SUBMISSION_DATE) is missing: the name that both servers "
		    "give to this run; --secret as-given needs none");
	n = snprintf(r->run_made, sizeof(r->run_made), "%s/%s", batch, date);
	if (n < 0 || (size_t)n >= sizeof(r->run_made))
		return err_set(e, ERR_CONFIG, "--run: <batch id>/<date> is too long");
	r->run = r->run_made;
	return 0;
}

int
prio_rules_switches(struct prio_rules *r, const struct args *a, bool points, struct err *e)
{
	static const char *const compats[] = { "libprio" }, *const secrets[] = { "as-given", "per-run" };
	int compat = 0, rc = prio_word(a, "compat", compats, 1, &compat, e);
	bool libprio = rc == 1;
	int point = libprio ? PRIO1_POINT_POSITION_LEGACY : PRIO1_POINT_RECORD, prg = PRIO1_SHA256_BATCH;
	int style = libprio ? PRIO_JSON_PROCESSOR : PRIO_JSON_COMPACT, per_run = !libprio;

	if (rc == -1 || prio_word(a, "prg", prio1_prg_key_name, PRIO1_PRG_KEY_MAX, &prg, e) == -1 ||
	    prio_word(a, "json-style", prio_json_style_name, PRIO_JSON_STYLE_MAX, &style, e) == -1 ||
	    (points && prio_word(a, "point", prio1_point_name, PRIO1_POINT_MAX, &point, e) == -1) ||
	    (points && prio_word(a, "secret", secrets, 2, &per_run, e) == -1))
		return -1;
	*r = (struct prio_rules){ .compat = libprio, .point = (enum prio1_point_rule)point, .per_run = per_run,
		.prg = (enum prio1_prg_key)prg, .style = (enum prio_json_style)style };
	if (libprio && points)
		fputs("darkroom: compat=libprio: points by position (one bad record spoils those after it), the shared secret "
		    "as it is, no agreement on the accepted records, no replay protection, no smallest batch\n", stderr);
	return 0;
}

int
prio_rules_read(struct prio_rules *r, const struct args *a, bool points, struct err *e)
{
	if (prio_rules_switches(r, a, points, e) == -1)
		return -1;
	return points && r->per_run ? run_name(r, a, e) : 0;
}

/* ---- ends ----------------------------------------------------------------------- */
int
prio_exit_code(const struct err *e)
{
	if (e->code == ERR_CONFIG)
		return EXIT_USAGE;
	return prio_passing(e) ? EXIT_AGAIN : EXIT_SYSTEM;
}

int
prio_exit(int rc, const struct err *e)
{
	if (rc != -1)
		return rc;
	fputs("darkroom: ", stderr);
	clean_print(stderr, e->msg);
	fputc('\n', stderr);
	return prio_exit_code(e);
}
