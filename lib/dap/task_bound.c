/* How long a report of a task may be, and how many one sum may have. */
#include "../base/cleanup.h"
#include "../crypt/hpke/hpke.h"
#include "task.h"

#define COUNT_FAR	(UINT64_C(1) << 40)	/* reports that no batch has */

/* ciphertext: bytes of an input share on the wire, with X25519. */
static size_t
ciphertext(size_t share)
{
	return 1 + 2 + HPKE_ENC + 4 + DAP_INPUT_SHARE_HEAD + share + HPKE_MORE;
}

int
dap_task_bound(const struct dap_task *t, struct dap_task_bound *out, struct err *e)
{
	CLEANUP(prio3_cleanup) struct prio3 *v = dap_task_prio3(t, e);
	size_t metadata = DAP_REPORT_ID + 8 + (t->profile == &dap_18 ? 2 : 0);

	if (v == NULL)
		return -1;
	out->report_max_bytes = (int64_t)(metadata + 4 + v->public_share_bytes + ciphertext(v->leader_share_bytes) +
	    ciphertext(v->helper_share_bytes) + DAP_REPORT_SLACK);
	out->share_bytes = (int64_t)v->out_share_bytes;
	out->count_max = v->count_max < COUNT_FAR ? (int64_t)v->count_max : 0;
	return 0;
}
