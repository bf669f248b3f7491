/* Feeds the files of a folder to a fuzz target, without a fuzzer: `target FOLDER`. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20 };

static int replay(const char *folder, const char *name)
{
	static uint8_t data[INPUT_MAX];
	char path[4096];
	FILE *f = NULL;

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
		return 1;
	f = fopen(path, "rb");
	if (f == NULL) {
		perror(path);
		return 1;
	}
	size_t len = fread(data, 1, sizeof(data), f);

	fclose(f);

	/* A copy of exactly its length, so that a read past the end is seen. */
	uint8_t *exact = malloc(len > 0 ? len : 1);

	if (exact == NULL)
		return 1;
	for (size_t i = 0; i < len; i++)
		exact[i] = data[i];
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
	return 0;
}

int main(int argc, char **argv)
{
	struct dirent **entries = NULL;
	int n = argc == 2 ? scandir(argv[1], &entries, NULL, alphasort) : -1, bad = 0, seen = 0;

	if (n < 0) {
		fprintf(stderr, "usage: %s FOLDER-OF-INPUTS\n", argv[0]);
		return 2;
	}
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.') {
			bad |= replay(argv[1], entries[i]->d_name);
			seen++;
		}
		free(entries[i]);
	}
	free(entries);
	printf("%d inputs\n", seen);
	return bad != 0 || seen == 0; /* a target without a corpus tests nothing */
}
