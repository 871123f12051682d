/*
 * prio1.run: `darkroom prio run --once` with the settings that this host has under the
 * job's name, and before it `darkroom prio preprocess` with those that PREPROCESS names
 * there.  What either did is in files, so that a kill at any line costs one step; what
 * the last one says goes to core.prio_ran, which decides when to look again.
 */
#include "x_prio1_run.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "../../lib/kind/k_prio1_run.h"
#include "../../lib/proc/child.h"
#include "../../lib/proc/frame.h"

#define SETTINGS_MAX	64		/* lines that set something */
#define FILE_BYTES	(32u << 10)	/* of the settings */
#define ANSWER_BYTES	(16u << 20)	/* of what the tool prints: 10,000 batches with the longest names */
#define SAID_BYTES	(FRAME_MAX - (64u << 10))	/* of what of that is passed on, in one frame */
#define WHY_BYTES	500
#define EXIT_AGAIN	75		/* as the tool itself ends */
#define EXIT_CONFIG	100
#define LOOK_MS		50		/* between looks at the process and at workerd */

/* The environment of one run. */
struct settings {
	char	text[FILE_BYTES + 1], path[32], date[32], state_id[64];
	const char *line[SETTINGS_MAX + 4];	/* NAME=value, ends with NULL */
};

/* Secrets are named by file: the environment of a process can be read. */
static bool
is_secret(const char *name, size_t n)
{
	static const char *const ends[] = { "SHARED_SECRET", "PRIVATE_KEY_HEX", "SECRET_KEY" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (n >= strlen(ends[i]) && memcmp(name + n - strlen(ends[i]), ends[i], strlen(ends[i])) == 0)
			return true;
	return false;
}

static int
read_text(char *out, size_t max, int fd, struct err *e)
{
	size_t got = 0;

	for (;;) {
		ssize_t n = read(fd, out + got, max - got);

		if (n == -1 && errno != EINTR)
			return err_sys(e, "read");
		if (n == 0)
			break;
		got += n > 0 ? (size_t)n : 0;
		if (got == max)
			return err_set(e, ERR_CONFIG, "%zu bytes or more", max);
	}
	out[got] = '\0';
	return 0;
}

static int
take_line(struct settings *s, size_t *n, char *line, unsigned number, struct err *e)
{
	size_t name;

	line += strspn(line, " \t");
	if (*line == '\0' || *line == '#')
		return 0;
	name = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	if (name == 0 || line[name] != '=')
		return err_set(e, ERR_CONFIG, "line %u: NAME=value is expected", number);
	if (is_secret(line, name))
		return err_set(e, ERR_CONFIG, "line %u: %.*s: name a file instead", number, (int)name, line);
	if (*n == SETTINGS_MAX)
		return err_set(e, ERR_CONFIG, "line %u: more than %d settings", number, SETTINGS_MAX);
	s->line[(*n)++] = line;
	return 0;
}

static int
settings_read(struct settings *s, const char *dir, const struct prio1_run_args *a, struct err *e)
{
	char path[PATH_MAX], *line, *rest = s->text;
	unsigned number = 0;
	size_t n = 0;
	CLEANUP(cleanup_close) int fd = -1;

	snprintf(path, sizeof(path), "%s/%s.env", dir, a->config);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return err_set(e, ERR_CONFIG, "cannot read %s: %s", path, strerror(errno));
	if (read_text(s->text, FILE_BYTES, fd, e) == -1)
		return err_wrap(e, "%s", path);
	if (a->date != NULL) {		/* before the settings: the first of two is the one that counts */
		snprintf(s->date, sizeof(s->date), "SUBMISSION_DATE=%s", a->date);
		s->line[n++] = s->date;
	}
	if (a->state_id != NULL) {
		snprintf(s->state_id, sizeof(s->state_id), "STATE_ID=%s", a->state_id);
		s->line[n++] = s->state_id;
	}
	while ((line = strsep(&rest, "\n")) != NULL)
		if (take_line(s, &n, line, ++number, e) == -1)
			return err_wrap(e, "%s", path);
	snprintf(s->path, sizeof(s->path), "PATH=/usr/bin:/bin");
	s->line[n++] = s->path;
	s->line[n] = NULL;
	return 0;
}

/* The settings that PREPROCESS names; NULL: none. */
static const char *
preprocess_of(const struct settings *s)
{
	static const char name[] = "PREPROCESS=";

	for (size_t i = 0; s->line[i] != NULL; i++)
		if (strncmp(s->line[i], name, sizeof(name) - 1) == 0 && s->line[i][sizeof(name) - 1] != '\0')
			return s->line[i] + sizeof(name) - 1;
	return NULL;
}

/* The tool beside this program, or in bin when this is in lib/darkroom. */
static int
find_tool(char out[PATH_MAX], struct err *e)
{
	static const char *const places[] = { "", "../../bin/" };
	char self[PATH_MAX / 2];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n == -1)
		return err_sys(e, "cannot find where this program is");
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(out, PATH_MAX, "%s/%sdarkroom", self, places[i]);
		if (access(out, X_OK) == 0)
			return 0;
	}
	return err_set(e, ERR_CONFIG, "darkroom is not installed here");
}

/* Wait for the end; -1 when the job was cancelled, and the process with it. */
static int
wait_for(struct child *c, int *status, struct xio *io, struct err *e)
{
	int rc;

	while ((rc = child_reap(c, status)) == 0) {
		if (xio_wait(io, LOOK_MS, e) == -1) {
			child_kill_group(c, SIGKILL);
			while (child_reap(c, status) == 0)
				waitid(P_PID, (id_t)c->pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT);
			return -1;
		}
	}
	return rc == 1 ? 0 : err_sys(e, "cannot wait for darkroom prio");
}

/* The last line that it said to people. */
static void
last_line(char out[WHY_BYTES + 1], int fd)
{
	char text[4096];
	off_t size = lseek(fd, 0, SEEK_END), from = size > (off_t)sizeof(text) - 1 ? size - (off_t)sizeof(text) + 1 : 0;
	ssize_t n = pread(fd, text, sizeof(text) - 1, from);
	char *line;
	size_t len;

	while (n > 0 && isspace((unsigned char)text[n - 1]))
		n--;
	text[n > 0 ? n : 0] = '\0';
	line = strrchr(text, '\n');
	line = line != NULL ? line + 1 : text;
	len = strnlen(line, WHY_BYTES);
	while (len > 0 && (line[len] & 0xc0) == 0x80)	/* not within a character */
		len--;
	if (!utf8_valid(line, len))
		len = 0;
	memcpy(out, line, len);
	out[len] = '\0';
}

/* status: what the process exited with; answer: what it printed, or NULL (taken). */
static void
say(struct xio *io, int status, struct json_object *answer, const char *why)
{
	struct json_object *o = json_object_new_object();

	json_add_i64(o, "exit", status);
	json_add(o, "answer", answer);
	json_add_str(o, "why", why);
	xio_result(io, o);
}

/* without_zeros: of each batch, no counts that are zero; a row without one means zero. */
static struct json_object *
without_zeros(struct json_object *said)
{
	struct json_object *out = json_object_new_object(), *list = NULL, *kept = json_object_new_array();

	json_object_object_get_ex(said, "batches", &list);
	for (size_t i = 0; json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
		struct json_object *o = json_object_new_object(), *batch = json_object_array_get_idx(list, i);

		json_object_object_foreach(batch, key, value)
			if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) != 0)
				json_object_object_add(o, key, json_object_get(value));
		json_object_array_add(kept, o);
	}
	json_object_object_foreach(said, name, other)
		if (strcmp(name, "batches") != 0)
			json_object_object_add(out, name, json_object_get(other));
	json_object_object_add(out, "batches", kept);
	return out;
}

/* read_answer: what the tool printed, as it is passed on; NULL, and why: nothing, or too much. */
static struct json_object *
read_answer(int answer, struct err *why)
{
	CLEANUP(json_put) struct json_object *said = NULL, *kept = NULL;
	CLEANUP(cleanup_free) char *text = malloc(ANSWER_BYTES + 1);

	if (text == NULL)
		abort();
	if (lseek(answer, 0, SEEK_SET) == -1 || read_text(text, ANSWER_BYTES, answer, why) == -1) {
		err_wrap(why, "the answer is too long");
		return NULL;
	}
	if (*text == '\0' || json_parse(&said, text, strlen(text), why) == -1 || !json_object_is_type(said, json_type_object))
		return NULL;
	kept = without_zeros(said);
	if (strlen(json_text(kept)) > SAID_BYTES) {
		err_set(why, ERR_LIMIT, "the answer is too long: over %u bytes", SAID_BYTES);
		return NULL;
	}
	return STEAL(kept);
}

static void
say_ended(struct xio *io, int status, int answer, int words)
{
	struct err bad = ERR_INIT;
	struct json_object *said = read_answer(answer, &bad);
	char why[WHY_BYTES + 1];

	last_line(why, words);
	say(io, status, said, bad.code != ERR_NONE ? bad.msg : why);
}

/* What a look needs of this host. */
struct look {
	char	tool[PATH_MAX];
	struct settings run, preprocess;
	bool	preprocesses;
};

static int
look_init(struct look *l, const char *dir, const struct prio1_run_args *a, struct err *e)
{
	const char *before;

	if (dir == NULL)
		return err_set(e, ERR_CONFIG, "no prio_dir on this host");
	if (settings_read(&l->run, dir, a, e) == -1)
		return -1;
	before = preprocess_of(&l->run);
	l->preprocesses = before != NULL;
	if (before != NULL && settings_read(&l->preprocess, dir, &(const struct prio1_run_args){ .config = before, .date = a->date }, e) == -1)
		return -1;
	return find_tool(l->tool, e);
}

/* call(argv, s, out, words, status, io, e): one call of the tool to its end. */
static int
call(const char *const *argv, const struct settings *s, int out, int words, int *status, struct xio *io, struct err *e)
{
	const int fds[] = { -1, out, words };
	struct child c;

	return child_start(&c, &(const struct child_spec){ .argv = argv, .envp = s->line, .fds = fds, .n_fds = 3,
	    .die_with_parent = true }, e) == -1 ? -1 : wait_for(&c, status, io, e);
}

/*
 * What is wrong with the settings will be so at the next try, too: it is an answer.  A run
 * that was begun had some: another host has them.
 */
static int
prio1_run_run(const void *args, struct xio *io, struct err *e)
{
	static struct look l;
	const char *const run[] = { l.tool, "prio", "run", "--once", NULL }, *const preprocess[] = { l.tool, "prio", "preprocess", NULL };
	CLEANUP(cleanup_close) int answer = memfd_create("answer", MFD_CLOEXEC), words = memfd_create("words", MFD_CLOEXEC);
	const struct prio1_run_args *a = args;
	struct err why = ERR_INIT;
	int status = 0;

	if (answer == -1 || words == -1)
		return err_sys(e, "memfd_create");
	if (look_init(&l, io->outside.prio_dir, a, &why) == -1) {
		say(io, a->state_id != NULL ? EXIT_AGAIN : EXIT_CONFIG, NULL, why.msg);
		return 0;
	}
	/* its counts are not the answer: they stay with what it says to people */
	if (l.preprocesses && call(preprocess, &l.preprocess, words, words, &status, io, e) == -1)
		return -1;
	if (status == 0 && call(run, &l.run, answer, words, &status, io, e) == -1)
		return -1;
	if (!WIFEXITED(status))		/* it found nothing: the job is tried again */
		return err_set(e, ERR_INTERNAL, "darkroom prio was killed by signal %d", WTERMSIG(status));
	say_ended(io, WEXITSTATUS(status), answer, words);
	return 0;
}

const struct executor x_prio1_run = { .kind = &k_prio1_run, .run = prio1_run_run };
