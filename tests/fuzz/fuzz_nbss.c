/* A session header is written as it was read; names decode to what encodes to them. */
#include "again.h"
#include "wire/nbss.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	struct reader r = {.rest = in};
	struct nbss n;
	uint8_t name[16];

	if (!nbss_read(&r, &n))
		return false;
	(void)nbss_is_sane(&n);
	(void)nbss_read_name(&r, name);
	nbss_write(w, &n);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = {data, size};
	uint8_t head[4];
	struct writer w = {.at = head, .cap = sizeof(head)};

	again_check(copy, in);
	if (copy(in, &w) && memcmp(head, data, sizeof(head)) != 0)
		abort();
	return 0;
}
