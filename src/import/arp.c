/*
 * arp - tables of neighbours as systems print them: who has which address on this segment.
 *
 * `arp -a` of Windows, Linux, BSD and macOS, `arp -n`, `ip neigh`, /proc/net/arp, and `show ip arp`
 * of Cisco and others. They agree in one thing: a line with an address and a MAC is an entry. The
 * rest is headings, interfaces and entries that nobody answered.
 */
#include "base/monotime.h"
#include "import/entry.h"
#include "import/formats.h"
#include "import/lines.h"

struct neighbour { /* a line, as far as it is understood */
	struct addr addr;
	struct mac mac;
	struct bytes name;
	uint64_t age_s;
	bool has_addr, has_mac, is_silent, is_heading, is_typical;
};

static struct bytes bare(struct bytes word) /* "(10.0.0.1)", "10.0.0.1%eth0" */
{
	if (word.len > 2 && word.at[0] == '(' && word.at[word.len - 1] == ')')
		word = bytes_slice(word, 1, word.len - 2);
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] == '%')
			word.len = i;
	}
	return word;
}

static bool is_one_of(struct bytes word, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (text_is(word, *words))
			return true;
	}
	return false;
}

/* Nobody answered. */
static const char *const silent[] = {"(incomplete)",
				     "<incomplete>",
				     "incomplete",
				     "failed",
				     "<unvollst\xc3\xa4ndig>",
				     "(unvollst\xc3\xa4ndig)",
				     "none",
				     "noarp",
				     "(unbekannt)",
				     NULL};
static const char *const headings[] = {"interface:", "schnittstelle:",
				       "internet",   "internetadresse",
				       "address",    "adresse",
				       "protocol",   "host",
				       "mac",        "ip",
				       "neighbor",   "linklayer",
				       "total",      "flags:",
				       "context",    "flags",
				       "entries:",   "no",
				       "keine",      "expire",
				       NULL};
static const char *const typical[] = {"at",        "lladdr",     "arpa",     "dynamic",
				      "dynamisch", "static",     "statisch", "ether",
				      "[ether]",   "[ethernet]", "0x1",      NULL};

/* Cisco's age in minutes follows the address: a number, or "-" for its own. */
static void take_age(struct neighbour *n, struct bytes word)
{
	uint64_t v = 0;

	for (size_t i = 0; i < word.len && i < 6; i++) {
		if (word.at[i] < '0' || word.at[i] > '9')
			return;
		v = v * 10 + (word.at[i] - '0');
	}
	n->age_s = word.len < 6 ? v * 60 : 0;
}

static struct neighbour take_apart(struct bytes text)
{
	struct neighbour n = {.has_addr = false};
	struct bytes first = {NULL, 0}, before = {NULL, 0};
	bool is_cisco = false;

	for (unsigned i = 0; i < 32; i++) {
		struct bytes word = text_word(&text);

		if (word.len == 0)
			break;
		if (i == 0) {
			first = word;
			n.is_heading = is_one_of(word, headings);
			is_cisco = text_is(word, "internet");
		}
		if (!n.has_addr && addr_parse_bytes(bare(word), &n.addr) == RC_OK) {
			n.has_addr = true;
			if (i == 1 && word.at[0] == '(')
				n.name = first;
		} else if (!n.has_mac && mac_parse(word, &n.mac) == RC_OK) {
			n.has_mac = true;
		} else if (is_cisco && n.has_addr && i == 2) {
			take_age(&n, word);
		}
		n.is_silent = n.is_silent || is_one_of(word, silent);
		n.is_typical = n.is_typical || is_one_of(word, typical) ||
			       (text_is(before, "dev") && n.has_addr);
		before = word;
	}
	/* "gw ether 00:11:…": `arp` without -n has names in the place of addresses. */
	if (!n.has_addr && n.has_mac && !n.is_heading)
		n.name = first;
	return n;
}

static void take(struct work *w, const struct line *line, void *unused)
{
	struct neighbour n = take_apart(line->text);

	(void)unused;
	if (n.is_silent || (n.is_heading && !n.has_mac) || line->text.len == 0) {
		work_skip(w);
		return;
	}
	if (!n.has_mac || (!n.has_addr && n.name.len == 0)) {
		work_bad(w, line->number, "no address and MAC address together");
		return;
	}
	entry_begin(w->e);
	if (n.has_addr)
		entry_addr(w->e, &n.addr);
	entry_mac(w->e, &n.mac);
	if (n.age_s * NS_PER_S < work_now(w))
		w->e->last_ns = work_now(w) - n.age_s * NS_PER_S;
	if (!entry_name(w->e, n.name))
		work_odd(w, line->number, "its name is none that can be used");
	if (w->e->n_macs == 0 || (n.has_addr && w->e->n_addrs == 0))
		work_skip(w); /* broadcast, multicast, loopback and link-local: nobody's own */
	else
		work_use(w, line->number);
}

static enum rc read_arp(FILE *from, const struct import_options *opt, const struct import_out *out,
			struct import_result *ret, char *err, size_t err_len)
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
	struct neighbour n = take_apart(line);

	if (line.len == 0 || n.is_silent || (n.is_heading && !n.has_mac))
		return LOOK_NOTHING;
	if (n.has_mac && n.is_typical && (n.has_addr || n.name.len > 0))
		return LOOK_SURE;
	return n.has_mac && n.has_addr ? LOOK_LIKE : LOOK_OTHER;
}

static unsigned match(struct bytes head)
{
	return match_lines(head, look);
}

const struct import_format import_arp = {
	.name = "arp",
	.summary = "arp -a (Windows, Linux, BSD, macOS), arp -n, ip neigh, show ip arp",
	.match = match,
	.read = read_arp,
};
