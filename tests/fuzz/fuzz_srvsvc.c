/* The first byte picks call, direction, byte order and syntax; the rest is a stub. What is good is
 * written the same again, and never are more units shown than there are. */
#include "again.h"
#include "wire/srvsvc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	struct reader r = {.rest = in};
	uint8_t pick = rd_u8(&r);
	bool is_be = (pick & 4) != 0, is_64 = (pick & 8) != 0, is_response = (pick & 16) != 0;
	struct srvsvc_request q = {.opnum = (uint16_t)(30 + (pick & 3) % 3)};
	struct srvsvc_response s = {.opnum = q.opnum};
	struct ndr n = ndr_reader(&r, is_be, is_64);
	bool is_good = is_response ? srvsvc_response(&n, &s) : srvsvc_request(&n, &q);

	if (q.path.units.len > in.len || q.path2.units.len > in.len || q.server.units.len > in.len)
		abort();
	if (!is_good)
		return false;
	if (q.path.units.len != 2 * q.path.actual || q.path.actual > q.path.max ||
	    q.path.offset != 0)
		abort();
	wr_be(w, 1, pick);
	n = ndr_writer(w, is_be, is_64);
	return is_response ? srvsvc_response(&n, &s) : srvsvc_request(&n, &q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
