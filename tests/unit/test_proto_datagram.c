/* One packet, and what is told of whom: each statement as a line of its fields. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>

#include "naming/browser.h"
#include "naming/cdp.h"
#include "naming/dhcp.h"
#include "naming/dhcp6.h"
#include "naming/dns.h"
#include "naming/lldp.h"
#include "naming/nbdgm.h"
#include "naming/nbns.h"
#include "naming/nd.h"
#include "proto/datagram.h"
#include "wire/smb1_trans.h"

enum { HEARD = 4096, ROOM = 1500 };

struct heard {
	char text[HEARD];
	size_t len;
};

static void add(struct heard *h, const char *key, struct bytes value)
{
	if (value.len > 0)
		h->len += (size_t)snprintf(h->text + h->len, HEARD - h->len, " %s=%.*s", key,
					   (int)value.len, (const char *)value.at);
}

static void add_number(struct heard *h, const char *key, unsigned v)
{
	if (v != 0)
		h->len += (size_t)snprintf(h->text + h->len, HEARD - h->len, " %s=%x", key, v);
}

static void on_event(void *ctx, enum dir dir, struct event *ev)
{
	static const char *const acts[] = {"is", "wish", "ends"};
	const struct ev_ident *id = &ev->ident;
	struct heard *h = ctx;
	char addr[ADDR_TEXT], mac[MAC_TEXT];

	assert_int_equal(dir, TO_SERVER);
	assert_int_equal(ev->kind, EV_IDENT);
	h->len += (size_t)snprintf(h->text + h->len, HEARD - h->len, "%s %s%s%s", acts[id->act],
				   addr_is_zero(&id->addr) ? "-" : addr_format(&id->addr, addr),
				   id->has_mac ? " " : "",
				   id->has_mac ? mac_format(&id->mac, mac) : "");
	add(h, "name", id->name);
	add(h, "domain", id->domain);
	add(h, "user", id->user);
	add(h, "os", id->os);
	add(h, "id", id->id);
	add(h, "note", id->note);
	add_number(h, "suffix", id->suffix);
	add_number(h, "group", id->is_group);
	add_number(h, "roles", id->roles);
	add_number(h, "version", (unsigned)id->os_major << 8 | id->os_minor);
	add_number(h, "lease", id->lease_s);
	h->len += (size_t)snprintf(h->text + h->len, HEARD - h->len, "\n");
}

static void on_anomaly(void *ctx, enum dir dir, const char *proto, const char *what)
{
	struct heard *h = ctx;

	(void)dir;
	h->len += (size_t)snprintf(h->text + h->len, HEARD - h->len, "%s: %s\n", proto, what);
}

static void on_blind(void *ctx, enum dir dir, const char *what)
{
	on_anomaly(ctx, dir, "blind", what);
}

static const struct mac card = {{2, 0, 0, 0, 0, 7}}, server_card = {{2, 0, 0, 0, 0, 1}};

static struct packet udp(uint16_t sport, uint16_t dport, struct bytes payload)
{
	return (struct packet){
		.kind = PACKET_UDP,
		.ip_proto = IP_PROTO_UDP,
		.src = addr_v4(0x0a000007),
		.dst = addr_v4(0x0a0000ff),
		.sport = sport,
		.dport = dport,
		.src_mac = card,
		.dst_mac = server_card,
		.has_mac = true,
		.ttl = 64,
		.payload = payload,
	};
}

static void expect(const struct packet *p, const char *want)
{
	struct heard h = {.len = 0};
	const struct proto_out out = {
		.event = on_event,
		.anomaly = on_anomaly,
		.blind = on_blind,
		.ctx = &h,
		.wants = EV_BIT(EV_IDENT),
	};

	assert_true(datagram_wants(p));
	datagram_take(p, &out);
	assert_string_equal(h.text, want);
}

static struct packet from_text(struct packet p, const char *src, const char *dst)
{
	assert_int_equal(addr_parse(src, &p.src), RC_OK);
	assert_int_equal(addr_parse(dst, &p.dst), RC_OK);
	return p;
}

static void expect_dhcp(const struct dhcp *x, uint16_t sport, const char *want)
{
	uint8_t buf[ROOM];
	struct writer w = {.at = buf, .cap = sizeof(buf)};

	dhcp_write(&w, x);
	assert_false(w.bad);

	struct packet p = udp(sport, sport == 67 ? 68 : 67, (struct bytes){buf, w.len});

	expect(&p, want);
}

static void a_dhcp_client_speaks_of_its_card(void **unused)
{
	struct dhcp x = {
		.op = DHCP_BOOTREQUEST,
		.type = DHCP_REQUEST,
		.requested = addr_v4(0x0a000007),
		.hostname = BYTES("LAP-7"),
		.vendor_class = BYTES("MSFT 5.0"),
		.params = BYTES("\1\17\3\371"),
		.client_id = BYTES("\1\2\0\0\0\0\7"),
	};
	uint8_t fqdn[64];
	struct writer w = {.at = fqdn, .cap = sizeof(fqdn)};

	(void)unused;
	dhcp_set_mac(&x, &card);
	expect_dhcp(&x, 68,
		    "is - 02:00:00:00:00:07 name=LAP-7 os=MSFT 5.0 note=1,15,3,249\n"
		    "wish 10.0.0.7 02:00:00:00:00:07\n");
	x.ciaddr = addr_v4(0x0a000009); /* renews what it has */
	x.requested = (struct addr){{0}};
	dhcp_write_fqdn(&w, 0, BYTES("lap-7.corp.example"));
	x.fqdn = (struct bytes){fqdn, w.len};
	x.hostname = BYTES("");
	x.client_id = BYTES("\377\0\0\0\1\0\1\2\3");
	expect_dhcp(&x, 68,
		    "is - 02:00:00:00:00:07 name=lap-7 domain=corp.example os=MSFT 5.0 "
		    "id=duid:00010203 note=1,15,3,249\n"
		    "is 10.0.0.9 02:00:00:00:00:07\n");
	x.type = DHCP_RELEASE;
	expect_dhcp(&x, 68, "ends 10.0.0.9 02:00:00:00:00:07\n");
	x.type = DHCP_DECLINE;
	x.requested = addr_v4(0x0a000008);
	expect_dhcp(&x, 68, "ends 10.0.0.8 02:00:00:00:00:07\n");
	x.type = DHCP_DISCOVER;
	x.hlen = 0; /* a client without a card */
	expect_dhcp(&x, 68, "");
}

static void a_dhcp_server_grants(void **unused)
{
	struct dhcp x = {
		.op = DHCP_BOOTREPLY,
		.type = DHCP_ACK,
		.yiaddr = addr_v4(0x0a000009),
		.server = addr_v4(0x0a000001),
		.router = addr_v4(0x0a0000fe),
		.has_lease = true,
		.lease_s = 0x100,
		.domain = BYTES("corp.example"),
		.relay = BYTES("\1\7Gi1/0/7"),
	};

	(void)unused;
	dhcp_set_mac(&x, &card);
	expect_dhcp(&x, 67,
		    "is 10.0.0.1 roles=10\n"
		    "is 10.0.0.254 roles=8\n"
		    "is 10.0.0.9 02:00:00:00:00:07 domain=corp.example lease=100\n"
		    "is - 02:00:00:00:00:07 note=circuit-id Gi1/0/7\n");
	x.type = DHCP_OFFER; /* nobody has it yet */
	expect_dhcp(&x, 67, "is 10.0.0.1 roles=10\n");
	x.type = DHCP_NAK;
	x.server = (struct addr){{0}};
	expect_dhcp(&x, 67, "is 10.0.0.7 roles=10\n");
	x.type = DHCP_ACK; /* to INFORM */
	x.yiaddr = x.router = (struct addr){{0}};
	x.ciaddr = addr_v4(0x0a00000a);
	x.has_lease = false;
	x.relay = BYTES("\1\2\0\7");
	expect_dhcp(&x, 67,
		    "is 10.0.0.7 roles=10\n"
		    "is 10.0.0.10 02:00:00:00:00:07 domain=corp.example\n"
		    "is - 02:00:00:00:00:07 note=circuit-id 0007\n");
}

static void dhcp6_ties_a_duid_to_addresses(void **unused)
{
	static const uint8_t fqdn[] = "\5lap-7\4corp\7example";
	uint8_t buf[ROOM];
	struct writer w = {.at = buf, .cap = sizeof(buf)};
	struct dhcp6 x = {
		.type = DHCP6_REQUEST,
		.client_id = BYTES("\0\1\2\3"),
		.params = BYTES("\0\27\0\30"),
		.enterprise = 311,
		.vendor_class = BYTES("MSFT 5.0"),
		.fqdn = {fqdn, sizeof(fqdn)},
		.n_addrs = 1,
	};

	(void)unused;
	assert_int_equal(addr_parse("fd00::7", &x.addrs[0].addr), RC_OK);
	dhcp6_write(&w, &x);

	struct packet p =
		from_text(udp(546, 547, (struct bytes){buf, w.len}), "fe80::7", "ff02::1:2");

	expect(&p, "is fe80::7 02:00:00:00:00:07 name=lap-7 domain=corp.example os=MSFT 5.0 "
		   "id=duid:00010203 note=23,24\n"
		   "wish fd00::7 02:00:00:00:00:07 id=duid:00010203\n");

	x.type = DHCP6_RELEASE;
	w.len = 0;
	dhcp6_write(&w, &x);
	p.payload.len = w.len;
	expect(&p, "ends fd00::7 02:00:00:00:00:07\n");

	x.type = DHCP6_REPLY;
	x.addrs[0].valid_s = 0x200;
	w.len = 0;
	dhcp6_write(&w, &x);
	p = from_text(udp(547, 546, (struct bytes){buf, w.len}), "fe80::1", "fe80::7");
	expect(&p, "is fe80::1 roles=10\n"
		   "is fd00::7 02:00:00:00:00:01 id=duid:00010203 lease=200\n");
	x.addrs[0].status = 2; /* no binding */
	w.len = 0;
	dhcp6_write(&w, &x);
	p.payload.len = w.len;
	expect(&p, "is fe80::1 roles=10\n");

	x.type = DHCP6_RENEW; /* through a relay, which knows the card */
	x.addrs[0].status = 0;
	x.fqdn = x.vendor_class = x.params = BYTES("");
	x.n_relays = 1;
	x.relays[0] =
		(struct dhcp6_relay){.type = DHCP6_RELAY_FORW, .has_mac = true, .mac = {{2, 9}}};
	assert_int_equal(addr_parse("fe80::9", &x.relays[0].peer), RC_OK);
	w.len = 0;
	dhcp6_write(&w, &x);
	p = from_text(udp(547, 547, (struct bytes){buf, w.len}), "fd00::fe", "fd00::1");
	expect(&p, "is fe80::9 02:09:00:00:00:00 id=duid:00010203\n"
		   "is fd00::7 02:09:00:00:00:00 id=duid:00010203\n");
}

static const struct {
	const char *what, *name;
	uint8_t suffix, opcode, rcode;
	bool is_response, is_group;
	const char *want;
} names[] = {
	{"a machine", "PC-7", 0x00, 5, 0, false, false, "is 10.0.0.9 name=PC-7\n"},
	{"a file server", "PC-7", 0x20, 5, 0, false, false,
	 "is 10.0.0.9 name=PC-7 suffix=20 roles=1\n"},
	{"a user", "MARIA", 0x03, 5, 0, false, false, "is 10.0.0.9 user=MARIA suffix=3\n"},
	{"a workgroup", "WG", 0x00, 5, 0, false, true, "is 10.0.0.9 domain=WG group=1\n"},
	{"a domain controller", "WG", 0x1c, 5, 0, false, true,
	 "is 10.0.0.9 domain=WG suffix=1c group=1 roles=2\n"},
	{"a domain master", "WG", 0x1b, 5, 0, false, false,
	 "is 10.0.0.9 domain=WG suffix=1b roles=2\n"},
	{"a master browser", "WG", 0x1d, 5, 0, false, false,
	 "is 10.0.0.9 domain=WG suffix=1d roles=4\n"},
	{"elections", "WG", 0x1e, 5, 0, false, true, "is 10.0.0.9 domain=WG suffix=1e group=1\n"},
	{"a suffix of who knows what", "X", 0x42, 5, 0, false, false, ""},
	{"a group where a machine should be", "X", 0x20, 5, 0, false, true, ""},
	{"several addresses", "PC-7", 0x00, 15, 0, false, false, "is 10.0.0.9 name=PC-7\n"},
	{"a refresh", "PC-7", 0x00, 8, 0, false, false, "is 10.0.0.9 name=PC-7\n"},
	{"a release", "PC-7", 0x00, 6, 0, false, false, "ends 10.0.0.9 name=PC-7\n"},
	{"an answer", "PC-7", 0x00, 0, 0, true, false, "is 10.0.0.9 name=PC-7\n"},
	{"an answer that says no", "PC-7", 0x00, 0, 3, true, false, ""},
	{"a registration granted", "PC-7", 0x00, 5, 0, true, false, "is 10.0.0.9 name=PC-7\n"},
	{"a registration refused: not the receiver's", "PC-7", 0x00, 5, 6, true, false,
	 "ends 10.0.0.99 name=PC-7\n"},
	{"wait", "PC-7", 0x00, 7, 0, true, false, ""},
};

static void netbios_names_mean_by_their_suffix(void **unused)
{
	uint8_t buf[ROOM];

	(void)unused;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct writer w = {.at = buf, .cap = sizeof(buf)};
		struct nbns x = {
			.is_response = names[i].is_response,
			.opcode = names[i].opcode,
			.rcode = names[i].rcode,
			.has_question = !names[i].is_response,
			.has_record = true,
			.name = netbios_make(names[i].name, names[i].suffix),
			.type = NBNS_TYPE_NB,
			.n_addrs = 1,
			.addrs = {{names[i].is_group ? NBNS_GROUP : 0, addr_v4(0x0a000009)}},
		};

		print_message("           %s\n", names[i].what);
		nbns_write(&w, &x);
		struct packet p = udp(137, 137, (struct bytes){buf, w.len});

		p.dst = addr_v4(0x0a000063);
		expect(&p, names[i].want);
	}
}

static void a_question_says_nothing(void **unused)
{
	uint8_t buf[ROOM];
	struct writer w = {.at = buf, .cap = sizeof(buf)};
	struct nbns x = {
		.has_question = true, .name = netbios_make("PC-7", 0), .type = NBNS_TYPE_NB};

	(void)unused;
	nbns_write(&w, &x);
	struct packet p = udp(137, 137, (struct bytes){buf, w.len});

	expect(&p, "");
}

static void a_node_tells_its_user_from_its_name(void **unused)
{
	uint8_t buf[ROOM];
	struct writer w = {.at = buf, .cap = sizeof(buf)};
	struct nbns x = {
		.is_response = true,
		.has_record = true,
		.name = netbios_make("*", 0),
		.type = NBNS_TYPE_NBSTAT,
		.n_names = 4,
		.names = {{"XP-1           ", 0x03, 0x0400},
			  {"MARIA          ", 0x03, 0x0400},
			  {"XP-1           ", 0x00, 0x0400},
			  {"WG             ", 0x00, 0x8400}},
		.unit_id = card,
	};

	(void)unused;
	nbns_write(&w, &x);
	struct packet p = udp(137, 137, (struct bytes){buf, w.len});

	expect(&p, "is 10.0.0.7 02:00:00:00:00:07 name=XP-1 suffix=3\n"
		   "is 10.0.0.7 02:00:00:00:00:07 user=MARIA suffix=3\n"
		   "is 10.0.0.7 02:00:00:00:00:07 name=XP-1\n"
		   "is 10.0.0.7 02:00:00:00:00:07 domain=WG group=1\n");
}

/* A mailslot message in a datagram from PC-7 to a name. */
static size_t mailslot(uint8_t *to, const char *slot, const struct browser *b, uint8_t suffix)
{
	uint8_t msg[512], data[256];
	struct writer d = {.at = data, .cap = sizeof(data)}, m = {.at = msg, .cap = sizeof(msg)},
		      w = {.at = to, .cap = ROOM};

	browser_write(&d, b);
	smb1_write_header(&m, &(struct smb1_header){.cmd = SMB1_TRANS});
	smb1_write_trans(&m, &(struct smb1_trans){.cmd = SMB1_TRANS,
						  .n_setup = 3,
						  .setup = {1, 1, 2},
						  .name = {(const uint8_t *)slot, strlen(slot)},
						  .data = {.bytes = {data, d.len}}});
	nbdgm_write(&w, &(struct nbdgm){.type = NBDGM_DIRECT_GROUP,
					.flags = NBDGM_FLAG_FIRST | 8,
					.source_ip = addr_v4(0x0a000007),
					.source_port = NBDGM_PORT,
					.source = netbios_make("PC-7", 0),
					.destination = netbios_make("WG", suffix),
					.data = {msg, m.len}});
	assert_false(d.bad || m.bad || w.bad);
	return w.len;
}

static void announcements_tell_name_version_and_roles(void **unused)
{
	uint8_t buf[ROOM];
	struct browser b = {
		.command = BROWSER_HOST_ANNOUNCEMENT,
		.os_major = 5,
		.os_minor = 1,
		.server_type = BROWSER_TYPE_WORKSTATION | BROWSER_TYPE_NT_SERVER | BROWSER_TYPE_DC,
		.server = BYTES("PC-7"),
		.comment = BYTES("room 214"),
	};
	struct packet p = udp(138, 138, (struct bytes){buf, 0});

	(void)unused;
	p.payload.len = mailslot(buf, "\\MAILSLOT\\BROWSE", &b, 0x1d);
	expect(&p, "is 10.0.0.7 name=PC-7 domain=WG note=room 214 roles=3 version=501\n");
	b.command = BROWSER_LOCAL_MASTER;
	p.payload.len = mailslot(buf, "\\mailslot\\browse", &b, 0x1e);
	expect(&p, "is 10.0.0.7 name=PC-7 domain=WG note=room 214 roles=7 version=501\n");
	b.command = BROWSER_DOMAIN_ANNOUNCEMENT;
	b.server = BYTES("CORP");
	b.comment = BYTES("PC-7");
	p.payload.len = mailslot(buf, "\\MAILSLOT\\BROWSE", &b, 0x01);
	expect(&p, "is 10.0.0.7 name=PC-7 domain=CORP roles=4\n");
	p.payload.len = mailslot(buf, "\\MAILSLOT\\NET\\NTLOGON", &b, 0x1c);
	expect(&p, "is 10.0.0.7 name=PC-7\n");
	p.payload.len = 40; /* in the middle of a name */
	expect(&p, "nbdgm: malformed\n");
	p.payload_missing = 100; /* the capture did that */
	expect(&p, "");
	buf[0] = 0x13;
	expect(&p, "");
}

struct wanted_record {
	const char *name;
	uint16_t type, class;
	const char *addr, *target;
	uint32_t ttl_s;
	uint8_t section;
};

static size_t dns_message(uint8_t *to, uint16_t flags, const struct wanted_record *records,
			  size_t n)
{
	struct writer w = {.at = to, .cap = ROOM};
	struct dns_header h = {.flags = flags};

	for (size_t i = 0; i < n; i++)
		h.counts[records[i].section]++;
	dns_write_header(&w, &h);
	for (size_t i = 0; i < n; i++) {
		struct dns_record x = {.section = records[i].section,
				       .type = records[i].type,
				       .class = records[i].class,
				       .ttl_s = records[i].ttl_s};
		struct bytes name = {(const uint8_t *)records[i].name, strlen(records[i].name)};

		assert_true(dns_name_parse(name, &x.name));
		if (records[i].addr != NULL)
			assert_int_equal(addr_parse(records[i].addr, &x.addr), RC_OK);
		if (records[i].target != NULL)
			assert_true(
				dns_name_parse((struct bytes){(const uint8_t *)records[i].target,
							      strlen(records[i].target)},
					       &x.target));
		if (x.type == DNS_TXT)
			x.data = BYTES("\7model=X");
		dns_write_record(&w, &x);
	}
	assert_false(w.bad);
	return w.len;
}

static const struct {
	const char *what;
	uint16_t sport, dport, flags;
	struct wanted_record records[3];
	const char *want;
} messages[] = {
	{"an answer of DNS",
	 53,
	 999,
	 0x8180,
	 {{"pc7.corp.example", DNS_A, 1, NULL, NULL, 0, DNS_QUESTION},
	  {"pc7.corp.example", DNS_A, 1, "10.0.0.9", NULL, 60, DNS_ANSWER}},
	 "is 10.0.0.9 name=pc7 domain=corp.example\n"},
	{"somewhere in the Internet",
	 53,
	 999,
	 0x8180,
	 {{"www.example", DNS_A, 1, "192.0.2.1", NULL, 60, DNS_ANSWER}},
	 ""},
	{"a reverse look-up",
	 53,
	 999,
	 0x8180,
	 {{"9.0.0.10.in-addr.arpa", DNS_PTR, 1, NULL, "pc7.corp.example", 60, DNS_ANSWER}},
	 "is 10.0.0.9 name=pc7 domain=corp.example\n"},
	{"no such name",
	 53,
	 999,
	 0x8183,
	 {{"pc7.corp.example", DNS_A, 1, "10.0.0.9", NULL, 60, DNS_ANSWER}},
	 ""},
	{"a question", 999, 53, 0x0100, {{"pc7", DNS_A, 1, NULL, NULL, 0, DNS_QUESTION}}, ""},
	{"an update of its own",
	 999,
	 53,
	 0x2800,
	 {{"corp.example", 6, 1, NULL, NULL, 0, DNS_QUESTION},
	  {"pc7.corp.example", DNS_A, 1, "10.0.0.7", NULL, 60, DNS_AUTHORITY}},
	 "is 10.0.0.7 name=pc7 domain=corp.example\n"},
	{"an update for another, and a deletion",
	 999,
	 53,
	 0x2800,
	 {{"pc8.corp.example", DNS_A, 255, NULL, NULL, 0, DNS_AUTHORITY},
	  {"pc8.corp.example", DNS_A, 1, "10.0.0.8", NULL, 60, DNS_AUTHORITY}},
	 "wish 10.0.0.8 name=pc8 domain=corp.example\n"},
	{"LLMNR answers",
	 5355,
	 999,
	 0x8000,
	 {{"LAP-7", DNS_A, 1, NULL, NULL, 0, DNS_QUESTION},
	  {"LAP-7", DNS_A, 1, "10.0.0.7", NULL, 30, DNS_ANSWER}},
	 "is 10.0.0.7 name=LAP-7\n"},
	{"LLMNR asks for another",
	 999,
	 5355,
	 0,
	 {{"wpad", DNS_A, 1, NULL, NULL, 0, DNS_QUESTION}},
	 ""},
	{"LLMNR asks whether its name is free",
	 999,
	 5355,
	 0,
	 {{"LAP-7", DNS_ANY, 1, NULL, NULL, 0, DNS_QUESTION}},
	 "wish 10.0.0.7 name=LAP-7\n"},
	{"mDNS answers",
	 5353,
	 5353,
	 0x8400,
	 {{"air.local", DNS_AAAA, 0x8001, "fe80::7", NULL, 120, DNS_ANSWER},
	  {"x._device-info._tcp.local", DNS_TXT, 1, NULL, NULL, 4500, DNS_ADDITIONAL}},
	 "is fe80::7 name=air domain=local\nis 10.0.0.7 os=model=X\n"},
	{"mDNS says goodbye",
	 5353,
	 5353,
	 0x8400,
	 {{"air.local", DNS_A, 0x8001, "10.0.0.7", NULL, 0, DNS_ANSWER}},
	 "ends 10.0.0.7 name=air domain=local\n"},
	{"mDNS offers a printer",
	 5353,
	 5353,
	 0x8400,
	 {{"_ipp._tcp.local", DNS_PTR, 1, NULL, "Laser._ipp._tcp.local", 4500, DNS_ANSWER}},
	 "is 10.0.0.7 roles=20\n"},
	{"mDNS probes",
	 5353,
	 5353,
	 0,
	 {{"air.local", DNS_ANY, 1, NULL, NULL, 0, DNS_QUESTION}},
	 "wish 10.0.0.7 name=air domain=local\n"},
};

static void names_of_dns_are_told_of_machines_near_by(void **unused)
{
	uint8_t buf[ROOM];

	(void)unused;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		size_t n = 0;

		print_message("           %s\n", messages[i].what);
		while (n < 3 && messages[i].records[n].name != NULL)
			n++;
		struct packet p = udp(messages[i].sport, messages[i].dport,
				      (struct bytes){buf, dns_message(buf, messages[i].flags,
								      messages[i].records, n)});

		expect(&p, messages[i].want);
	}
}

static void expect_nd(const struct nd *x, const char *src, uint8_t ttl, const char *want)
{
	uint8_t buf[ROOM];
	struct writer w = {.at = buf, .cap = sizeof(buf)};
	struct packet p = udp(0, 0, (struct bytes){buf, 0});

	nd_write(&w, x);
	p.kind = PACKET_ICMP;
	p.ip_proto = IP_PROTO_ICMP6;
	p.ttl = ttl;
	p.payload.len = w.len;
	p = from_text(p, src, "ff02::1");
	if (want == NULL)
		assert_false(datagram_wants(&p));
	else
		expect(&p, want);
}

static void neighbours_are_discovered(void **unused)
{
	struct nd x = {.type = ND_NEIGHBOUR_ADVERTISEMENT,
		       .has_target = true,
		       .target_mac = {{2, 0, 0, 0, 0, 9}}};

	(void)unused;
	assert_int_equal(addr_parse("fe80::9", &x.target), RC_OK);
	expect_nd(&x, "fe80::7", 255, "is fe80::9 02:00:00:00:00:09\n");
	expect_nd(&x, "fe80::7", 64, NULL); /* it came through a router: forged */
	x.is_router = true;
	x.has_target = false;
	expect_nd(&x, "fe80::9", 255, "is fe80::9 02:00:00:00:00:07 roles=8\n");
	x = (struct nd){.type = ND_NEIGHBOUR_SOLICITATION,
			.target = x.target,
			.has_source = true,
			.source = {{2, 0, 0, 0, 0, 8}}};
	expect_nd(&x, "fe80::8", 255, "is fe80::8 02:00:00:00:00:08\n");
	x.source.b[0] = 3; /* a group's card */
	expect_nd(&x, "fe80::8", 255, "");
	x.has_source = false;
	expect_nd(&x, "::", 255, "wish fe80::9 02:00:00:00:00:07\n");
	x = (struct nd){.type = ND_ROUTER_ADVERTISEMENT, .router_lifetime_s = 1800};
	expect_nd(&x, "fe80::1", 255, "is fe80::1 roles=8\n");
	x.has_source = true;
	x.source = server_card;
	expect_nd(&x, "fe80::1", 255, "is fe80::1 02:00:00:00:00:01 roles=8\n");
	x.router_lifetime_s = 0;
	expect_nd(&x, "fe80::1", 255, "is fe80::1 02:00:00:00:00:01\n");
}

static void the_switch_says_which_port_this_is(void **unused)
{
	uint8_t buf[ROOM];
	struct writer w = {.at = buf, .cap = sizeof(buf)};
	struct packet p = udp(0, 0, (struct bytes){buf, 0});
	struct lldp l = {
		.chassis_type = LLDP_CHASSIS_MAC,
		.chassis = BYTES("\2\0\0\0\0\1"),
		.port_type = LLDP_PORT_NAME,
		.port = BYTES("Gi1/0/17"),
		.ttl_s = 120,
		.system_name = BYTES("switch 2nd-floor"),
		.system_description = BYTES("IOS"),
		.has_capabilities = true,
		.enabled = LLDP_ROUTER,
		.management = addr_v4(0x0a000001),
	};
	struct cdp c = {
		.version = 2,
		.ttl_s = 180,
		.device_id = BYTES("sw-2"),
		.address = addr_v4(0x0a000001),
		.port_id = BYTES("FastEthernet0/7"),
		.capabilities = CDP_SWITCH,
		.platform = BYTES("cisco WS-C2960"),
	};

	(void)unused;
	p.kind = PACKET_NEIGHBOUR;
	p.src = p.dst = (struct addr){{0}};
	p.neighbour = PACKET_LLDP;
	lldp_write(&w, &l);
	p.payload.len = w.len;
	expect(&p, "is 10.0.0.1 02:00:00:00:00:07 name=switch 2nd-floor os=IOS "
		   "note=switch 2nd-floor, Gi1/0/17 roles=8\n");
	l.system_name = BYTES("");
	l.port_type = LLDP_PORT_MAC;
	l.port = BYTES("\2\0\0\0\0\3");
	l.has_capabilities = false;
	w.len = 0;
	lldp_write(&w, &l);
	p.payload.len = w.len;
	expect(&p, "is 10.0.0.1 02:00:00:00:00:07 os=IOS "
		   "note=02:00:00:00:00:01, 02:00:00:00:00:03\n");
	p.payload.len = 5;
	expect(&p, "lldp: malformed\n");
	p.neighbour = PACKET_CDP;
	w.len = 0;
	cdp_write(&w, &c);
	p.payload.len = w.len;
	expect(&p, "is 10.0.0.1 02:00:00:00:00:07 name=sw-2 os=cisco WS-C2960 "
		   "note=sw-2, FastEthernet0/7\n");
}

static void others_are_not_looked_into(void **unused)
{
	struct packet p = udp(1000, 2000, BYTES(""));

	(void)unused;
	assert_false(datagram_wants(&p));
	p.dport = 137;
	assert_true(datagram_wants(&p));
	p.kind = PACKET_TCP;
	assert_false(datagram_wants(&p));
	p.kind = PACKET_ICMP;
	p.ip_proto = IP_PROTO_ICMP6;
	p.ttl = 255;
	p.payload = BYTES("\200"); /* echo */
	assert_false(datagram_wants(&p));
	p.payload = BYTES("\207");
	assert_true(datagram_wants(&p));
	p.ip_proto = IP_PROTO_ICMP;
	assert_false(datagram_wants(&p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dhcp_client_speaks_of_its_card),
		cmocka_unit_test(a_dhcp_server_grants),
		cmocka_unit_test(dhcp6_ties_a_duid_to_addresses),
		cmocka_unit_test(netbios_names_mean_by_their_suffix),
		cmocka_unit_test(a_question_says_nothing),
		cmocka_unit_test(a_node_tells_its_user_from_its_name),
		cmocka_unit_test(announcements_tell_name_version_and_roles),
		cmocka_unit_test(names_of_dns_are_told_of_machines_near_by),
		cmocka_unit_test(neighbours_are_discovered),
		cmocka_unit_test(the_switch_says_which_port_this_is),
		cmocka_unit_test(others_are_not_looked_into),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
