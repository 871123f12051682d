/* Key files of lib/crypt/seal.h: base64 of 32 bytes and a line feed. */
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/codec.h"

#define TEXT	((size_t)B64_LEN(SEAL_KEY) - 1)	/* characters of a key */

/* decode: the key in text[0..n); libsodium's codec branches on no character. */
static int
decode(uint8_t out[SEAL_KEY], const char *path, const uint8_t *text, size_t n,
    struct err *e)
{
	size_t len;

	if (n > 0 && text[n - 1] == '\n')
		n--;
	if (n != TEXT || sodium_base642bin(out, SEAL_KEY, (const char *)text, n,
	    NULL, &len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    len != SEAL_KEY)
		return err_set(e, ERR_CONFIG, "%s: not a key: %zu characters "
		    "of base64 and a line feed", path, TEXT);
	return 0;
}

int
seal_key_read(struct seal_key *k, const char *path, struct err *e)
{
	CLEANUP(secret_release) struct secret text = SECRET_INIT;
	struct secret sec = SECRET_INIT;

	if (secret_read_file(&text, path, TEXT + 1, e) == -1 ||
	    secret_alloc(&sec, SEAL_KEY, e) == -1)
		return -1;
	if (decode(sec.p, path, text.p, text.len, e) == -1) {
		secret_release(&sec);
		return -1;
	}
	crypto_scalarmult_base(k->pub, sec.p);
	k->sec = sec;
	return 0;
}

int
seal_public_read(uint8_t pub[SEAL_KEY], const char *path, struct err *e)
{
	CLEANUP(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t text[TEXT + 2];
	ssize_t n;

	if (fd == -1)
		return err_set(e, ERR_CONFIG, "%s: %s", path, strerror(errno));
	n = read(fd, text, sizeof(text));
	if (n == -1)
		return err_set(e, ERR_CONFIG, "%s: %s", path, strerror(errno));
	return decode(pub, path, text, (size_t)n, e);
}

/* open_folder: the folder that path is in. */
static int
open_folder(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX] = ".";
	int fd;

	if (slash != NULL)
		snprintf(folder, sizeof(folder), "%.*s",
		    slash == path ? 1 : (int)(slash - path), path);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd == -1 ? err_sys(e, "%s", folder) : fd;
}

/* write_key: key as text into a file without a name, durable. */
static int
write_key(int fd, mode_t mode, const uint8_t key[SEAL_KEY])
{
	char text[TEXT + 1];
	ssize_t n;

	sodium_bin2base64(text, sizeof(text), key, SEAL_KEY,
	    sodium_base64_VARIANT_ORIGINAL);
	text[TEXT] = '\n';	/* where the NUL was */
	n = write(fd, text, TEXT + 1);
	explicit_bzero(text, sizeof(text));
	return n == (ssize_t)TEXT + 1 && fchmod(fd, mode) == 0 && fsync(fd) == 0 ?
	    0 : -1;
}

/*
 * create: path with key as its text, whole and durable or not there: it gets a
 * name when it is complete, which fails when the name is taken.  1 made, 0 was
 * there, -1.
 */
static int
create(const char *path, mode_t mode, const uint8_t key[SEAL_KEY], struct err *e)
{
	CLEANUP(cleanup_close) int folder = open_folder(path, e);
	CLEANUP(cleanup_close) int fd = -1;
	char unnamed[32];

	if (folder == -1)
		return -1;
	fd = openat(folder, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
	if (fd == -1 || write_key(fd, mode, key) == -1)
		return err_sys(e, "%s", path);
	snprintf(unnamed, sizeof(unnamed), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, unnamed, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == -1)
		return errno == EEXIST ? 0 : err_sys(e, "%s", path);
	return fsync(folder) == -1 ? err_sys(e, "%s", path) : 1;
}

int
seal_public_write(const char *path, const uint8_t pub[SEAL_KEY], struct err *e)
{
	CLEANUP(cleanup_close) int folder = open_folder(path, e);
	char fresh[PATH_MAX];
	int made;

	if (folder == -1)
		return -1;
	if (snprintf(fresh, sizeof(fresh), "%s.new", path) >= (int)sizeof(fresh))
		return err_set(e, ERR_CONFIG, "%s: too long a path", path);
	if (unlink(fresh) == -1 && errno != ENOENT)	/* of a call that was killed */
		return err_sys(e, "%s", fresh);
	made = create(fresh, 0644, pub, e);
	if (made != 1)
		return made == -1 ? -1 : err_set(e, ERR_CONFLICT, "%s: another process writes it", path);
	if (rename(fresh, path) == -1 || fsync(folder) == -1)
		return err_sys(e, "%s", path);
	return 0;
}

int
seal_key_file(const char *path, struct err *e)
{
	CLEANUP(seal_key_release) struct seal_key k = SEAL_KEY_INIT;

	if (access(path, F_OK) == 0)
		return 0;
	return seal_key_make(&k, e) == -1 ? -1 : create(path, 0600, k.sec.p, e);
}

int
seal_key_files(const char *secret_path, const char *public_path, struct err *e)
{
	CLEANUP(seal_key_release) struct seal_key k = SEAL_KEY_INIT;
	uint8_t pub[SEAL_KEY];
	int made = seal_key_file(secret_path, e);

	if (made == -1 || seal_key_read(&k, secret_path, e) == -1 ||
	    create(public_path, 0644, k.pub, e) == -1 ||
	    seal_public_read(pub, public_path, e) == -1)
		return -1;
	if (memcmp(pub, k.pub, sizeof(pub)) != 0)
		return err_set(e, ERR_CONFIG, "%s is not the public half of %s",
		    public_path, secret_path);
	return made;
}
