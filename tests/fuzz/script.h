/*
 * script - fuzz input as a conversation: records of one byte (bit 0 the direction, bit 7 a gap
 * instead of bytes), two bytes of length, and so many bytes.
 */
#ifndef TESTS_SCRIPT_H
#define TESTS_SCRIPT_H

#include "../unit/heard.h"

/* Plays it in segments of at most `size` bytes. Returns whether there was a gap in it. */
static inline bool script_play(const struct proto *proto, struct bytes script, size_t size,
			       struct heard *h)
{
	struct reader r = {.rest = script};
	struct stream s;
	bool has_gap = false;

	stream_open(&s, proto, h);
	while (r.rest.len > 0) {
		uint8_t what = rd_u8(&r);
		uint16_t len = rd_le16(&r);
		enum dir dir = (what & 1) != 0 ? TO_CLIENT : TO_SERVER;

		if (r.bad)
			break;
		if ((what & 0x80) != 0) {
			stream_gap(&s, dir, len);
			has_gap = true;
		} else {
			stream_send(&s, dir, rd_take_upto(&r, len), size);
		}
	}
	stream_close(&s);
	return has_gap;
}

/* The same must be told however the bytes are cut. Aborts otherwise. */
static inline void script_check(const struct proto *proto, struct bytes script, bool gaps_too)
{
	static struct heard whole, dribble;

	whole.len = dribble.len = 0;
	whole.lines = whole.sum = dribble.lines = dribble.sum = 0;
	bool has_gap = script_play(proto, script, SIZE_MAX, &whole);

	(void)script_play(proto, script, 1, &dribble);
	if ((!has_gap || gaps_too) && (whole.lines != dribble.lines || whole.sum != dribble.sum)) {
		fprintf(stderr, "in whole:\n%.*s\nbyte by byte:\n%.*s\n", (int)whole.len,
			whole.text, (int)dribble.len, dribble.text);
		abort();
	}
}

#endif
