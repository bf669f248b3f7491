/* What is read is written the same, and lies in the message. */
#include "again.h"
#include "naming/lldp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	struct lldp x;

	if (!lldp_read(in, &x))
		return false;
	if (x.port.len > in.len || x.system_name.len > in.len)
		abort();
	lldp_write(w, &x);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
