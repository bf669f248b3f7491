/* dnsmasq - dnsmasq.leases: "expiry MAC address name client-id", and the same with IAIDs for DHCPv6
 * behind a line "duid …". The expiry is seconds since 1970, 0 for never. Source: dnsmasq(8). */
#include "base/monotime.h"
#include "import/entry.h"
#include "import/formats.h"

struct lease {
	uint64_t expiry_s;
	struct mac mac;
	struct addr addr;
	struct bytes name, id;
	bool is_good, is_v6;
};

static struct lease take_apart(struct bytes line)
{
	struct bytes word[5];
	struct lease l = {.is_good = false};

	for (unsigned i = 0; i < 5; i++)
		word[i] = text_word(&line);
	l.name = word[3];
	l.id = word[4];
	if (!number_parse(word[0], &l.expiry_s) || l.expiry_s > 1u << 31 ||
	    addr_parse_bytes(word[2], &l.addr) != RC_OK)
		return l;
	l.is_v6 = !addr_is_v4(&l.addr);
	if (!l.is_v6) {
		/* "06-00:1a:…": the hardware type, where it is not Ethernet's. */
		l.is_good = mac_parse(word[1], &l.mac) == RC_OK;
	} else {
		uint64_t iaid = 0;

		if (word[1].len > 1 && word[1].at[0] == 'T')
			word[1] = bytes_slice(word[1], 1, word[1].len);
		l.is_good = number_parse(word[1], &iaid);
	}
	return l;
}

static void take(struct work *w, const struct line *line, void *unused)
{
	struct lease l = take_apart(line->text);
	struct bytes rest = line->text, first = text_word(&rest);
	uint8_t id[ENTRY_ID_MAX];
	struct entry *e = w->e;

	(void)unused;
	if (first.len == 0 || text_is(first, "duid")) {
		work_skip(w);
		return;
	}
	if (!l.is_good) {
		work_bad(w, line->number, "not 'expiry MAC address name client-id'");
		return;
	}
	entry_begin(e);
	entry_addr(e, &l.addr);
	if (!l.is_v6)
		entry_mac(e, &l.mac);
	if (!entry_name(e, l.name))
		work_odd(w, line->number, "its name is none that can be used");

	struct bytes bin = {id, hex_parse(l.id, id, sizeof(id))};

	if (l.is_v6)
		entry_duid(e, bin);
	else
		entry_client_id(e, bin);
	e->until_ns = l.expiry_s * NS_PER_S;
	if (l.expiry_s != 0 && e->until_ns < work_now(w)) {
		e->is_ended = true;
		e->last_ns = e->until_ns;
	}
	work_use(w, line->number);
}

static enum rc read_leases(FILE *from, const struct import_options *opt,
			   const struct import_out *out, struct import_result *ret, char *err,
			   size_t err_len)
{
	struct work w;
	enum rc rc = work_begin(&w, opt, out, ret, FROM_LIST_DHCP);

	(void)err;
	(void)err_len;
	if (rc == RC_OK)
		rc = work_lines(&w, from, take, NULL);
	work_end(&w);
	return rc;
}

static enum look look(struct bytes line)
{
	struct bytes rest = line, first = text_word(&rest);

	if (first.len == 0 || text_is(first, "duid"))
		return LOOK_NOTHING;
	return take_apart(line).is_good ? LOOK_SURE : LOOK_OTHER;
}

static unsigned match(struct bytes head)
{
	return match_lines(head, look);
}

const struct import_format import_dnsmasq = {
	.name = "dnsmasq",
	.summary = "dnsmasq.leases",
	.match = match,
	.read = read_leases,
};
