/* A message is written as it was read, relays around it too, and never holds more than it has room
 * for. */
#include "again.h"
#include "naming/dhcp6.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	struct dhcp6 x;

	if (!dhcp6_read(in, &x))
		return false;
	if (x.n_relays > DHCP6_RELAYS || x.n_addrs > DHCP6_ADDRS || x.fqdn.len > in.len)
		abort();
	dhcp6_write(w, &x);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
