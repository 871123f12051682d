#ifndef PRIO1_FRESH_H
#define PRIO1_FRESH_H
#include "../base/uuid.h"
/* prio_fresh_id(out): a random id, UUID version 4. */
void prio_fresh_id(char out[UUID_TEXT]);
#endif
