#include "base/text.h"

#include <stdio.h>

#include "base/monotime.h"

enum { REPLACEMENT = 0xfffd };

struct sink { /* where the text goes; always leaves room for the NUL */
	char *to;
	size_t len, cap;
};

/* False: it does not fit, and nothing was written. */
static bool put(struct sink *s, const char *at, size_t len)
{
	if (s->cap == 0 || len > s->cap - 1 - s->len)
		return false;
	memcpy(s->to + s->len, at, len);
	s->len += len;
	return true;
}

static bool put_char(struct sink *s, uint32_t c)
{
	char b[4];

	if (c < 0x80) {
		b[0] = (char)c;
		return put(s, b, 1);
	}
	if (c < 0x800) {
		b[0] = (char)(0xc0 | c >> 6);
		b[1] = (char)(0x80 | (c & 0x3f));
		return put(s, b, 2);
	}
	if (c < 0x10000) {
		b[0] = (char)(0xe0 | c >> 12);
		b[1] = (char)(0x80 | (c >> 6 & 0x3f));
		b[2] = (char)(0x80 | (c & 0x3f));
		return put(s, b, 3);
	}
	b[0] = (char)(0xf0 | c >> 18);
	b[1] = (char)(0x80 | (c >> 12 & 0x3f));
	b[2] = (char)(0x80 | (c >> 6 & 0x3f));
	b[3] = (char)(0x80 | (c & 0x3f));
	return put(s, b, 4);
}

static size_t end(struct sink *s)
{
	if (s->cap > 0)
		s->to[s->len] = '\0';
	return s->len;
}

size_t text_from_utf16(struct bytes utf16, char *to, size_t cap)
{
	struct sink s = {to, 0, cap};
	struct reader r = {utf16, false};

	while (r.rest.len >= 2) {
		uint32_t c = rd_le16(&r);

		if (c == 0)
			break;
		if (c >> 10 == 0xd800 >> 10 && r.rest.len >= 2) {
			struct reader peek = r;
			uint32_t low = rd_le16(&peek);

			if (low >> 10 == 0xdc00 >> 10) {
				c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
				r = peek;
			}
		}
		if (c >> 11 == 0xd800 >> 11)
			c = REPLACEMENT; /* half a pair */
		if (!put_char(&s, c))
			break;
	}
	return end(&s);
}

size_t text_from_latin1(struct bytes latin1, char *to, size_t cap)
{
	struct sink s = {to, 0, cap};

	for (size_t i = 0; i < latin1.len && latin1.at[i] != 0; i++) {
		if (!put_char(&s, latin1.at[i]))
			break;
	}
	return end(&s);
}

/* How many bytes follow a first byte, and between what the second one must lie (Unicode 15,
 * table 3-7). False: it is no first byte. */
static bool lead(uint8_t first, unsigned *ret_more, uint8_t *ret_from, uint8_t *ret_to)
{
	*ret_from = 0x80;
	*ret_to = 0xbf;
	if (first >= 0xc2 && first <= 0xdf) {
		*ret_more = 1;
	} else if (first >= 0xe0 && first <= 0xef) {
		*ret_more = 2;
		if (first == 0xe0)
			*ret_from = 0xa0;
		if (first == 0xed)
			*ret_to = 0x9f;
	} else if (first >= 0xf0 && first <= 0xf4) {
		*ret_more = 3;
		if (first == 0xf0)
			*ret_from = 0x90;
		if (first == 0xf4)
			*ret_to = 0x8f;
	} else {
		return false;
	}
	return true;
}

/* The character at the start of `b`, which is not empty. Returns its length; *ret_ok is false
 * for bytes that are none, of which as many are taken as one U+FFFD stands for. */
static size_t next_char(struct bytes b, uint32_t *ret_c, bool *ret_ok)
{
	uint8_t first = b.at[0], from = 0, to = 0;
	unsigned more = 0;

	*ret_ok = first < 0x80;
	*ret_c = first;
	if (*ret_ok || !lead(first, &more, &from, &to))
		return 1;
	*ret_c = first & (0x3fu >> more);
	for (unsigned i = 1; i <= more; i++) {
		if (i >= b.len || b.at[i] < from || b.at[i] > to)
			return i;
		*ret_c = *ret_c << 6 | (b.at[i] & 0x3f);
		from = 0x80;
		to = 0xbf;
	}
	*ret_ok = true;
	return 1 + more;
}

uint32_t text_next(struct bytes *utf8)
{
	uint32_t c = 0;
	bool ok = false;

	*utf8 = bytes_slice(*utf8, next_char(*utf8, &c, &ok), utf8->len);
	return ok ? c : REPLACEMENT;
}

/* How many bytes from the start are ASCII; a NUL is not counted as such. */
static size_t ascii_len(struct bytes b)
{
	size_t n = 0;

	while (n < b.len && b.at[n] - 1u < 0x7f)
		n++;
	return n;
}

size_t text_from_utf8(struct bytes utf8, char *to, size_t cap)
{
	struct sink s = {to, 0, cap};
	bool fits = true;

	while (fits && utf8.len > 0 && utf8.at[0] != 0) {
		size_t n = ascii_len(utf8);

		if (n > 0) {
			size_t room = cap > 0 ? cap - 1 - s.len : 0;

			fits = n <= room;
			(void)put(&s, (const char *)utf8.at, fits ? n : room);
			utf8 = bytes_slice(utf8, n, utf8.len);
		} else {
			fits = put_char(&s, text_next(&utf8));
		}
	}
	return end(&s);
}

/* Characters that act on the text around them instead of showing: they could make a report
 * say something else than it does. */
static bool is_acting(uint32_t c)
{
	return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

size_t text_printable(const char *utf8, char *to, size_t cap)
{
	struct bytes in = {(const uint8_t *)utf8, strlen(utf8)};
	struct sink s = {to, 0, cap};
	bool fits = true;

	for (size_t i = 0; i < in.len && fits;) {
		char escape[16];
		uint32_t c = 0;
		bool ok = false;
		size_t n = next_char(bytes_slice(in, i, 4), &c, &ok);

		if (!ok)
			n = 1; /* each stray byte by itself */
		if (!ok)
			snprintf(escape, sizeof(escape), "\\x%02x", (unsigned)in.at[i]);
		else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			snprintf(escape, sizeof(escape), "\\x%02x", (unsigned)c);
		else if (is_acting(c))
			snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)c);
		else
			escape[0] = '\0';
		fits = escape[0] != '\0' ? put(&s, escape, strlen(escape)) : put_char(&s, c);
		i += n;
	}
	return end(&s);
}

/* The last `n` digits, and what follows them. Not snprintf(): a report has thousands of times. */
static void digits(char *to, unsigned value, unsigned n, char after)
{
	to[n] = after;
	for (; n > 0; value /= 10)
		to[--n] = (char)('0' + value % 10);
}

/* Not gmtime_r(): the first call of it opens /etc/localtime, and the sensor has no files. The day
 * is found in years that begin on the 1st of March, so that a leap day is the last of its year. */
const char *text_time(uint64_t at_ns, char *to)
{
	enum { DAYS_400 = 146097, DAYS_100 = 36524, DAYS_4 = 1461, TO_1970 = 719468 };
	unsigned sec = (unsigned)(at_ns / NS_PER_S % 86400);
	unsigned day = (unsigned)(at_ns / NS_PER_S / 86400) + TO_1970; /* since 0000-03-01 */
	unsigned era = day / DAYS_400, of_era = day % DAYS_400;
	unsigned year =
		(of_era - of_era / (DAYS_4 - 1) + of_era / DAYS_100 - of_era / (DAYS_400 - 1)) /
		365;
	unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
	unsigned month = (5 * of_year + 2) / 153; /* from March */

	year += 400 * era + (month >= 10);
	day = of_year - (153 * month + 2) / 5 + 1;
	month = month < 10 ? month + 3 : month - 9;
	digits(to, year, 4, '-');
	digits(to + 5, month, 2, '-');
	digits(to + 8, day, 2, 'T');
	digits(to + 11, sec / 3600, 2, ':');
	digits(to + 14, sec / 60 % 60, 2, ':');
	digits(to + 17, sec % 60, 2, '.');
	digits(to + 20, (unsigned)(at_ns % NS_PER_S / NS_PER_US), 6, 'Z');
	to[27] = '\0';
	return to;
}

enum { DISTANCE_MAX = 64 };

unsigned text_distance(const char *a, const char *b)
{
	size_t a_len = strnlen(a, DISTANCE_MAX), b_len = strnlen(b, DISTANCE_MAX);
	unsigned row[DISTANCE_MAX + 1];

	for (size_t j = 0; j <= b_len; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			unsigned change = diagonal + (a[i - 1] != b[j - 1]);
			unsigned least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;

			diagonal = row[j];
			row[j] = change < least ? change : least;
		}
	}
	return row[b_len];
}
