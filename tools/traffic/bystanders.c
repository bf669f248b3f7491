/* Those in the office who make the same calls as the worm, for good reasons. */
#include "epidemic.h"
#include "talk/rpc.h"
#include "wire/utf16.h"

enum { AUDIT_PATH_TYPE = 1, SMB_PORT = 445 };

static void ask_path(struct rpc *r, const char *path, uint32_t type, enum path_fate fate)
{
	uint8_t room[128];
	struct path_call call = {.path = utf16_from_ascii(path, room, sizeof(room)),
				 .prefix = "\\",
				 .path_type = type,
				 .flags = 1,
				 .fate = fate};

	rpc_path(r, &call);
}

static struct host *old_machine(struct office *o, unsigned k)
{
	for (unsigned i = 0; i < o->n_clients; i++) {
		struct host *h = &o->clients[(k + i) % o->n_clients].host;

		if ((h->os == OS_XP || h->os == OS_2003) && !h->is_off)
			return h;
	}
	return &o->files[1];
}

/* The check that public scanners do: is the machine patched, has the worm patched it? */
static void audit(struct actor *a)
{
	struct client *c = (struct client *)a;
	struct office *o = c->office;
	struct host *self = &o->scanner, *target = old_machine(o, c->step * 3);
	struct datagram who = {self, target, host_port(self), SMB_PORT};
	static const struct rpc_style plain;
	struct smb s;
	struct rpc r;

	a->at_ns += (o->end - o->start) / 24;
	if (c->step++ == 0 || !smb_connect(&s, o->lan, a->at_ns - SEC, who, SMB_ONE))
		return;
	smb_logon(&s, "", STATUS_OK);
	smb_tree(&s, "IPC$", STATUS_OK);
	smb_open(&s, "\\BROWSER", STATUS_OK);
	rpc_bind(&r, &s, &plain);
	ask_path(&r, "\\", AUDIT_PATH_TYPE, PATH_DONE);
	ask_path(&r, "\\..\\", AUDIT_PATH_TYPE, PATH_INVALID_NAME);
	smb_shut(&s);
	smb_logoff(&s);
}

/* A share is made on a file server: its local path is canonicalised there. */
static void administer(struct actor *a)
{
	struct client *c = (struct client *)a;
	struct office *o = c->office;
	struct host *self = &o->clients[o->n_clients > 1].host;
	struct datagram who = {self, &o->files[1], host_port(self), SMB_PORT};
	static const struct rpc_style plain;
	struct smb s;
	struct rpc r;

	a->at_ns += (o->end - o->start) / 5;
	if (self->is_off || !smb_connect(&s, o->lan, a->at_ns - SEC, who, SMB_ONE))
		return;
	smb_logon(&s, "administrator", STATUS_OK);
	smb_tree(&s, "IPC$", STATUS_OK);
	rpc_look_around(&s, "\\srvsvc");
	smb_open(&s, "\\srvsvc", STATUS_OK);
	rpc_bind(&r, &s, &plain);
	ask_path(&r, "D:\\shares\\projects", 0, PATH_DONE);
	smb_shut(&s);
	smb_logoff(&s);
}

void bystanders_start(struct office *o)
{
	o->auditor = (struct client){.actor = {.step = audit}, .office = o};
	o->admin = (struct client){.actor = {.step = administer}, .office = o};
	o->auditor.actor.at_ns = o->start + (o->end - o->start) / 8;
	o->admin.actor.at_ns = o->start + (o->end - o->start) / 6;
	sched_add(&o->sched, &o->auditor.actor);
	sched_add(&o->sched, &o->admin.actor);
}
