#ifndef SANDBOX_UNTAR_H
#define SANDBOX_UNTAR_H
#include <sys/types.h>
#include "../../lib/base/err.h"

#define UNTAR_ENTRIES_MAX	65536
#define UNTAR_WALL_S		120

/**
 * untar(archive, folder, uid, e):
 * Unpack a tar file (plain, gzip, bzip2, xz or zstd) into an empty folder of
 * uid's, in a process of its own that has uid's rights, no network, and nothing
 * open but the two.  Folders and regular files only; names stay below folder.
 * Returns 0; -1 with ERR_VALIDATION for what the archive holds; -1 with ERR_SYS.
 */
int untar(const char *archive, const char *folder, uid_t uid, struct err *e);
#endif
