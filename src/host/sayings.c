#include "host/sayings.h"

#include <stdio.h>

#include "host/os.h"

enum { VALUE = 2 * EV_TEXT_MAX + 2, NAME_MAX_LEN = 63 };

/* How sure each field of each protocol is, in percent; 0: it gives none.
 *
 * A machine's own word about itself in a protocol that its system speaks is near certain (DHCP,
 * announcements, the challenge of a server). What a user's program writes is less so (workstation
 * of NTLM, User-Agent), and names that others gave it still less (DNS). Claims that nobody
 * confirmed (IDENT_WISH) count as `wish`. */
static const struct saying {
	uint8_t source; /* enum fact_source */
	uint8_t name, domain, user, id, role, wish;
} sayings[IDENT_FROMS] = {
	[IDENT_ND] = {FROM_ND, .role = 85},
	[IDENT_LINK] = {.source = FROM_LINK},
	[IDENT_DHCP] = {FROM_DHCP, .name = 90, .domain = 60, .id = 85, .role = 90, .wish = 85},
	[IDENT_DHCP6] = {FROM_DHCP6, .name = 90, .domain = 60, .id = 90, .role = 90, .wish = 85},
	[IDENT_NBNS] = {FROM_NBNS, .name = 85, .domain = 75, .user = 75, .role = 75},
	[IDENT_BROWSER] = {FROM_BROWSER, .name = 90, .domain = 80, .role = 85},
	[IDENT_LLMNR] = {FROM_LLMNR, .name = 80},
	[IDENT_MDNS] = {FROM_MDNS, .name = 80, .role = 60},
	[IDENT_DNS] = {FROM_DNS, .name = 60, .domain = 40},
	[IDENT_NTLM] = {FROM_NTLM, .name = 70, .user = 80},
	[IDENT_NTLM_CHALLENGE] = {FROM_NTLM, .name = 95, .domain = 85, .role = 80},
	[IDENT_KERBEROS] = {FROM_KERBEROS, .name = 90, .domain = 80, .user = 90, .role = 85,
			    .wish = 60},
	[IDENT_SMB1] = {FROM_SMB1, .user = 60, .domain = 40},
	[IDENT_SMB2] = {FROM_SMB2, .id = 75},
	[IDENT_HTTP] = {FROM_HTTP, .user = 50},
	[IDENT_LLDP] = {FROM_LLDP, .name = 85, .role = 70},
	[IDENT_CDP] = {FROM_CDP, .name = 85, .role = 70},
	[IDENT_SYN] = {.source = FROM_SYN},
};

unsigned ident_source(unsigned from)
{
	return from < IDENT_FROMS ? sayings[from].source : 0;
}

struct speaker {
	const struct ev_ident *id;
	const struct saying *row;
	const struct claim_sink *out;
	struct claim about; /* whom it is about, and who says so */
};

static void say(struct speaker *s, unsigned kind, struct bytes value, unsigned confidence)
{
	bool is_wish = s->id->act == IDENT_WISH;
	struct claim c = s->about;

	if (value.len == 0 || confidence == 0)
		return;
	if (is_wish && s->row->wish < confidence)
		confidence = s->row->wish;
	c.kind = (uint8_t)kind;
	c.value = value;
	c.confidence = (uint8_t)confidence;
	if (confidence > 0)
		s->out->claim(s->out->ctx, &c);
}

static void say_text(struct speaker *s, unsigned kind, const char *text, unsigned confidence)
{
	say(s, kind, (struct bytes){(const uint8_t *)text, strlen(text)}, confidence);
}

static bool is_word(struct bytes b, const char *word)
{
	return b.len == strlen(word) && strncasecmp((const char *)b.at, word, b.len) == 0;
}

/* What programs write where a name belongs, and is none. */
static bool is_filler(struct bytes b)
{
	static const char *const fillers[] = {"localhost", "workstation", "unknown", "null",
					      "(null)",    "none",        "user",    "-"};

	for (size_t i = 0; i < sizeof(fillers) / sizeof(fillers[0]); i++) {
		if (is_word(b, fillers[i]))
			return true;
	}
	return false;
}

/* Without the backslashes of a UNC name; empty: no name of a machine. */
static struct bytes machine_name(struct bytes b)
{
	bool has_letter = false;

	while (b.len > 0 && b.at[0] == '\\')
		b = bytes_slice(b, 1, b.len);
	while (b.len > 0 && (b.at[b.len - 1] == ' ' || b.at[b.len - 1] == '.'))
		b.len--;
	for (size_t i = 0; i < b.len; i++) {
		if (b.at[i] < 0x20 || b.at[i] == 0x7f || b.at[i] == '*' || b.at[i] == '\\')
			return (struct bytes){NULL, 0};
		has_letter |= b.at[i] != '.' && b.at[i] != ':' && (b.at[i] < '0' || b.at[i] > '9');
	}
	/* An address where a name belongs is none. */
	return has_letter && !is_filler(b) ? b : (struct bytes){NULL, 0};
}

static size_t label_len(struct bytes b)
{
	size_t n = 0;

	while (n < b.len && b.at[n] != '.')
		n++;
	return n;
}

static void say_name(struct speaker *s, struct bytes name, unsigned confidence)
{
	struct bytes whole = machine_name(name), domain = s->id->domain;
	size_t label = label_len(whole);
	char text[VALUE];
	bool is_dns = label_len(domain) < domain.len && s->id->from != IDENT_KERBEROS;

	if (whole.len == 0 || label == 0 || label > NAME_MAX_LEN)
		return;
	say(s, FACT_NAME, bytes_slice(whole, 0, label), confidence);
	if (label < whole.len)
		say(s, FACT_FQDN, whole, confidence);
	else if (is_dns && !is_word(domain, "local")) {
		snprintf(text, sizeof(text), "%.*s.%.*s", (int)whole.len, (const char *)whole.at,
			 (int)domain.len, (const char *)domain.at);
		say_text(s, FACT_FQDN, text, confidence);
	}
}

/* "DOMAIN\user", "user@REALM", "user". Machines log on, too: "PC7$" names the machine. */
static void say_user(struct speaker *s)
{
	struct bytes user = s->id->user, domain = s->id->domain;
	unsigned confidence = s->row->user;
	char text[VALUE];

	if (user.len == 0 || is_word(user, "-") || is_word(user, "anonymous") ||
	    is_word(user, "anonymous logon") || is_word(user, "nobody"))
		return;
	if (user.at[user.len - 1] == '$') {
		say_name(s, bytes_slice(user, 0, user.len - 1), s->row->name);
		return;
	}
	if (is_word(user, "guest"))
		confidence = 20; /* whoever it was */
	if (domain.len == 0 || memchr(user.at, '@', user.len) != NULL ||
	    memchr(user.at, '\\', user.len) != NULL || s->id->from == IDENT_NBNS)
		snprintf(text, sizeof(text), "%.*s", (int)user.len, (const char *)user.at);
	else if (s->id->from == IDENT_KERBEROS)
		snprintf(text, sizeof(text), "%.*s@%.*s", (int)user.len, (const char *)user.at,
			 (int)domain.len, (const char *)domain.at);
	else
		snprintf(text, sizeof(text), "%.*s\\%.*s", (int)domain.len, (const char *)domain.at,
			 (int)user.len, (const char *)user.at);
	say_text(s, FACT_USER, text, confidence);
}

/* The domain in a logon is the user's; only a machine's own account tells the machine's. */
static void say_domain(struct speaker *s)
{
	const struct ev_ident *id = s->id;
	bool is_logon = id->from == IDENT_NTLM || id->from == IDENT_SMB1;
	bool is_machine = (id->roles & IDENT_ROLE_MACHINE_ACCOUNT) != 0;

	if (is_logon && !is_machine)
		return;
	if (id->from == IDENT_MDNS || id->from == IDENT_LLMNR || id->from == IDENT_HTTP)
		return; /* ".local" is nobody's */
	say(s, FACT_DOMAIN, id->domain,
	    id->from == IDENT_KERBEROS && !is_machine ? 60 : s->row->domain);
}

static void say_roles(struct speaker *s)
{
	static const struct {
		uint8_t bit;
		const char *role;
	} roles[] = {
		{IDENT_ROLE_SERVER, "server"},
		{IDENT_ROLE_DC, "dc"},
		{IDENT_ROLE_MASTER_BROWSER, "master-browser"},
		{IDENT_ROLE_ROUTER, "router"},
		{IDENT_ROLE_DHCP_SERVER, "dhcp-server"},
		{IDENT_ROLE_PRINTER, "printer"},
	};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if ((s->id->roles & roles[i].bit) != 0)
			say_text(s, FACT_ROLE, roles[i].role, s->row->role);
	}
}

/* Samba's challenge has the version of Windows 7 and no build. */
static struct os_guess by_version(const struct ev_ident *id)
{
	bool is_server = (id->roles & (IDENT_ROLE_SERVER | IDENT_ROLE_DC)) != 0;

	if (id->os_major == 0)
		return (struct os_guess){"", 0};
	if (id->from == IDENT_NTLM_CHALLENGE && id->os_major == 6 && id->os_minor == 1 &&
	    id->os_build == 0)
		return (struct os_guess){"Linux or Unix (Samba)", 80};
	return os_from_version(id->os_major, id->os_minor, id->os_build, is_server);
}

static void say_os(struct speaker *s)
{
	const struct ev_ident *id = s->id;
	struct os_guess g = by_version(id);

	switch ((enum ev_ident_from)id->from) {
	case IDENT_DHCP:
		g = os_from_dhcp(id->os, id->note);
		break;
	case IDENT_SMB1:
		g = os_from_native(id->os);
		break;
	case IDENT_HTTP:
	case IDENT_MDNS:
		g = os_from_user_agent(id->os);
		break;
	case IDENT_SYN:
		g = os_from_syn(id->note);
		break;
	default:
		break;
	}
	say_text(s, FACT_OS, g.name, g.confidence);
}

/* DHCP's note is an order of options, or where a relay heard it: "1,15,3" is no place. */
static bool is_numbers(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++) {
		if (b.at[i] != ',' && (b.at[i] < '0' || b.at[i] > '9'))
			return false;
	}
	return true;
}

static void say_note(struct speaker *s)
{
	const struct ev_ident *id = s->id;

	switch ((enum ev_ident_from)id->from) {
	case IDENT_BROWSER:
		say(s, FACT_NOTE, id->note, 90);
		break;
	case IDENT_NTLM_CHALLENGE: /* DNS name of the computer */
		say_name(s, id->note, s->row->name);
		break;
	case IDENT_DHCP:
		if (!is_numbers(id->note))
			say(s, FACT_PLACE, id->note, 70);
		break;
	case IDENT_LLDP:
	case IDENT_CDP:
		say(s, FACT_NOTE, id->note, 70);
		break;
	default:
		break;
	}
}

void sayings_of(const struct ev_ident *id, const struct claim_sink *out)
{
	struct speaker s = {.id = id, .out = out};

	if (id->from >= IDENT_FROMS)
		return;
	s.row = &sayings[id->from];
	s.about.source = s.row->source;
	s.about.addr = id->addr;
	if (id->has_mac &&
	    (id->from == IDENT_DHCP || id->from == IDENT_DHCP6 || id->from == IDENT_LLDP ||
	     id->from == IDENT_CDP || addr_is_zero(&id->addr))) {
		/* The card's own word: true wherever its addresses go. */
		s.about.has_mac = true;
		s.about.mac = id->mac;
		s.about.addr = (struct addr){{0}};
	}
	/* Asking for a name is not having it. */
	if (id->act == IDENT_WISH && s.row->wish == 0)
		return;
	if (id->is_group)
		say(&s, FACT_DOMAIN, id->domain, s.row->domain);
	else
		say_name(&s, id->name, s.row->name);
	if (!id->is_group)
		say_domain(&s);
	say_user(&s);
	say_os(&s);
	say(&s, FACT_ID, id->id, s.row->id);
	say_roles(&s);
	say_note(&s);
}
