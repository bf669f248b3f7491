/* The first byte picks call and direction; the rest is a stub. What is good is written the same
 * again, and every service of a list is inside of it. */
#include "again.h"
#include "wire/svcctl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	static const uint16_t opnums[] = {0, 6, 14, 15, 16, 17};
	struct reader r = {.rest = in};
	uint8_t pick = rd_u8(&r);
	bool is_response = (pick & 0x80) != 0, is_good = false;
	struct svcctl_request q = {.opnum = opnums[(pick & 0x7f) % 6]};
	struct svcctl_response s = {.opnum = q.opnum};
	struct ndr n = ndr_reader(&r, false, false);
	struct svcctl_entry e;

	is_good = is_response ? svcctl_response(&n, &s) : svcctl_request(&n, &q);
	for (size_t i = 0; svcctl_entry(s.list, i, &e); i++) {
		if (e.name.len > 0 &&
		    (e.name.at < s.list.at || e.name.at + e.name.len > s.list.at + s.list.len))
			abort();
	}
	if (!is_good)
		return false;
	wr_le(w, 1, pick);
	n = ndr_writer(w, false, false);
	return is_response ? svcctl_response(&n, &s) : svcctl_request(&n, &q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
