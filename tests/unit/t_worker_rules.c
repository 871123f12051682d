/* Rules of a worker: lists of lanes and images, and sizes that fit each other. */
#include "../tap.h"

#include "../../lib/base/conf.h"
#include "../../lib/base/settings.h"
#include "../../worker/workerd/rules.h"
#include "../../worker/workerd/uuids.h"

/* with: the rules that these two flags give; 0, or -1. */
static int
with(struct rules *r, struct conf **c, const char *one, const char *two, struct err *e)
{
	char *argv[] = { (char *)"t", (char *)"-c", (char *)"/dev/null", (char *)one, (char *)two, NULL };
	int rest;

	if (conf_load(c, conf_workerd, "darkroom-workerd", 5, argv, &rest, e) == -1)
		return -1;
	return rules_read(r, *c, NULL, e);
}

static void
test_lists(void)
{
	struct conf *c = NULL;
	struct err e = ERR_INIT;
	struct rules r;

	is_int(with(&r, &c, "--images=minimal, data,torch-2", "--lanes=compute light", &e), 0, "lists");
	is_int((int64_t)r.n_images, 3, "three images");
	is_str(r.images[0], "minimal", "the first is the default");
	is_str(r.images[2], "torch-2", "the last");
	ok(r.compute && r.light && !r.maint, "two lanes of three");
	conf_free(c);

	is_int(with(&r, &c, "--images=,", "--lanes=compute,maint", &e), 0, "no image");
	ok(!r.compute && r.maint, "then no compute");
	conf_free(c);
}

static void
refuse(const char *one, const char *two, const char *word)
{
	struct conf *c = NULL;
	struct err e = ERR_INIT;
	struct rules r;

	is_int(with(&r, &c, one, two, &e), -1, "%s %s: refused", one, two);
	is_int(e.code, ERR_CONFIG, "as a setting");
	ok(strstr(e.msg, word) != NULL, "that is named: %s", e.msg);
	conf_free(c);
}

static void
test_sizes(void)
{
	struct conf *c = NULL;
	struct err e = ERR_INIT;
	struct rules r;

	is_int(with(&r, &c, "--pool_size=5", "--pool_max=2", &e), 0, "target above the ceiling");
	is_int(r.pool_max, 5, "lifts it");
	conf_free(c);
	is_int(with(&r, &c, "--pool_size=2", "--pool_min=9", &e), 0, "floor above the target");
	is_int(r.pool_min, 2, "comes down to it");
	ok(r.pool_max >= 2, "a ceiling of 0 means: by the number of CPUs");
	ok(r.libexec_dir[0] == '/' && strstr(r.libexec_dir, "/t_worker_rules") == NULL,
	    "runners are looked for beside the program");
	conf_free(c);
}

static void
test_uuids(void)
{
	struct uuids none = UUIDS_INIT, two = UUIDS_INIT;

	is_str(uuids_text(&none), "{}", "no element");
	uuids_add(&two, "a");
	uuids_add(&two, "b");
	is_str(uuids_text(&two), "{a,b}", "two");
	uuids_release(&none);
	uuids_release(&two);
}

int
main(void)
{
	test_lists();
	refuse("--images=../x", "--lanes=compute", "images");
	refuse("--images=a/b", "--lanes=compute", "images");
	refuse("--images=data", "--lanes=compute,fast", "lanes");
	test_sizes();
	test_uuids();
	return done_testing();
}
