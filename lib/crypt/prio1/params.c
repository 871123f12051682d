#include "params.h"

#include <inttypes.h>
#include <stdlib.h>

int
prio1_params_make(struct prio1_params *p, int64_t n_data, struct err *e)
{
	struct f87 w, v = F87_ONE;
	size_t points = 2;

	if (n_data < 1 || n_data > PRIO1_DATA_MAX)
		return err_set(e, ERR_VALIDATION, "n_data: %" PRId64 " is not 1 to %d", n_data, PRIO1_DATA_MAX);
	while (points < (size_t)n_data + 1)
		points *= 2;
	if ((p->root = reallocarray(NULL, points, sizeof(*p->root))) == NULL)
		abort();
	w = f87_root(2 * points);
	for (size_t k = 0; k < points; k++, v = f87_mul(v, w))
		p->root[k] = v;
	p->n_data = (size_t)n_data;
	p->n = p->n_data + 1;
	p->points = points;
	p->inv_points = f87_inv(f87_u64(points));
	return 0;
}

void
prio1_params_release(struct prio1_params *p)
{
	free(p->root);
	*p = (struct prio1_params)PRIO1_PARAMS_INIT;
}
