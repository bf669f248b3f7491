/*
 * office - a small office of about 60 machines on 10.20.30.0/24, and what goes on there.
 *
 * The tap hears everything that passes the office's switch.
 */
#ifndef TRAFFIC_OFFICE_H
#define TRAFFIC_OFFICE_H

#include "kinds.h"
#include "lan/net.h"
#include "lan/sched.h"

enum { OFFICE_MAX = 200, OFFICE_PRINTERS = 4, OFFICE_SITES = 24 };

struct office;

struct client {
	struct actor actor;
	struct office *office;
	struct host host;
	char user[HOST_NAME];
	unsigned step;
	bool is_vulnerable;
	struct host *dead_drive;   /* a mapped drive whose server is gone; NULL: none */
	struct host *dead_printer; /* NULL: none */
};

struct office {
	struct lan *lan;
	struct sched sched;
	const struct options *opt;
	uint64_t start, end;
	struct host gateway, dc, files[2], printers[OFFICE_PRINTERS], scanner, gone;
	struct host sites[OFFICE_SITES];
	struct client *clients;
	unsigned n_clients;
	struct client auditor, admin; /* only their turns are used */
};

extern const char *const office_site_names[OFFICE_SITES];

/* The machines, with names, addresses and who is what. */
void office_people(struct office *o);

/* The one at this address of the office's network; NULL: nobody. */
struct host *office_at(struct office *o, unsigned last_octet);

#endif
