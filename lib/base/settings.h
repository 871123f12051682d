#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H
#include "conf.h"
/*
 * Every setting of every program: one table each, ended by .name = NULL.
 * conf_common belongs to all of them; darkroom.conf(5) describes each row.
 */
extern const struct conf_row conf_common[];
extern const struct conf_row conf_fcgi[];
extern const struct conf_row conf_workerd[];
extern const struct conf_row conf_sandbox[];
extern const struct conf_row conf_migrate[];
extern const struct conf_row conf_blob[];
/* All tables, ended by NULL: what a shared file may name. */
extern const struct conf_row *const conf_tables[];
#endif
