/* Who answers to which name: NetBIOS, the browser's announcements, DNS, LLMNR, mDNS. */
#include "naming/browser.h"
#include "naming/dns.h"
#include "naming/nbdgm.h"
#include "naming/nbns.h"
#include "proto/say.h"
#include "wire/smb1_trans.h"

/* What a NetBIOS name says by its suffix (RFC 1001 16, MS-BRWS 2.1.1). `machine`: the machine's
 * name where it is known, so that another <03> is its user; empty: a <03> may be either.
 * False: nothing that quell knows. */
static bool set_netbios(struct ev_ident *id, bool is_group, struct bytes text, struct bytes machine)
{
	id->is_group = is_group;
	switch (id->suffix) {
	case NETBIOS_WORKSTATION:
		*(is_group ? &id->domain : &id->name) = text;
		break;
	case NETBIOS_MESSENGER:
		*(machine.len > 0 && bytes_eq(text, machine) ? &id->name : &id->user) = text;
		break;
	case NETBIOS_SERVER:
		id->name = text;
		id->roles = IDENT_ROLE_SERVER;
		break;
	case NETBIOS_DOMAIN_MASTER:
	case NETBIOS_DCS:
		id->domain = text;
		id->roles = IDENT_ROLE_DC;
		break;
	case NETBIOS_MASTER_BROWSER:
		id->domain = text;
		id->roles = IDENT_ROLE_MASTER_BROWSER;
		break;
	case NETBIOS_MSBROWSE:
		id->roles = IDENT_ROLE_MASTER_BROWSER;
		break;
	case NETBIOS_ELECTIONS:
		id->domain = text;
		break;
	default:
		return false;
	}
	return is_group == (id->suffix == NETBIOS_DCS || id->suffix == NETBIOS_ELECTIONS ||
			    id->suffix == NETBIOS_MSBROWSE) ||
	       id->suffix == NETBIOS_WORKSTATION;
}

/* The names that a node status response lists are the sender's. */
static void say_node(const struct say *s, const struct nbns *x)
{
	static const struct mac zero;
	struct bytes machine = {NULL, 0};
	struct say_text room[2];

	for (unsigned i = 0; i < x->n_names; i++) {
		const struct nbns_node_name *n = &x->names[i];

		if (n->suffix == NETBIOS_WORKSTATION && (n->flags & NBNS_GROUP) == 0 &&
		    machine.len == 0)
			machine = say_latin1(netbios_text(n->name), &room[0]);
	}
	for (unsigned i = 0; i < x->n_names; i++) {
		const struct nbns_node_name *n = &x->names[i];
		struct ev_ident id = {.from = IDENT_NBNS, .addr = s->p->src, .suffix = n->suffix};
		struct bytes text = say_latin1(netbios_text(n->name), &room[1]);

		id.has_mac = !mac_eq(&x->unit_id, &zero) && (x->unit_id.b[0] & 1) == 0;
		if (id.has_mac)
			id.mac = x->unit_id;
		if (set_netbios(&id, (n->flags & NBNS_GROUP) != 0, text, machine))
			say_ident(s, &id);
	}
}

static bool nbns_act(const struct nbns *x, uint8_t *ret_act)
{
	*ret_act = IDENT_IS;
	switch (x->opcode) {
	case NBNS_QUERY: /* who has asked for a name says nothing of itself */
		return x->is_response && x->rcode == 0;
	case NBNS_REGISTRATION:
	case NBNS_MULTIHOMED:
	case NBNS_REFRESH:
	case NBNS_REFRESH_ALT:
		if (x->is_response && x->rcode != 0)
			*ret_act = IDENT_ENDS; /* somebody else has it */
		return true;
	case NBNS_RELEASE:
		*ret_act = IDENT_ENDS;
		return !x->is_response;
	default:
		return false;
	}
}

void say_nbns(const struct say *s)
{
	struct ev_ident id = {.from = IDENT_NBNS};
	struct say_text room;
	struct nbns x;

	if (!nbns_read(s->p->payload, &x)) {
		say_malformed(s, "nbns", "malformed");
		return;
	}
	if (x.has_record && x.is_response && x.type == NBNS_TYPE_NBSTAT) {
		say_node(s, &x);
		return;
	}
	if (!x.has_record || x.type != NBNS_TYPE_NB || !nbns_act(&x, &id.act))
		return;

	struct bytes text = say_latin1(netbios_text(x.name.name), &room);

	for (unsigned i = 0; i < x.n_addrs; i++) {
		struct ev_ident told = id;

		told.addr = x.addrs[i].addr;
		told.suffix = x.name.suffix;
		if (x.is_response && id.act == IDENT_ENDS)
			told.addr = s->p->dst; /* the record holds whose it is */
		else if (told.addr.b[12] == 0)
			told.addr = s->p->src;
		if (addr_is_multicast(&told.addr) ||
		    !set_netbios(&told, (x.addrs[i].nb_flags & NBNS_GROUP) != 0, text,
				 (struct bytes){NULL, 0}))
			continue;
		say_ident(s, &told);
	}
}

static unsigned browser_roles(uint32_t type)
{
	unsigned roles = 0;

	if ((type & (BROWSER_TYPE_DC | BROWSER_TYPE_BACKUP_DC)) != 0)
		roles |= IDENT_ROLE_DC;
	if ((type & BROWSER_TYPE_NT_SERVER) != 0)
		roles |= IDENT_ROLE_SERVER;
	if ((type & (BROWSER_TYPE_MASTER_BROWSER | BROWSER_TYPE_DOMAIN_MASTER)) != 0)
		roles |= IDENT_ROLE_MASTER_BROWSER;
	return roles;
}

static void set_announced(struct ev_ident *id, const struct browser *x, struct say_text *room)
{
	switch (x->command) {
	case BROWSER_HOST_ANNOUNCEMENT:
	case BROWSER_LOCAL_MASTER:
		id->name = say_latin1(x->server, &room[0]);
		id->note = say_latin1(x->comment, &room[1]);
		id->os_major = x->os_major;
		id->os_minor = x->os_minor;
		id->roles = (uint8_t)browser_roles(x->server_type);
		if (x->command == BROWSER_LOCAL_MASTER)
			id->roles |= IDENT_ROLE_MASTER_BROWSER;
		break;
	case BROWSER_DOMAIN_ANNOUNCEMENT: /* of its master; its version is the domain's */
		id->domain = say_latin1(x->server, &room[2]);
		id->roles = IDENT_ROLE_MASTER_BROWSER;
		break;
	case BROWSER_MASTER_ANNOUNCEMENT:
		id->roles = IDENT_ROLE_MASTER_BROWSER;
		break;
	default:
		break;
	}
}

/* The mailslot in an SMB message; empty: another, or none. */
static struct bytes mailslot(struct bytes msg)
{
	struct smb1_header h;
	struct smb1_block b;
	struct smb1_trans t;

	if (!smb1_read_header(msg, &h) || h.cmd != SMB1_TRANS || (h.flags & SMB1_FLAG_REPLY) != 0 ||
	    !smb1_read_block(msg, h.cmd, SMB1_HEADER, &b) || !smb1_read_trans(msg, &b, &h, &t))
		return (struct bytes){NULL, 0};

	/* Written without regard to case, and without Unicode: there is no session. */
	static const char slot[] = BROWSER_MAILSLOT;

	if (t.name.len != sizeof(slot) - 1)
		return (struct bytes){NULL, 0};
	for (size_t i = 0; i < t.name.len; i++) {
		uint8_t c = t.name.at[i];

		if ((c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c) != slot[i])
			return (struct bytes){NULL, 0};
	}
	return t.data.bytes;
}

/* Whoever sends a datagram gives its own name in it, whatever it says. */
void say_nbdgm(const struct say *s)
{
	struct ev_ident id = {.from = IDENT_BROWSER};
	struct say_text room[3], sender, domain;
	struct browser announced;
	struct nbdgm x;

	if (!nbdgm_read(s->p->payload, &x)) {
		if (s->p->payload.len > 0 && s->p->payload.at[0] >= NBDGM_DIRECT_UNIQUE &&
		    s->p->payload.at[0] <= NBDGM_BROADCAST)
			say_malformed(s, "nbdgm", "malformed");
		return;
	}
	id.addr =
		addr_is_multicast(&x.source_ip) || x.source_ip.b[12] == 0 ? s->p->src : x.source_ip;
	if (x.destination.suffix == NETBIOS_MASTER_BROWSER ||
	    x.destination.suffix == NETBIOS_ELECTIONS)
		id.domain = say_latin1(netbios_text(x.destination.name), &domain);
	if (browser_read(mailslot(x.data), &announced))
		set_announced(&id, &announced, room);
	if (id.name.len == 0 &&
	    (x.source.suffix == NETBIOS_WORKSTATION || x.source.suffix == NETBIOS_SERVER))
		id.name = say_latin1(netbios_text(x.source.name), &sender);
	if (id.name.len > 0)
		say_ident(s, &id);
}

/* Does a peer of ours know this address from near by? What is resolved of the Internet is nobody's
 * machine here. */
static bool is_near(const struct addr *a, const struct packet *p)
{
	bool is_v4 = addr_is_v4(a);
	size_t same = is_v4 ? 14 : 6; /* a /16, a /48 */

	if (addr_is_zero(a) || addr_is_multicast(a) || addr_is_loopback(a))
		return false;
	if (is_v4 && (a->b[12] == 10 || (a->b[12] == 172 && (a->b[13] & 0xf0) == 16) ||
		      (a->b[12] == 192 && a->b[13] == 168)))
		return true;
	if ((a->b[0] & 0xfe) == 0xfc || addr_is_link_local(a)) /* RFC 4193 */
		return true;
	return memcmp(a->b, p->src.b, same) == 0 || memcmp(a->b, p->dst.b, same) == 0;
}

static bool is_address(const struct dns_record *x)
{
	return x->section != DNS_QUESTION && (x->type == DNS_A || x->type == DNS_AAAA);
}

/* A record that gives a name to an address. False: it does not. */
static bool set_named(struct ev_ident *id, const struct dns_record *x, struct say_host *host)
{
	if (is_address(x)) {
		id->addr = x->addr;
		say_host_of(&x->name, host);
	} else if (x->type == DNS_PTR && x->section == DNS_ANSWER &&
		   dns_reverse_addr(&x->name, &id->addr)) {
		say_host_of(&x->target, host);
	} else {
		return false;
	}
	id->name = host->name;
	id->domain = host->domain;
	return host->name.len > 0;
}

/* RFC 2136 2.5: class IN adds, ANY and NONE delete. The machine itself, or a DHCP server for it. */
static void say_update(const struct say *s, const struct dns_record *x)
{
	struct ev_ident id = {.from = IDENT_DNS, .act = IDENT_IS};
	struct say_host host;

	if (x->section != DNS_AUTHORITY || !is_address(x))
		return;
	say_host_of(&x->name, &host);
	id.name = host.name;
	id.domain = host.domain;
	id.addr = x->addr;
	if (x->class != DNS_IN || addr_is_zero(&id.addr) || id.name.len == 0)
		return; /* what is deleted is mostly what is added anew right after */
	if (!addr_eq(&id.addr, &s->p->src))
		id.act = IDENT_WISH;
	if (is_near(&id.addr, s->p))
		say_ident(s, &id);
}

void say_dns(const struct say *s)
{
	struct dns_walk w;
	struct dns_record x;

	if (!dns_begin(s->p->payload, &w))
		return; /* nothing to call malformed: any program may use any port */

	bool is_update = dns_opcode(&w.header) == DNS_UPDATE && !dns_is_response(&w.header);

	if (!is_update && (!dns_is_response(&w.header) || dns_opcode(&w.header) != DNS_QUERY ||
			   dns_rcode(&w.header) != 0 || s->p->sport != DNS_PORT))
		return;
	while (dns_next(&w, &x)) {
		struct ev_ident id = {.from = IDENT_DNS};
		struct say_host host;

		if (is_update)
			say_update(s, &x);
		else if (set_named(&id, &x, &host) && is_near(&id.addr, s->p))
			say_ident(s, &id);
	}
	if (w.r.bad)
		say_malformed(s, "dns", "malformed");
}

/* RFC 4795 4: a machine asks for its own name with type ANY, before it answers to it. */
static void say_claim(const struct say *s, const struct dns_record *x, enum ev_ident_from from)
{
	struct ev_ident id = {.from = (uint8_t)from, .act = IDENT_WISH, .addr = s->p->src};
	struct say_host host;

	if (x->section != DNS_QUESTION || x->type != DNS_ANY)
		return;
	say_host_of(&x->name, &host);
	id.name = host.name;
	id.domain = host.domain;
	if (id.name.len > 0 && !dns_name_ends(&x->name, "arpa"))
		say_ident(s, &id);
}

void say_llmnr(const struct say *s)
{
	struct dns_walk w;
	struct dns_record x;

	if (!dns_begin(s->p->payload, &w))
		return;
	while (dns_next(&w, &x)) {
		struct ev_ident id = {.from = IDENT_LLMNR};
		struct say_host host;

		if (!dns_is_response(&w.header))
			say_claim(s, &x, IDENT_LLMNR);
		else if (set_named(&id, &x, &host) && is_near(&id.addr, s->p))
			say_ident(s, &id);
	}
	if (w.r.bad)
		say_malformed(s, "llmnr", "malformed");
}

static bool is_printer(const struct dns_record *x)
{
	return x->type == DNS_PTR && x->section == DNS_ANSWER && x->ttl_s > 0 &&
	       (dns_name_ends(&x->name, "_ipp._tcp.local") ||
		dns_name_ends(&x->name, "_printer._tcp.local") ||
		dns_name_ends(&x->name, "_pdl-datastream._tcp.local"));
}

static void say_mdns_record(const struct say *s, const struct dns_record *x)
{
	struct ev_ident id = {.from = IDENT_MDNS};
	struct say_host host;
	struct say_text os;

	if (set_named(&id, x, &host)) {
		id.act = x->ttl_s == 0 ? IDENT_ENDS : IDENT_IS; /* RFC 6762 10.1: goodbye */
		if (is_near(&id.addr, s->p))
			say_ident(s, &id);
	} else if (x->type == DNS_TXT && dns_name_ends(&x->name, "_device-info._tcp.local") &&
		   x->data.len > 1) {
		id.addr = s->p->src;
		id.os = say_utf8(bytes_slice(x->data, 1, x->data.at[0]), &os);
		say_ident(s, &id);
	} else if (is_printer(x)) {
		id.addr = s->p->src;
		id.roles = IDENT_ROLE_PRINTER;
		say_ident(s, &id);
	}
}

void say_mdns(const struct say *s)
{
	struct dns_walk w;
	struct dns_record x;

	if (!dns_begin(s->p->payload, &w))
		return;
	while (dns_next(&w, &x)) {
		if (!dns_is_response(&w.header))
			say_claim(s, &x, IDENT_MDNS); /* RFC 6762 8.1: a probe */
		else
			say_mdns_record(s, &x);
	}
	if (w.r.bad)
		say_malformed(s, "mdns", "malformed");
}
