/* A message is written as it was read, and never holds more than it has room for. */
#include "again.h"
#include "naming/nbns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	struct nbns x;

	if (!nbns_read(in, &x))
		return false;
	if (x.n_addrs > NBNS_ADDRS || x.n_names > NBNS_NAMES ||
	    netbios_text(x.name.name).len > NETBIOS_NAME)
		abort();
	nbns_write(w, &x);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
