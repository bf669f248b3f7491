#include "detect/ms08_path.h"

static bool is_separator(unsigned u)
{
	return u == '\\' || u == '/';
}

static bool is_letter(unsigned u)
{
	return (u | 0x20) >= 'a' && (u | 0x20) <= 'z';
}

/* The next unit; false at the NUL or the end. */
static bool next(struct reader *r, unsigned *ret_unit)
{
	*ret_unit = rd_le16(r);
	return !r->bad && *ret_unit != 0;
}

/* The unit at `i`, 0 past the end. */
static unsigned unit_at(struct bytes path, size_t i)
{
	struct reader r = {bytes_slice(path, i * 2, 2), false};

	return rd_le16(&r);
}

/* Controls, halves of pairs, private use and the two that are no characters: random numbers hit
 * these once in eight, names of files in any language never. Whole pairs count as well: their
 * letters are not used in names of the systems concerned. */
static bool is_binary(unsigned u)
{
	return u < 0x20 || (u >= 0x7f && u < 0xa0) || (u >= 0xd800 && u < 0xf900) || u >= 0xfffe;
}

static void component_end(struct ms08_shape *s, int *depth, unsigned len, unsigned dots)
{
	if (len == 0 || (len == 1 && dots == 1))
		return;
	s->components++;
	if (len == 2 && dots == 2) {
		s->climbs++;
		s->below += *depth <= 0;
		--*depth;
		if (*depth < s->low)
			s->low = *depth;
		return;
	}
	if (s->climbs == 0)
		s->has_consumed = true;
	if (len > s->longest)
		s->longest = len;
	++*depth;
}

/* Where the part begins that can climb: behind `\\?\`, `C:` and separators. */
static size_t strip(struct bytes path)
{
	size_t at = 0;

	while (is_separator(unit_at(path, at)))
		at++;
	if (at > 0 && unit_at(path, at) == '?' && is_separator(unit_at(path, at + 1)))
		at += 2;
	if (is_letter(unit_at(path, at)) && unit_at(path, at + 1) == ':')
		at += 2;
	return at;
}

static void walk(struct ms08_shape *s, struct bytes path, int *depth)
{
	size_t from = strip(path);
	struct reader r = {bytes_slice(path, from * 2, path.len), false};
	unsigned u = 0, len = 0, dots = 0;

	s->units += (unsigned)from;
	while (next(&r, &u)) {
		s->units++;
		s->binary += is_binary(u);
		if (is_separator(u)) {
			component_end(s, depth, len, dots);
			len = dots = 0;
		} else {
			dots += u == '.';
			len++;
		}
	}
	component_end(s, depth, len, dots);
}

void ms08_shape(struct bytes prefix, struct bytes path, struct ms08_shape *ret_shape)
{
	struct ms08_shape s = {0};
	int depth = 0;

	if (strip(path) == 0 && unit_at(path, 0) != 0)
		walk(&s, prefix, &depth);
	walk(&s, path, &depth);
	*ret_shape = s;
}

enum ms08_class ms08_class(const struct ms08_shape *s)
{
	if (s->low <= -1 && (s->has_consumed || s->below >= 2))
		return MS08_EXPLOIT;
	if (s->climbs > 0)
		return MS08_BALANCED;
	return s->units > MS08_LONG_UNITS ? MS08_LONG : MS08_BENIGN;
}

enum ms08_question ms08_question(struct bytes path)
{
	enum { RUN_LEAST = 16, RUN_MOST = 64 };
	unsigned letter = unit_at(path, 1);
	size_t n = 1;

	if (unit_at(path, 0) != '\\')
		return MS08_NO_QUESTION;
	if (letter == 0)
		return MS08_ROOT;
	if (letter == '.' && unit_at(path, 2) == '.' && unit_at(path, 3) == '\\' &&
	    unit_at(path, 4) == 0)
		return MS08_DOTDOT;
	while (is_letter(letter) && n <= RUN_MOST && unit_at(path, n) == letter)
		n++;
	if (n > RUN_LEAST && n <= RUN_MOST + 1 && unit_at(path, n) == '\\' &&
	    unit_at(path, n + 1) == '.' && unit_at(path, n + 2) == '.' &&
	    unit_at(path, n + 3) == '\\' && unit_at(path, n + 4) == 'n' &&
	    unit_at(path, n + 5) == 0)
		return MS08_RUN;
	return MS08_NO_QUESTION;
}
