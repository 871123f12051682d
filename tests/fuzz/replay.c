/*
 * Replays a corpus through a fuzz target, as TAP: one test a file.  Linked in
 * place of libFuzzer's main, so that `make check` needs only gcc.
 *
 * usage: f_NAME FOLDER
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX (8u << 20)	/* bytes */

static uint8_t *
slurp(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p = malloc(INPUT_MAX), *exact;

	if (f == NULL || p == NULL) {
		free(p);
		if (f != NULL)
			fclose(f);
		return NULL;
	}
	*size = fread(p, 1, INPUT_MAX, f);
	fclose(f);
	/* an exact allocation, so that ASan sees one byte past the end */
	exact = malloc(*size > 0 ? *size : 1);
	if (exact != NULL)
		memcpy(exact, p, *size);
	free(p);
	return exact;
}

int
main(int argc, char **argv)
{
	struct dirent **names;
	int n, count = 0, bad = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 100;
	}
	n = scandir(argv[1], &names, NULL, alphasort);
	if (n == -1) {
		printf("not ok 1 - corpus %s: %s\n1..1\n", argv[1], strerror(errno));
		return 1;
	}
	for (int i = 0; i < n; i++) {
		char path[4096];
		size_t size = 0;
		uint8_t *data;

		if (names[i]->d_name[0] != '.') {
			snprintf(path, sizeof(path), "%s/%s", argv[1], names[i]->d_name);
			data = slurp(path, &size);
			if (data == NULL)
				bad++;
			else
				LLVMFuzzerTestOneInput(data, size);
			printf("%sok %d - %s\n", data == NULL ? "not " : "", ++count, names[i]->d_name);
			free(data);
		}
		free(names[i]);
	}
	free(names);
	printf("1..%d\n", count);
	return bad > 0 || count == 0;
}
