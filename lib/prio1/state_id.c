#include "state_id.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/codec.h"
#include "../base/rand.h"

static const char file[] = "id";

/* keep: the id of a folder that has none; another process may have been first. */
static int
keep(int dir, const char *temp, const char *id, struct err *e)
{
	CLEANUP(cleanup_close) int fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, id, PRIO_STATE_ID - 1) != PRIO_STATE_ID - 1 || fsync(fd) == -1 ||
	    (linkat(dir, temp, dir, file, 0) == -1 && errno != EEXIST) || fsync(dir) == -1)
		return err_sys(e, "the id of the state folder");
	return 0;
}

/* draw: under a name of its own first; whoever links first has said it. */
static int
draw(int dir, struct err *e)
{
	uint8_t bytes[(PRIO_STATE_ID - 1) / 2];
	char id[PRIO_STATE_ID], temp[PRIO_STATE_ID + 1] = ".";
	int rc;

	rand_bytes(bytes, sizeof(bytes));
	hex_encode(id, bytes, sizeof(bytes));
	memcpy(temp + 1, id, sizeof(id));
	rc = keep(dir, temp, id, e);
	unlinkat(dir, temp, 0);
	return rc;
}

int
prio_state_id(const char *state_dir, char out[PRIO_STATE_ID], struct err *e)
{
	CLEANUP(cleanup_close) int dir = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;
	char id[PRIO_STATE_ID] = "";

	if (dir == -1)
		return err_sys(e, "%s", state_dir);
	if (faccessat(dir, file, F_OK, AT_SYMLINK_NOFOLLOW) == -1 && errno == ENOENT && draw(dir, e) == -1)
		return -1;
	fd = openat(dir, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return err_sys(e, "%s/%s", state_dir, file);
	if (read(fd, id, sizeof(id)) != PRIO_STATE_ID - 1 || strspn(id, "0123456789abcdef") != PRIO_STATE_ID - 1)
		return err_set(e, ERR_CONFIG, "%s/%s is no id of a state folder", state_dir, file);
	id[PRIO_STATE_ID - 1] = '\0';
	memcpy(out, id, sizeof(id));
	return 0;
}
