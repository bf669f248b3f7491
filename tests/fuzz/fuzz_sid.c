/* A security descriptor: its entries, written and read again, are the same; a SID as text is the
 * same SID; and whoever may write is one of its entries. */
#include "again.h"
#include "assess/shares.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ACES = 256 };

static void check_text(const struct sid *s)
{
	char text[SID_TEXT];
	struct sid again;

	if (!sid_parse(sid_text(s, text), &again) || !sid_eq(s, &again))
		abort();
}

static bool copy(struct bytes in, struct writer *w)
{
	static struct ace aces[ACES];
	struct acl a;
	size_t n = 0;

	if (!secdesc_dacl(in, &a) || a.is_null)
		return false;
	memset(aces, 0, sizeof(aces));
	while (n < ACES && acl_next(&a, &aces[n])) {
		check_text(&aces[n].sid);
		n++;
	}
	if (a.r.bad || n == ACES)
		return false;
	secdesc_write(w, aces, n);
	return true;
}

static void check_writers(struct bytes in)
{
	struct sid sids[SHARE_WRITERS_MAX] = {{0}};
	size_t n = 0, n_found = 0;
	struct acl a;
	struct ace e;

	if (share_writers(in, sids, &n) != WRITERS_LISTED || !secdesc_dacl(in, &a))
		return;
	for (size_t i = 0; i < n; i++) {
		bool is_there = false;

		(void)secdesc_dacl(in, &a);
		while (acl_next(&a, &e))
			is_there =
				is_there || (e.type == ACE_ALLOW && (e.mask & ACE_MAY_WRITE) != 0 &&
					     sid_eq(&e.sid, &sids[i]));
		n_found += is_there;
	}
	if (n_found != n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_writers((struct bytes){data, size});
	again_check(copy, (struct bytes){data, size});
	return 0;
}
