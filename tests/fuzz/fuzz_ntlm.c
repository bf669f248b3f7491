/* What is good is written the same again, and every text lies within the message. */
#include "again.h"
#include "naming/ntlm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct bytes in, struct bytes text, bool is_unicode)
{
	if (text.len == 0)
		return;
	if (text.at < in.at || text.at + text.len > in.at + in.len ||
	    (is_unicode && text.len % 2 != 0))
		abort();
}

static bool copy(struct bytes in, struct writer *w)
{
	struct ntlm n;

	if (!ntlm_read(in, &n))
		return false;
	switch (n.type) {
	case NTLM_NEGOTIATE:
		within(in, n.negotiate.domain, false);
		within(in, n.negotiate.workstation, false);
		break;
	case NTLM_CHALLENGE:
		within(in, n.challenge.target, n.is_unicode);
		within(in, n.challenge.computer, true);
		within(in, n.challenge.domain, true);
		within(in, n.challenge.dns_computer, true);
		within(in, n.challenge.dns_domain, true);
		break;
	default:
		within(in, n.authenticate.domain, n.is_unicode);
		within(in, n.authenticate.user, n.is_unicode);
		within(in, n.authenticate.workstation, n.is_unicode);
		break;
	}
	ntlm_write(w, &n);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
