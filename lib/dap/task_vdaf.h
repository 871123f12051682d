#ifndef DAP_TASK_VDAF_H
#define DAP_TASK_VDAF_H
#include "task.h"
/*
 * The member "vdaf" of a task, and its encoding in a TaskConfiguration; private
 * to lib/dap.  task_vdaf_read: ERR_VALIDATION naming the member; the parameters
 * come back complete, as prio3_new filled them in, but for the context.
 */
int task_vdaf_read(struct prio3_param *out, const struct dap_profile *p, struct json_object *o, bool strict,
    struct err *e);
struct json_object *task_vdaf_json(const struct prio3_param *v);
void task_vdaf_put(struct buf *b, const struct prio3_param *v);	/* u32 type | config<2>, of 18 */
#endif
