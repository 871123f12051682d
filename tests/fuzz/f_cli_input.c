/*
 * What the command line tool reads: its words, its settings file, key files,
 * times, and rows from a node, which must not steer the terminal.  The first
 * byte chooses; words are separated by line feeds.
 * Reaches: cli/args.c cli/when.c cli/settings.c cli/key.c cli/table.c cli/command.c cli/job.c
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../cli/command.h"
#include "../../cli/job.h"
#include "../../cli/key.h"
#include "../../cli/settings.h"
#include "../../cli/table.h"
#include "../../cli/when.h"
#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "tree.h"

#define INPUT_MAX	8192
#define WORDS_MAX	64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char config[64], key_file[64];

static void
set_up(void)
{
	const char *top = tree_make();
	char dir[64];

	snprintf(dir, sizeof(dir), "%s/darkroom", top);
	snprintf(config, sizeof(config), "%s/darkroom/config", top);
	snprintf(key_file, sizeof(key_file), "%s/key", top);
	if (mkdir(dir, 0700) == -1 || setenv("XDG_CONFIG_HOME", top, 1) == -1)
		abort();
}

static void
put_file(const char *path, const char *p, size_t n)
{
	CLEANUP(cleanup_close) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, p, n) != (ssize_t)n)
		abort();
}

/* Words are options of a command; a submit's are a body, too. */
static void
fuzz_words(char *text)
{
	static const struct opt none[] = { { .name = NULL } };
	CLEANUP(json_put) struct json_object *body = NULL;
	const struct opt *tables[] = { none, settings_opts, command_opts, NULL };
	char *argv[WORDS_MAX + 1], *word;
	struct args a;
	struct err e = ERR_INIT;
	const struct command *cmd;
	int argc = 0, words = 0;
	int64_t n = 0;

	while (argc < WORDS_MAX && (word = strsep(&text, "\n")) != NULL)
		if (strchr(word, '/') == NULL && strchr(word, '@') == NULL && strcmp(word, "-") != 0)	/* names no file */
			argv[argc++] = word;
	argv[argc] = NULL;
	cmd = command_find(argc, argv, &words);
	if (cmd == NULL) {
		(void)command_nearest(argc, argv);
		return;
	}
	if (cmd->opts != NULL)
		tables[0] = cmd->opts;
	if (args_parse(&a, tables, argc - words, argv + words, &e) == -1)
		return;
	if (a.n_pos + a.n_set > (size_t)argc)
		abort();
	(void)args_i64(&a, "limit", 1, 200, &n, &e);
	if (a.n_pos > 0)
		(void)args_word_i64(&a, 0, "a number", -5, 5, &n, &e);
	if (strcmp(cmd->name, "submit") == 0 || strcmp(cmd->name, "run") == 0) {
		put_file(key_file, "print(1)", 8);
		(void)job_body(&a, key_file, &body, &e);
	}
}

static void
fuzz_settings(char *text)
{
	struct settings s = SETTINGS_INIT;
	struct args a = { .n_pos = 0 };
	struct err e = ERR_INIT;

	put_file(config, text, strlen(text));
	(void)settings_load(&s, &a, &e);
	for (size_t i = 0; i < SET_MAX; i++)
		if (s.value[i] != NULL && (strlen(s.value[i]) >= SETTING_MAX || strchr(s.value[i], '\n') != NULL))
			abort();
	settings_release(&s);
}

/* A key that is taken can sign. */
static void
fuzz_key(const char *p, size_t n)
{
	CLEANUP(key_release) struct key k = KEY_INIT;
	char sig[KEY_SIG_B64];
	struct err e = ERR_INIT;

	put_file(key_file, p, n);
	if (key_load(&k, key_file, &e) == 0 && key_sign(&k, sig, "x", 1, &e) == -1)
		abort();
}

static void
fuzz_when(const char *text)
{
	char out[WHEN_MAX];
	struct err e = ERR_INIT;
	int64_t s = 0;

	if (when_duration(text, &s, &e) == 0 && s < 1)
		abort();
	(void)when_rfc3339(out, text, &e);
}

static void
fuzz_rows(const char *text)
{
	static const struct column columns[] = {
		{ "ID", "id", COL_TEXT }, { "N", "n", COL_NUMBER }, { "SIZE", "size", COL_SIZE },
		{ "AT", "at|created_at", COL_TIME }, { "LIST", "list", COL_LIST }, { "DEEP", "a.b", COL_TEXT }, { .head = NULL },
	};
	CLEANUP(json_put) struct json_object *o = NULL;
	char *out = NULL;
	size_t n = 0;
	FILE *f;

	if (json_parse(&o, text, strlen(text), NULL) == -1)
		return;
	f = open_memstream(&out, &n);
	if (f == NULL)
		abort();
	if (json_object_is_type(o, json_type_array))
		table_print(f, columns, o);
	else if (json_object_is_type(o, json_type_object))
		record_print(f, o);
	fclose(f);
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)out[i] < 0x20 && out[i] != '\n' && out[i] != '\t') || out[i] == 0x7f)
			abort();
	free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(cleanup_free) char *text = NULL;

	if (config[0] == '\0')
		set_up();
	if (size == 0 || size > INPUT_MAX)
		return 0;
	text = strndup((const char *)data + 1, size - 1);
	if (text == NULL)
		abort();
	switch (data[0] % 5) {
	case 0: fuzz_words(text); break;
	case 1: fuzz_settings(text); break;
	case 2: fuzz_key((const char *)data + 1, size - 1); break;
	case 3: fuzz_when(text); break;
	default: fuzz_rows(text); break;
	}
	return 0;
}
