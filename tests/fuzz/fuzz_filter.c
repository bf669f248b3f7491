/*
 * Any text is either refused with a message, or an expression: one that says of the same frames
 * the same twice, that its negation says the opposite of, and that parentheses do not change.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/filter_frames.h"
#include "filter/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 4096 };

/* What the expression says of each frame. */
static unsigned answers(const struct filter *f)
{
	struct test_frame frames[FRAMES];
	unsigned got = 0;

	test_frames(frames);
	for (unsigned i = 0; i < FRAMES; i++) {
		const struct event *events[FRAME_MAX];
		size_t n = frame_events(&frames[i], events);
		bool is_match = filter_match(f, events, n);

		assert(filter_match(f, events, n) == is_match);
		got |= (unsigned)is_match << i;
	}
	return got;
}

/* The answers of the text put into `format`; false: that was too long or too deep. */
static bool answers_in(const char *format, const char *text, unsigned *ret_answers)
{
	char wrapped[TEXT_MAX + 8], err[256];
	struct filter *f = NULL;

	(void)snprintf(wrapped, sizeof(wrapped), format[0] == '!' ? "!(%s)" : "(%s)", text);
	if (filter_compile(wrapped, &f, err, sizeof(err)) != RC_OK) {
		assert(strstr(err, "longer than") != NULL ||
		       strstr(err, "inside each other") != NULL);
		return false;
	}
	*ret_answers = answers(f);
	filter_free(f);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = size <= TEXT_MAX ? calloc(1, size + 1) : NULL;
	struct filter *f = NULL;
	char err[256] = "";
	unsigned plain = 0, other = 0;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	if (filter_compile(text, &f, err, sizeof(err)) != RC_OK) {
		assert(f == NULL && err[0] != '\0' && strlen(err) < sizeof(err));
	} else {
		assert((filter_wants(f) & EV_BIT(EV_FRAME)) != 0);
		plain = answers(f);
		if (answers_in("!", text, &other))
			assert(other == (~plain & ((1u << FRAMES) - 1)));
		if (answers_in("(", text, &other))
			assert(other == plain);
	}
	filter_free(f);
	free(text);
	return 0;
}
