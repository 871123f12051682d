#ifndef DAP_TASK_EXTENSION_H
#define DAP_TASK_EXTENSION_H
#include "task.h"
/* TaskExtension* of a task; private to lib/dap.  task_extensions_read fills in
 * task_start and task_duration; ERR_VALIDATION naming "extensions". */
void task_extensions_put(struct buf *b, const struct dap_task *t);
int task_extensions_read(struct dap_task *t, struct dap_slice list, struct err *e);
#endif
