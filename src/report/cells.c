#include "report/cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/facts.h"

void cell_text(struct cells *c, const char *text)
{
	char *shown = text_shown(text);

	if (shown == NULL) {
		c->is_bad = true;
		return;
	}
	if (c->has_begun)
		fputc(',', c->to);
	c->has_begun = true;

	bool is_formula = shown[0] != '\0' && strchr("=+-@", shown[0]) != NULL;
	bool is_quoted = strpbrk(shown, ",\" ;") != NULL;

	if (is_quoted)
		fputc('"', c->to);
	if (is_formula)
		fputc('\'', c->to);
	for (const char *at = shown; *at != '\0'; at++) {
		if (*at == '"')
			fputc('"', c->to);
		fputc(*at, c->to);
	}
	if (is_quoted)
		fputc('"', c->to);
	free(shown);
}

void cell_number(struct cells *c, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	cell_text(c, text);
}

void cell_time(struct cells *c, uint64_t at_ns)
{
	char text[TEXT_TIME];

	cell_text(c, at_ns == 0 ? "" : text_time(at_ns, text));
}

/* Without the locale's idea of a decimal point. */
void cell_share(struct cells *c, double share)
{
	unsigned hundredths = (unsigned)(share * 100 + 0.5);
	char text[16];

	snprintf(text, sizeof(text), "%u.%02u", hundredths / 100, hundredths % 100);
	cell_text(c, text);
}

enum rc cells_end(struct cells *c)
{
	fputs("\r\n", c->to);
	c->has_begun = false;
	return c->is_bad ? RC_NOMEM : RC_OK;
}
