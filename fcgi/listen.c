#include "listen.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG		1024
#define ITEM_MAX	200	/* bytes of one item of the list */

static int
open_unix(const char *path, struct err *e)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const size_t max = sizeof(a.sun_path) - sizeof(".4194304");	/* the largest pid of Linux */
	size_t n = strlen(path);
	int fd;

	if (path[0] != '/' || n > max)
		return err_set(e, ERR_CONFIG, "listen: unix:%s is not an absolute path of at most %zu bytes", path, max);
	memcpy(a.sun_path, path, n);
	snprintf(a.sun_path + n, sizeof(a.sun_path) - n, ".%d", (int)getpid());
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return err_sys(e, "listen: unix:%s", path);
	unlink(a.sun_path);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 || chmod(a.sun_path, 0666) == -1 ||
	    listen(fd, BACKLOG) == -1 || rename(a.sun_path, path) == -1) {
		err_sys(e, "listen: unix:%s", path);
		unlink(a.sun_path);
		close(fd);
		return -1;
	}
	return fd;
}

static int
bind_first(const struct addrinfo *list, struct err *e)
{
	static const int on = 1;
	int fd;

	for (const struct addrinfo *a = list; a != NULL; a = a->ai_next) {
		fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (fd == -1) {
			err_sys(e, "opening a socket");
			continue;
		}
		/* TCP_NODELAY is inherited: an answer is written in as few pieces as can be */
		if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
		    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
		    bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
			return fd;
		err_sys(e, "binding");
		close(fd);
	}
	return -1;
}

static int
open_tcp(char *item, struct err *e)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV };
	char *colon = strrchr(item, ':'), *host = item;
	struct addrinfo *list = NULL;
	int fd;

	if (colon == NULL)
		return err_set(e, ERR_CONFIG, "listen: %s is neither unix:/path nor host:port", item);
	*colon = '\0';
	if (host[0] == '[' && colon > host + 1 && colon[-1] == ']') {
		colon[-1] = '\0';
		host++;
	}
	/* getaddrinfo takes 99999 for 34463. */
	if (strtoul(colon + 1, NULL, 10) > 65535 || getaddrinfo(host, colon + 1, &hints, &list) != 0)
		return err_set(e, ERR_CONFIG, "listen: %s:%s is not a numeric address and port", host, colon + 1);
	fd = bind_first(list, e);
	freeaddrinfo(list);
	return fd == -1 ? err_wrap(e, "listen: %s:%s", host, colon + 1) : fd;
}

static int
open_item(const char *p, size_t len, struct err *e)
{
	char item[ITEM_MAX + 1];

	if (len == 0 || len > ITEM_MAX)
		return err_set(e, ERR_CONFIG, "listen: an item has 1 to %d bytes", ITEM_MAX);
	memcpy(item, p, len);
	item[len] = '\0';
	return strncmp(item, "unix:", 5) == 0 ? open_unix(item + 5, e) : open_tcp(item, e);
}

int
listen_open(const char *spec, int fds[LISTEN_MAX], size_t *n, struct err *e)
{
	size_t got = 0, len, k;

	for (const char *p = spec; ; p += len + 1) {
		len = strcspn(p, ",");
		k = strspn(p, " ");
		fds[got] = got < LISTEN_MAX - 1 ? open_item(p + k, len - k, e) :
		    err_set(e, ERR_CONFIG, "listen: more than %d sockets", LISTEN_MAX - 1);
		if (fds[got] == -1)
			break;
		got++;
		if (p[len] == '\0') {
			*n = got;
			return 0;
		}
	}
	while (got > 0)
		close(fds[--got]);
	return -1;
}
