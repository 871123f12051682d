#include "stmt.h"

static const struct stmt stmts[ST_MAX] = {
#define STMT(id, roles, nparams, sql) [id] = { id, #id, roles, nparams, sql },
#include "stmt.def"
#undef STMT
};

const struct stmt *
stmt_get(enum stmt_id id)
{
	return &stmts[id];
}
