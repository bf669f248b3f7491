#include "talk/dhcp.h"

#include "talk/system.h"

enum { DISCOVER = 1, OFFER = 2, REQUEST = 3, ACKNOWLEDGE = 5, MESSAGE = 548, LEASE_S = 3600 };

struct exchange {
	struct host *client, *server;
	uint32_t xid;
	bool has_address;
};

static void option(struct writer *w, uint8_t code, struct bytes value)
{
	wr_be(w, 1, code);
	wr_be(w, 1, value.len);
	wr_bytes(w, value);
}

static struct bytes v4(const struct host *h)
{
	return (struct bytes){h->addr.b + 12, 4};
}

static void head(struct writer *w, const struct exchange *x, uint8_t type)
{
	bool is_reply = type == OFFER || type == ACKNOWLEDGE;

	wr_be(w, 1, is_reply ? 2 : 1);
	wr_be(w, 3, 0x010600);
	wr_be(w, 4, x->xid);
	wr_be(w, 4, 0);
	wr_be(w, 4, 0);
	if (x->has_address)
		w->len -= 4;
	if (x->has_address)
		wr_bytes(w, v4(x->client));
	if (is_reply)
		wr_bytes(w, v4(x->client));
	else
		wr_be(w, 4, 0);
	wr_be(w, 8, 0);
	wr_bytes(w, (struct bytes){x->client->mac.b, 6});
	wr_zeros(w, 10 + 64 + 128);
	wr_be(w, 4, 0x63825363);
	option(w, 53, (struct bytes){&type, 1});
}

static void tail(struct writer *w)
{
	wr_be(w, 1, 255);
	if (w->len < 300)
		wr_zeros(w, 300 - w->len);
}

static struct bytes ask(struct writer *w, const struct exchange *x, uint8_t type)
{
	const struct system *system = system_of(x->client->os);
	uint8_t id[7] = {1};

	head(w, x, type);
	memcpy(id + 1, x->client->mac.b, 6);
	option(w, 61, (struct bytes){id, sizeof(id)});
	if (type == DISCOVER || (type == REQUEST && !x->has_address))
		option(w, 50, v4(x->client));
	if (type == REQUEST && !x->has_address)
		option(w, 54, v4(x->server));
	option(w, 12, (struct bytes){(const uint8_t *)x->client->name, strlen(x->client->name)});
	option(w, 60, system->dhcp_class);
	option(w, 55, system->dhcp_order);
	tail(w);
	return (struct bytes){w->at, w->len};
}

static struct bytes answer(struct writer *w, const struct exchange *x, uint8_t type)
{
	static const uint8_t mask[] = {255, 255, 255, 0};
	static const uint8_t lease[] = {0, 0, LEASE_S >> 8, LEASE_S & 0xff};

	head(w, x, type);
	option(w, 54, v4(x->server));
	option(w, 51, (struct bytes){lease, sizeof(lease)});
	option(w, 1, (struct bytes){mask, sizeof(mask)});
	option(w, 15, BYTES("kontor.example"));
	option(w, 6, v4(x->server));
	option(w, 44, v4(x->server));
	tail(w);
	return (struct bytes){w->at, w->len};
}

uint64_t dhcp_lease(struct lan *n, uint64_t at, struct host *client, struct host *server)
{
	static const struct addr all = {
		{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 255, 255, 255, 255}};
	struct exchange x = {client, server, (uint32_t)rng_next(&n->rng), false};
	static const uint8_t order[] = {DISCOVER, OFFER, REQUEST, ACKNOWLEDGE};

	for (size_t i = 0; i < sizeof(order); i++) {
		uint8_t room[MESSAGE];
		struct writer w = {room, 0, sizeof(room), false};
		bool is_reply = i % 2 == 1;
		struct datagram d = {.from = is_reply ? server : client,
				     .to = client,
				     .sport = is_reply ? 67 : 68,
				     .dport = is_reply ? 68 : 67};

		udp_shout(n, at, d, &all,
			  is_reply ? answer(&w, &x, order[i]) : ask(&w, &x, order[i]));
		at += rng_between(&n->rng, 1 * MS, 12 * MS);
	}
	net_arp_announce(n, at, client);
	return at + 200 * MS;
}

void dhcp_renew(struct lan *n, uint64_t at, struct host *client, struct host *server)
{
	struct exchange x = {client, server, (uint32_t)rng_next(&n->rng), true};
	uint8_t room[MESSAGE];
	struct writer w = {room, 0, sizeof(room), false};

	if (!net_resolve(n, &at, client, server))
		return;
	/* Sent from the address it has, so not by udp_shout()'s 0.0.0.0. */
	udp_send(n, at, (struct datagram){client, server, 68, 67}, ask(&w, &x, REQUEST));
	w.len = 0;
	at += rng_between(&n->rng, 1 * MS, 5 * MS);
	udp_send(n, at, (struct datagram){server, client, 67, 68}, answer(&w, &x, ACKNOWLEDGE));
}
