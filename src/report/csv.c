/*
 * csv - one line per machine, for a spreadsheet: RFC 4180, with CRLF.
 *
 * A cell that a spreadsheet would run as a formula gets an apostrophe in front, and control
 * characters are escaped: names in it come from the network.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/advice.h"
#include "report/facts.h"
#include "report/writers.h"

static const char columns[] = "address,macs,verdict,confidence,threats,first,last,attempts,targets,"
			      "why,next_step\r\n";

struct row {
	FILE *to;
	bool is_first;
	bool is_bad; /* no memory */
};

static void cell(struct row *r, const char *text)
{
	char *shown = text_shown(text);

	if (shown == NULL) {
		r->is_bad = true;
		return;
	}
	if (!r->is_first)
		fputc(',', r->to);
	r->is_first = false;

	bool is_formula = shown[0] != '\0' && strchr("=+-@", shown[0]) != NULL;
	bool is_quoted = strpbrk(shown, ",\" ;") != NULL;

	if (is_quoted)
		fputc('"', r->to);
	if (is_formula)
		fputc('\'', r->to);
	for (const char *c = shown; *c != '\0'; c++) {
		if (*c == '"')
			fputc('"', r->to);
		fputc(*c, r->to);
	}
	if (is_quoted)
		fputc('"', r->to);
	free(shown);
}

static void cell_number(struct row *r, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	cell(r, text);
}

static void cell_time(struct row *r, uint64_t at_ns)
{
	char text[TEXT_TIME];

	cell(r, at_ns == 0 ? "" : text_time(at_ns, text));
}

static void cell_macs(struct row *r, const struct sighting *s)
{
	char text[SIGHTING_MACS * MAC_TEXT + 1] = "", mac[MAC_TEXT];
	size_t len = 0;

	for (unsigned i = 0; i < s->n_macs && i < SIGHTING_MACS; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i == 0 ? "" : ";",
					mac_format(&s->macs[i], mac));
	cell(r, text);
}

static void cell_threats(struct row *r, const struct host *h)
{
	char text[1024] = "";
	size_t len = 0;

	for (size_t i = 0; i < h->n_threats && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i == 0 ? "" : ";",
					h->threats[i].id);
	cell(r, text);
}

/* Two digits, without the locale's idea of a decimal point. */
static void cell_confidence(struct row *r, double confidence)
{
	unsigned hundredths = (unsigned)(confidence * 100 + 0.5);
	char text[16];

	snprintf(text, sizeof(text), "%u.%02u", hundredths / 100, hundredths % 100);
	cell(r, text);
}

static enum rc line(const struct host *h, FILE *to)
{
	struct row r = {to, true, false};
	const char *next = advice_first(h);
	char address[ADDR_TEXT];
	size_t n_targets;
	enum rc rc = host_count_targets(h, &n_targets);

	if (rc != RC_OK)
		return rc;
	cell(&r, addr_format(&h->seen.addr, address));
	cell_macs(&r, &h->seen);
	cell(&r, verdict_name(h->verdict));
	cell_confidence(&r, h->confidence);
	cell_threats(&r, h);
	cell_time(&r, host_first_ns(h));
	cell_time(&r, host_last_ns(h));
	cell_number(&r, host_attempts(h));
	cell_number(&r, n_targets);
	cell(&r, h->n_why > 0 ? h->why[0] : "");
	cell(&r, next == NULL ? "" : next);
	fputs("\r\n", to);
	return r.is_bad ? RC_NOMEM : RC_OK;
}

enum rc report_csv(const struct outbreak *o, const struct report_style *style, FILE *to)
{
	(void)style;
	fputs(columns, to);
	for (size_t i = 0; i < o->n_hosts; i++) {
		enum rc rc = line(&o->hosts[i], to);

		if (rc != RC_OK)
			return rc;
	}
	return fflush(to) == EOF || ferror(to) ? RC_IO : RC_OK;
}
