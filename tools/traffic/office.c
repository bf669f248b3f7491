/* A working day in the office: who does what when. */
#include "office.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "epidemic.h"
#include "talk/dhcp.h"
#include "talk/domain.h"
#include "talk/names.h"
#include "talk/rpc.h"
#include "talk/web.h"

#define DOMAIN "KONTOR"
/* Monday 2016-11-21 08:30 UTC, an hour at which people switch on their machines */
enum { OFFICE_EPOCH = 1479717000, GROWTH_MAX = 64 };

static struct datagram to(struct client *c, struct host *server, uint16_t port)
{
	return (struct datagram){&c->host, server, host_port(&c->host), port};
}

static uint64_t logon(struct client *c, uint64_t at)
{
	struct office *o = c->office;

	c->host.is_off = false;
	at = dhcp_lease(o->lan, at, &c->host, &o->dc);
	nbns_register(o->lan, at, &c->host, DOMAIN);
	at = dns_ask_srv(o->lan, at + 900 * MS, to(c, &o->dc, 53),
			 "_ldap._tcp.dc._msdcs.kontor.example", "dc01.kontor.example");
	at = ldap_lookup(o->lan, at, to(c, &o->dc, 389));
	at = kerberos_logon(o->lan, at + 2 * SEC, to(c, &o->dc, 88), c->user, "cifs/fs01");
	browser_announce(o->lan, at, &c->host, DOMAIN);
	return at;
}

static uint64_t browse(struct client *c, uint64_t at, size_t mean)
{
	struct office *o = c->office;
	struct rng *r = &o->lan->rng;
	unsigned i = rng_below(r, OFFICE_SITES);
	struct visit v = {office_site_names[i], 1 + rng_below(r, 6), mean};

	at = dns_ask(o->lan, at, to(c, &o->dc, 53), v.site, &o->sites[i].addr);
	if (rng_chance(r, 65))
		return https_visit(o->lan, at, to(c, &o->sites[i], 443), &v);
	return http_visit(o->lan, at, to(c, &o->sites[i], 80), &v);
}

static uint64_t use_files(struct client *c, uint64_t at, unsigned rounds)
{
	struct office *o = c->office;
	struct rng *r = &o->lan->rng;
	bool is_old = c->host.os == OS_XP || c->host.os == OS_2003;
	unsigned i = rng_below(r, 2);
	/* FS02 is a Windows 2003 and speaks nothing newer than SMB 1. */
	enum smb_dialect dialect = is_old || i == 1 ? SMB_ONE : SMB_TWO;
	uint16_t port = is_old && rng_chance(r, 20) ? 139 : 445;
	struct smb s;

	if (!smb_connect(&s, o->lan, at, to(c, &o->files[i], port), dialect))
		return at;
	smb_logon(&s, c->user, STATUS_OK);
	smb_tree(&s, "IPC$", STATUS_OK);
	if (rng_chance(r, 35))
		rpc_look_around(&s, rng_chance(r, 70) ? "srvsvc" : "browser");
	smb_tree(&s, "public", STATUS_OK);
	if (rng_chance(r, 15))
		smb_open(&s, "desktop.ini", STATUS_NO_NAME);
	smb_open(&s, "projects\\plan.doc", STATUS_OK);
	for (unsigned k = 0; k < rounds; k++) {
		struct bytes data = lan_text(o->lan, (size_t)rng_between(r, 500, 16000));

		if (rng_chance(r, 65))
			smb_read(&s, data);
		else
			smb_write(&s, data);
		s.tcp.at += rng_between(r, 1 * MS, 120 * MS);
	}
	smb_shut(&s);
	smb_logoff(&s);
	return s.tcp.at;
}

static void dead_ends(struct client *c, uint64_t at)
{
	struct office *o = c->office;
	struct tcp t;

	if (c->dead_drive != NULL) {
		(void)tcp_open(&t, o->lan, at, to(c, c->dead_drive, 445), TCP_SILENCE);
		(void)tcp_open(&t, o->lan, at + 50 * MS, to(c, c->dead_drive, 139), TCP_SILENCE);
	}
	if (c->dead_printer != NULL)
		(void)tcp_open(&t, o->lan, at, to(c, c->dead_printer, 9100), TCP_SILENCE);
}

static void small_talk(struct client *c, uint64_t at)
{
	struct office *o = c->office;
	struct rng *r = &o->lan->rng;
	struct host *printer = &o->printers[rng_below(r, OFFICE_PRINTERS - 1)];

	switch (rng_below(r, 9)) {
	case 0:
		(void)dns_ask(o->lan, at, to(c, &o->dc, 53), "wpad.kontor.example", NULL);
		if (c->host.os != OS_XP && c->host.os != OS_2003)
			llmnr_ask(o->lan, at + 10 * MS, &c->host, "wpad");
		break;
	case 1:
		nbns_ask(o->lan, at, &c->host, "FS02", &o->files[1]);
		break;
	case 2:
		nbns_ask(o->lan, at, &c->host, "WPAD", NULL);
		break;
	case 3:
		(void)print_job(o->lan, at, to(c, printer, 9100), 1 + rng_below(r, 4));
		break;
	case 4:
		(void)kerberos_ticket(o->lan, at, to(c, &o->dc, 88), "host/dc01",
				      rng_chance(r, 40));
		break;
	case 5:
		(void)ldap_lookup(o->lan, at, to(c, &o->dc, 389));
		break;
	case 6:
		ssdp_search(o->lan, at, &c->host);
		break;
	case 7:
		net_ping(o->lan, at, &c->host, &o->dc);
		break;
	default:
		browser_announce(o->lan, at, &c->host, DOMAIN);
		dhcp_renew(o->lan, at + 40 * MS, &c->host, &o->dc);
		break;
	}
}

/* Keeps up with --bytes: what the capture should hold by now and does not yet. */
static void catch_up(struct client *c, uint64_t at)
{
	struct office *o = c->office;
	double gone = (double)(at - o->start) / (double)(o->end - o->start);
	uint64_t due = (uint64_t)((double)o->opt->bytes * gone);

	for (unsigned i = 0; i < GROWTH_MAX && trace_bytes(o->lan->trace) < due; i++) {
		uint64_t then = at + rng_between(&o->lan->rng, 0, 2 * SEC);

		if (i % 3 == 2)
			(void)use_files(c, then, 8);
		else
			(void)browse(c, then, 9000);
	}
}

static void act(struct actor *a)
{
	struct client *c = (struct client *)a;
	struct office *o = c->office;
	struct rng *r = &o->lan->rng;
	uint64_t at = a->at_ns;

	if (c->step == 0)
		at = logon(c, at);
	else if (rng_chance(r, 35))
		(void)use_files(c, at, 1 + rng_below(r, 6));
	else if (rng_chance(r, 50))
		(void)browse(c, at, 9000);
	else
		small_talk(c, at);
	if (c->step % 6 == 1)
		dead_ends(c, at);
	catch_up(c, at);
	c->step++;
	a->at_ns = at + rng_between(r, 3 * SEC, 22 * SEC);
}

static void start_clients(struct office *o)
{
	uint64_t arrivals = (o->end - o->start) / 6;

	for (unsigned i = 0; i < o->n_clients; i++) {
		struct client *c = &o->clients[i];

		c->actor.step = act;
		c->actor.at_ns = o->start + rng_between(&o->lan->rng, 0, arrivals);
		sched_add(&o->sched, &c->actor);
	}
}

/* False: it said why on stderr. */
static bool tell_truth(const struct office *o, const struct epidemic *e, const char *path)
{
	FILE *to = fopen(path, "w");
	char addr[ADDR_TEXT];

	if (to == NULL) {
		fprintf(stderr, "quell-traffic: %s: %s\n", path, strerror(errno));
		return false;
	}
	fputs("verdict\taddress\tname\tby\tsince\n", to);
	if (e != NULL)
		epidemic_truth(e, to);
	fprintf(to, "scanner\t%s\t%s\t-\t-\n", addr_format(&o->scanner.addr, addr),
		o->scanner.name);
	return fclose(to) == 0;
}

int office_main(const struct options *opt)
{
	struct office o = {.opt = opt, .start = OFFICE_EPOCH * SEC};
	struct epidemic *e = NULL;
	int status;

	o.end = o.start + opt->minutes * MINUTE;
	o.lan = lan_new(opt->out, opt->seed);
	if (o.lan == NULL)
		return 1;
	office_people(&o);
	start_clients(&o);
	bystanders_start(&o);
	if (!opt->no_worm)
		e = epidemic_start(&o);
	sched_run(&o.sched, o.lan->trace, o.end);
	status = lan_finish(o.lan, opt->out);
	if (opt->truth != NULL && !tell_truth(&o, e, opt->truth))
		status = 1;
	epidemic_free(e);
	sched_done(&o.sched);
	free(o.clients);
	return status;
}
