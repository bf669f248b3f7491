/* The machines of the office. */
#include "office.h"

#include <stdio.h>
#include <stdlib.h>

enum { OFFICE_NET = 0x0a141e00, FIRST_CLIENT = 101, SERVERS = 10, CLIENTS_MAX = 150 };

const char *const office_site_names[OFFICE_SITES] = {
	"www.news.example",   "www.weather.example", "shop.example",         "mail.example",
	"update.example",     "cdn1.example",        "cdn2.example",         "cdn3.example",
	"bank.example",       "search.example",      "video.example",        "forum.example",
	"www.trains.example", "maps.example",        "docs.example",         "wiki.example",
	"www.stadt.example",  "ads.example",         "tracker.example",      "photos.example",
	"www.kurier.example", "login.example",       "office-paper.example", "radio.example",
};

static const uint8_t vendors[][3] = {
	{0x00, 0x14, 0x22}, {0x00, 0x1f, 0x29}, {0x00, 0x1b, 0x21},
	{0x00, 0x21, 0x9b}, {0x00, 0x23, 0xae}, {0x18, 0x03, 0x73},
};

struct place {
	const char *name;
	uint32_t addr;
	enum os os;
	const uint8_t *vendor;
};

static void settle(struct office *o, struct host *h, struct place p)
{
	*h = (struct host){.addr = addr_v4(p.addr), .os = p.os};
	(void)snprintf(h->name, sizeof(h->name), "%s", p.name);
	memcpy(h->mac.b, p.vendor, 3);
	rng_fill(&o->lan->rng, h->mac.b + 3, 3);
	h->ip_id = (uint16_t)rng_next(&o->lan->rng);
	h->port = (uint16_t)(1030 + rng_below(&o->lan->rng, 400));
	if (p.os != OS_XP && p.os != OS_2003)
		h->port = (uint16_t)(49160 + rng_below(&o->lan->rng, 2000));
}

static void settle_client(struct office *o, unsigned i)
{
	static const char *const first[] = {"anna",  "boris", "carla", "dmitri", "eva",   "felix",
					    "greta", "hans",  "irina", "jan",    "klara", "lev"};
	static const enum os mix[] = {OS_XP, OS_7, OS_XP, OS_7, OS_10};
	struct client *c = &o->clients[i];
	enum os os = i % 17 == 9 ? OS_2003 : mix[i % 5];
	char name[HOST_NAME];

	(void)snprintf(name, sizeof(name), "%s-%03u", os == OS_2003 ? "SRV" : "PC", i + 1);
	settle(o, &c->host,
	       (struct place){name, OFFICE_NET + FIRST_CLIENT + i, os,
			      vendors[rng_below(&o->lan->rng, 6)]});
	net_join(o->lan, &c->host);
	(void)snprintf(c->user, sizeof(c->user), "%s%u", first[i % 12], i / 12);
	c->office = o;
	c->host.is_off = true; /* until somebody comes and switches it on */
	if (i % 16 == 5)
		c->dead_drive = &o->gone;
	if (i % 20 == 3)
		c->dead_printer = &o->printers[OFFICE_PRINTERS - 1];
}

void office_people(struct office *o)
{
	static const uint8_t cisco[] = {0x00, 0x1b, 0x54}, vmware[] = {0x00, 0x0c, 0x29};
	static const uint8_t hp[] = {0x00, 0x21, 0x5a};
	struct place servers[] = {{"GW", OFFICE_NET + 1, OS_OTHER, cisco},
				  {"DC01", OFFICE_NET + 2, OS_2008, vmware},
				  {"FS01", OFFICE_NET + 3, OS_2008, vmware},
				  {"FS02", OFFICE_NET + 4, OS_2003, vmware},
				  {"AUDIT01", OFFICE_NET + 9, OS_LINUX, vmware}};
	struct host *hosts[] = {&o->gateway, &o->dc, &o->files[0], &o->files[1], &o->scanner};

	for (unsigned i = 0; i < 5; i++) {
		settle(o, hosts[i], servers[i]);
		net_join(o->lan, hosts[i]);
	}
	for (unsigned i = 0; i < OFFICE_PRINTERS; i++) {
		char name[HOST_NAME];

		(void)snprintf(name, sizeof(name), "NPI%04X", 0x51a0 + i * 0x111);
		settle(o, &o->printers[i],
		       (struct place){name, OFFICE_NET + 20 + i, OS_PRINTER, hp});
		net_join(o->lan, &o->printers[i]);
	}
	o->printers[OFFICE_PRINTERS - 1].is_off = true;
	/* A file server in another building that was switched off last year. */
	settle(o, &o->gone, (struct place){"FS-OLD", 0x0a141f07, OS_2003, vmware});
	o->gone.via = &o->gateway;
	o->gone.is_off = true;
	for (unsigned i = 0; i < OFFICE_SITES; i++) {
		uint32_t addr = 0xc6336400 + i * 3 + 10; /* 198.51.100.0/24, RFC 5737 */

		settle(o, &o->sites[i], (struct place){"", addr, OS_LINUX, cisco});
		o->sites[i].via = &o->gateway;
	}
	o->n_clients = o->opt->machines > SERVERS ? o->opt->machines - SERVERS + 1 : 1;
	if (o->n_clients > CLIENTS_MAX)
		o->n_clients = CLIENTS_MAX; /* the network has no more addresses */
	o->clients = calloc(o->n_clients, sizeof(*o->clients));
	if (o->clients == NULL) {
		fputs("quell-traffic: out of memory\n", stderr);
		exit(1);
	}
	for (unsigned i = 0; i < o->n_clients; i++)
		settle_client(o, i);
}

struct host *office_at(struct office *o, unsigned last_octet)
{
	struct host *hosts[] = {&o->gateway, &o->dc, &o->files[0], &o->files[1], &o->scanner};

	for (unsigned i = 0; i < 5; i++) {
		if (hosts[i]->addr.b[15] == last_octet)
			return hosts[i];
	}
	if (last_octet >= 20 && last_octet < 20 + OFFICE_PRINTERS)
		return &o->printers[last_octet - 20];
	if (last_octet >= FIRST_CLIENT && last_octet < FIRST_CLIENT + o->n_clients)
		return &o->clients[last_octet - FIRST_CLIENT].host;
	return NULL;
}
