#include "address.h"

#include <string.h>

#include "../base/codec.h"
#include "keccak.h"

int
address_parse(uint8_t out[ADDRESS_LEN], const char *s, size_t n)
{
	uint8_t bytes[ADDRESS_LEN];

	if (n != ADDRESS_TEXT - 1 || s[0] != '0' || s[1] != 'x' ||
	    hex_decode(bytes, sizeof(bytes), s + 2, n - 2) != ADDRESS_LEN)
		return -1;
	memcpy(out, bytes, sizeof(bytes));
	return 0;
}

void
address_text(char out[ADDRESS_TEXT], const uint8_t address[ADDRESS_LEN])
{
	out[0] = '0';
	out[1] = 'x';
	hex_encode(out + 2, address, ADDRESS_LEN);
}

void
address_of_key(uint8_t out[ADDRESS_LEN], const uint8_t point[64])
{
	uint8_t sum[KECCAK256_LEN];

	keccak256(sum, point, 64);
	memcpy(out, sum + KECCAK256_LEN - ADDRESS_LEN, ADDRESS_LEN);
}
