#include "talk/smb.h"

#include <stdio.h>

#include "wire/nbss.h"

enum { NETBIOS_PORT = 139, UNC = 80 };

static const struct smb_verbs *verbs(const struct smb *s)
{
	return s->dialect == SMB_TWO ? &smb_two : &smb_one;
}

struct writer smb_begin(struct smb *s)
{
	struct lan *n = s->tcp.net;

	return (struct writer){n->scratch + NBSS_HEADER, 0, LAN_SCRATCH - NBSS_HEADER, false};
}

void smb_send(struct smb *s, unsigned side, struct writer *w)
{
	struct lan *n = s->tcp.net;
	struct writer head = {n->scratch, 0, NBSS_HEADER, false};

	nbss_write(&head, &(struct nbss){NBSS_MESSAGE, (uint32_t)w->len});
	tcp_say(&s->tcp, side, (struct bytes){n->scratch, NBSS_HEADER + w->len});
}

static void call_by_name(struct smb *s)
{
	uint8_t room[128];
	struct writer w = {room, 0, sizeof(room), false};

	nbss_write_request(&w, s->logon.server, s->logon.machine);
	tcp_say(&s->tcp, TCP_CLIENT, (struct bytes){room, w.len});
	w.len = 0;
	nbss_write(&w, &(struct nbss){NBSS_POSITIVE, 0});
	tcp_say(&s->tcp, TCP_SERVER, (struct bytes){room, w.len});
}

static void prepare(struct smb *s, struct lan *n, struct datagram who, enum smb_dialect dialect)
{
	*s = (struct smb){.dialect = dialect,
			  .logon = {"", "", who.from->name, who.to->name, who.from->os, who.to->os},
			  .pid = 0xfeff,
			  .mid = 64};
	s->session = rng_next(&n->rng) & 0xffffffffff;
}

bool smb_connect(struct smb *s, struct lan *n, uint64_t at, struct datagram who,
		 enum smb_dialect dialect)
{
	prepare(s, n, who, dialect);
	if (tcp_open(&s->tcp, n, at, who, TCP_ACCEPTED) != TCP_ACCEPTED)
		return false;
	if (who.dport == NETBIOS_PORT)
		call_by_name(s);
	verbs(s)->negotiate(s);
	return true;
}

void smb_midstream(struct smb *s, struct lan *n, uint64_t at, struct datagram who,
		   enum smb_dialect dialect)
{
	prepare(s, n, who, dialect);
	tcp_midstream(&s->tcp, n, at, who);
	s->uid = 2048;
	s->tid = 2048;
	s->fid = 0x4000;
	s->tree = 1;
	s->message = 5;
	s->file = 0x4000;
	s->is_pipe = true;
}

void smb_logon(struct smb *s, const char *user, uint32_t status)
{
	s->logon.user = user;
	s->logon.domain = user[0] != '\0' ? "KONTOR" : "";
	verbs(s)->logon(s, status);
}

void smb_tree(struct smb *s, const char *share, uint32_t status)
{
	char path[UNC], addr[ADDR_TEXT];
	const struct host *server = s->tcp.end[TCP_SERVER];

	if (server->name[0] != '\0')
		(void)snprintf(path, sizeof(path), "\\\\%s\\%s", server->name, share);
	else
		(void)snprintf(path, sizeof(path), "\\\\%s\\%s", addr_format(&server->addr, addr),
			       share);
	s->is_pipe = strcmp(share, "IPC$") == 0;
	verbs(s)->tree(s, path, status);
}

void smb_open(struct smb *s, const char *name, uint32_t status)
{
	s->offset = 0;
	verbs(s)->open(s, name, status);
}

void smb_read(struct smb *s, struct bytes data)
{
	verbs(s)->read(s, data);
	s->offset += data.len;
}

void smb_write(struct smb *s, struct bytes data)
{
	verbs(s)->write(s, data, true);
	s->offset += data.len;
}

void smb_write_unanswered(struct smb *s, struct bytes data)
{
	verbs(s)->write(s, data, false);
}

void smb_shut(struct smb *s)
{
	verbs(s)->shut(s);
}

void smb_logoff(struct smb *s)
{
	verbs(s)->logoff(s);
	tcp_close(&s->tcp, TCP_CLIENT);
}

void smb_transact(struct smb *s, struct bytes ask, struct bytes answer, size_t piece)
{
	verbs(s)->transact(s, ask, answer, piece);
}
