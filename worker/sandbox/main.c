/*
 * darkroom-sandbox: one warm container and the jobs that run in it, one after
 * the other, for the workerd at the other end of descriptor 3.  See
 * darkroom-sandbox(8) and docs/design/sandbox.md.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/cleanup.h"
#include "../../lib/base/conf.h"
#include "../../lib/base/fault.h"
#include "../../lib/base/json.h"
#include "../../lib/base/log.h"
#include "../../lib/base/settings.h"
#include "../../lib/crypt/sha256.h"
#include "../../lib/proc/frame.h"
#include "../../lib/proc/loop.h"
#include "box.h"
#include "cgroup.h"
#include "filter.h"
#include "host.h"
#include "image.h"
#include "oci.h"
#include "probe.h"
#include "space.h"

#define INSTANCE_MAX	65

enum { EX_DONE = 0, EX_SICK = 1, EX_AGAIN = 75, EX_USAGE_ = 100, EX_SYSTEM = 111 };

static const char *const jail_files[] = { "zygote.py", "job.py", "jail.py" };

/* libexec(out, n): the folder of this program, where darkroom-jail.so stands too. */
static int
libexec(char *out, size_t n, struct err *e)
{
	ssize_t len = readlink("/proc/self/exe", out, n - 1);
	char *slash;

	if (len == -1)
		return err_sys(e, "/proc/self/exe");
	out[len] = '\0';
	slash = strrchr(out, '/');
	if (slash != NULL)
		*slash = '\0';
	return 0;
}

/* furnish_jail: what the container sees in /jail. */
static int
furnish_jail(const char *zygote_dir, bool counted, struct err *e)
{
	CLEANUP(cleanup_close) int fd = -1;
	char exe[1024], from[1280], to[256];

	if (libexec(exe, sizeof(exe), e) == -1)
		return -1;
	snprintf(from, sizeof(from), "%s/darkroom-jail.so", exe);
	if (space_copy(SPACE_JAIL "/darkroom-jail.so", from, e) == -1)
		return -1;
	if (chmod(SPACE_JAIL "/darkroom-jail.so", 0555) == -1)	/* the keeper's program, too */
		return err_sys(e, "darkroom-jail.so");
	for (size_t i = 0; i < sizeof(jail_files) / sizeof(*jail_files); i++) {
		snprintf(from, sizeof(from), "%s/%s", zygote_dir, jail_files[i]);
		snprintf(to, sizeof(to), SPACE_JAIL "/%s", jail_files[i]);
		if (space_copy(to, from, e) == -1)
			return -1;
	}
	fd = open(SPACE_JAIL "/filter.bpf", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0444);
	if (fd == -1)
		return err_sys(e, "filter.bpf");
	return filter_export(fd, counted, e);
}

static void
on_signal(void *arg, const struct signalfd_siginfo *si)
{
	(void)si;
	box_quit(arg);
}

static int
serve(struct box_env *env, struct err *e)
{
	const int sigs[] = { SIGTERM, SIGINT };
	struct box *b = NULL;
	int rc = loop_new(&env->loop, e);

	if (rc == 0)
		rc = box_new(&b, env, e);
	if (rc == 0)
		rc = loop_signals(env->loop, sigs, sizeof(sigs) / sizeof(*sigs), on_signal, b, e);
	if (rc == 0)
		rc = loop_run(env->loop, e);
	if (rc == 0 && box_failed(b) != NULL)
		rc = err_set(e, ERR_SANDBOX, "%s", box_failed(b));
	box_free(b);
	loop_free(env->loop);
	return rc;
}

/* say_failed: the last frame of a sandbox that never came to have a container. */
static void
say_failed(const struct err *why)
{
	CLEANUP(frame_release) struct frame_io io;
	CLEANUP(json_put) struct json_object *o = frame_new("failed");
	struct err e = ERR_INIT;

	frame_init(&io, FRAME_FD);
	json_add_str(o, "why", why->msg);
	json_add_str(o, "reason", why->code == ERR_NOT_FOUND ? "IMAGE_UNAVAILABLE" : "SANDBOX_FAILED");
	if (frame_add(&io, o, &e) == 0)
		(void)frame_flush(&io, &e);
}

/* instance_name: as set, or made from the folder that tells one node of this host from another. */
static void
instance_name(char out[INSTANCE_MAX], const struct conf *c)
{
	char hex[SHA256_HEX];
	const char *dir = conf_str(c, "spool_dir"), *name = conf_str(c, "instance");

	sha256_hex(hex, dir, strlen(dir));
	snprintf(out, INSTANCE_MAX, *name != '\0' ? "%s" : "%.8s", *name != '\0' ? name : hex);
}

/* run: *begun is set once failures are reported by frames of the box. */
static int
run(const struct conf *c, const struct cg_host *cg, const char *instance, bool *begun, struct err *e)
{
	CLEANUP(image_release) struct image image = { .name = "" };
	CLEANUP(cleanup_close) int slot_lock = -1;
	char prefix[CG_NAME_MAX], runtime[512];
	struct box_env env = { .cg = cg, .image = &image, .prefix = prefix, .runtime = runtime, .fd = FRAME_FD,
		.start_timeout_ms = conf_i64(c, "start_timeout_ms"), .jobs_max = conf_i64(c, "container_jobs_max"),
		.spare_age_ms = conf_i64(c, "spare_age_ms"), .memory_bytes = conf_i64(c, "container_memory_bytes") };

	if (probe_needed(e) == -1 || image_load(&image, conf_str(c, "image_dir"), conf_str(c, "image"), e) == -1 ||
	    cg_prefix(prefix, sizeof(prefix), instance, e) == -1 ||
	    oci_choose(runtime, sizeof(runtime), conf_str(c, "runtime"), cg_any(cg), e) == -1 ||
	    host_claim_ids(&env.base_uid, &slot_lock, (uid_t)conf_i64(c, "subuid_base"), e) == -1 ||
	    space_enter(image.rootfs, cg_any(cg), e) == -1 || furnish_jail(conf_str(c, "zygote_dir"), cg_has(cg, CG_MEMORY), e) == -1)
		return -1;
	FAULT_POINT(SANDBOX_ENTERED);
	*begun = true;			/* from here on the box says what goes wrong */
	return serve(&env, e);
}

/* is_socket(fd): somebody started us as a runner. */
static bool
is_socket(int fd)
{
	int type;
	socklen_t n = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0 && type == SOCK_STREAM;
}

static void
free_conf(struct conf **c)
{
	conf_free(*c);
}

/* tell_limits: on descriptor 3, if whoever started us wants to know. */
static void
tell_limits(const struct cg_host *cg)
{
	CLEANUP(json_put) struct json_object *o = json_object_new_object();
	struct cg_means means[CG_MEANS_MAX];
	const char *text;
	size_t n;

	cg_means(means, cg);
	for (size_t i = 0; i < CG_MEANS_MAX; i++)
		json_add_str(o, means[i].limit, means[i].kept);
	text = json_text(o);
	n = strlen(text);
	if (write(FRAME_FD, text, n) != (ssize_t)n)
		log_debug("limits.unheard", F_STR("why", "nobody listens on descriptor 3"));
}

static int
sweep(const struct cg_host *cg, const char *instance)
{
	tell_limits(cg);
	log_info("cgroup.swept", F_I64("count", cg_sweep(cg, instance)));
	return EX_DONE;
}

/* as_runner: the life of a sandbox, and its last words if it is short. */
static int
as_runner(const struct conf *c, const struct cg_host *cg, const char *instance)
{
	struct err e = ERR_INIT;
	bool begun = false;

	if (!is_socket(FRAME_FD)) {
		log_error("start.refused", F_STR("why", "descriptor 3 is not a runner's socket"));
		return EX_USAGE_;
	}
	(void)fcntl(FRAME_FD, F_SETFD, FD_CLOEXEC);
	(void)fcntl(FRAME_FD, F_SETFL, O_NONBLOCK);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);	/* the container's init becomes our child */
	if (run(c, cg, instance, &begun, &e) == 0)
		return EX_DONE;
	if (!begun)
		say_failed(&e);
	log_error("container.failed", F_ERR(&e));
	return e.code == ERR_CONFIG || e.code == ERR_VALIDATION ? EX_USAGE_ : EX_AGAIN;
}

int
main(int argc, char **argv)
{
	CLEANUP(cg_release) struct cg_host cg = { .n_roots = 0 };
	CLEANUP(free_conf) struct conf *c = NULL;
	char instance[INSTANCE_MAX];
	struct err e = ERR_INIT;
	enum log_level level = LOG_INFO;
	int rest;

	log_init("sandbox", LOG_INFO);
	if (conf_load(&c, conf_sandbox, "darkroom-sandbox", argc, argv, &rest, &e) == -1 || rest < argc) {
		log_error("settings.refused", F_ERR(&e));
		return EX_USAGE_;
	}
	if (log_level_parse(&level, conf_str(c, "log_level")) == 0)
		log_init("sandbox", level);
	instance_name(instance, c);
	if (conf_bool(c, "doctor"))
		return probe_print() == 0 ? EX_DONE : EX_SICK;
	if (cg_probe(&cg, &e) == -1) {
		log_error("host.refused", F_ERR(&e));
		return EX_SYSTEM;
	}
	return conf_bool(c, "sweep") ? sweep(&cg, instance) : as_runner(c, &cg, instance);
}
