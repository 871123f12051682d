#ifndef CREDENTIAL_TABLE_H
#define CREDENTIAL_TABLE_H
#include <stddef.h>
/* Every kind of this service: rows for fork_service.kinds. */
struct fork_kind;
extern const struct fork_kind *const cred_kinds[];
extern const size_t cred_n_kinds;
#endif
