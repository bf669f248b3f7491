/* What is good is written the same again, and first bytes never deny a message that is one. */
#include "again.h"
#include "naming/kerberos.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	struct krb k;

	if (!krb_read(in, &k))
		return false;
	if (k.cname.n > KRB_PARTS || k.sname.n > KRB_PARTS || k.n_etypes > KRB_ETYPES)
		abort();
	krb_write(w, &k);
	if (!w->bad && !krb_looks_like((struct bytes){w->at, 6}, w->len))
		abort();
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
