#include "priv/priv.h"

#include <cap-ng.h>
#include <grp.h>
#include <linux/close_range.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

enum rc priv_close_others(const int *keep, size_t n)
{
	int *sorted = calloc(n + 1, sizeof(*sorted));
	unsigned from = STDERR_FILENO + 1;
	enum rc rc = RC_OK;

	if (sorted == NULL)
		return RC_NOMEM;
	if (n > 0)
		memcpy(sorted, keep, n * sizeof(*keep));
	qsort(sorted, n, sizeof(*sorted), by_number);
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		unsigned fd = (unsigned)sorted[i];

		if (fd > from && close_range(from, fd - 1, 0) != 0)
			rc = RC_IO;
		if (fd >= from)
			from = fd + 1;
	}
	if (rc == RC_OK && close_range(from, ~0u, 0) != 0)
		rc = RC_IO;
	free(sorted);
	return rc;
}

enum rc priv_drop_root(void)
{
	bool is_root = geteuid() == 0;

	if (is_root && (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
			setresuid(NOBODY, NOBODY, NOBODY) != 0))
		return RC_IO;
	/* The file of the program may have given some to others too. */
	capng_clear(CAPNG_SELECT_BOTH);
	if (capng_apply(CAPNG_SELECT_CAPS) != 0)
		return RC_IO;
	return is_root && setuid(0) == 0 ? RC_IO : RC_OK; /* it must not work any more */
}
