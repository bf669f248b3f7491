#include "import/entry.h"

#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

#include "base/text.h"

enum { WORK_SAID = 256 };

void entry_begin(struct entry *e)
{
	e->n_addrs = e->n_macs = e->n_texts = e->lost = 0;
	e->name = e->fqdn = "";
	e->first_ns = e->last_ns = e->until_ns = 0;
	e->is_ended = false;
	e->used = 0;
}

/* A copy in the entry's room, checked and cut at a character; "" if there is none left. */
static const char *keep(struct entry *e, struct bytes text)
{
	char value[ENTRY_VALUE];
	size_t len = 0;

	text = text_trim(text);
	len = text_from_utf8(text, value, sizeof(value));
	if (text.len > ENTRY_VALUE - 4 && len + 4 > ENTRY_VALUE)
		e->lost++;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
			value[i] = ' ';
	}
	if (len == 0)
		return "";
	if (len + 1 > ENTRY_ROOM - e->used) {
		e->lost++;
		return "";
	}

	char *to = e->room + e->used;

	memcpy(to, value, len + 1);
	e->used += len + 1;
	return to;
}

void entry_addr(struct entry *e, const struct addr *a)
{
	if (addr_is_zero(a) || addr_is_multicast(a) || addr_is_loopback(a) || addr_is_link_local(a))
		return;
	for (unsigned i = 0; i < e->n_addrs; i++) {
		if (addr_eq(&e->addrs[i], a))
			return;
	}
	if (e->n_addrs == ENTRY_ADDRS)
		e->lost++;
	else
		e->addrs[e->n_addrs++] = *a;
}

void entry_mac(struct entry *e, const struct mac *m)
{
	static const struct mac zero;

	if (mac_eq(m, &zero) || (m->b[0] & 1) != 0)
		return;
	for (unsigned i = 0; i < e->n_macs; i++) {
		if (mac_eq(&e->macs[i], m))
			return;
	}
	if (e->n_macs == ENTRY_MACS)
		e->lost++;
	else
		e->macs[e->n_macs++] = *m;
}

/* "10.0.0.5/24", "fe80::1%eth0", "[fd00::5]": the address in it. */
static enum rc address_in(struct bytes word, struct addr *ret_addr)
{
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] == '/' || word.at[i] == '%')
			word.len = i;
	}
	if (word.len > 2 && word.at[0] == '[' && word.at[word.len - 1] == ']')
		word = bytes_slice(word, 1, word.len - 2);
	return addr_parse_bytes(word, ret_addr);
}

static bool is_between(uint8_t c)
{
	return c <= ' ' || c == ',' || c == ';' || c == '|' || c == '{' || c == '}' || c == '"' ||
	       c == '\'' || c == '(' || c == ')';
}

static struct bytes next_word(struct bytes *text)
{
	size_t n = 0;

	while (text->len > 0 && is_between(text->at[0]))
		*text = bytes_slice(*text, 1, text->len);
	while (n < text->len && !is_between(text->at[n]))
		n++;

	struct bytes word = bytes_slice(*text, 0, n);

	*text = bytes_slice(*text, n, text->len);
	return word;
}

/* What people write where there is nothing. */
static bool is_nothing(struct bytes text)
{
	static const char *const words[] = {
		"-",       "?",         "*",     "--",     "n/a",    "none",      "null",
		"unknown", "unbekannt", "keine", "(none)", "(null)", "<unknown>", "not available"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (text_is(text, words[i]))
			return true;
	}
	return text.len == 0;
}

bool entry_addrs(struct entry *e, struct bytes text)
{
	bool is_good = true;

	for (text = text_trim(text); text.len > 0;) {
		struct bytes word = next_word(&text);
		struct addr a;

		if (is_nothing(word) || text_is(word, "dhcp"))
			continue;
		if (address_in(word, &a) == RC_OK)
			entry_addr(e, &a);
		else
			is_good = false;
	}
	return is_good;
}

bool entry_macs(struct entry *e, struct bytes text)
{
	bool is_good = true;
	struct mac m;

	text = text_trim(text);
	/* "00 1a 2b 3c 4d 5e" is one address. */
	if (text.len == 17 && text.at[2] == ' ' && text.at[14] == ' ') {
		char word[17];

		for (unsigned i = 0; i < 17; i++)
			word[i] = text.at[i] == ' ' ? ':' : (char)text.at[i];
		if (mac_parse((struct bytes){(const uint8_t *)word, 17}, &m) == RC_OK) {
			entry_mac(e, &m);
			return true;
		}
	}
	while (text.len > 0) {
		struct bytes word = next_word(&text);

		if (is_nothing(word))
			continue;
		if (mac_parse(word, &m) == RC_OK)
			entry_mac(e, &m);
		else
			is_good = false;
	}
	return is_good;
}

void entry_text(struct entry *e, enum fact_kind kind, struct bytes text)
{
	const char *value = "";

	text = text_trim(text);
	if (is_nothing(text))
		return;
	value = keep(e, text);
	if (value[0] == '\0')
		return;
	for (unsigned i = 0; i < e->n_texts; i++) { /* names differ by more than case */
		bool is_name = kind == FACT_NAME || kind == FACT_FQDN || kind == FACT_DOMAIN;

		if (e->texts[i].kind == kind &&
		    (is_name ? strcasecmp : strcmp)(e->texts[i].value, value) == 0)
			return;
	}
	if (e->n_texts == ENTRY_TEXTS)
		e->lost++;
	else
		e->texts[e->n_texts++] = (struct entry_text){(uint8_t)kind, value};
}

static bool is_label(struct bytes name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] <= ' ' || name.at[i] == 0x7f ||
		    strchr("/\\:*?\"<>|,;@", name.at[i]) != NULL)
			return false;
	}
	return name.len > 0 && name.len <= 63;
}

bool entry_name(struct entry *e, struct bytes text)
{
	struct bytes name = text_trim(text), domain = {NULL, 0};
	const uint8_t *slash = NULL, *dot = NULL;
	struct addr a;

	while (name.len > 0 && name.at[name.len - 1] == '.')
		name.len--;
	if (is_nothing(name) || addr_parse_bytes(name, &a) == RC_OK)
		return true; /* an address in the place of a name names nobody */
	if (name.len > 255)
		return false;
	slash = memchr(name.at, '\\', name.len);
	if (slash != NULL) {
		domain = bytes_slice(name, 0, (size_t)(slash - name.at));
		name = bytes_slice(name, domain.len + 1, name.len);
	}
	if (name.len > 1 && name.at[name.len - 1] == '$')
		name.len--;
	dot = name.len > 0 ? memchr(name.at, '.', name.len) : NULL;

	struct bytes label = bytes_slice(name, 0, dot != NULL ? (size_t)(dot - name.at) : name.len);

	if (name.len == 0 || !is_label(label) || memchr(name.at, ' ', name.len) != NULL)
		return false;
	if (dot != NULL) {
		struct bytes rest = bytes_slice(name, label.len + 1, name.len);

		/* "lap-7.local" is anybody's name; its domain is nobody's. */
		if (rest.len > 0 && !text_is(rest, "local") && !text_is(rest, "localdomain")) {
			if (e->fqdn[0] == '\0')
				e->fqdn = keep(e, name);
			entry_text(e, FACT_FQDN, name);
			domain = rest;
		}
	}
	if (e->name[0] == '\0')
		e->name = keep(e, label);
	entry_text(e, FACT_NAME, label);
	entry_text(e, FACT_DOMAIN, domain);
	return true;
}

static void entry_hex(struct entry *e, const char *prefix, struct bytes id)
{
	char text[16 + 2 * ENTRY_ID_MAX];
	int len = snprintf(text, sizeof(text), "%s", prefix);

	for (size_t i = 0; i < id.len && i < ENTRY_ID_MAX; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "%02x", id.at[i]);
	entry_text(e, FACT_ID, text_of(text));
}

void entry_duid(struct entry *e, struct bytes duid)
{
	if (duid.len > 2 && duid.len <= ENTRY_ID_MAX)
		entry_hex(e, "duid:", duid);
}

void entry_client_id(struct entry *e, struct bytes id)
{
	if (id.len < 2 || id.len > ENTRY_ID_MAX || (id.len == 7 && id.at[0] == 1))
		return;
	if (id.at[0] == 0xff && id.len > 7)
		entry_duid(e, bytes_slice(id, 5, id.len));
	else
		entry_hex(e, "client:", id);
}

/* The longest first, where one begins as another. */
static const struct {
	const char *has, *name;
} systems[] = {
	{"server 2025", "Windows Server 2025"},
	{"server 2022", "Windows Server 2022"},
	{"server 2019", "Windows Server 2019"},
	{"server 2016", "Windows Server 2016"},
	{"server 2012 r2", "Windows Server 2012 R2"},
	{"server 2012", "Windows Server 2012"},
	{"server 2008 r2", "Windows Server 2008 R2"},
	{"server 2008", "Windows Server 2008"},
	{"server 2003 r2", "Windows Server 2003"},
	{"server 2003", "Windows Server 2003"},
	{"2000 server", "Windows 2000"},
	{"windows 2000", "Windows 2000"},
	{"windows 11", "Windows 11"},
	{"windows 10", "Windows 10"},
	{"windows 8.1", "Windows 8.1"},
	{"windows 8", "Windows 8"},
	{"windows 7", "Windows 7"},
	{"windows vista", "Windows Vista"},
	{"windows xp", "Windows XP"},
	{"win11", "Windows 11"},
	{"win10", "Windows 10"},
	{"win7", "Windows 7"},
	{"winxp", "Windows XP"},
	{"workstation 5.0",
	 "Windows 2000"}, /* as SCCM writes: Microsoft Windows NT Workstation 5.0 */
	{"workstation 5.1", "Windows XP"},
	{"workstation 6.0", "Windows Vista"},
	{"workstation 6.1", "Windows 7"},
	{"workstation 6.2", "Windows 8"},
	{"workstation 6.3", "Windows 8.1"},
	{"workstation 10.0", "Windows 10 or later"},
	{"server 10.0", "Windows Server 2016 or later"},
	{"server 5.2", "Windows Server 2003"},
	{"server 6.0", "Windows Server 2008"},
	{"server 6.1", "Windows Server 2008 R2"},
	{"server 6.2", "Windows Server 2012"},
	{"server 6.3", "Windows Server 2012 R2"},
	{"mac os x", "macOS"},
	{"macos", "macOS"},
	{"android", "Android"},
};

/* "Windows® 7", "Windows (R) XP", "Windows(TM) 7": without the marks, one blank between words. */
static size_t plain(struct bytes os, char *to, size_t cap)
{
	static const char *const marks[] = {"(r)", "(tm)", "\xc2\xae", "\xe2\x84\xa2", "microsoft"};
	size_t len = 0;

	while (os.len > 0 && len + 1 < cap) {
		size_t skip = 0;

		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			if (text_starts(os, marks[i]))
				skip = strlen(marks[i]);
		}
		if (skip > 0) {
			os = bytes_slice(os, skip, os.len);
			continue;
		}
		if (os.at[0] > ' ' || (len > 0 && to[len - 1] != ' '))
			to[len++] = os.at[0] > ' ' ? (char)os.at[0] : ' ';
		os = bytes_slice(os, 1, os.len);
	}
	while (len > 0 && to[len - 1] == ' ')
		len--;
	to[len] = '\0';
	return len;
}

/* The build number, where it says more than the name does: 10.0
 * (19045), 10.0.19045, 10.0.19045.3803. */
static unsigned build_of(struct bytes version)
{
	unsigned parts[4] = {0, 0, 0, 0}, n = 0;
	bool in_number = false;

	for (size_t i = 0; i < version.len && n <= 4; i++) {
		uint8_t c = version.at[i];

		if (c < '0' || c > '9') {
			in_number = false;
			continue;
		}
		if (!in_number && ++n > 4)
			break;
		in_number = true;
		if (parts[n - 1] < 1000000)
			parts[n - 1] = parts[n - 1] * 10 + (c - '0');
	}
	return n >= 3 && parts[0] == 10 && parts[2] < 100000 ? parts[2] : 0;
}

void entry_os(struct entry *e, struct bytes os, struct bytes version)
{
	char text[ENTRY_VALUE], whole[ENTRY_VALUE + 32];
	struct bytes words = {(const uint8_t *)text, 0};
	const char *name = text;
	unsigned build = build_of(version);

	os = text_trim(os);
	if (is_nothing(os))
		return;
	words.len = plain(os, text, sizeof(text));
	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		if (text_has(words, systems[i].has)) {
			name = systems[i].name;
			break;
		}
	}
	if (build != 0 && strncmp(name, "Windows", 7) == 0 && strstr(name, "later") == NULL)
		(void)snprintf(whole, sizeof(whole), "%s (build %u)", name, build);
	else
		(void)snprintf(whole, sizeof(whole), "%s", name);
	entry_text(e, FACT_OS, text_of(whole));
}

/* --- facts --- */

/* Per cent, by who keeps the list. A lease was given by the server that knows; an ARP table was
 * true when it was printed; what people type into inventories is a year old. 0: as `any`. */
static const struct {
	uint8_t source, any, link, name, user, os;
} sureness[] = {
	{FROM_LIST_CSV, 70, 60, 80, 60, 65},  {FROM_LIST_DHCP, 80, 95, 75, 50, 50},
	{FROM_LIST_ARP, 60, 90, 50, 0, 0},    {FROM_LIST_NMAP, 60, 90, 60, 50, 50},
	{FROM_LIST_AD, 85, 60, 95, 60, 95},   {FROM_LIST_WSUS, 80, 70, 90, 70, 90},
	{FROM_LIST_ZEEK, 70, 90, 75, 75, 60}, {FROM_LIST_EVE, 70, 90, 75, 75, 60},
	{FROM_SCRIPT, 90, 90, 95, 85, 98},    {FROM_HIVE, 85, 60, 95, 60, 98},
};

static uint8_t confidence(unsigned source, unsigned kind)
{
	for (size_t i = 0; i < sizeof(sureness) / sizeof(sureness[0]); i++) {
		uint8_t c = 0;

		if (sureness[i].source != source)
			continue;
		if (kind == FACT_LINK)
			c = sureness[i].link;
		else if (kind == FACT_NAME || kind == FACT_FQDN || kind == FACT_DOMAIN)
			c = sureness[i].name;
		else if (kind == FACT_USER)
			c = sureness[i].user;
		else if (kind == FACT_OS)
			c = sureness[i].os;
		return c != 0 ? c : sureness[i].any;
	}
	return 50;
}

uint64_t work_now(const struct work *w)
{
	return w->opt->file_ns != 0 ? w->opt->file_ns : w->opt->now_ns;
}

enum rc work_begin(struct work *w, const struct import_options *opt, const struct import_out *out,
		   struct import_result *ret, unsigned source)
{
	*w = (struct work){.opt = opt, .out = out, .ret = ret, .source = source};
	w->e = malloc(sizeof(*w->e));
	if (w->e == NULL)
		return RC_NOMEM;
	entry_begin(w->e);
	return RC_OK;
}

void work_end(struct work *w)
{
	free(w->e);
	w->e = NULL;
}

static void tell(struct work *w, struct fact *f)
{
	f->source = (uint8_t)w->source;
	f->confidence = confidence(w->source, f->kind);
	w->out->fact(w->out->ctx, f);
	w->ret->facts++;
}

/* Every fact of the entry has these. */
static struct fact common(const struct work *w)
{
	const struct entry *e = w->e;
	struct fact f = {.host = "", .value = "", .machine = "", .count = 1};

	f.origin = w->opt->origin != NULL ? w->opt->origin : "";
	f.last_ns = e->last_ns != 0 ? e->last_ns : e->first_ns != 0 ? e->first_ns : work_now(w);
	f.first_ns = e->first_ns != 0 && e->first_ns < f.last_ns ? e->first_ns : f.last_ns;
	f.is_ended = e->is_ended;
	f.until_ns = e->until_ns > f.last_ns && !e->is_ended ? e->until_ns : 0;
	return f;
}

static void tell_links(struct work *w)
{
	const struct entry *e = w->e;
	bool is_paired = e->n_macs == 1 || (e->n_macs == e->n_addrs && e->name[0] == '\0');
	struct fact f = common(w);

	f.kind = FACT_LINK;
	for (unsigned i = 0; i < e->n_addrs; i++) {
		f.addr = e->addrs[i];
		f.has_mac = e->n_macs > 0 && is_paired;
		if (f.has_mac)
			f.mac = e->macs[e->n_macs == 1 ? 0 : i];
		f.host = f.has_mac ? "" : e->name;
		if (f.has_mac || f.host[0] != '\0')
			tell(w, &f);
	}
	f.addr = (struct addr){{0}};
	f.has_mac = true;
	for (unsigned i = 0; i < e->n_macs && e->n_macs > 1 && e->name[0] != '\0'; i++) {
		f.mac = e->macs[i];
		f.host = e->name;
		tell(w, &f);
	}
}

/* Typed or collected some time: the address in it may be somebody else's by now, the name is not.
 */
static bool is_inventory(unsigned source)
{
	return source == FROM_LIST_CSV || source == FROM_LIST_AD || source == FROM_LIST_WSUS ||
	       source == FROM_SCRIPT || source == FROM_HIVE;
}

static void tell_texts(struct work *w)
{
	const struct entry *e = w->e;
	struct fact f = common(w);

	f.has_mac = e->n_macs > 0;
	if (f.has_mac)
		f.mac = e->macs[0];
	else
		f.host = e->name;
	if (!f.has_mac && e->n_addrs > 0 && (e->name[0] == '\0' || !is_inventory(w->source))) {
		f.addr = e->addrs[0];
	} else { /* a lease ends, not the name of its machine */
		f.is_ended = false;
		f.until_ns = 0;
	}
	for (unsigned i = 0; i < e->n_texts; i++) {
		f.kind = e->texts[i].kind;
		f.value = e->texts[i].value;
		tell(w, &f);
	}
}

bool work_tell(struct work *w, uint64_t line)
{
	const struct entry *e = w->e;
	uint64_t before = w->ret->facts;

	if (e->n_addrs == 0 && e->n_macs == 0 && e->name[0] == '\0')
		return false;
	if (e->lost > 0)
		work_odd(w, line, "too much in one row: %u values were cut or left out", e->lost);
	tell_links(w);
	tell_texts(w);
	if (w->ret->facts == before) { /* an address or a MAC, and not a word about it */
		struct fact f = common(w);

		f.kind = FACT_LINK;
		f.has_mac = e->n_macs > 0;
		if (f.has_mac)
			f.mac = e->macs[0];
		else if (e->n_addrs > 0)
			f.addr = e->addrs[0];
		f.host = e->name;
		tell(w, &f);
	}
	return true;
}

void work_use(struct work *w, uint64_t line)
{
	if (work_tell(w, line))
		w->ret->used++;
	else
		work_bad(w, line, "no address, MAC address or name in it");
}

enum rc work_lines(struct work *w, FILE *from, work_take *take, void *ctx)
{
	struct lines *l = NULL;
	struct line line;
	enum rc rc = lines_new(from, &l);

	while (rc == RC_OK && (rc = lines_next(l, &line)) == RC_OK) {
		w->ret->rows++;
		if (line.is_cut)
			work_bad(w, line.number, "longer than %d bytes", LINE_MAX_LEN);
		else
			take(w, &line, ctx);
	}
	lines_free(l);
	return rc == RC_END ? RC_OK : rc;
}

unsigned match_lines(struct bytes head, enum look (*look)(struct bytes line))
{
	FILE *from = lines_of(head);
	struct lines *l = NULL;
	struct line line;
	unsigned n[4] = {0, 0, 0, 0}, all = 0;

	if (from == NULL)
		return 0;
	if (lines_new(from, &l) == RC_OK) {
		while (lines_next(l, &line) == RC_OK)
			n[look(line.text)]++;
	}
	lines_free(l);
	fclose(from);
	all = n[LOOK_OTHER] + n[LOOK_LIKE] + n[LOOK_SURE];
	if (all == 0)
		return 0;
	return n[LOOK_SURE] * 2 > all ? 85 : (n[LOOK_SURE] + n[LOOK_LIKE]) * 2 > all ? 45 : 0;
}

/* Cut at a character, and without anything that acts on a line. */
__attribute__((format(printf, 3, 0))) static void say(char *to, size_t cap, const char *format,
						      va_list args)
{
	char text[WORK_SAID];
	size_t len = 0;

	(void)vsnprintf(text, sizeof(text), format, args);
	len = text_from_utf8(text_of(text), to, cap);
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)to[i] < ' ')
			to[i] = ' ';
	}
}

void work_bad(struct work *w, uint64_t line, const char *format, ...)
{
	char why[WORK_SAID];
	va_list args;

	va_start(args, format);
	say(why, sizeof(why), format, args);
	va_end(args);
	w->ret->bad++;
	w->out->bad(w->out->ctx, line, why);
}

void work_odd(struct work *w, uint64_t line, const char *format, ...)
{
	char what[WORK_SAID];
	va_list args;

	va_start(args, format);
	say(what, sizeof(what), format, args);
	va_end(args);
	w->ret->odd++;
	if (w->out->odd != NULL)
		w->out->odd(w->out->ctx, line, what);
}

void work_skip(struct work *w)
{
	w->ret->skipped++;
}

const char *work_show(struct bytes text, char *to)
{
	size_t len = text_from_utf8(text_trim(text), to, WORK_SHOW - 4);

	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)to[i] < ' ')
			to[i] = ' ';
	}
	if (len < text_trim(text).len)
		memcpy(to + len, "...", 4);
	return to;
}
