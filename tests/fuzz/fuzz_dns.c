/* A walk ends, within the limit; its records are written as they were read; a reverse name gives
 * the address that it was made of. */
#include "again.h"
#include "naming/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const struct dns_name *n)
{
	char text[DNS_NAME_TEXT];
	size_t len = dns_name_text(n, 0, text);
	struct dns_name back = {0};
	struct addr a, b;

	if (len >= sizeof(text) || len + (n->len > 0) != n->len)
		abort();
	if (!dns_reverse_addr(n, &a))
		return;
	dns_reverse_name(&a, &back);
	if (!dns_reverse_addr(&back, &b) || !addr_eq(&a, &b))
		abort();
}

static bool copy(struct bytes in, struct writer *w)
{
	struct dns_walk walk;
	struct dns_record x;
	struct dns_header h;
	unsigned n = 0;

	if (!dns_begin(in, &walk))
		return false;
	h = walk.header;
	memset(h.counts, 0, sizeof(h.counts));

	size_t at = w->len;

	dns_write_header(w, &h);
	while (dns_next(&walk, &x)) {
		if (++n > DNS_RECORDS_MAX)
			abort();
		check_name(&x.name);
		check_name(&x.target);
		h.counts[x.section]++;
		dns_write_record(w, &x);
	}
	if (walk.r.bad || w->bad)
		return false;

	struct writer again = {.at = w->at + at, .cap = DNS_HEADER};

	dns_write_header(&again, &h);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
