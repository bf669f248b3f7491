/* A message is written as it was read; an address is IPv4 or none. */
#include "again.h"
#include "naming/cdp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	struct cdp x;

	if (!cdp_read(in, &x))
		return false;
	if (x.device_id.len > in.len || (!addr_is_zero(&x.address) && !addr_is_v4(&x.address)))
		abort();
	cdp_write(w, &x);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
