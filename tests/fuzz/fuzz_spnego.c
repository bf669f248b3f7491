/* Whatever the wrapping was, wrapped again it carries the same, and is written the same. */
#include "again.h"
#include "naming/spnego.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	struct spnego s;

	if (!spnego_read(in, &s))
		return false;
	if (s.token.len > 0 && (s.token.at < in.at || s.token.at + s.token.len > in.at + in.len))
		abort();
	if ((s.token.len > 0) != (s.carries != SPNEGO_NOTHING))
		abort();
	if (in.at[0] == 0xa1)
		spnego_write_resp(w, &s);
	else
		spnego_write_init(w, &s);
	if (w->bad)
		return true;

	struct spnego got;

	if (!spnego_read((struct bytes){w->at, w->len}, &got) || !bytes_eq(got.token, s.token) ||
	    got.carries != s.carries)
		abort();
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
