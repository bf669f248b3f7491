#include "report/pen.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

static void flush(struct pen *p)
{
	if (fwrite(p->at, 1, p->len, p->to) != p->len)
		p->bad = true;
	p->len = 0;
}

static void put(struct pen *p, const char *at, size_t len)
{
	while (len > 0) {
		if (p->len == PEN_ROOM)
			flush(p);

		size_t n = len < PEN_ROOM - p->len ? len : PEN_ROOM - p->len;

		memcpy(p->at + p->len, at, n);
		p->len += n;
		at += n;
		len -= n;
	}
}

static void put_char(struct pen *p, char c)
{
	if (p->len == PEN_ROOM)
		flush(p);
	p->at[p->len++] = c;
}

static void comma(struct pen *p)
{
	if (p->needs_comma)
		put_char(p, ',');
	p->needs_comma = true;
}

void pen_open(struct pen *p, char bracket)
{
	comma(p);
	put_char(p, bracket);
	p->needs_comma = false;
}

void pen_close(struct pen *p, char bracket)
{
	put_char(p, bracket);
	p->needs_comma = true;
}

void pen_line(struct pen *p)
{
	comma(p);
	put_char(p, '\n');
	p->needs_comma = false;
}

static bool is_plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

static void put_unit(struct pen *p, uint32_t unit)
{
	static const char digits[] = "0123456789ABCDEF";
	const char escape[6] = {'\\',
				'u',
				digits[unit >> 12 & 15],
				digits[unit >> 8 & 15],
				digits[unit >> 4 & 15],
				digits[unit & 15]};

	put(p, escape, sizeof(escape));
}

static void put_escaped(struct pen *p, uint32_t c)
{
	static const char shorts[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
	const char *is_short = c != 0 && c < 0x80 ? strchr(shorts, (int)c) : NULL;

	if (is_short != NULL) {
		put_char(p, '\\');
		put_char(p, letters[is_short - shorts]);
	} else if (c >= 0x10000) {
		put_unit(p, 0xd800 + ((c - 0x10000) >> 10));
		put_unit(p, 0xdc00 + (c & 0x3ff));
	} else {
		put_unit(p, c);
	}
}

static void put_text(struct pen *p, const char *text)
{
	struct bytes rest = {(const uint8_t *)text, strlen(text)};

	put_char(p, '"');
	while (rest.len > 0) {
		size_t n = 0;

		while (n < rest.len && is_plain((char)rest.at[n]))
			n++;
		put(p, (const char *)rest.at, n);
		rest = bytes_slice(rest, n, rest.len);
		if (rest.len > 0)
			put_escaped(p, text_next(&rest));
	}
	put_char(p, '"');
}

void pen_key(struct pen *p, const char *key)
{
	comma(p);
	put_text(p, key);
	put_char(p, ':');
	p->needs_comma = false;
}

void pen_null(struct pen *p)
{
	comma(p);
	put(p, "null", 4);
}

void pen_bool(struct pen *p, bool value)
{
	comma(p);
	put(p, value ? "true" : "false", value ? 4 : 5);
}

void pen_text(struct pen *p, const char *text)
{
	if (text == NULL) {
		pen_null(p);
		return;
	}
	comma(p);
	put_text(p, text);
}

static void put_number(struct pen *p, uint64_t n)
{
	char text[24];
	size_t at = sizeof(text);

	do
		text[--at] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	put(p, text + at, sizeof(text) - at);
}

void pen_number(struct pen *p, uint64_t n)
{
	comma(p);
	put_number(p, n < INT64_MAX ? n : INT64_MAX);
}

/* "1.5e-05" becomes "1.5e-5", and "1e+20" "1e20": the same whatever printf's idea of it. */
static void exponent_trim(char *text)
{
	char *e = strchr(text, 'e');

	if (e == NULL)
		return;

	const char *from = e + 1;

	e += e[1] == '-' ? 2 : 1;
	from += *from == '-' || *from == '+';
	from += strspn(from, "0");
	memmove(e, from, strlen(from) + 1);
}

/* Twelve digits: more than any figure is good for, and 0.98 does not become 0.97999999999999998. */
void pen_real(struct pen *p, double d)
{
	static const double EXACT = 9007199254740992.0; /* 2^53 */
	char text[40];

	if (isnan(d) || isinf(d)) {
		pen_null(p);
		return;
	}
	comma(p);
	if (fabs(d) <= EXACT && d == floor(d)) {
		if (d < 0)
			put_char(p, '-');
		put_number(p, (uint64_t)fabs(d));
		return;
	}
	(void)snprintf(text, sizeof(text), "%.12g", d);
	exponent_trim(text);
	put(p, text, strlen(text));
}

void pen_time(struct pen *p, uint64_t at_ns)
{
	char text[TEXT_TIME];

	if (at_ns == 0)
		pen_null(p);
	else
		pen_text(p, text_time(at_ns, text));
}

void pen_addr(struct pen *p, const struct addr *a)
{
	char text[ADDR_TEXT];

	pen_text(p, addr_format(a, text));
}

void pen_put_bool(struct pen *p, const char *key, bool value)
{
	pen_key(p, key);
	pen_bool(p, value);
}

void pen_put_text(struct pen *p, const char *key, const char *text)
{
	pen_key(p, key);
	pen_text(p, text);
}

void pen_put_number(struct pen *p, const char *key, uint64_t n)
{
	pen_key(p, key);
	pen_number(p, n < INT64_MAX ? n : INT64_MAX);
}

void pen_put_real(struct pen *p, const char *key, double d)
{
	pen_key(p, key);
	pen_real(p, d);
}

void pen_put_time(struct pen *p, const char *key, uint64_t at_ns)
{
	pen_key(p, key);
	pen_time(p, at_ns);
}

enum rc pen_done(struct pen *p)
{
	flush(p);
	return p->bad || fflush(p->to) == EOF ? RC_IO : RC_OK;
}
