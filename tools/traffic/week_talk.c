/* What machines say of themselves, written by the encoders of room naming/. */
#include <ctype.h>
#include <stdlib.h>

#include "naming/browser.h"
#include "naming/dhcp.h"
#include "naming/dns.h"
#include "naming/kerberos.h"
#include "naming/nbdgm.h"
#include "naming/nbns.h"
#include "talk/smb.h"
#include "talk/system.h"
#include "talk/web.h"
#include "week.h"
#include "wire/smb1_trans.h"

enum { MESSAGE = 1400 };

static const struct addr everybody = {
	{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 255, 255, 255, 255}};
static const struct addr segment = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 40, 15, 255}};
static const struct addr nowhere = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}};

static struct bytes text(const char *s)
{
	return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static void ask_dhcp(struct week *w, uint64_t at, struct host *h, struct dhcp x)
{
	const struct system *system = system_of(h->os);
	uint8_t room[MESSAGE], id[7] = {1};
	struct writer to = {room, 0, sizeof(room), false};
	struct datagram d = {h, w->dc, 68, 67};

	memcpy(id + 1, h->mac.b, 6);
	x.op = DHCP_BOOTREQUEST;
	dhcp_set_mac(&x, &h->mac);
	x.client_id = (struct bytes){id, sizeof(id)};
	if (x.type != DHCP_RELEASE) {
		x.hostname = text(h->name);
		x.params = system->dhcp_order;
		x.vendor_class = system->dhcp_class;
	}
	dhcp_write(&to, &x);
	if (addr_is_zero(&x.ciaddr))
		udp_shout(w->lan, at, d, &everybody, (struct bytes){room, to.len});
	else
		udp_send(w->lan, at, d, (struct bytes){room, to.len});
}

static void answer_dhcp(struct week *w, uint64_t at, struct host *h, struct dhcp x)
{
	uint8_t room[MESSAGE];
	struct writer to = {room, 0, sizeof(room), false};
	struct datagram d = {w->dc, h, 67, 68};

	x.op = DHCP_BOOTREPLY;
	dhcp_set_mac(&x, &h->mac);
	x.yiaddr = h->addr;
	x.requested = nowhere;
	x.server = w->dc->addr;
	x.router = w->gateway->addr;
	x.has_lease = true;
	x.lease_s = LEASE_S;
	x.domain = BYTES("kontor.example");
	dhcp_write(&to, &x);
	if (addr_is_zero(&x.ciaddr))
		udp_shout(w->lan, at, d, &everybody, (struct bytes){room, to.len});
	else
		udp_send(w->lan, at, d, (struct bytes){room, to.len});
}

uint64_t talk_dhcp(struct week *w, uint64_t at, struct host *h, enum talk_dhcp what)
{
	struct rng *r = &w->lan->rng;
	struct dhcp x = {.xid = (uint32_t)rng_next(r),
			 .type = DHCP_REQUEST,
			 .ciaddr = nowhere,
			 .yiaddr = nowhere,
			 .giaddr = nowhere,
			 .requested = nowhere,
			 .server = nowhere,
			 .router = nowhere};

	if (what == TALK_LEASE) {
		x.type = DHCP_DISCOVER;
		ask_dhcp(w, at, h, x);
		at += rng_between(r, 1 * MS, 9 * MS);
		x.type = DHCP_OFFER;
		answer_dhcp(w, at, h, x);
		at += rng_between(r, 1 * MS, 9 * MS);
		x.type = DHCP_REQUEST;
	}
	if (what == TALK_LEASE || what == TALK_REBOOT)
		x.requested = h->addr;
	else
		x.ciaddr = h->addr;
	if (what == TALK_RELEASE)
		x.type = DHCP_RELEASE;
	ask_dhcp(w, at, h, x);
	at += rng_between(r, 1 * MS, 9 * MS);
	if (what == TALK_RELEASE)
		return at;
	x.type = DHCP_ACK;
	answer_dhcp(w, at, h, x);
	at += rng_between(r, 5 * MS, 50 * MS);
	if (what != TALK_RENEW)
		net_arp_announce(w->lan, at, h);
	return at + 100 * MS;
}

uint64_t talk_netbios(struct week *w, uint64_t at, struct host *h, const char *name, uint8_t suffix)
{
	bool is_far = h->via != NULL;
	struct nbns x = {.id = (uint16_t)rng_next(&w->lan->rng),
			 .opcode = NBNS_REGISTRATION,
			 .flags = NBNS_RECURSION | (is_far ? 0 : NBNS_BROADCAST),
			 .has_question = true,
			 .has_record = true,
			 .name = netbios_make(name, suffix),
			 .type = NBNS_TYPE_NB,
			 .ttl_s = 300000,
			 .n_addrs = 1,
			 .addrs = {{0, h->addr}}};
	uint8_t room[MESSAGE];
	struct writer to = {room, 0, sizeof(room), false};

	nbns_write(&to, &x);
	if (!is_far) {
		for (unsigned i = 0; i < 2; i++)
			udp_shout(w->lan, at + i * 250 * MS, (struct datagram){h, h, 137, 137},
				  &segment, (struct bytes){room, to.len});
		return at + 500 * MS;
	}
	udp_send(w->lan, at, (struct datagram){h, w->dc, 137, 137}, (struct bytes){room, to.len});
	at += 2 * MS;
	x.is_response = true;
	x.has_question = false;
	x.flags = NBNS_AUTHORITATIVE | NBNS_RECURSION;
	to.len = 0;
	nbns_write(&to, &x);
	udp_send(w->lan, at, (struct datagram){w->dc, h, 137, 137}, (struct bytes){room, to.len});
	return at + 1 * MS;
}

uint64_t talk_announce(struct week *w, uint64_t at, struct host *h)
{
	static const uint8_t major[] = {
		[OS_XP] = 5, [OS_2003] = 5, [OS_2008] = 6, [OS_7] = 6, [OS_10] = 10};
	struct browser b = {.command = BROWSER_HOST_ANNOUNCEMENT,
			    .period_ms = 720000,
			    .os_major = h->os <= OS_10 ? major[h->os] : 0,
			    .os_minor = h->os == OS_10     ? 0
					: h->os == OS_2003 ? 2
							   : 1,
			    .server_type = BROWSER_TYPE_WORKSTATION | BROWSER_TYPE_NT,
			    .browser_major = 15,
			    .browser_minor = 1,
			    .server = text(h->name)};
	uint8_t room[MESSAGE], smb[512], body[256];
	struct writer to = {room, 0, sizeof(room), false}, s = {smb, 0, sizeof(smb), false},
		      data = {body, 0, sizeof(body), false};
	struct smb1_trans t = {.cmd = SMB1_TRANS, .n_setup = 3, .setup = {1, 1, 2}};
	struct nbdgm d = {.type = NBDGM_DIRECT_GROUP,
			  .flags = NBDGM_FLAG_FIRST,
			  .id = (uint16_t)rng_next(&w->lan->rng),
			  .source_ip = h->addr,
			  .source_port = 138,
			  .source = netbios_make(h->name, NETBIOS_SERVER),
			  .destination = netbios_make(WEEK_DOMAIN, NETBIOS_MASTER_BROWSER)};

	browser_write(&data, &b);
	t.name = text(BROWSER_MAILSLOT);
	t.data.bytes = (struct bytes){body, data.len};
	smb1_write_header(&s, &(struct smb1_header){.cmd = SMB1_TRANS});
	smb1_write_trans(&s, &t);
	d.data = (struct bytes){smb, s.len};
	nbdgm_write(&to, &d);
	udp_shout(w->lan, at, (struct datagram){h, h, 138, 138}, &segment,
		  (struct bytes){room, to.len});
	return at + 10 * MS;
}

/* An AS exchange over UDP: pre-authentication is in the first request, as of who logged on before.
 */
uint64_t talk_kerberos(struct week *w, uint64_t at, struct host *h, const char *client)
{
	static const uint8_t filler[180];
	struct krb k = {.type = KRB_AS_REQ,
			.cname = {KRB_NT_PRINCIPAL, 1, {text(client)}},
			.realm = text(WEEK_REALM),
			.sname = {KRB_NT_SRV_INST, 2, {text("krbtgt"), text(WEEK_REALM)}},
			.nonce = (uint32_t)rng_next(&w->lan->rng) >> 1,
			.etypes = {18, 17, 23},
			.n_etypes = 3};
	uint8_t room[MESSAGE];
	struct writer to = {room, 0, sizeof(room), false};
	struct datagram d = {h, w->dc, host_port(h), 88};

	krb_write(&to, &k);
	udp_send(w->lan, at, d, (struct bytes){room, to.len});
	at += rng_between(&w->lan->rng, 1 * MS, 8 * MS);
	k.type = KRB_AS_REP;
	k.crealm = k.realm;
	k.has_ticket = true;
	k.ticket = (struct krb_ticket){k.realm, k.sname, 18, {filler, sizeof(filler)}};
	to.len = 0;
	krb_write(&to, &k);
	udp_send(w->lan, at, (struct datagram){w->dc, h, 88, d.sport},
		 (struct bytes){room, to.len});
	return at + 1 * MS;
}

uint64_t talk_mdns(struct week *w, uint64_t at, struct host *h)
{
	static const struct addr group = {
		{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 224, 0, 0, 251}};
	struct dns_record x = {.section = DNS_ANSWER,
			       .type = DNS_A,
			       .class = DNS_IN | DNS_FLUSH,
			       .ttl_s = 120,
			       .addr = h->addr};
	struct dns_header head = {.flags = 0x8400, .counts = {0, 1, 0, 0}};
	char name[HOST_NAME + 8];
	uint8_t room[MESSAGE];
	struct writer to = {room, 0, sizeof(room), false};

	(void)snprintf(name, sizeof(name), "%s.local", h->name);
	if (!dns_name_parse(text(name), &x.name))
		return at;
	dns_write_header(&to, &head);
	dns_write_record(&to, &x);
	udp_shout(w->lan, at, (struct datagram){h, h, 5353, 5353}, &group,
		  (struct bytes){room, to.len});
	return at + 10 * MS;
}

uint64_t talk_files(struct week *w, uint64_t at, struct host *h, const char *user)
{
	enum smb_dialect dialect = h->os == OS_XP ? SMB_ONE : SMB_TWO;
	struct smb s;

	net_arp_nobody(w->lan, at, h->via == NULL ? h : w->files, &w->files->addr);
	if (!smb_connect(&s, w->lan, at + 1 * MS, (struct datagram){h, w->files, host_port(h), 445},
			 dialect))
		return at;
	smb_logon(&s, user, STATUS_OK);
	smb_tree(&s, "public", STATUS_OK);
	smb_logoff(&s);
	return s.tcp.at;
}

uint64_t talk_web(struct week *w, uint64_t at, struct host *h)
{
	struct visit v = {"www.news.example", 1, 900};
	struct host *site = &w->sites[rng_below(&w->lan->rng, 4)];

	return http_visit(w->lan, at, (struct datagram){h, site, host_port(h), 80}, &v);
}
