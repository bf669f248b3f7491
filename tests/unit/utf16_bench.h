/* utf16_bench - paths for tests: ASCII to UTF-16LE. Include after cmocka. */
#ifndef TESTS_UTF16_BENCH_H
#define TESTS_UTF16_BENCH_H

#include "base/bytes.h"

struct utf16 {
	uint8_t at[4096];
	size_t len;
};

static inline void utf16_unit(struct utf16 *p, unsigned unit)
{
	assert_true(p->len + 2 <= sizeof(p->at));
	p->at[p->len++] = (uint8_t)unit;
	p->at[p->len++] = (uint8_t)(unit >> 8);
}

static inline void utf16_text(struct utf16 *p, const char *ascii)
{
	for (; *ascii != '\0'; ascii++)
		utf16_unit(p, (uint8_t)*ascii);
}

static inline void utf16_fill(struct utf16 *p, char letter, unsigned n)
{
	while (n-- > 0)
		utf16_unit(p, (uint8_t)letter);
}

/* Inert numbers that are no text: a counter through the private use area and lone surrogates. */
static inline void utf16_noise(struct utf16 *p, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		utf16_unit(p, i % 10 == 0 ? 0xd800 + i : 0xe000 + i);
}

static inline struct bytes utf16_bytes(const struct utf16 *p)
{
	return (struct bytes){p->at, p->len};
}

#endif
