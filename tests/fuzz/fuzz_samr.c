/* The first byte picks call and direction; the rest is a stub. What is good is written the same
 * again, and no list is longer than its room. */
#include "again.h"
#include "wire/samr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	static const uint16_t opnums[] = {1, 5, 6, 7, 8, 27, 33, 40, 57, 34, 36};
	static struct samr_domain domains[SAMR_DOMAINS_MAX];
	static struct samr_user users[SAMR_USERS_MAX];
	static struct sid members[SAMR_MEMBERS_MAX];
	struct reader r = {.rest = in};
	uint8_t pick = rd_u8(&r);
	bool is_response = (pick & 0x80) != 0, is_good = false;
	struct samr_request q = {.opnum = opnums[(pick & 0x7f) % 11]};
	struct samr_response s = {
		.opnum = q.opnum, .domains = domains, .users = users, .members = members};
	struct ndr n = ndr_reader(&r, false, false);

	memset(domains, 0, sizeof(domains));
	memset(users, 0, sizeof(users));
	memset(members, 0, sizeof(members));
	is_good = is_response ? samr_response(&n, &s) : samr_request(&n, &q);
	if (s.n > SAMR_MEMBERS_MAX || (s.opnum == SAMR_LIST_USERS && s.n > SAMR_USERS_MAX) ||
	    (s.opnum == SAMR_ENUM_DOMAINS && s.n > SAMR_DOMAINS_MAX) || s.sid.n_subs > SID_SUBS)
		abort();
	if (!is_good)
		return false;
	wr_le(w, 1, pick);
	n = ndr_writer(w, false, false);
	return is_response ? samr_response(&n, &s) : samr_request(&n, &q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
