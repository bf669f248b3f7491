/* The first bytes are TTL, window and DF, the rest TCP options. A shape fits its room, and whoever
 * sends what a shape says has a shape of the same numbers. */
#include <stdlib.h>

#include "naming/syn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t numbers(const char *shape) /* up to the options */
{
	size_t at = 0;

	for (int colons = 0; colons < 4; at++)
		colons += shape[at] == ':';
	return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = {.rest = {data, size}};
	struct syn s = {.ttl = rd_u8(&r)}, back;
	char text[SYN_TEXT], again[SYN_TEXT];
	uint8_t room[SYN_TEXT];
	struct writer options = {.at = room, .cap = sizeof(room)};

	s.window = rd_be16(&r);
	s.df = (rd_u8(&r) & 1) != 0;
	s.options = r.bad ? (struct bytes){NULL, 0} : r.rest;

	size_t len = syn_shape(&s, text);

	if (len >= sizeof(text) || strlen(text) != len)
		abort();
	if (!syn_parse((struct bytes){(const uint8_t *)text, len}, &options, &back))
		return 0; /* more options than fit once they have their full length */
	syn_shape(&back, again);
	if (back.window != s.window || back.df != s.df)
		abort();
	/* An option of a wrong length has no number. */
	if (strchr(text, 'M') == NULL && strchr(text, 'W') == NULL &&
	    strncmp(text, again, numbers(text)) != 0)
		abort();
	return 0;
}
