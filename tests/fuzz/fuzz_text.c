/* Whatever a stranger sends, what is shown is UTF-8 without control characters, and fits. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { CAP_MAX = 512 };

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Text that is UTF-8 comes back as it is. */
static void must_be_utf8(const char *text, size_t len, size_t cap)
{
	char again[CAP_MAX];

	must(len < cap && strlen(text) == len);
	must(text_from_utf8((struct bytes){(const uint8_t *)text, len}, again, sizeof(again)) ==
	     len);
	must(memcmp(again, text, len) == 0);
}

static void must_be_printable(const char *text)
{
	char shown[CAP_MAX];
	size_t len = text_printable(text, shown, sizeof(shown));

	must_be_utf8(shown, len, sizeof(shown));
	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)shown[i];

		must(c >= 0x20 && c != 0x7f);
		must(c != 0xc2 || (uint8_t)shown[i + 1] >= 0xa0); /* C1 */
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[CAP_MAX], raw[CAP_MAX];
	size_t cap = size > 0 ? 1 + (size_t)data[0] * 2 : 1;
	struct bytes in = bytes_slice((struct bytes){data, size}, 1, CAP_MAX - 1);

	must_be_utf8(text, text_from_utf16(in, text, cap), cap);
	must_be_printable(text);
	must_be_utf8(text, text_from_latin1(in, text, cap), cap);
	must_be_printable(text);
	must_be_utf8(text, text_from_utf8(in, text, cap), cap);
	must_be_printable(text);
	if (in.len > 0)
		memcpy(raw, in.at, in.len);
	raw[in.len] = '\0';
	must_be_printable(raw);
	must(text_distance(raw, text) == text_distance(text, raw));
	return 0;
}
