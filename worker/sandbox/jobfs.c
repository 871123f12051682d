#include "jobfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/json.h"
#include "space.h"
#include "untar.h"

#define JOB_UID		1000		/* as jail.c: the script's uid inside the container */
#define MIB		(1LL << 20)
#define INODES_MIN	16384
#define INODES_PER_MIB	64
#define FULL_BELOW	(64 << 10)	/* bytes: less than one write buffer is as good as none */
#define IN_OPTIONS	"mode=755,size=2m,nr_inodes=256"
#define INPUTS_JSON_MAX	(1u << 20)

const char *const jobfs_target[JOBFS_TREES] = {
	"/workspace", "/workspace/artifacts", "/out", "/artifacts", "/tmp", "/dev/shm", "/in",
};
/* What of the tmpfs each of them is; the last is the inputs' own file system. */
static const char *const tree_source[JOBFS_TREES] = {
	SPACE_DISK "/workspace", SPACE_DISK "/workspace/artifacts", SPACE_DISK "/workspace/artifacts",
	SPACE_DISK "/workspace/artifacts", SPACE_DISK "/tmp", SPACE_DISK "/shm", SPACE_IN,
};

/* ---- the writable tmpfs ------------------------------------------------------ */
static int
folder(const char *path, mode_t mode, uid_t uid, struct err *e)
{
	if (mkdir(path, mode) == -1 || chown(path, uid, uid) == -1 || chmod(path, mode) == -1)
		return err_sys(e, "%s", path);
	return 0;
}

static int
make_disk(struct jobfs *fs, const struct spec *s, uid_t uid, struct err *e)
{
	int64_t inodes = s->limits.disk_mb * INODES_PER_MIB;
	char options[96];

	fs->disk_bytes = s->limits.disk_mb * MIB;
	snprintf(options, sizeof(options), "mode=711,size=%lldm,nr_inodes=%lld", (long long)s->limits.disk_mb,
	    (long long)(inodes > INODES_MIN ? inodes : INODES_MIN));
	if (mount("job", SPACE_DISK, "tmpfs", MS_NOSUID | MS_NODEV, options) == -1)
		return err_sys(e, "tmpfs for the job");
	/* 0711: the jail, not yet the script's uid, passes through to mount artifacts. */
	if (folder(SPACE_DISK "/workspace", 0711, uid, e) == -1 ||
	    folder(SPACE_DISK "/workspace/artifacts", 0700, uid, e) == -1 ||
	    folder(SPACE_DISK "/tmp", 01777, uid, e) == -1 ||
	    folder(SPACE_DISK "/shm", 01777, uid, e) == -1)
		return -1;
	fs->artifacts = open(SPACE_DISK "/workspace/artifacts", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fs->artifacts != -1 ? 0 : err_sys(e, "artifacts folder");
}

/* ---- inputs -------------------------------------------------------------------- */
/* read_only(fd): no write, no set-uid, no device, no program, for the whole tree. */
static int
read_only(int fd, uint64_t more)
{
	const struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
		MOUNT_ATTR_NODEV | more };

	return (int)syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr));
}

/* source_of(out, n, s, paths, i): the file of input i: named in inputs.json, or in/<variable>. */
static void
source_of(char *out, size_t n, const struct spec *s, struct json_object *paths, size_t i)
{
	const char *name = NULL;

	if (paths != NULL && json_opt_str(paths, s->inputs[i].variable, 1, n - 1, &name, NULL) == 1 &&
	    name[0] == '/')
		snprintf(out, n, "%s", name);
	else
		snprintf(out, n, "%s/in/%s", s->dir, s->inputs[i].variable);
}

static int
attach_file(const char *source, const char *point, struct err *e)
{
	CLEANUP(cleanup_close) int tree = -1;
	struct stat st;

	if (lstat(source, &st) == -1)
		return err_set(e, ERR_VALIDATION, "input file: %s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_VALIDATION, "input file: not a regular file");
	if (space_write(point, "", 0, e) == -1)
		return -1;
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, source,
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
	if (tree == -1 || read_only(tree, MOUNT_ATTR_NOEXEC) == -1 ||
	    syscall(SYS_move_mount, tree, "", AT_FDCWD, point, MOVE_MOUNT_F_EMPTY_PATH) == -1)
		return err_sys(e, "mount of an input");
	return 0;
}

static int
attach_tar(const char *source, const char *point, const struct spec *s, uid_t uid, struct err *e)
{
	char options[64];

	if (mkdir(point, 0755) == -1)
		return err_sys(e, "%s", point);
	snprintf(options, sizeof(options), "mode=700,size=%lldm,nr_inodes=%d,uid=%u,gid=%u",
	    (long long)s->limits.disk_mb, UNTAR_ENTRIES_MAX, (unsigned)uid, (unsigned)uid);
	if (mount("tar", point, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options) == -1)
		return err_sys(e, "tmpfs for an archive");
	return untar(source, point, uid, e);
}

/* is_folder(path): the worker has unpacked the archive already. */
static bool
is_folder(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
attach_folder(const char *source, const char *point, struct err *e)
{
	CLEANUP(cleanup_close) int tree = -1;

	if (mkdir(point, 0755) == -1)
		return err_sys(e, "%s", point);
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, source,
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
	if (tree == -1 || read_only(tree, MOUNT_ATTR_NOEXEC) == -1 ||
	    syscall(SYS_move_mount, tree, "", AT_FDCWD, point, MOVE_MOUNT_F_EMPTY_PATH) == -1)
		return err_sys(e, "mount of an input");
	return 0;
}

static int
attach_one(const struct spec *s, const char *source, const char *point, bool tar, uid_t uid, struct err *e)
{
	if (!tar)
		return attach_file(source, point, e);
	if (is_folder(source))
		return attach_folder(source, point, e);
	return attach_tar(source, point, s, uid, e);
}

static int
attach(const struct spec *s, struct json_object *paths, size_t i, uid_t uid, struct err *e)
{
	const struct spec_input *in = &s->inputs[i];
	char source[PATH_MAX], link[256], target[160], point[sizeof(SPACE) + sizeof(target)];
	bool tar = strcmp(in->kind, "tar") == 0;

	source_of(source, sizeof(source), s, paths, i);
	snprintf(target, sizeof(target), "/in/%s%s%s", in->variable, tar ? "" : ".", tar ? "" : in->kind);
	snprintf(point, sizeof(point), SPACE "%s", target);
	if (attach_one(s, source, point, tar, uid, e) == -1)
		return -1;
	/* The same asset under two variables has one name here. */
	snprintf(link, sizeof(link), SPACE_IN "/.data/%s.%s", in->asset_id, in->kind);
	if (symlink(target, link) == -1 && errno != EEXIST)
		return err_sys(e, "%s", link);
	return 0;
}

/* job.json: what a script may know of its job; compute.script(7). */
static int
write_context(const struct spec *s, struct err *e)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	struct json_object *params = NULL, *limits = NULL, *list = json_object_new_array(), *rows = NULL;
	const char *text;

	(void)json_opt_obj(s->spec, "params", &params, NULL);
	(void)json_opt_obj(s->spec, "limits", &limits, NULL);
	(void)json_opt_arr(s->spec, "inputs", 0, SPEC_INPUTS_MAX, &rows, NULL);
	json_add(o, "params", params != NULL ? json_object_get(params) : json_object_new_object());
	json_add(o, "limits", limits != NULL ? json_object_get(limits) : json_object_new_object());
	for (size_t i = 0; i < s->n_inputs; i++) {
		const struct spec_input *in = &s->inputs[i];
		struct json_object *row = json_object_new_object(), *columns = NULL;
		bool tar = strcmp(in->kind, "tar") == 0;
		char path[128];

		snprintf(path, sizeof(path), "/in/%s%s%s", in->variable, tar ? "" : ".", tar ? "" : in->kind);
		json_add_str(row, "name", in->variable);
		json_add_str(row, "kind", in->kind);
		json_add_str(row, "path", path);
		(void)json_object_object_get_ex(json_object_array_get_idx(rows, i), "columns", &columns);
		json_add(row, "columns", json_object_get(columns));
		json_object_array_add(list, row);
	}
	json_add(o, "inputs", list);
	text = json_text(o);
	return space_write(SPACE_IN "/job.json", text, strlen(text), e);
}

/* read_paths: inputs.json of the job's folder, or NULL when there is none. */
static struct json_object *
read_paths(const struct spec *s)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT_MAX(INPUTS_JSON_MAX);
	CLEANUP(cleanup_close) int fd = -1;
	struct json_object *o = NULL;
	char path[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), "%s/inputs.json", s->dir);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	while (fd != -1 && buf_room(&b, 4096) != NULL && (n = read(fd, buf_room(&b, 4096), 4096)) > 0)
		buf_grew(&b, (size_t)n);
	if (b.len > 0 && json_parse(&o, b.data, b.len, NULL) == 0 && !json_object_is_type(o, json_type_object))
		json_put(&o);
	return o;
}

static int
make_in(const struct spec *s, uid_t uid, size_t *bad_input, struct err *e)
{
	CLEANUP(json_put) struct json_object *paths = read_paths(s);

	if (mount("in", SPACE_IN, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, IN_OPTIONS) == -1)
		return err_sys(e, "tmpfs for inputs");
	if (mkdir(SPACE_IN "/.data", 0755) == -1)
		return err_sys(e, SPACE_IN "/.data");
	for (size_t i = 0; i < s->n_inputs; i++) {
		if (attach(s, paths, i, uid, e) == 0)
			continue;
		if (e->code == ERR_VALIDATION)
			*bad_input = i;
		return -1;
	}
	return write_context(s, e);
}

/* ---- detached -------------------------------------------------------------------- */
static int
detach(struct jobfs *fs, struct err *e)
{
	for (size_t i = 0; i < JOBFS_TREES; i++) {
		fs->tree[i] = (int)syscall(SYS_open_tree, AT_FDCWD, tree_source[i],
		    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
		if (fs->tree[i] == -1)
			return err_sys(e, "detached %s", tree_source[i]);
	}
	if (read_only(fs->tree[JOBFS_TREES - 1], MOUNT_ATTR_NOEXEC) == -1)
		return err_sys(e, "inputs read-only");
	return 0;
}

int
jobfs_make(struct jobfs *fs, const struct spec *s, uid_t base_uid, size_t *bad_input, struct err *e)
{
	struct jobfs t = JOBFS_INIT;
	uid_t uid = base_uid + JOB_UID;

	t.attached = true;
	if (make_disk(&t, s, uid, e) == -1 || make_in(s, uid, bad_input, e) == -1 || detach(&t, e) == -1) {
		jobfs_release(&t);
		return -1;
	}
	*fs = t;
	return 0;
}

void
jobfs_close_trees(struct jobfs *fs)
{
	for (size_t i = 0; i < JOBFS_TREES; i++)
		cleanup_close(&fs->tree[i]);
}

void
jobfs_release(struct jobfs *fs)
{
	jobfs_close_trees(fs);
	cleanup_close(&fs->artifacts);
	if (!fs->attached)
		return;
	fs->attached = false;
	/* One that never came to be mounted is as well. */
	(void)umount2(SPACE_IN, MNT_DETACH);
	(void)umount2(SPACE_DISK, MNT_DETACH);
}

int64_t
jobfs_used(const struct jobfs *fs)
{
	struct statfs st;

	if (fs->artifacts == -1 || fstatfs(fs->artifacts, &st) == -1)
		return 0;
	return (int64_t)(st.f_blocks - st.f_bfree) * (int64_t)st.f_bsize;
}

bool
jobfs_full(const struct jobfs *fs)
{
	struct statfs st;

	return fs->artifacts != -1 && fstatfs(fs->artifacts, &st) == 0 &&
	    ((int64_t)st.f_bavail * (int64_t)st.f_bsize < FULL_BELOW || st.f_ffree == 0);
}
