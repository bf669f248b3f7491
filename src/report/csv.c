/* csv - one line per machine, for a spreadsheet. */
#include "report/advice.h"
#include "report/cells.h"
#include "report/facts.h"
#include "report/writers.h"

static const char columns[] = "address,macs,verdict,confidence,threats,first,last,attempts,targets,"
			      "why,next_step\r\n";

static void cell_macs(struct cells *c, const struct sighting *s)
{
	char text[SIGHTING_MACS * MAC_TEXT + 1] = "", mac[MAC_TEXT];
	size_t len = 0;

	for (unsigned i = 0; i < s->n_macs && i < SIGHTING_MACS; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i == 0 ? "" : ";",
					mac_format(&s->macs[i], mac));
	cell_text(c, text);
}

static void cell_threats(struct cells *c, const struct host *h)
{
	char text[1024] = "";
	size_t len = 0;

	for (size_t i = 0; i < h->n_threats && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i == 0 ? "" : ";",
					h->threats[i].id);
	cell_text(c, text);
}

static enum rc line(const struct host *h, FILE *to)
{
	struct cells c = {.to = to};
	const char *next = advice_first(h);
	char address[ADDR_TEXT];
	size_t n_targets;
	enum rc rc = host_count_targets(h, &n_targets);

	if (rc != RC_OK)
		return rc;
	cell_text(&c, addr_format(&h->seen.addr, address));
	cell_macs(&c, &h->seen);
	cell_text(&c, verdict_name(h->verdict));
	cell_share(&c, h->confidence);
	cell_threats(&c, h);
	cell_time(&c, host_first_ns(h));
	cell_time(&c, host_last_ns(h));
	cell_number(&c, host_attempts(h));
	cell_number(&c, n_targets);
	cell_text(&c, h->n_why > 0 ? h->why[0] : "");
	cell_text(&c, next == NULL ? "" : next);
	return cells_end(&c);
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
