/* Any blob at all: texts are never longer than EV_TEXT_MAX, and a copy without what lies behind its
 * end tells the same. The first byte picks the direction. */
#include "proto/logon.h"

#include "../unit/heard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t told(struct bytes blob, enum dir dir)
{
	static struct heard h;
	const struct proto_out out = {heard_event, heard_anomaly, heard_blind, &h, ~0u, 1};
	struct logon l = {0};

	h.len = 0;
	h.lines = h.sum = 0;
	if (logon_blob(&l, 1, dir, blob, &out) != LOGON_CLAIMED && l.is_open)
		abort();
	logon_answered(&l, 1, dir_other(dir), true, &out);
	if (h.lines > 5)
		abort();
	return h.sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;

	enum dir dir = (data[0] & 1) != 0 ? TO_CLIENT : TO_SERVER;
	uint8_t *exact = malloc(size);

	if (exact == NULL)
		return 0;
	memcpy(exact, data + 1, size - 1);
	if (told((struct bytes){exact, size - 1}, dir) !=
	    told((struct bytes){data + 1, size - 1}, dir))
		abort();
	free(exact);
	return 0;
}
