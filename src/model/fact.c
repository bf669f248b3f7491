#include "model/fact.h"

#include <stdlib.h>
#include <string.h>

struct named {
	const char *name, *words;
};

static const struct named kinds[FACT_KINDS] = {
	[FACT_LINK] = {"link", ""},     [FACT_NAME] = {"name", ""},   [FACT_FQDN] = {"fqdn", ""},
	[FACT_DOMAIN] = {"domain", ""}, [FACT_USER] = {"user", ""},   [FACT_OS] = {"os", ""},
	[FACT_ID] = {"id", ""},         [FACT_ROLE] = {"role", ""},   [FACT_PLACE] = {"place", ""},
	[FACT_OWNER] = {"owner", ""},   [FACT_PHONE] = {"phone", ""}, [FACT_NOTE] = {"note", ""},
	[FACT_VENDOR] = {"vendor", ""}, [FACT_PATCH] = {"patch", ""},
};

static const struct named sources[] = {
	[FROM_ARP] = {"arp", "ARP"},
	[FROM_ND] = {"nd", "IPv6 neighbour discovery"},
	[FROM_LINK] = {"link", "Ethernet source address"},
	[FROM_DHCP] = {"dhcp", "DHCP"},
	[FROM_DHCP6] = {"dhcp6", "DHCPv6"},
	[FROM_NBNS] = {"nbns", "NetBIOS name service"},
	[FROM_BROWSER] = {"browser", "browser announcement"},
	[FROM_LLMNR] = {"llmnr", "LLMNR"},
	[FROM_MDNS] = {"mdns", "mDNS"},
	[FROM_DNS] = {"dns", "DNS"},
	[FROM_NTLM] = {"ntlm", "NTLM logon"},
	[FROM_KERBEROS] = {"kerberos", "Kerberos"},
	[FROM_SMB1] = {"smb1", "SMB1 session"},
	[FROM_SMB2] = {"smb2", "SMB2 negotiation"},
	[FROM_HTTP] = {"http", "HTTP"},
	[FROM_LLDP] = {"lldp", "LLDP"},
	[FROM_CDP] = {"cdp", "CDP"},
	[FROM_SYN] = {"syn", "shape of TCP SYN"},
	[FROM_ASK_NBSTAT] = {"ask-nbstat", "asked: NetBIOS node status"},
	[FROM_ASK_DNS] = {"ask-dns", "asked: reverse DNS"},
	[FROM_ASK_SMB] = {"ask-smb", "asked: SMB negotiation"},
	[FROM_ASK_PROFILES] = {"ask-profiles", "asked: profile folders on c$"},
	[FROM_ASK_SWITCH] = {"ask-switch", "asked: switch by SNMP"},
	[FROM_ASK_ROUTER] = {"ask-router", "asked: router by SNMP"},
	[FROM_LIST_CSV] = {"list-csv", "list: CSV"},
	[FROM_LIST_DHCP] = {"list-dhcp", "list: DHCP server"},
	[FROM_LIST_ARP] = {"list-arp", "list: ARP table"},
	[FROM_LIST_NMAP] = {"list-nmap", "list: nmap"},
	[FROM_LIST_AD] = {"list-ad", "list: Active Directory"},
	[FROM_LIST_WSUS] = {"list-wsus", "list: WSUS or SCCM"},
	[FROM_LIST_ZEEK] = {"list-zeek", "list: Zeek log"},
	[FROM_LIST_EVE] = {"list-eve", "list: EVE log"},
	[FROM_SCRIPT] = {"script", "script run there"},
	[FROM_HIVE] = {"hive", "copy of its registry"},
	[FROM_OPERATOR] = {"operator", "operator"},
};

enum { SOURCES = sizeof(sources) / sizeof(sources[0]) };

const char *fact_kind_name(unsigned kind)
{
	return kind < FACT_KINDS && kinds[kind].name != NULL ? kinds[kind].name : "unknown";
}

const char *fact_source_name(unsigned source)
{
	return source < SOURCES && sources[source].name != NULL ? sources[source].name : "unknown";
}

const char *fact_source_words(unsigned source)
{
	return source < SOURCES && sources[source].name != NULL ? sources[source].words
								: "unknown source";
}

static enum rc parse(const struct named *list, unsigned n, const char *name, unsigned *ret)
{
	for (unsigned i = 0; i < n; i++) {
		if (list[i].name != NULL && strcmp(list[i].name, name) == 0) {
			*ret = i;
			return RC_OK;
		}
	}
	return RC_INVAL;
}

enum rc fact_kind_parse(const char *name, unsigned *ret_kind)
{
	return parse(kinds, FACT_KINDS, name, ret_kind);
}

enum rc fact_source_parse(const char *name, unsigned *ret_source)
{
	return parse(sources, SOURCES, name, ret_source);
}

/* ASCII alone, whatever the locale: what is stored must sort the same everywhere. */
static int cmp_folded(const char *a, const char *b)
{
	if (a == b)
		return 0;
	for (;; a++, b++) {
		int x = (unsigned char)*a, y = (unsigned char)*b;

		if (x >= 'A' && x <= 'Z')
			x += 'a' - 'A';
		if (y >= 'A' && y <= 'Z')
			y += 'a' - 'A';
		if (x != y)
			return x - y;
		if (x == '\0')
			return 0;
	}
}

static bool is_folded(unsigned kind)
{
	return kind == FACT_NAME || kind == FACT_FQDN || kind == FACT_DOMAIN || kind == FACT_USER;
}

static int cmp_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int fact_cmp_key(const struct fact *a, const struct fact *b)
{
	int c = a->kind - b->kind;

	if (c == 0)
		c = a->source - b->source;
	if (c == 0)
		c = a->has_mac - b->has_mac;
	if (c == 0 && a->has_mac)
		c = memcmp(a->mac.b, b->mac.b, sizeof(a->mac.b));
	if (c == 0)
		c = addr_cmp(&a->addr, &b->addr);
	if (c == 0)
		c = cmp_folded(a->host, b->host);
	if (c == 0)
		c = is_folded(a->kind) ? cmp_folded(a->value, b->value)
				       : strcmp(a->value, b->value);
	return c;
}

int fact_cmp(const struct fact *a, const struct fact *b)
{
	int c = fact_cmp_key(a, b);

	if (c == 0)
		c = cmp_number(a->first_ns, b->first_ns);
	if (c == 0)
		c = cmp_number(a->last_ns, b->last_ns);
	if (c == 0)
		c = cmp_number(a->until_ns, b->until_ns);
	if (c == 0)
		c = a->is_ended - b->is_ended;
	if (c == 0)
		c = a->confidence - b->confidence;
	if (c == 0)
		c = cmp_number(a->count, b->count);
	if (c == 0)
		c = strcmp(a->origin, b->origin);
	if (c == 0)
		c = cmp_number(a->packet, b->packet);
	if (c == 0)
		c = strcmp(a->host, b->host);
	if (c == 0)
		c = strcmp(a->value, b->value);
	return c;
}

bool fact_meets(const struct fact *a, const struct fact *b)
{
	return a->first_ns <= b->last_ns && b->first_ns <= a->last_ns && fact_cmp_key(a, b) == 0;
}

static const char *lesser(const char *a, const char *b)
{
	return strcmp(b, a) < 0 ? b : a;
}

/* Each line takes the least or the greatest of something, so that the order of merging does not
 * matter. */
void fact_merge(struct fact *a, const struct fact *b)
{
	int origin = strcmp(b->origin, a->origin);

	/* A frame's number means something in its own capture alone; 0 is none. */
	if (origin < 0) {
		a->origin = b->origin;
		a->packet = b->packet;
	} else if (origin == 0 && b->packet - 1 < a->packet - 1) {
		a->packet = b->packet;
	}
	/* What the latest sighting says of the end counts. */
	if (b->last_ns > a->last_ns) {
		a->is_ended = b->is_ended;
		a->until_ns = b->until_ns;
	} else if (b->last_ns == a->last_ns) {
		a->is_ended = a->is_ended || b->is_ended;
		if (b->until_ns > a->until_ns)
			a->until_ns = b->until_ns;
	}
	if (b->first_ns < a->first_ns)
		a->first_ns = b->first_ns;
	if (b->last_ns > a->last_ns)
		a->last_ns = b->last_ns;
	if (b->count > a->count)
		a->count = b->count;
	if (b->confidence > a->confidence)
		a->confidence = b->confidence;
	a->host = lesser(a->host, b->host); /* they may differ in case */
	a->value = lesser(a->value, b->value);
	if (a->machine[0] == '\0')
		a->machine = b->machine;
	else if (b->machine[0] != '\0')
		a->machine = lesser(a->machine, b->machine);
}

static int cmp_facts(const void *a, const void *b)
{
	return fact_cmp(a, b);
}

size_t facts_tidy(struct fact *facts, size_t n)
{
	size_t kept = 0;

	if (n == 0)
		return 0;
	qsort(facts, n, sizeof(*facts), cmp_facts);
	/* In the order of their beginnings only the one before can reach the next. */
	for (size_t i = 1; i < n; i++) {
		if (fact_meets(&facts[kept], &facts[i]))
			fact_merge(&facts[kept], &facts[i]);
		else
			facts[++kept] = facts[i];
	}
	return kept + 1;
}
