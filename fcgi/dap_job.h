#ifndef FCGI_DAP_JOB_H
#define FCGI_DAP_JOB_H
#include "handler.h"
/* dap_job_done: the answer of an aggregation job, or that there is none yet. */
int dap_job_done(struct req *rq, const struct answer *a, struct resp *rs, struct err *e);
#endif
