/*
 * The control: a branch and an address that depend on a secret.  Both steps must
 * be reported, or the other programs prove nothing.
 */
#include <stdint.h>
#include <stdlib.h>

#include "ct.h"

int
main(void)
{
	volatile uint8_t table[256] = { 0 };
	uint8_t *key = calloc(1, 1);
	volatile int seen = 0;

	if (key == NULL)
		return 111;
	ct_secret(key, 1);
	if (*key == 7)
		seen = 1;
	ct_step("a branch on a secret");
	seen += table[*key];
	ct_step("a place that depends on a secret");
	free(key);
	return ct_done();
}
