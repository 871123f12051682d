#ifndef FUZZ_TREE_H
#define FUZZ_TREE_H
/*
 * A folder for targets that need files: made once, gone at the end; and for
 * those that unpack archives: emptied after each input, and looked through for
 * what an archive must not bring.
 */
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define TREE_FILE_MAX	(16u << 20)	/* bytes of one file: what a small input can blow up to */

static char tree_top[] = "/tmp/f_tree.XXXXXX";

static inline int
tree_remove(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st;
	(void)flag;
	return f->level == 0 ? 0 : remove(path);
}

/* tree_empty(path): what is below a folder; one that a script has closed keeps its own. */
static inline void
tree_empty(const char *path)
{
	(void)nftw(path, tree_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void
tree_clear(void)
{
	tree_empty(tree_top);
}

static inline void
tree_drop(void)
{
	tree_clear();
	(void)rmdir(tree_top);
}

/* tree_make(): the path of the folder. */
static inline const char *
tree_make(void)
{
	static bool made;

	if (!made) {
		if (mkdtemp(tree_top) == NULL)
			abort();
		atexit(tree_drop);
		made = true;
	}
	return tree_top;
}

/* tree_open(): the folder, in which no file may grow past TREE_FILE_MAX. */
static inline int
tree_open(void)
{
	const struct rlimit most = { TREE_FILE_MAX, TREE_FILE_MAX };

	tree_make();
	if (setrlimit(RLIMIT_FSIZE, &most) == -1)
		abort();
	signal(SIGXFSZ, SIG_IGN);
	return open(tree_top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* tree_file(p, n): these bytes as a descriptor to read. */
static inline int
tree_file(const uint8_t *p, size_t n)
{
	int fd = memfd_create("archive", MFD_CLOEXEC);

	if (fd == -1 || write(fd, p, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

static inline int
tree_look(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)path;
	(void)f;
	if (flag != FTW_D && (flag != FTW_F || !S_ISREG(st->st_mode) || st->st_nlink != 1))
		abort();
	return 0;
}

/* tree_check(): folders and regular files with one name each, nothing else. */
static inline void
tree_check(void)
{
	if (nftw(tree_top, tree_look, 16, FTW_PHYS) != 0)
		abort();
}
#endif
