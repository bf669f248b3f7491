/* arpwatch - arp.dat: "MAC address seconds name interface", divided by tabs; the seconds are when
 * the pair was last seen. Source: arpwatch(8). */
#include "base/monotime.h"
#include "import/entry.h"
#include "import/formats.h"

struct pair {
	struct mac mac;
	struct addr addr;
	uint64_t at_s;
	struct bytes name;
	bool is_good;
};

/* Fields may be empty, so tabs count one by one. */
static struct bytes field(struct bytes *line)
{
	size_t n = 0;

	while (n < line->len && line->at[n] != '\t')
		n++;

	struct bytes f = text_trim(bytes_slice(*line, 0, n));

	*line = bytes_slice(*line, n + 1, line->len);
	return f;
}

static struct pair take_apart(struct bytes line)
{
	struct bytes mac = field(&line), addr = field(&line), at = field(&line);
	struct pair p = {.name = field(&line)};

	p.is_good = mac_parse(mac, &p.mac) == RC_OK && addr_parse_bytes(addr, &p.addr) == RC_OK &&
		    (at.len == 0 || (number_parse(at, &p.at_s) && p.at_s <= UINT32_MAX));
	return p;
}

static void take(struct work *w, const struct line *line, void *unused)
{
	struct pair p = take_apart(line->text);
	struct entry *e = w->e;

	(void)unused;
	if (text_trim(line->text).len == 0 || text_starts(line->text, "#")) {
		work_skip(w);
		return;
	}
	if (!p.is_good) {
		work_bad(w, line->number, "not 'MAC address seconds name'");
		return;
	}
	entry_begin(e);
	entry_addr(e, &p.addr);
	entry_mac(e, &p.mac);
	if (!entry_name(e, p.name))
		work_odd(w, line->number, "its name is none that can be used");
	e->last_ns = p.at_s * NS_PER_S;
	if (e->n_macs == 0 || e->n_addrs == 0)
		work_skip(w);
	else
		work_use(w, line->number);
}

static enum rc read_pairs(FILE *from, const struct import_options *opt,
			  const struct import_out *out, struct import_result *ret, char *err,
			  size_t err_len)
{
	struct work w;
	enum rc rc = work_begin(&w, opt, out, ret, FROM_LIST_ARP);

	(void)err;
	(void)err_len;
	if (rc == RC_OK)
		rc = work_lines(&w, from, take, NULL);
	work_end(&w);
	return rc;
}

static enum look look(struct bytes line)
{
	struct pair p = take_apart(line);

	if (text_trim(line).len == 0)
		return LOOK_NOTHING;
	return p.is_good ? p.at_s != 0 ? LOOK_SURE : LOOK_LIKE : LOOK_OTHER;
}

static unsigned match(struct bytes head)
{
	return match_lines(head, look);
}

const struct import_format import_arpwatch = {
	.name = "arpwatch",
	.summary = "arpwatch's arp.dat",
	.match = match,
	.read = read_pairs,
};
