#include "share.h"

#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX	64	/* bytes of name=value */
#define MIB		(INT64_C(1) << 20)

static const struct { const char *word; int policy; } scheds[SHARE_SCHED_MAX] = {
	[SHARE_OTHER] = { "other", SCHED_OTHER },
	[SHARE_BATCH] = { "batch", SCHED_BATCH },
	[SHARE_IDLE] = { "idle", SCHED_IDLE },
};

static const struct { const char *name; size_t at; int64_t min, max; } numbers[] = {
	{ "size", offsetof(struct share, size), 0, 1024 },
	{ "beyond", offsetof(struct share, beyond), 0, 1023 },
	{ "reserved", offsetof(struct share, reserved), 0, 1023 },
	{ "cpu_weight", offsetof(struct share, cpu_weight), 0, 10000 },
	{ "nice", offsetof(struct share, nice), 0, 19 },
	{ "memory_mb", offsetof(struct share, memory_mb), 64, 1 << 20 },
	{ "lane_memory_mb", offsetof(struct share, lane_memory_mb), 0, 1 << 24 },
	{ "wall_s", offsetof(struct share, wall_s), 1, 86400 },
};
#define N_NUMBERS	(sizeof(numbers) / sizeof(numbers[0]))

static int
set_sched(struct share *s, const char *value)
{
	for (enum share_sched i = 0; i < SHARE_SCHED_MAX; i++)
		if (strcmp(scheds[i].word, value) == 0) {
			s->sched = i;
			return 0;
		}
	return -1;
}

static int
set_number(struct share *s, size_t i, const char *value)
{
	char *end;
	long long v = strtoll(value, &end, 10);

	if (*value == '\0' || *end != '\0' || v < numbers[i].min || v > numbers[i].max)
		return -1;
	*(int64_t *)((char *)s + numbers[i].at) = v;
	return 0;
}

/* set_word: name=value. */
static int
set_word(struct share *s, char *word)
{
	char *value = strchr(word, '=');

	if (value == NULL)
		return -1;
	*value++ = '\0';
	if (strcmp(word, "sched") == 0)
		return set_sched(s, value);
	for (size_t i = 0; i < N_NUMBERS; i++)
		if (strcmp(numbers[i].name, word) == 0)
			return set_number(s, i, value);
	return -1;
}

int
share_read(struct share *out, const char *setting, const char *text, struct err *e)
{
	struct share s = { .memory_mb = 256, .wall_s = 60 };
	size_t n;

	for (text += strspn(text, " \t,"); *text != '\0'; text += n, text += strspn(text, " \t,")) {
		char word[WORD_MAX];

		n = strcspn(text, " \t,");
		if (n >= sizeof(word))
			return err_set(e, ERR_CONFIG, "%s: a word over %d bytes", setting, WORD_MAX - 1);
		memcpy(word, text, n);
		word[n] = '\0';
		if (set_word(&s, word) == -1)
			return err_set(e, ERR_CONFIG, "%s: %.*s: no such word, or no such value", setting, (int)n, text);
	}
	*out = s;
	return 0;
}

int
share_size(const struct share *s, int cores, int64_t host_bytes)
{
	int64_t size = s->size, most = INT32_MAX;

	if (size == 0)
		size = (cores > s->reserved + 1 ? cores : s->reserved + 1) + s->beyond;
	if (s->memory_mb > 0)
		most = (s->lane_memory_mb > 0 ? s->lane_memory_mb : host_bytes / 2 / MIB) / s->memory_mb;
	if (size > most)
		size = most;
	return size < 1 ? 1 : (int)size;
}

int
share_reserved(const struct share *s, int size)
{
	return s->reserved < size ? (int)s->reserved : size - 1;
}

int
share_policy(enum share_sched s)
{
	return scheds[s].policy;
}
