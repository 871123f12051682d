#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/base/cleanup.h"

/* One row per setting, in the order of enum setting. */
static const struct {
	const char *name, *flag, *env;
	bool	is_path;
} rows[SET_MAX] = {
	[SET_URL]	 = { "url",	   "url",	 "DARKROOM_URL",	false },
	[SET_KEY_FILE]	 = { "key_file",   "key-file",	 "DARKROOM_KEY_FILE",	true },
	[SET_TOKEN_FILE] = { "token_file", "token-file", "DARKROOM_TOKEN_FILE", true },
	[SET_SPENDER]	 = { "spender",	   "spender",	 "DARKROOM_SPENDER",	false },
	[SET_CA_FILE]	 = { "ca_file",	   "ca-file",	 "DARKROOM_CA_FILE",	true },
};

const struct opt settings_opts[] = {
	{ "url", "URL", false, "the node: http://…, https://… or unix:/path (DARKROOM_URL)" },
	{ "key-file", "FILE", false, "sign with this private key (DARKROOM_KEY_FILE)" },
	{ "token-file", "FILE", false, "or send the token in this file (DARKROOM_TOKEN_FILE)" },
	{ "spender", "ADDRESS", false, "0x address that a lease names (DARKROOM_SPENDER)" },
	{ "ca-file", "FILE", false, "trust these certificates (DARKROOM_CA_FILE)" },
	{ .name = NULL },
};

/* The folder of the config file, 0 or -1 when the environment names none. */
static int
config_dir(char *out, size_t out_max, struct err *e)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int n = -1;

	if (xdg != NULL && *xdg == '/')
		n = snprintf(out, out_max, "%s/darkroom", xdg);
	else if (home != NULL && *home == '/')
		n = snprintf(out, out_max, "%s/.config/darkroom", home);
	if (n < 0 || (size_t)n >= out_max)
		return err_set(e, ERR_CONFIG, "neither XDG_CONFIG_HOME nor HOME names a folder");
	return 0;
}

static int
take_line(struct settings *s, char *line, const char *path, unsigned number, struct err *e)
{
	char *eq, *value;

	line[strcspn(line, "\n")] = '\0';
	line += strspn(line, " \t");
	if (*line == '\0' || *line == '#')
		return 0;
	eq = strchr(line, '=');
	if (eq == NULL)
		return err_set(e, ERR_CONFIG, "%s line %u: name = value is expected", path, number);
	value = eq + 1 + strspn(eq + 1, " \t");
	while (eq > line && (eq[-1] == ' ' || eq[-1] == '\t'))
		eq--;
	*eq = '\0';
	for (size_t i = 0; i < SET_MAX; i++) {
		if (strcmp(rows[i].name, line) != 0)
			continue;
		free(s->value[i]);
		s->value[i] = strdup(value);
		return 0;
	}
	return err_set(e, ERR_CONFIG, "%s line %u: unknown name %.64s", path, number, line);
}

static void
close_file(FILE **f)
{
	if (*f != NULL)
		fclose(*f);
}

static int
load_file(struct settings *s, struct err *e)
{
	char dir[PATH_MAX - 16], path[PATH_MAX], line[SETTING_MAX];
	CLEANUP(close_file) FILE *f = NULL;

	if (config_dir(dir, sizeof(dir), NULL) == -1)
		return 0;
	snprintf(path, sizeof(path), "%s/config", dir);
	f = fopen(path, "re");
	if (f == NULL)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_sys(e, "cannot read %s", path);
	for (unsigned n = 1; fgets(line, sizeof(line), f) != NULL; n++)
		if (take_line(s, line, path, n, e) == -1)
			return -1;
	return ferror(f) ? err_sys(e, "cannot read %s", path) : 0;
}

static void
override(struct settings *s, size_t i, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	/* a key on one level replaces a token of the level below, and the reverse */
	if (i == SET_KEY_FILE || i == SET_TOKEN_FILE) {
		size_t other = i == SET_KEY_FILE ? SET_TOKEN_FILE : SET_KEY_FILE;

		free(s->value[other]);
		s->value[other] = NULL;
	}
	free(s->value[i]);
	s->value[i] = strdup(value);
}

int
settings_load(struct settings *out, const struct args *a, struct err *e)
{
	if (args_flag(a, "key-file") && args_flag(a, "token-file"))
		return err_set(e, ERR_CONFIG, "--key-file and --token-file exclude each other");
	if (load_file(out, e) == -1)
		return -1;
	for (size_t i = 0; i < SET_MAX; i++)
		override(out, i, getenv(rows[i].env));
	for (size_t i = 0; i < SET_MAX; i++)
		override(out, i, args_str(a, rows[i].flag));
	return 0;
}

void
settings_release(struct settings *s)
{
	for (size_t i = 0; i < SET_MAX; i++) {
		free(s->value[i]);
		s->value[i] = NULL;
	}
}

static int
write_rows(const struct settings *s, int fd, struct err *e)
{
	for (size_t i = 0; i < SET_MAX; i++) {
		CLEANUP(cleanup_free) char *real = NULL;
		const char *value = s->value[i];

		if (value == NULL)
			continue;
		if (rows[i].is_path) {
			real = realpath(value, NULL);
			if (real == NULL)
				return err_sys(e, "%s: %s", rows[i].name, value);
			value = real;
		}
		if (strchr(value, '\n') != NULL || strlen(value) > SETTING_MAX / 2)
			return err_set(e, ERR_CONFIG, "%s: too long or more than one line", rows[i].name);
		if (dprintf(fd, "%s = %s\n", rows[i].name, value) < 0)
			return err_sys(e, "cannot write");
	}
	return 0;
}

/* Like mkdir -p, 0700, for an absolute path. */
static int
make_dirs(char *dir, struct err *e)
{
	for (char *p = dir + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(dir, 0700) == -1 && errno != EEXIST)
			return err_sys(e, "cannot make %s", dir);
		*p = c;
		if (c == '\0')
			return 0;
	}
}

int
settings_save(const struct settings *s, char *path, size_t path_max, struct err *e)
{
	char dir[PATH_MAX - 32], tmp[PATH_MAX];
	CLEANUP(cleanup_close) int fd = -1;

	if (config_dir(dir, sizeof(dir), e) == -1 || make_dirs(dir, e) == -1)
		return -1;
	snprintf(tmp, sizeof(tmp), "%s/config.XXXXXX", dir);
	if ((size_t)snprintf(path, path_max, "%s/config", dir) >= path_max)
		return err_set(e, ERR_LIMIT, "%s: too long", dir);
	fd = mkostemp(tmp, O_CLOEXEC);		/* 0600 */
	if (fd == -1)
		return err_sys(e, "cannot write in %s", dir);
	if (write_rows(s, fd, e) == -1) {
		unlink(tmp);
		return -1;
	}
	if (fsync(fd) == -1 || rename(tmp, path) == -1) {
		err_sys(e, "cannot write %s", path);
		unlink(tmp);
		return -1;
	}
	return 0;
}
