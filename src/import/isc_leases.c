/*
 * isc-leases - what ISC's DHCP server keeps: dhcpd.leases, dhcpd6.leases, and the host declarations
 * of either and of dhcpd.conf. Source: dhcpd.leases(5), dhcpd.conf(5).
 *
 * The file is a journal: a lease stands in it once for every time that it was given or renewed, and
 * each is a time of its own. Times are UTC ("4 2026/11/26 10:15:00", "epoch 1795687200", "never").
 */
#include <stdlib.h>
#include <string.h>

#include "base/monotime.h"
#include "import/date.h"
#include "import/entry.h"
#include "import/formats.h"
#include "import/lines.h"

enum { WORDS = 16, WORD_ROOM = 4096, DEPTH_MAX = 16 };

enum block { BLOCK_OTHER, BLOCK_LEASE, BLOCK_HOST, BLOCK_IA, BLOCK_IAADDR };

struct statement { /* up to ; { or } */
	struct bytes words[WORDS];
	unsigned n;
	size_t used;
	bool is_cut;
	uint8_t end; /* ';' '{' '}', 0: the file ends */
	uint64_t line;
	uint8_t room[WORD_ROOM];
};

struct state {
	struct lines *lines;
	struct line line;
	bool has_line;
	enum rc rc; /* of reading */
	struct work w;
	struct statement st;
	enum block blocks[DEPTH_MAX];
	unsigned depth, too_deep;
	uint64_t block_line;
	bool is_open; /* a lease or a host is being read */
	uint64_t starts_ns, ends_ns, cltt_ns;
	bool is_free, is_abandoned, has_state, is_never;
	uint8_t duid[ENTRY_ID_MAX]; /* of the ia block around */
	size_t duid_len;
	uint64_t ia_cltt_ns;
};

static int peek(struct state *s)
{
	while (!s->has_line || s->line.text.len == 0) {
		if (s->has_line) { /* the end of a line divides words */
			s->has_line = false;
			return '\n';
		}
		s->rc = lines_next(s->lines, &s->line);
		if (s->rc != RC_OK)
			return -1;
		s->has_line = true;
	}
	return s->line.text.at[0];
}

static void step(struct state *s)
{
	if (s->has_line && s->line.text.len > 0)
		s->line.text = bytes_slice(s->line.text, 1, s->line.text.len);
}

static void put(struct statement *st, uint8_t c)
{
	if (st->used == WORD_ROOM)
		st->is_cut = true;
	else
		st->room[st->used++] = c;
}

/* "\001\000\"": octal escapes, and characters as they are. */
static void quoted(struct state *s)
{
	for (step(s);;) {
		int c = peek(s);

		if (c < 0 || c == '\n')
			return; /* strings end with their line */
		step(s);
		if (c == '"')
			return;
		if (c == '\\') {
			unsigned v = 0, n = 0;

			c = peek(s);
			for (; n < 3 && c >= '0' && c <= '7'; n++) {
				v = v * 8 + (unsigned)(c - '0');
				step(s);
				c = peek(s);
			}
			if (n == 0 && c >= 0 && c != '\n') {
				v = (unsigned)c;
				step(s);
			}
			put(&s->st, (uint8_t)v);
			continue;
		}
		put(&s->st, (uint8_t)c);
	}
}

static void word(struct state *s)
{
	struct statement *st = &s->st;
	size_t from = st->used;
	int c = peek(s);

	if (st->n == 0)
		st->line = s->line.number;
	if (c == '"') {
		quoted(s);
	} else {
		for (; c > ' ' && c != ';' && c != '{' && c != '}' && c != '#'; c = peek(s)) {
			put(st, (uint8_t)c);
			step(s);
		}
	}
	if (st->n == WORDS)
		st->is_cut = true;
	else
		st->words[st->n++] = (struct bytes){st->room + from, st->used - from};
}

/* False: the file ends. */
static bool next_statement(struct state *s)
{
	struct statement *st = &s->st;

	st->n = 0;
	st->used = 0;
	st->is_cut = false;
	st->end = 0;
	for (;;) {
		int c = peek(s);

		if (c < 0)
			return false;
		if (c == '#') {
			s->has_line = false;
		} else if (c <= ' ') {
			step(s);
		} else if (c == ';' || c == '{' || c == '}') {
			if (st->n == 0)
				st->line = s->line.number;
			st->end = (uint8_t)c;
			step(s);
			return true;
		} else {
			word(s);
		}
	}
}

static bool is_word(const struct statement *st, unsigned i, const char *text)
{
	return i < st->n && text_is(st->words[i], text);
}

/* "starts 4 2026/11/26 10:15:00", "starts epoch 1795687200": words from the second on. */
static uint64_t time_of(struct state *s, bool *ret_never)
{
	const struct statement *st = &s->st;
	char text[48];
	uint64_t at_ns = 0;
	int len = 0;

	*ret_never = is_word(st, 1, "never");
	if (*ret_never || st->n < 3)
		return 0;
	if (is_word(st, 1, "epoch") || st->n < 4)
		len = snprintf(text, sizeof(text), "%.*s", (int)(st->words[2].len & 31),
			       (const char *)st->words[2].at);
	else
		len = snprintf(text, sizeof(text), "%.*s %.*s%.*s", (int)(st->words[2].len & 15),
			       (const char *)st->words[2].at, (int)(st->words[3].len & 15),
			       (const char *)st->words[3].at,
			       st->n > 4 ? (int)(st->words[4].len & 7) : 0,
			       st->n > 4 ? (const char *)st->words[4].at : "");
	if (date_parse((struct bytes){(const uint8_t *)text, (size_t)len}, ORDER_UNKNOWN, 0,
		       &at_ns) == DATE_BAD)
		work_odd(&s->w, st->line, "'%s' is no time that can be used", text);
	return at_ns;
}

static void take_state(struct state *s, struct bytes state)
{
	s->has_state = true;
	s->is_abandoned = text_is(state, "abandoned");
	s->is_free = !text_is(state, "active") && !text_is(state, "reserved") &&
		     !text_is(state, "bootp") && !s->is_abandoned;
}

static void take_statement(struct state *s)
{
	const struct statement *st = &s->st;
	struct entry *e = s->w.e;
	bool is_never = false;
	struct mac mac;

	if (is_word(st, 0, "starts"))
		s->starts_ns = time_of(s, &is_never);
	else if (is_word(st, 0, "ends"))
		s->ends_ns = time_of(s, &s->is_never);
	else if (is_word(st, 0, "cltt"))
		s->cltt_ns = time_of(s, &is_never);
	else if (is_word(st, 0, "hardware") && is_word(st, 1, "ethernet") && st->n >= 3 &&
		 mac_parse(st->words[2], &mac) == RC_OK)
		entry_mac(e, &mac);
	else if (is_word(st, 0, "hardware"))
		work_odd(&s->w, st->line, "a hardware address that is not one of Ethernet");
	else if (is_word(st, 0, "binding") && is_word(st, 1, "state") && st->n >= 3)
		take_state(s, st->words[2]);
	else if (is_word(st, 0, "uid") && st->n >= 2)
		entry_client_id(e, st->words[1]);
	else if ((is_word(st, 0, "client-hostname") || is_word(st, 0, "hostname")) && st->n >= 2 &&
		 !entry_name(e, st->words[1]))
		work_odd(&s->w, st->line, "a client-hostname that cannot be one");
	else if (is_word(st, 0, "option") && is_word(st, 1, "host-name") && st->n >= 3)
		(void)entry_name(e, st->words[2]);
	else if (is_word(st, 0, "set") && st->n >= 4 &&
		 (is_word(st, 1, "ddns-fwd-name") || is_word(st, 1, "ddns-client-fqdn")))
		(void)entry_name(e, st->words[3]);
	else if (is_word(st, 0, "fixed-address") || is_word(st, 0, "fixed-address6"))
		for (unsigned i = 1; i < st->n; i++)
			(void)entry_addrs(e, st->words[i]);
}

static void open_block(struct state *s)
{
	const struct statement *st = &s->st;
	enum block kind = BLOCK_OTHER;
	struct entry *e = s->w.e;

	if (s->depth == DEPTH_MAX) {
		s->too_deep++;
		return;
	}
	if (is_word(st, 0, "lease"))
		kind = BLOCK_LEASE;
	else if (is_word(st, 0, "host"))
		kind = BLOCK_HOST;
	else if (is_word(st, 0, "ia-na") || is_word(st, 0, "ia-ta"))
		kind = BLOCK_IA;
	else if (is_word(st, 0, "iaaddr"))
		kind = BLOCK_IAADDR;
	s->blocks[s->depth++] = kind;
	if (kind == BLOCK_IA) { /* four bytes of IAID, then the DUID */
		s->ia_cltt_ns = 0;
		s->duid_len = 0;
		if (st->n >= 2 && st->words[1].len > 6 && st->words[1].len - 4 <= ENTRY_ID_MAX) {
			s->duid_len = st->words[1].len - 4;
			memcpy(s->duid, st->words[1].at + 4, s->duid_len);
		}
	}
	if (kind == BLOCK_OTHER || kind == BLOCK_IA)
		return;
	s->w.ret->rows++;
	if (s->is_open)
		work_bad(&s->w, s->block_line, "a block that is never closed");
	s->is_open = true;
	s->block_line = st->line;
	s->starts_ns = s->ends_ns = 0;
	s->cltt_ns = kind == BLOCK_IAADDR ? s->ia_cltt_ns : 0;
	s->is_free = s->is_abandoned = s->has_state = s->is_never = false;
	entry_begin(e);
	if (kind != BLOCK_HOST && st->n >= 2)
		(void)entry_addrs(e, st->words[1]);
	if (kind == BLOCK_IAADDR)
		entry_duid(e, (struct bytes){s->duid, s->duid_len});
	if (kind == BLOCK_HOST && st->n >= 2)
		(void)entry_name(e, st->words[1]); /* the server's own word for it */
}

static void close_lease(struct state *s)
{
	struct entry *e = s->w.e;
	uint64_t now = work_now(&s->w);

	if (e->n_addrs == 0) {
		work_bad(&s->w, s->block_line, "the lease's address cannot be read");
		return;
	}
	/* Abandoned: it was in use by somebody else. Free without a client: nobody had it. */
	if (s->is_abandoned || (e->n_macs == 0 && e->n_texts == 0)) {
		work_skip(&s->w);
		return;
	}
	e->first_ns = s->starts_ns != 0 ? s->starts_ns : s->cltt_ns;
	e->last_ns = s->cltt_ns > s->starts_ns ? s->cltt_ns : s->starts_ns;
	e->until_ns = s->is_never ? 0 : s->ends_ns;
	if (s->is_free && s->ends_ns != 0) {
		e->is_ended = true;
		e->last_ns = s->ends_ns > e->first_ns ? s->ends_ns : e->first_ns;
	} else if (s->is_never && e->first_ns < now) {
		e->last_ns = now;
	}
	work_use(&s->w, s->block_line);
}

static void close_block(struct state *s)
{
	enum block kind = BLOCK_OTHER;

	if (s->too_deep > 0) {
		s->too_deep--;
		return;
	}
	if (s->depth == 0)
		return;
	kind = s->blocks[--s->depth];
	if (kind == BLOCK_OTHER || kind == BLOCK_IA || !s->is_open)
		return;
	s->is_open = false;
	if (kind == BLOCK_HOST)
		work_use(&s->w, s->block_line);
	else
		close_lease(s);
}

static void run(struct state *s)
{
	bool is_never = false;

	while (next_statement(s)) {
		if (s->st.end == '{') {
			open_block(s);
			continue;
		}
		/* A statement before } without its semicolon still counts. */
		if (s->st.n > 0 && s->is_open && s->too_deep == 0)
			take_statement(s);
		else if (s->depth > 0 && s->blocks[s->depth - 1] == BLOCK_IA &&
			 is_word(&s->st, 0, "cltt"))
			s->ia_cltt_ns = time_of(s, &is_never);
		if (s->st.is_cut)
			work_odd(&s->w, s->st.line, "a statement that is too long to be read");
		if (s->st.end == '}')
			close_block(s);
	}
	if (s->is_open)
		work_bad(&s->w, s->block_line, "the file ends in the middle of it");
}

static enum rc read_leases(FILE *from, const struct import_options *opt,
			   const struct import_out *out, struct import_result *ret, char *err,
			   size_t err_len)
{
	static const struct state zero;
	struct state *s = malloc(sizeof(*s));
	enum rc rc = RC_NOMEM;

	(void)err;
	(void)err_len;
	if (s == NULL)
		return RC_NOMEM;
	*s = zero;
	rc = work_begin(&s->w, opt, out, ret, FROM_LIST_DHCP);
	if (rc == RC_OK)
		rc = lines_new(from, &s->lines);
	if (rc == RC_OK) {
		run(s);
		rc = s->rc;
	}
	work_end(&s->w);
	lines_free(s->lines);
	free(s);
	return rc == RC_END ? RC_OK : rc;
}

static enum look look(struct bytes line)
{
	struct bytes rest = line, first = text_word(&rest), second = text_word(&rest);
	struct addr a;

	if (text_has(line, "dhcpd.leases(5)") || text_is(first, "ia-na") ||
	    (text_is(first, "lease") && addr_parse_bytes(second, &a) == RC_OK) ||
	    text_is(first, "authoring-byte-order") || text_has(line, "hardware ethernet") ||
	    text_is(first, "fixed-address"))
		return LOOK_SURE;
	return LOOK_NOTHING;
}

static unsigned match(struct bytes head)
{
	return match_lines(head, look);
}

const struct import_format import_isc_leases = {
	.name = "isc-leases",
	.summary = "ISC DHCP: dhcpd.leases, dhcpd6.leases, host declarations",
	.match = match,
	.read = read_leases,
};
