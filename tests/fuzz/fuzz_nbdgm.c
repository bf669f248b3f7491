/* A datagram is written as it was read; its data is the end of the message. */
#include "again.h"
#include "naming/nbdgm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	struct nbdgm x;

	if (!nbdgm_read(in, &x))
		return false;
	if (x.data.len > 0 && x.data.at + x.data.len != in.at + in.len)
		abort();
	nbdgm_write(w, &x);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
