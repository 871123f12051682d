#include "uuid.h"

#include <string.h>

#include "clock.h"
#include "codec.h"
#include "rand.h"

/* Text positions of the four dashes in 8-4-4-4-12. */
static const uint8_t dashes[] = { 8, 13, 18, 23 };

void
uuid_v7(uint8_t out[16])
{
	uint64_t ms = (uint64_t)(clock_wall_us() / 1000);

	rand_bytes(out + 6, 10);
	for (int i = 5; i >= 0; i--, ms >>= 8)
		out[i] = (uint8_t)ms;
	out[6] = (uint8_t)(0x70 | (out[6] & 0x0f));
	out[8] = (uint8_t)(0x80 | (out[8] & 0x3f));
}

void
uuid_v4(uint8_t out[16])
{
	rand_bytes(out, 16);
	out[6] = (uint8_t)(0x40 | (out[6] & 0x0f));
	out[8] = (uint8_t)(0x80 | (out[8] & 0x3f));
}

void
uuid_random128(uint8_t out[16])
{
	rand_bytes(out, 16);
}

void
uuid_format(char out[UUID_TEXT], const uint8_t u[16])
{
	char hex[HEX_LEN(16)];
	size_t from = 0, to = 0;

	hex_encode(hex, u, 16);
	for (size_t i = 0; i < sizeof(dashes); i++) {
		size_t n = dashes[i] - to;

		memcpy(out + to, hex + from, n);
		from += n;
		to += n;
		out[to++] = '-';
	}
	memcpy(out + to, hex + from, sizeof(hex) - from);
}

int
uuid_parse(uint8_t out[16], const char *s)
{
	char hex[32];
	uint8_t u[16];
	size_t n = 0, d = 0;

	if (strnlen(s, UUID_TEXT) != UUID_TEXT - 1)
		return -1;
	for (size_t i = 0; i < UUID_TEXT - 1; i++) {
		if (d < sizeof(dashes) && i == dashes[d]) {
			if (s[i] != '-')
				return -1;
			d++;
			continue;
		}
		hex[n++] = s[i];
	}
	if (hex_decode(u, sizeof(u), hex, sizeof(hex)) != 16)
		return -1;
	memcpy(out, u, sizeof(u));
	return 0;
}
