/* The first byte picks call and direction; the rest is a stub. What is good is written the same
 * again, and no list is longer than its room. */
#include "again.h"
#include "wire/lsarpc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	static const uint16_t opnums[] = {0, 7, 15, 44};
	static struct sid sids[LSARPC_SIDS_MAX];
	struct reader r = {.rest = in};
	uint8_t pick = rd_u8(&r);
	bool is_response = (pick & 0x80) != 0, is_good = false;
	struct lsarpc_request q = {.opnum = opnums[(pick & 0x7f) % 4], .sids = sids};
	struct lsarpc_response s = {.opnum = q.opnum};
	struct ndr n = ndr_reader(&r, false, false);

	memset(sids, 0, sizeof(sids));
	is_good = is_response ? lsarpc_response(&n, &s) : lsarpc_request(&n, &q);
	if (q.n > LSARPC_SIDS_MAX || s.n_domains > LSARPC_DOMAINS_MAX ||
	    s.n > (s.opnum == LSARPC_LOOKUP_SIDS ? LSARPC_SIDS_MAX : LSARPC_CATEGORIES_MAX))
		abort();
	if (!is_good)
		return false;
	wr_le(w, 1, pick);
	n = ndr_writer(w, false, false);
	return is_response ? lsarpc_response(&n, &s) : lsarpc_request(&n, &q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
