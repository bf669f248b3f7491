/* Whatever a child of those that ask writes into its pipe: a message that is believed is in its
 * ranges, and written the same again; a stream in pieces gives the same messages as the whole. */
#include "again.h"
#include "ask/message.h"
#include "model/fact.h"
#include "model/posture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool copy(struct bytes in, struct writer *w)
{
	struct message m;
	size_t used = 0;

	if (message_read(in, &m, &used) != MESSAGE_READ)
		return false;
	if (used > in.len || used > MESSAGE_MAX || m.kind == 0 || m.kind >= MESSAGE_KINDS)
		abort();
	if (m.kind == MESSAGE_FACT && (!fact_is_asked(m.source) || m.confidence > 100))
		abort();
	if (m.kind == MESSAGE_OBSERVED &&
	    (m.source > BY_SMB || m.number > OBSERVED_UNREADABLE || m.text[0][0] == '\0' ||
	     strlen(m.text[0]) >= POSTURE_KEY))
		abort();
	for (size_t cut = 0; cut < used; cut++) {
		struct message part;
		size_t n = 0;

		if (message_read((struct bytes){in.at, cut}, &part, &n) != MESSAGE_MORE)
			abort();
	}
	message_write(w, &m);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
