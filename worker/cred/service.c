/*
 * darkroom-cred: the warm runner of the credential lanes.  It holds public
 * things only: code and tables.
 */
#include "../exec/credential/cred.h"
#include "../exec/credential/table.h"
#include "warm.h"

const struct fork_service fork_service = {
	.program = "darkroom-cred", .log_name = "cred", .kinds = cred_kinds, .n_kinds = &cred_n_kinds,
	.warm_up = warm_up, .take = cred_take,
};
