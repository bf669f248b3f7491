/*
 * week - an office on 10.40.0.0/20 for a week: who had which address when, and who sat there.
 *
 * Made to try identity, not detectors: machines come and go, change cards, names and addresses,
 * and say who they are as real ones do. The truth is a row for each time that a machine had an
 * address: address, from, until (RFC 3339), machine, user in charge ("-": nobody's).
 */
#ifndef TRAFFIC_WEEK_H
#define TRAFFIC_WEEK_H

#include <stdio.h>

#include "kinds.h"
#include "lan/net.h"
#include "lan/sched.h"

#define HOUR        (60 * MINUTE)
#define DAY         (24 * HOUR)
#define WEEK_REALM  "KONTOR.EXAMPLE"
#define WEEK_DOMAIN "KONTOR"

enum { UNIT_LABEL = 32, UNIT_DUES = 96, UNIT_NICS = 2, LEASE_S = 4 * 3600, NO_SLOT = -1 };

enum unit_kind {
	DESKTOP,
	LAPTOP,
	PHONE,
	SHARED, /* a PC for several, one after the other */
	REMOTE, /* behind a router: no MAC to be seen, DHCP out of sight */
	VISITOR,
	SERVER,
	PRINTER,
	TERMINAL,
	PROXY,
	ROUTER,
	VIRTUAL, /* the address of two routers (VRRP) */
	NAT,
	UNIT_KINDS
};

enum doing { PLAN, UP, RETRY, DOWN, RENEW, LOGON, TALK, ADMIN, SERVICE, RENAME, REPLACE };

struct due {
	uint64_t at_ns;
	uint8_t what, nic, user;
};

struct nic {
	struct host host;
	bool is_up;
	int slot; /* of the pool; NO_SLOT */
	struct dock *dock;
	struct mac own; /* the card that is built in */
	uint64_t since;
	char truth_user[HOST_NAME];
};

struct slot { /* an address of the DHCP server's pool */
	struct mac owner;
	uint64_t until;
};

struct unit {
	struct actor actor;
	struct week *week;
	enum unit_kind kind;
	unsigned number;
	char label[UNIT_LABEL];
	struct nic nics[UNIT_NICS];
	unsigned n_nics;
	char users[4][HOST_NAME]; /* who may work here; the first is in charge */
	unsigned n_users, user;   /* `user`: who is logged on */
	bool is_member, has_mdns, stays_on, releases, rotates_mac, is_static, docks;
	struct due dues[UNIT_DUES];
	unsigned n_dues;
};

struct dock { /* a network card on a desk, for whoever sits there today */
	struct mac mac;
	bool is_taken;
};

struct pool {
	struct slot *slots;
	unsigned n;
	uint32_t first; /* address */
};

struct week {
	struct lan *lan;
	struct sched sched;
	const struct options *opt;
	FILE *truth;
	uint64_t start, end;
	struct host *dc, *files, *gateway, *far_router;
	struct unit *units;
	unsigned n_units;
	struct host inner[3], sites[4]; /* behind the NAT; outside */
	struct unit *nat;
	struct pool near, far;
	struct dock *docks;
	unsigned n_docks, n_static;
	struct rng loss; /* of its own: what is lost changes nothing else */
	char admin[HOST_NAME];
};

/* week_people.c: the machines, before anything happens. */
void week_people(struct week *w);
struct mac week_mac(struct week *w, bool is_random);

/* week_unit.c: what machines do. */
void unit_step(struct actor *a);
void unit_due(struct unit *u, uint64_t at_ns, enum doing what, unsigned arg);
void unit_end(struct unit *u, uint64_t at_ns); /* the last rows of the truth */

/* week_talk.c: what they say. Each returns when it is over. */
enum talk_dhcp { TALK_LEASE, TALK_REBOOT, TALK_RENEW, TALK_RELEASE };
uint64_t talk_dhcp(struct week *w, uint64_t at, struct host *h, enum talk_dhcp what);
/* By broadcast, or to the WINS server where there is a router between. */
uint64_t talk_netbios(struct week *w, uint64_t at, struct host *h, const char *name,
		      uint8_t suffix);
uint64_t talk_announce(struct week *w, uint64_t at, struct host *h);
uint64_t talk_kerberos(struct week *w, uint64_t at, struct host *h, const char *client);
uint64_t talk_mdns(struct week *w, uint64_t at, struct host *h);
uint64_t talk_files(struct week *w, uint64_t at, struct host *h, const char *user);
uint64_t talk_web(struct week *w, uint64_t at, struct host *h);

#endif
