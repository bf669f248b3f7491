#include "talk/names.h"

enum { MESSAGE = 512, A = 1, SRV = 33, NB = 32, IN = 1 };

static const struct addr segment_all = {
	{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 20, 30, 255}};

static void name_put(struct writer *w, const char *name)
{
	while (*name != '\0') {
		size_t n = strcspn(name, ".");

		wr_be(w, 1, n);
		wr_bytes(w, (struct bytes){(const uint8_t *)name, n});
		name += n + (name[n] == '.');
	}
	wr_be(w, 1, 0);
}

static void question(struct writer *w, uint16_t id, const char *name, uint16_t type)
{
	wr_be(w, 2, id);
	wr_be(w, 2, 0x0100); /* recursion desired */
	wr_be(w, 8, 0x0001000000000000);
	name_put(w, name);
	wr_be(w, 2, type);
	wr_be(w, 2, IN);
}

static void record(struct writer *w, uint16_t type, uint32_t ttl_s)
{
	wr_be(w, 2, 0xc00c); /* the name in the question */
	wr_be(w, 2, type);
	wr_be(w, 2, IN);
	wr_be(w, 4, ttl_s);
}

struct dns_talk {
	struct lan *lan;
	struct datagram who;
	struct writer w;
	uint64_t at;
};

static uint64_t reply(struct dns_talk *t)
{
	uint64_t at = t->at + rng_between(&t->lan->rng, 300 * US, 30 * MS);

	udp_send(t->lan, at, (struct datagram){t->who.to, t->who.from, t->who.dport, t->who.sport},
		 (struct bytes){t->w.at, t->w.len});
	return at + 100 * US;
}

uint64_t dns_ask(struct lan *n, uint64_t at, struct datagram who, const char *name,
		 const struct addr *answer)
{
	uint8_t room[MESSAGE];
	struct dns_talk t = {n, who, {room, 0, sizeof(room), false}, at};

	if (!net_resolve(n, &t.at, who.from, who.to))
		return at;
	question(&t.w, (uint16_t)rng_next(&n->rng), name, A);
	udp_send(n, t.at, who, (struct bytes){room, t.w.len});
	wr_patch_be(&t.w, 2, 2, answer != NULL ? 0x8180 : 0x8183);
	if (answer != NULL) {
		wr_patch_be(&t.w, 6, 2, 1);
		record(&t.w, A, 300);
		wr_be(&t.w, 2, 4);
		wr_bytes(&t.w, (struct bytes){answer->b + 12, 4});
	}
	return reply(&t);
}

uint64_t dns_ask_srv(struct lan *n, uint64_t at, struct datagram who, const char *name,
		     const char *target)
{
	uint8_t room[MESSAGE];
	struct dns_talk t = {n, who, {room, 0, sizeof(room), false}, at};
	size_t len_at;

	if (!net_resolve(n, &t.at, who.from, who.to))
		return at;
	question(&t.w, (uint16_t)rng_next(&n->rng), name, SRV);
	udp_send(n, t.at, who, (struct bytes){room, t.w.len});
	wr_patch_be(&t.w, 2, 2, 0x8180);
	wr_patch_be(&t.w, 6, 2, 1);
	record(&t.w, SRV, 600);
	len_at = t.w.len;
	wr_be(&t.w, 2, 0);
	wr_be(&t.w, 4, 0x00000064); /* priority, weight */
	wr_be(&t.w, 2, 88);
	name_put(&t.w, target);
	wr_patch_be(&t.w, len_at, 2, t.w.len - len_at - 2);
	return reply(&t);
}

void llmnr_ask(struct lan *n, uint64_t at, struct host *from, const char *name)
{
	static const struct addr group = {
		{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 224, 0, 0, 252}};
	uint8_t room[MESSAGE];
	struct writer w = {room, 0, sizeof(room), false};
	struct datagram d = {from, from, host_port(from), 5355};

	question(&w, (uint16_t)rng_next(&n->rng), name, A);
	wr_patch_be(&w, 2, 2, 0);
	udp_shout(n, at, d, &group, (struct bytes){room, w.len});
	udp_shout(n, at + 100 * MS, d, &group, (struct bytes){room, w.len});
}

/* First-level encoding (RFC 1001 14.1): 15 characters and a suffix, a letter per half byte. */
static void netbios_put(struct writer *w, const char *name, uint8_t suffix)
{
	uint8_t raw[16];
	size_t n = strlen(name);

	memset(raw, ' ', sizeof(raw));
	memcpy(raw, name, n < 15 ? n : 15);
	raw[15] = suffix;
	wr_be(w, 1, 32);
	for (size_t i = 0; i < sizeof(raw); i++) {
		wr_be(w, 1, 'A' + (raw[i] >> 4));
		wr_be(w, 1, 'A' + (raw[i] & 15));
	}
	wr_be(w, 1, 0);
}

struct claim {
	const char *name;
	uint8_t suffix;
	bool is_group;
};

static void claim(struct lan *n, uint64_t at, struct host *h, struct claim c)
{
	uint8_t room[MESSAGE];
	struct writer w = {room, 0, sizeof(room), false};

	wr_be(&w, 2, rng_next(&n->rng));
	wr_be(&w, 2, 0x2910); /* registration, broadcast */
	wr_be(&w, 8, 0x0001000000000001);
	netbios_put(&w, c.name, c.suffix);
	wr_be(&w, 4, 0x00200001);
	record(&w, NB, 300000);
	wr_be(&w, 2, 6);
	wr_be(&w, 2, c.is_group ? 0x8000 : 0);
	wr_bytes(&w, (struct bytes){h->addr.b + 12, 4});
	for (unsigned i = 0; i < 3; i++)
		udp_shout(n, at + i * 250 * MS, (struct datagram){h, h, 137, 137}, &segment_all,
			  (struct bytes){room, w.len});
}

void nbns_register(struct lan *n, uint64_t at, struct host *h, const char *group)
{
	claim(n, at, h, (struct claim){h->name, 0x00, false});
	claim(n, at + 10 * MS, h, (struct claim){h->name, 0x20, false});
	claim(n, at + 20 * MS, h, (struct claim){group, 0x00, true});
}

void nbns_ask(struct lan *n, uint64_t at, struct host *from, const char *name, struct host *answer)
{
	uint8_t room[MESSAGE];
	struct writer w = {room, 0, sizeof(room), false};
	uint16_t id = (uint16_t)rng_next(&n->rng);

	wr_be(&w, 2, id);
	wr_be(&w, 2, 0x0110);
	wr_be(&w, 8, 0x0001000000000000);
	netbios_put(&w, name, 0x20);
	wr_be(&w, 4, 0x00200001);
	for (unsigned i = 0; i < (answer != NULL ? 1u : 3u); i++)
		udp_shout(n, at + i * 750 * MS, (struct datagram){from, from, 137, 137},
			  &segment_all, (struct bytes){room, w.len});
	at += rng_between(&n->rng, 300 * US, 3 * MS);
	if (answer == NULL || !net_resolve(n, &at, answer, from))
		return;
	w.len = 0;
	wr_be(&w, 2, id);
	wr_be(&w, 2, 0x8500);
	wr_be(&w, 8, 0x0000000100000000);
	netbios_put(&w, name, 0x20);
	wr_be(&w, 4, 0x00200001);
	wr_be(&w, 4, 300000);
	wr_be(&w, 2, 6);
	wr_be(&w, 2, 0);
	wr_bytes(&w, (struct bytes){answer->addr.b + 12, 4});
	udp_send(n, at, (struct datagram){answer, from, 137, 137}, (struct bytes){room, w.len});
}

/* HostAnnouncement (MS-BRWS 2.2.1). */
static void announcement(struct writer *w, const struct host *h)
{
	uint8_t name[16] = {0};

	memcpy(name, h->name, strnlen(h->name, 15));
	wr_be(w, 1, 1);
	wr_be(w, 1, 0);
	wr_le(w, 4, 12 * 60 * 1000); /* ms until the next */
	wr_bytes(w, (struct bytes){name, sizeof(name)});
	wr_be(w, 1, h->os == OS_10 ? 10 : h->os == OS_7 || h->os == OS_2008 ? 6 : 5);
	wr_be(w, 1, h->os == OS_10 ? 0 : 1);
	wr_le(w, 4, h->os == OS_2003 || h->os == OS_2008 ? 0x00009003 : 0x00001003);
	wr_le(w, 2, 0x010f);
	wr_le(w, 2, 0xaa55);
	wr_be(w, 1, 0);
}

/* SMB_COM_TRANSACTION to the mailslot (MS-CIFS 2.2.4.33, MS-MAIL 2.2.1). */
static void mailslot(struct writer *w, const struct host *h)
{
	size_t data_count_at, total_at, bytes_at, data_at;

	wr_bytes(w, BYTES("\xffSMB\x25"));
	wr_zeros(w, 27);
	wr_be(w, 1, 17);
	wr_le(w, 2, 0);
	total_at = w->len;
	wr_le(w, 2, 0);
	wr_zeros(w, 6);
	wr_le(w, 2, 2); /* one way */
	wr_le(w, 4, 1000);
	wr_zeros(w, 6);
	data_count_at = w->len;
	wr_zeros(w, 4);
	wr_le(w, 2, 3); /* setup words */
	wr_le(w, 2, 1); /* write mail slot */
	wr_le(w, 2, 1);
	wr_le(w, 2, 2);
	bytes_at = w->len;
	wr_le(w, 2, 0);
	wr_bytes(w, BYTES("\\MAILSLOT\\BROWSE\0"));
	data_at = w->len;
	announcement(w, h);
	wr_patch_le(w, total_at, 2, w->len - data_at);
	wr_patch_le(w, data_count_at, 2, w->len - data_at);
	wr_patch_le(w, data_count_at + 2, 2, data_at); /* counts from the SMB header on */
	wr_patch_le(w, bytes_at, 2, w->len - bytes_at - 2);
}

void browser_announce(struct lan *n, uint64_t at, struct host *h, const char *group)
{
	uint8_t room[MESSAGE], smb[256];
	struct writer w = {room, 0, sizeof(room), false}, s = {smb, 0, sizeof(smb), false};
	size_t names_at;

	wr_be(&w, 2, 0x1102); /* direct group datagram, first and only fragment */
	wr_be(&w, 2, rng_next(&n->rng));
	wr_bytes(&w, (struct bytes){h->addr.b + 12, 4});
	wr_be(&w, 2, 138);
	wr_be(&w, 4, 0); /* length and offset */
	names_at = w.len;
	netbios_put(&w, h->name, 0x00);
	netbios_put(&w, group, 0x1d);
	mailslot(&s, h);
	wr_bytes(&w, (struct bytes){smb, s.len});
	wr_patch_be(&w, 10, 2, w.len - names_at);
	udp_shout(n, at, (struct datagram){h, h, 138, 138}, &segment_all,
		  (struct bytes){room, w.len});
}

void ssdp_search(struct lan *n, uint64_t at, struct host *from)
{
	static const struct addr group = {
		{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 239, 255, 255, 250}};
	struct datagram d = {from, from, host_port(from), 1900};

	for (unsigned i = 0; i < 3; i++)
		udp_shout(n, at + i * 3 * SEC, d, &group,
			  BYTES("M-SEARCH * HTTP/1.1\r\nHost:239.255.255.250:1900\r\n"
				"ST:urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
				"Man:\"ssdp:discover\"\r\nMX:3\r\n\r\n"));
}
