#include "fresh.h"

void
prio_fresh_id(char out[UUID_TEXT])
{
	uint8_t u[16];

	uuid_random128(u);
	u[6] = (uint8_t)((u[6] & 0x0f) | 0x40);
	u[8] = (uint8_t)((u[8] & 0x3f) | 0x80);
	uuid_format(out, u);
}
