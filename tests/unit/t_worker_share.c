/* What a credential lane gets of its host: words of a setting, sizes, and by what it is weighted. */
#include "../tap.h"

#include <string.h>

#include "../../worker/workerd/share.h"
#include "../../worker/workerd/weight.h"

#define GIB (INT64_C(1) << 30)

static void
test_words(void)
{
	struct err e = ERR_INIT;
	struct share s;

	is_int(share_read(&s, "cred_heavy", "size=2 reserved=1 cpu_weight=5 nice=19 sched=batch memory_mb=768 wall_s=900", &e), 0, "all words");
	is_int(s.size, 2, "size");
	is_int(s.reserved, 1, "reserved");
	is_int(s.cpu_weight, 5, "weight");
	is_int(s.nice, 19, "nice");
	is_int((int)s.sched, SHARE_BATCH, "policy");
	is_int(s.memory_mb, 768, "memory");
	is_int(s.wall_s, 900, "time");
	is_int(share_read(&s, "cred_heavy", "", &e), 0, "no word");
	is_int(s.cpu_weight, 0, "no weight then");
}

static void
test_refusals(void)
{
	static const char *const bad[] = {
		"size", "size=", "size=x", "size=-1", "size=1025", "nice=20", "sched=fifo", "speed=1", "memory_mb=1", "wall_s=0",
		"size=1 a=2", "size=11111111111111111111111111111111111111111111111111111111111111111111",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = ERR_INIT;
		struct share s = { .size = 7 };

		is_int(share_read(&s, "cred_idle", bad[i], &e), -1, "%s: refused", bad[i]);
		is_int(e.code, ERR_CONFIG, "as a setting");
		ok(strstr(e.msg, "cred_idle") != NULL && s.size == 7, "which is named, and nothing changed: %s", e.msg);
	}
}

static void
test_sizes(void)
{
	struct share s = { .memory_mb = 256 };

	is_int(share_size(&s, 4, 16 * GIB), 4, "0: one a core");
	s.reserved = 1;
	is_int(share_size(&s, 1, 16 * GIB), 2, "and one beside the reserved");
	s.size = 50;
	is_int(share_size(&s, 4, 4 * GIB), 8, "bounded by half of the host");
	s.lane_memory_mb = 512;
	is_int(share_size(&s, 4, 16 * GIB), 2, "or by what the lane may have");
	s.lane_memory_mb = 100;
	is_int(share_size(&s, 4, 16 * GIB), 1, "but there is one");
	is_int(share_reserved(&s, 1), 0, "which nobody has for himself");
	is_int(share_reserved(&s, 2), 1, "of two, one is reserved");
	s.reserved = 9;
	is_int(share_reserved(&s, 4), 3, "and never all");
}

static void
test_means(void)
{
	struct weight w = { .instance = "t" };		/* no place for groups */
	struct share s = { .cpu_weight = 5, .nice = 19, .sched = SHARE_IDLE };

	weight_lane(&w, "cred-heavy", &s);
	is_int((int)weight_of(&w, "cred-heavy"), WEIGHT_NICE, "without groups it is nice");
	s.nice = 0;
	weight_lane(&w, "cred-heavy", &s);
	is_int((int)weight_of(&w, "cred-heavy"), WEIGHT_SCHED, "without a nice value the policy");
	s.sched = SHARE_OTHER;
	weight_lane(&w, "cred-heavy", &s);
	is_str(weight_word(weight_of(&w, "cred-heavy")), "none", "and without that nothing");
	is_int((int)w.n, 1, "a lane is one, however often it is read");
}

int
main(void)
{
	test_words();
	test_refusals();
	test_sizes();
	test_means();
	return done_testing();
}
