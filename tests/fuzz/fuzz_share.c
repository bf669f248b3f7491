/* The first byte picks the direction; the rest is a stub. What is good is written the same again,
 * and no list is longer than its room. */
#include "again.h"
#include "wire/srvsvc_share.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	static struct share list[SHARES_MAX];
	struct reader r = {.rest = in};
	uint8_t pick = rd_u8(&r);
	bool is_response = (pick & 0x80) != 0, is_good = false;
	struct share_request q = {0};
	struct share_response s = {.list = list};
	struct ndr n = ndr_reader(&r, false, false);

	memset(list, 0, sizeof(list));
	is_good = is_response ? share_response(&n, &s) : share_request(&n, &q);
	if (s.n > SHARES_MAX)
		abort();
	for (uint32_t i = 0; i < s.n; i++) {
		if (list[i].secdesc.len > in.len || list[i].name.units.len > in.len)
			abort();
	}
	if (!is_good)
		return false;
	wr_le(w, 1, pick & 0x80);
	n = ndr_writer(w, false, false);
	return is_response ? share_response(&n, &s) : share_request(&n, &q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
