/* Listening sockets from their setting: taking over, TCP, and what is refused. */
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "../../fcgi/listen.h"
#include "../tap.h"

static char dir[] = "/tmp/t_fcgi_listen.XXXXXX";

static bool
answers(const char *path, int listener)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), got;
	bool same;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == -1) {
		close(fd);
		return false;
	}
	got = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	same = got != -1;
	close(got);
	close(fd);
	return same;
}

static void
test_take_over(void)
{
	char path[64], spec[80];
	int first[LISTEN_MAX], second[LISTEN_MAX];
	struct err e = ERR_INIT;
	struct stat st;
	size_t n;

	snprintf(path, sizeof(path), "%s/f.sock", dir);
	snprintf(spec, sizeof(spec), "unix:%s", path);
	ok(listen_open(spec, first, &n, &e) == 0 && n == 1, "a unix socket");
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0666, "that everybody who reaches its folder may use");
	ok(answers(path, first[0]), "takes connections");
	ok(listen_open(spec, second, &n, &e) == 0, "the same again, while the first listens");
	ok(answers(path, second[0]), "has taken the name over");
	close(first[0]);
	close(second[0]);
	unlink(path);
}

static void
test_tcp_and_lists(void)
{
	char spec[128];
	int fds[LISTEN_MAX], none[LISTEN_MAX];
	struct err e = ERR_INIT;
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	size_t n;

	snprintf(spec, sizeof(spec), "127.0.0.1:0, unix:%s/g.sock,[::1]:0", dir);
	if (!ok(listen_open(spec, fds, &n, &e) == 0 && n == 3, "a list of TCP and unix sockets"))
		return;
	ok(getsockname(fds[0], (struct sockaddr *)&a, &len) == 0 && a.sin_family == AF_INET &&
	    a.sin_addr.s_addr == htonl(INADDR_LOOPBACK) && a.sin_port != 0, "on the address that was asked for");
	snprintf(spec, sizeof(spec), "unix:%s/h.sock,127.0.0.1:%d", dir, ntohs(a.sin_port));
	is_int(listen_open(spec, none, &n, &e), -1, "a port in use is refused");
	ok(e.code == ERR_SYS && strstr(e.msg, "127.0.0.1") != NULL, "by name");
	for (size_t i = 0; i < 3; i++)
		close(fds[i]);
	snprintf(spec, sizeof(spec), "%s/g.sock", dir);
	unlink(spec);
	snprintf(spec, sizeof(spec), "%s/h.sock", dir);
	unlink(spec);
}

static void
test_refusals(void)
{
	static const char *const bad[] = {
		"", "unix:relative", "localhost:80", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:99999", "127.0.0.1:0,,",
		"unix:/01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890",
	};
	int fds[LISTEN_MAX];
	struct err e = ERR_INIT;
	size_t n;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		e.code = ERR_NONE;
		ok(listen_open(bad[i], fds, &n, &e) == -1 && e.code != ERR_NONE, "\"%.40s\" is refused", bad[i]);
	}
}

int
main(void)
{
	if (mkdtemp(dir) == NULL)
		abort();
	test_take_over();
	test_tcp_and_lists();
	test_refusals();
	rmdir(dir);
	return done_testing();
}
