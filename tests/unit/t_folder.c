/* Folders: removing goes all the way down and never out. */
#include "../tap.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/folder.h"

static bool
exists(int at, const char *name)
{
	struct stat st;

	return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

int
main(void)
{
	char top[] = "/tmp/t_folder-XXXXXX";
	CLEANUP(cleanup_close) int at = -1;
	CLEANUP(cleanup_close) int a = -1;
	CLEANUP(cleanup_close) int b = -1;
	struct err e = ERR_INIT;

	if (mkdtemp(top) == NULL)
		abort();
	at = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	a = folder_open(at, "a", 0700, &e);
	ok(a != -1, "made");
	b = folder_open(a, "b", 0700, &e);
	is_int(folder_write(b, "f", "hello", 5, 0400, &e), 0, "a file in it");
	is_int(folder_write(b, "f", "again", 5, 0400, &e), -1, "is not written over");
	is_int(e.sys, EEXIST, "because it is there");
	is_int(folder_write(at, "outside", "x", 1, 0400, &e), 0, "a file beside it");
	ok(symlinkat("..", b, "up") == 0 && symlinkat("../outside", a, "out") == 0, "links out of it");
	is_int(folder_remove(at, "a", &e), 0, "removed");
	ok(!exists(at, "a"), "with all below it");
	ok(exists(at, "outside"), "and nothing that links pointed to");
	is_int(folder_remove(at, "a", &e), 0, "again is no error");
	ok(symlinkat(top, at, "l") == 0 && folder_open(at, "l", 0700, &e) == -1, "a link is not opened as a folder");
	is_int(folder_remove(at, "l", &e), 0, "but removed as what it is");
	is_int(folder_remove(at, "outside", &e), 0, "a single file, too");
	ok(rmdir(top) == 0, "nothing is left");
	return done_testing();
}
