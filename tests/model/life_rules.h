#ifndef MODEL_LIFE_RULES_H
#define MODEL_LIFE_RULES_H
#include "life.h"
/* Ways to get the rules wrong; life.c says which promise each breaks. */
enum life_mutant {
	M_NONE, M_FINISH_BY_ID, M_FENCE_BY_ATTEMPT, M_GIVE_BACK_BY_ID, M_CLAIM_LEAVES_READY, M_REAP_KEEPS_LEASE, M_ENDS_TWICE,
	M_RESULT_OF_FAILED, M_RUN_ALWAYS_USED, M_KEY_FORGOTTEN, M_CRASH_UNCOUNTED, M_NO_QUARANTINE, M_LEAVE_BLAMES,
	M_LOST_UNCOUNTED, M_REVOKE_SPARES_RUNNING, M_EXPIRES_AFTER_RUN, M_LATER_STAYS, M_NEVER_REAPED, M_STRAYS_STAY,
};
/* life_run(why, started): what becomes of the run of the data lease. */
enum run life_run(enum why why, bool started);
#endif
