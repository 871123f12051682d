#ifndef FCGI_COMPID_H
#define FCGI_COMPID_H
#include <json-c/json.h>
/*
 * compid_add(args): a new computation's ids: job_id, public_id, and comp, which is
 * public_id as clients read it and dear to make in SQL.
 */
void compid_add(struct json_object *args);
#endif
