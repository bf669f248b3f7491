#include "naming/syn.h"

#include <stdio.h>

enum option { END = 0, NOP = 1, MSS = 2, WSCALE = 3, SACK_PERMITTED = 4, TIMESTAMP = 8 };

static const struct {
	uint8_t kind, len; /* len: with kind and length; 1: it has none */
	char letter;
} known[] = {
	{END, 1, 'E'},
	{NOP, 1, 'N'},
	{MSS, 4, 'M'},
	{WSCALE, 3, 'W'},
	{SACK_PERMITTED, 2, 'S'},
	{TIMESTAMP, 10, 'T'},
};

enum { KNOWN = sizeof(known) / sizeof(known[0]) };

static char letter_of(uint8_t kind)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (known[i].kind == kind)
			return known[i].letter;
	return '\0';
}

static unsigned rounded(uint8_t ttl)
{
	return ttl <= 32 ? 32 : ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;
}

struct seen {
	unsigned mss, wscale;
	char order[128]; /* 40 options of "N,", or 20 of at most "255," */
	size_t len;
};

static void add(struct seen *s, uint8_t kind)
{
	char letter = letter_of(kind);
	const char *comma = s->len > 0 ? "," : "";
	size_t room = sizeof(s->order) - s->len;
	int n = letter != '\0' ? snprintf(s->order + s->len, room, "%s%c", comma, letter)
			       : snprintf(s->order + s->len, room, "%s%u", comma, kind);

	s->len += (size_t)n < room ? (size_t)n : 0;
}

static void walk(struct reader *r, struct seen *s)
{
	while (r->rest.len > 0) {
		uint8_t kind = rd_u8(r);
		struct reader value = {.rest = {NULL, 0}};

		if (kind > NOP) {
			size_t len = rd_u8(r);

			value.rest = rd_take(r, len > 2 ? len - 2 : 0);
			if (r->bad || len < 2)
				return;
		}
		add(s, kind);
		if (kind == MSS && value.rest.len == 2)
			s->mss = rd_be16(&value);
		else if (kind == WSCALE && value.rest.len == 1)
			s->wscale = rd_u8(&value);
		else if (kind == END)
			return;
	}
}

size_t syn_shape(const struct syn *s, char *to)
{
	struct reader r = {.rest = bytes_slice(s->options, 0, SYN_OPTIONS_MAX)};
	struct seen seen = {.order = ""};

	walk(&r, &seen);

	int n = snprintf(to, SYN_TEXT, "%u:%u:%u:%u:%s:%u", rounded(s->ttl), s->window, seen.mss,
			 seen.wscale, seen.order, s->df);

	return (size_t)n; /* it fits: 128 for the order, 30 for the numbers */
}

/* Digits up to a colon. */
static unsigned take_number(struct reader *r, unsigned max)
{
	unsigned v = 0;
	bool any = false;

	while (!r->bad && r->rest.len > 0 && r->rest.at[0] != ':') {
		uint8_t c = rd_u8(r);

		r->bad |= c < '0' || c > '9' || v > max;
		v = v * 10 + (unsigned)(c - '0') % 10;
		any = true;
	}
	if (r->rest.len > 0)
		rd_skip(r, 1);
	r->bad |= !any || v > max;
	return v;
}

static void put_option(struct writer *w, size_t i, unsigned mss, unsigned wscale)
{
	wr_be(w, 1, known[i].kind);
	if (known[i].len == 1)
		return;
	wr_be(w, 1, known[i].len);
	if (known[i].kind == MSS)
		wr_be(w, 2, mss);
	else if (known[i].kind == WSCALE)
		wr_be(w, 1, wscale);
	else
		wr_zeros(w, known[i].len - 2u);
}

static void put_options(struct writer *w, struct reader *r, unsigned mss, unsigned wscale)
{
	while (!r->bad && r->rest.len > 0) {
		uint8_t c = rd_u8(r);

		if (c == ':')
			return;
		for (size_t i = 0; i < KNOWN; i++)
			if (known[i].letter == (char)c)
				put_option(w, i, mss, wscale);
	}
	r->bad = true;
}

bool syn_parse(struct bytes shape, struct writer *options, struct syn *ret_syn)
{
	struct reader r = {.rest = shape};
	struct syn s = {.ttl = (uint8_t)take_number(&r, 255)};
	size_t at = options->len;

	s.window = (uint16_t)take_number(&r, 0xffff);

	unsigned mss = take_number(&r, 0xffff), wscale = take_number(&r, 255);

	if (r.bad)
		return false;
	put_options(options, &r, mss, wscale);
	s.df = take_number(&r, 1) == 1;
	if (r.bad || options->bad || options->len - at > SYN_OPTIONS_MAX)
		return false;
	while ((options->len - at) % 4 != 0)
		wr_be(options, 1, END);
	if (options->bad)
		return false;
	s.options = (struct bytes){options->at + at, options->len - at};
	*ret_syn = s;
	return true;
}
