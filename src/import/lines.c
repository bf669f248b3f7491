#include "import/lines.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include "base/text.h"

enum encoding { EIGHT_BIT, UTF16_LE, UTF16_BE };
enum { BUFFER = 1 << 16, REPLACEMENT = 0xfffd };

struct lines {
	FILE *from;
	enum encoding encoding;
	bool is_begun, is_end;
	uint8_t line_end; /* LF, or CR in files without LF */
	uint64_t number;
	size_t at, len;  /* of `buffer` */
	size_t raw_len;  /* of `raw` */
	size_t text_len; /* of `text` */
	bool is_cut;
	bool is_console; /* bytes above ASCII are as `above` has them; 0: U+FFFD */
	uint16_t above[128];
	uint8_t buffer[BUFFER];
	uint8_t raw[LINE_MAX_LEN];
	uint8_t text[LINE_MAX_LEN];
};

/* Windows-1252's 0x80 to 0x9f; 0: as in Latin-1. */
static const uint16_t cp1252[32] = {
	0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

enum rc lines_new(FILE *from, struct lines **ret_lines)
{
	struct lines *l = malloc(sizeof(*l));

	if (l == NULL)
		return RC_NOMEM;
	l->from = from;
	l->encoding = EIGHT_BIT;
	l->is_begun = l->is_end = l->is_cut = l->is_console = false;
	l->line_end = '\n';
	l->number = 0;
	l->at = l->len = l->raw_len = l->text_len = 0;
	*ret_lines = l;
	return RC_OK;
}

void lines_free(struct lines *l)
{
	free(l);
}

static bool is_single_byte(unsigned code_page)
{
	static const uint16_t known[] = {437,  737,  775,  850,  852,  855,  857,  858, 860,
					 861,  862,  863,  864,  865,  866,  869,  874, 1250,
					 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i] == code_page)
			return true;
	}
	return false;
}

/* The whole page once: the C library never sees the stranger's bytes. */
void lines_code_page(struct lines *l, unsigned code_page)
{
	char name[16];
	iconv_t cd = (iconv_t)-1;

	l->is_console = true;
	memset(l->above, 0, sizeof(l->above));
	if (!is_single_byte(code_page))
		return;
	(void)snprintf(name, sizeof(name), "CP%u", code_page);
	cd = iconv_open("UTF-16LE", name);
	if (cd == (iconv_t)-1)
		return;
	for (unsigned i = 0; i < 128; i++) {
		char in = (char)(0x80 + i);
		uint8_t two[4];
		char *from = &in, *to = (char *)two;
		size_t left = 1, room = sizeof(two);

		(void)iconv(cd, NULL, NULL, NULL, NULL);
		if (iconv(cd, &from, &left, &to, &room) == 0 && room == 2)
			l->above[i] = (uint16_t)(two[0] | two[1] << 8);
	}
	(void)iconv_close(cd);
}

FILE *lines_of(struct bytes head)
{
	/* "rb" never writes; fmemopen() has no const. */
	return head.len > 0 ? fmemopen((void *)(uintptr_t)head.at, head.len, "rb") : NULL;
}

/* False: no more; errors are seen by ferror(). */
static bool refill(struct lines *l)
{
	if (l->at < l->len)
		return true;
	if (l->is_end)
		return false;
	l->at = 0;
	l->len = fread(l->buffer, 1, BUFFER, l->from);
	l->is_end = l->len < BUFFER;
	return l->len > 0;
}

static void look_at_start(struct lines *l)
{
	size_t zeros[2] = {0, 0}, n = l->len < 512 ? l->len : 512;

	l->is_begun = true;
	if (l->len >= 3 && memcmp(l->buffer, "\xef\xbb\xbf", 3) == 0) {
		l->at = 3;
	} else if (l->len >= 2 && memcmp(l->buffer, "\xff\xfe", 2) == 0) {
		l->encoding = UTF16_LE;
		l->at = 2;
	} else if (l->len >= 2 && memcmp(l->buffer, "\xfe\xff", 2) == 0) {
		l->encoding = UTF16_BE;
		l->at = 2;
	} else {
		for (size_t i = 0; i < n; i++)
			zeros[i & 1] += l->buffer[i] == 0;
		if (zeros[1] > n / 4 && zeros[0] == 0)
			l->encoding = UTF16_LE;
		else if (zeros[0] > n / 4 && zeros[1] == 0)
			l->encoding = UTF16_BE;
	}
	if (l->encoding == EIGHT_BIT && memchr(l->buffer, '\n', l->len) == NULL &&
	    memchr(l->buffer, '\r', l->len) != NULL)
		l->line_end = '\r';
}

/* One line of bytes to `raw`. */
static void take_bytes(struct lines *l)
{
	while (refill(l)) {
		const uint8_t *from = l->buffer + l->at;
		size_t left = l->len - l->at, room = LINE_MAX_LEN - l->raw_len;
		const uint8_t *end = memchr(from, l->line_end, left);
		size_t n = end != NULL ? (size_t)(end - from) : left;

		if (n > room)
			l->is_cut = true;
		memcpy(l->raw + l->raw_len, from, n < room ? n : room);
		l->raw_len += n < room ? n : room;
		l->at += n + (end != NULL);
		if (end != NULL)
			return;
	}
}

static bool next_unit(struct lines *l, uint32_t *ret_unit)
{
	uint32_t two[2];

	for (unsigned i = 0; i < 2; i++) {
		if (!refill(l))
			return false; /* half a unit at the end is no character */
		two[i] = l->buffer[l->at++];
	}
	*ret_unit = l->encoding == UTF16_LE ? two[1] << 8 | two[0] : two[0] << 8 | two[1];
	return true;
}

static void put_char(struct lines *l, uint32_t c)
{
	uint8_t b[4];
	size_t n = 0;

	if (c == 0)
		c = REPLACEMENT;
	if (c < 0x80) {
		b[n++] = (uint8_t)c;
	} else if (c < 0x800) {
		b[n++] = (uint8_t)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		b[n++] = (uint8_t)(0xe0 | c >> 12);
		b[n++] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	} else {
		b[n++] = (uint8_t)(0xf0 | c >> 18);
		b[n++] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
		b[n++] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	}
	if (c >= 0x80)
		b[n++] = (uint8_t)(0x80 | (c & 0x3f));
	if (l->is_cut || n > LINE_MAX_LEN - l->text_len) {
		l->is_cut = true;
		return;
	}
	memcpy(l->text + l->text_len, b, n);
	l->text_len += n;
}

/* One line of UTF-16 to `text`. */
static void take_units(struct lines *l)
{
	uint32_t c = 0, high = 0;

	while (next_unit(l, &c)) {
		if (high != 0 && c >> 10 == 0xdc00 >> 10) {
			put_char(l, 0x10000 + ((high & 0x3ff) << 10 | (c & 0x3ff)));
			high = 0;
			continue;
		}
		if (high != 0)
			put_char(l, REPLACEMENT); /* half a pair */
		high = c >> 10 == 0xd800 >> 10 ? c : 0;
		if (c == '\n')
			return;
		if (high == 0)
			put_char(l, c >> 10 == 0xdc00 >> 10 ? REPLACEMENT : c);
	}
	if (high != 0)
		put_char(l, REPLACEMENT);
}

static bool is_utf8(struct bytes b)
{
	while (b.len > 0) {
		struct bytes was = b;

		if (b.at[0] < 0x80) {
			b.at++;
			b.len--;
		} else if (text_next(&b) == REPLACEMENT &&
			   (was.len - b.len != 3 || memcmp(was.at, "\xef\xbf\xbd", 3) != 0)) {
			return false;
		}
	}
	return true;
}

/* From `raw` to `text`. */
static void decode(struct lines *l)
{
	struct bytes raw = {l->raw, l->raw_len};

	if (memchr(raw.at, 0, raw.len) == NULL && is_utf8(raw)) {
		memcpy(l->text, raw.at, raw.len);
		l->text_len = raw.len;
		return;
	}
	if (is_utf8(raw)) {
		while (raw.len > 0)
			put_char(l, text_next(&raw));
		return;
	}
	for (size_t i = 0; i < raw.len; i++) {
		uint32_t c = raw.at[i];

		if (c >= 0x80 && l->is_console)
			c = l->above[c - 0x80];
		else if (c >= 0x80 && c < 0xa0 && cp1252[c - 0x80] != 0)
			c = cp1252[c - 0x80];
		put_char(l, c);
	}
}

/* A line that was cut may end in half a character. */
static void cut_at_character(struct lines *l)
{
	size_t n = l->raw_len;

	for (unsigned i = 0; i < 4 && n > 0 && (l->raw[n - 1] & 0xc0) == 0x80; i++)
		n--;
	if (n > 0 && l->raw[n - 1] >= 0xc0 &&
	    !is_utf8((struct bytes){l->raw + n - 1, l->raw_len - n + 1}))
		l->raw_len = n - 1;
}

enum rc lines_next(struct lines *l, struct line *ret_line)
{
	errno = 0;
	if (!refill(l))
		return ferror(l->from) != 0 ? RC_IO : RC_END;
	if (!l->is_begun) {
		look_at_start(l);
		if (l->at == l->len && !refill(l))
			return ferror(l->from) != 0 ? RC_IO : RC_END;
	}
	l->raw_len = l->text_len = 0;
	l->is_cut = false;
	l->number++;
	if (l->encoding == EIGHT_BIT) {
		take_bytes(l);
		if (l->is_cut)
			cut_at_character(l);
		decode(l);
	} else {
		take_units(l);
	}
	if (ferror(l->from) != 0)
		return RC_IO;
	while (l->text_len > 0 && l->text[l->text_len - 1] == '\r')
		l->text_len--;
	*ret_line = (struct line){{l->text, l->text_len}, l->number, l->is_cut};
	return RC_OK;
}
