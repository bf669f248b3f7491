/* What is read is written the same, with texts that end where they should. */
#include "again.h"
#include "naming/browser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	struct browser x;

	if (!browser_read(in, &x))
		return false;
	if (x.server.len > BROWSER_NAME || x.comment.len > BROWSER_COMMENT_MAX ||
	    (x.comment.len > 0 && memchr(x.comment.at, 0, x.comment.len) != NULL))
		abort();
	browser_write(w, &x);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
