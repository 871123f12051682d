#ifndef DB_STMT_H
#define DB_STMT_H
/*
 * The call table: the only SQL in C.  Prepared at connect by roles that may
 * EXECUTE them.  DB_CONTRACT must equal api.contract(): a mismatch stops the
 * program with a clear line.  HTTP functions all have the same shape,
 *   SELECT (a).* FROM api.x($1::jsonb auth, $2::jsonb request) a
 * so a new endpoint adds one row to stmt.def.  Those with STMT_MANY take many
 * calls at once: $1::jsonb[], $2::jsonb[], or an array a column (fcgi/rows.h), and
 * answer one row for each, in their order.
 */
#define DB_CONTRACT 7
enum stmt_role { STMT_FCGI = 1, STMT_WORKER = 2, STMT_MANY = 4, STMT_STORE = 8 };	/* bit mask; STORE: of darkroom-blob, not prepared */
enum stmt_id {
#define STMT(id, roles, nparams, sql) id,
#include "stmt.def"
#undef STMT
	ST_MAX
};
struct stmt { enum stmt_id id; const char *name; int roles; int nparams; const char *sql; };
const struct stmt *stmt_get(enum stmt_id id);
#endif
