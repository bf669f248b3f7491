#include "report/lines.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"

enum {
	WIDTH_LEAST = 60,
	WIDTH_MOST = 100, /* longer lines are hard to read, however wide the window */
	LABEL_AT = 4,
	LABEL_WIDTH = 11,
	STEP_AT = 2,
	STEP_WIDTH = 4,
	SHOWN = 4096, /* bytes of one sentence after escaping */
};

struct lines lines_on(FILE *to, const struct report_style *style)
{
	unsigned width = style->width == 0 || style->width > WIDTH_MOST ? WIDTH_MOST : style->width;

	return (struct lines){to, width < WIDTH_LEAST ? WIDTH_LEAST : width, style->color};
}

void say(struct sentence *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int n = vsnprintf(s->at + s->len, sizeof(s->at) - s->len, format, args);

	va_end(args);
	if (n > 0)
		s->len += (size_t)n;
	if (s->len >= sizeof(s->at))
		s->len = sizeof(s->at) - 1;
}

static const char *tone_on(enum tone tone)
{
	switch (tone) {
	case TONE_HEAD:
		return "\x1b[1m";
	case TONE_ALARM:
		return "\x1b[1;31m";
	case TONE_WARN:
		return "\x1b[1;33m";
	case TONE_PLAIN:
		break;
	}
	return "";
}

static void set_tone(const struct lines *l, enum tone tone)
{
	if (l->color)
		fputs(tone_on(tone), l->to);
}

static void unset_tone(const struct lines *l, enum tone tone)
{
	if (l->color && tone != TONE_PLAIN)
		fputs("\x1b[0m", l->to);
}

/* Columns that `len` bytes of UTF-8 take. */
static size_t columns(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

/* The bytes of the first `n` characters. */
static size_t prefix(const char *text, size_t len, size_t n)
{
	size_t i = 0;

	while (i < len && (n > 0 || ((unsigned char)text[i] & 0xc0) == 0x80)) {
		n -= ((unsigned char)text[i] & 0xc0) != 0x80;
		i++;
	}
	return i;
}

static void new_line(const struct lines *l, unsigned indent)
{
	fprintf(l->to, "\n%*s", (int)indent, "");
}

/* From column `indent` on; further lines begin there, too. */
static void wrap(const struct lines *l, unsigned indent, const char *text)
{
	char shown[SHOWN];
	size_t room = l->width - indent, used = 0;

	text_printable(text, shown, sizeof(shown));
	for (const char *at = shown; *at != '\0';) {
		size_t len = strcspn(at, " "), wide = columns(at, len);

		if (used > 0 && used + 1 + wide > room) {
			new_line(l, indent);
			used = 0;
		} else if (used > 0) {
			fputc(' ', l->to);
			used++;
		}
		while (wide > room) { /* longer than a line: broken where it must be */
			size_t part = prefix(at, len, room);

			fwrite(at, 1, part, l->to);
			new_line(l, indent);
			at += part;
			len -= part;
			wide -= room;
		}
		fwrite(at, 1, len, l->to);
		used += wide;
		at += len;
		at += strspn(at, " ");
	}
	fputc('\n', l->to);
}

void lines_text(const struct lines *l, enum tone tone, const char *text)
{
	set_tone(l, tone);
	wrap(l, 0, text);
	unset_tone(l, tone);
}

void lines_head(const struct lines *l, const char *text)
{
	fputc('\n', l->to);
	lines_text(l, TONE_HEAD, text);
}

void lines_mark(const struct lines *l, enum tone tone, const char *label, const char *text)
{
	fprintf(l->to, "%*s", LABEL_AT, "");
	set_tone(l, tone);
	fputs(label, l->to);
	unset_tone(l, tone);
	fprintf(l->to, "%*s", LABEL_WIDTH - (int)strlen(label), "");
	wrap(l, LABEL_AT + LABEL_WIDTH, text);
}

void lines_item(const struct lines *l, const char *label, const char *text)
{
	fprintf(l->to, "%*s%-*s", LABEL_AT, "", LABEL_WIDTH, label);
	wrap(l, LABEL_AT + LABEL_WIDTH, text);
}

void lines_step(const struct lines *l, unsigned number, const char *text)
{
	char label[16];

	snprintf(label, sizeof(label), "%u.", number);
	fprintf(l->to, "%*s%-*s", STEP_AT, "", STEP_WIDTH, label);
	wrap(l, STEP_AT + STEP_WIDTH, text);
}

void lines_dash(const struct lines *l, const char *text)
{
	fprintf(l->to, "%*s- ", STEP_AT, "");
	wrap(l, STEP_AT + 2, text);
}

void lines_under(const struct lines *l, unsigned indent, const char *text)
{
	fprintf(l->to, "%*s", (int)indent, "");
	wrap(l, indent, text);
}

void lines_command(const struct lines *l, unsigned indent, const char *text)
{
	char shown[SHOWN];

	(void)text_printable(text, shown, sizeof(shown));
	fprintf(l->to, "%*s$ %s\n", (int)indent, "", shown);
}

void lines_row(const struct lines *l, enum tone tone, const char *text)
{
	char shown[SHOWN];
	size_t len = text_printable(text, shown, sizeof(shown));

	len = prefix(shown, len, l->width - STEP_AT);
	while (len > 0 && shown[len - 1] == ' ')
		len--;
	fprintf(l->to, "%*s", STEP_AT, "");
	set_tone(l, tone);
	fwrite(shown, 1, len, l->to);
	unset_tone(l, tone);
	fputc('\n', l->to);
}
