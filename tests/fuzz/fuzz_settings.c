/*
 * Any text is either refused with a message, or settings whose dump reads back: the dump of what
 * was read back is the same from then on, to the byte.
 */
#include <assert.h>
#include <stdlib.h>

#include "../unit/settings_detectors.h"
#include "settings/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The dump of what `text` sets, or NULL if it is refused. The caller frees it. */
static char *reread(struct bytes text)
{
	struct settings *s = NULL;
	char err[512] = "", *out = NULL;
	size_t len = 0;
	FILE *to = NULL;

	if (settings_new(&s) != RC_OK)
		abort();
	if (settings_read_text(s, "f", text, err, sizeof(err)) != RC_OK) {
		assert(err[0] != '\0');
	} else {
		to = open_memstream(&out, &len);
		if (to == NULL || settings_dump(s, to) != RC_OK || fclose(to) != 0)
			abort();
	}
	settings_free(s);
	return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *first = reread((struct bytes){data, size});

	if (first == NULL)
		return 0;

	char *second = reread((struct bytes){(uint8_t *)first, strlen(first)});

	assert(second != NULL);

	char *third = reread((struct bytes){(uint8_t *)second, strlen(second)});

	assert(third != NULL && strcmp(second, third) == 0);
	free(first);
	free(second);
	free(third);
	return 0;
}
