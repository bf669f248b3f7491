/* The first byte picks call and direction; the rest is a stub. What is good is written the same
 * again, and no text or value is longer than what was there. */
#include "again.h"
#include "wire/winreg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	static const uint16_t opnums[] = {2, 4, 5, 9, 15, 17};
	struct reader r = {.rest = in};
	uint8_t pick = rd_u8(&r);
	bool is_response = (pick & 0x80) != 0, is_good = false;
	struct winreg_request q = {.opnum = opnums[(pick & 0x7f) % 6]};
	struct winreg_response s = {.opnum = q.opnum};
	struct ndr n = ndr_reader(&r, false, false);

	is_good = is_response ? winreg_response(&n, &s) : winreg_request(&n, &q);
	if (s.data.len > in.len || s.name.units.len > in.len || q.name.units.len > in.len)
		abort();
	if (!is_good)
		return false;
	wr_le(w, 1, pick);
	n = ndr_writer(w, false, false);
	return is_response ? winreg_response(&n, &s) : winreg_request(&n, &q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
