/* File copies over SMB and nothing else: several clients, two servers. */
#include <stdio.h>
#include <stdlib.h>

#include "kinds.h"
#include "lan/sched.h"
#include "talk/smb.h"
#include "talk/web.h"

enum {
	CLIENTS = 16,
	COPIES_EPOCH = 1479722400,
	SMALL = 60 << 10, /* what SMB 1 takes in one piece */
	MIN_TWO = 64 << 10,
	FILE_BYTES = 24 << 20,
};

struct copy {
	struct actor actor;
	struct lan *lan;
	struct host client, *server;
	struct smb smb;
	bool is_open, is_upload;
	uint64_t left;
};

struct copies {
	struct host servers[2];
	struct copy copies[CLIENTS];
	struct sched sched;
	uint64_t bytes;
};

static void settle(struct lan *n, struct host *h, unsigned i, const char *prefix)
{
	*h = (struct host){.addr = addr_v4(0x0a142900 + i), .os = i % 2 == 0 ? OS_XP : OS_7};
	(void)snprintf(h->name, sizeof(h->name), "%s%02u", prefix, i);
	memcpy(h->mac.b, "\x00\x0c\x29", 3);
	rng_fill(&n->rng, h->mac.b + 3, 3);
	net_join(n, h);
}

static void begin(struct copy *c)
{
	struct datagram who = {&c->client, c->server, host_port(&c->client), 445};
	enum smb_dialect dialect = c->client.os == OS_XP ? SMB_ONE : SMB_TWO;

	if (!smb_connect(&c->smb, c->lan, c->actor.at_ns, who, dialect))
		return;
	smb_logon(&c->smb, "backup", STATUS_OK);
	smb_tree(&c->smb, "public", STATUS_OK);
	smb_open(&c->smb, "archive\\2016-11.zip", STATUS_OK);
	c->is_open = true;
	c->is_upload = rng_chance(&c->lan->rng, 50);
	c->left = rng_between(&c->lan->rng, FILE_BYTES / 2, FILE_BYTES);
}

static void step(struct actor *a)
{
	struct copy *c = (struct copy *)a;
	size_t n = SMALL;

	if (!c->is_open)
		begin(c);
	if (c->smb.dialect == SMB_TWO)
		n = (size_t)MIN_TWO << rng_below(&c->lan->rng, 5); /* 64 KiB to 1 MiB */
	c->smb.tcp.at = c->smb.tcp.at > a->at_ns ? c->smb.tcp.at : a->at_ns;
	if (c->is_upload)
		smb_write(&c->smb, lan_text(c->lan, n));
	else
		smb_read(&c->smb, lan_text(c->lan, n));
	c->left = c->left > n ? c->left - n : 0;
	if (c->left == 0) {
		smb_shut(&c->smb);
		smb_logoff(&c->smb);
		c->is_open = false;
	}
	a->at_ns = c->smb.tcp.at + rng_between(&c->lan->rng, 100 * US, 2 * MS);
}

int copies_main(const struct options *opt)
{
	struct lan *n = lan_new(opt->out, opt->seed);
	struct copies *x = calloc(1, sizeof(*x));
	uint64_t until = COPIES_EPOCH * SEC;
	int status;

	if (n == NULL || x == NULL) {
		free(x);
		return n == NULL ? 1 : (lan_finish(n, opt->out), 1);
	}
	settle(n, &x->servers[0], 2, "FS");
	settle(n, &x->servers[1], 3, "FS");
	for (unsigned i = 0; i < CLIENTS; i++) {
		struct copy *c = &x->copies[i];

		settle(n, &c->client, 10 + i, "PC");
		c->lan = n;
		c->server = &x->servers[i % 2];
		c->actor.step = step;
		c->actor.at_ns = until + rng_between(&n->rng, 0, 100 * MS);
		sched_add(&x->sched, &c->actor);
	}
	while (trace_bytes(n->trace) < opt->bytes) {
		until += 10 * MS;
		sched_run(&x->sched, n->trace, until);
	}
	status = lan_finish(n, opt->out);
	sched_done(&x->sched);
	free(x);
	return status;
}
