/*
 * A block that an IPFS node serves: any bytes, as node and as raw leaf.
 * Reaches: lib/ipfs/block.c
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/ipfs/block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ipfs_node n;
	struct ipfs_link l = { .raw = false };
	char name[IPFS_NAME_TEXT], text[47] = { 0 };
	struct err e = ERR_INIT;

	for (int raw = 0; raw < 2; raw++) {
		l.raw = raw != 0;
		if (ipfs_decode(&n, &l, data, size, &e) == -1)
			continue;
		if (n.n_data > 0 && (n.data < data || n.data + n.n_data > data + size))
			abort();
		if (n.n_links > IPFS_LINKS_MAX || n.size < -1)
			abort();
		for (size_t i = 0; i < n.n_links; i++)
			ipfs_name(name, &n.links[i]);
	}
	memcpy(text, data, size < 46 ? size : 46);
	if (ipfs_cid_parse(&l, text, &e) == 0) {
		ipfs_name(name, &l);
		if (strcmp(name, text) != 0)
			abort();
	}
	return 0;
}
