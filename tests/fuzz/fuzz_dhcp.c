/* A message is written as it was read; values lie in the message or in the room, and a name never
 * is longer than what it came from. */
#include "again.h"
#include "naming/dhcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct bytes value, struct bytes whole)
{
	return value.len == 0 ||
	       (value.at >= whole.at && value.at + value.len <= whole.at + whole.len);
}

static bool copy(struct bytes in, struct writer *w)
{
	uint8_t space[DHCP_ROOM], name[DHCP_VALUE_MAX];
	struct writer room = {.at = space, .cap = sizeof(space)};
	struct bytes joined = {space, sizeof(space)};
	struct dhcp x;

	if (!dhcp_read(in, &room, &x))
		return false;
	if (!is_within(x.hostname, in) && !is_within(x.hostname, joined))
		abort();
	if (!is_within(x.fqdn, in) && !is_within(x.fqdn, joined))
		abort();
	if (dhcp_fqdn_name(&x, name) > x.fqdn.len || x.params.len > DHCP_VALUE_MAX)
		abort();
	if (!is_within(dhcp_relay_part(x.relay, DHCP_RELAY_CIRCUIT_ID), x.relay))
		abort();
	dhcp_write(w, &x);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
