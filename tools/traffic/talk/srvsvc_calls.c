/* What is asked of the server service: shares, version, and paths. */
#include <stdio.h>

#include "talk/rpc.h"
#include "wire/srvsvc.h"
#include "wire/utf16.h"

enum {
	SHARE_ENUM = 15,
	SERVER_GET_INFO = 21,
	TEXT = 512,
	SERVER_NAME = 64,
	REFERENT = 0x00020000,
	OUTBUF = 64,
};

struct stub {
	uint8_t room[RPC_STUB];
	struct writer w;
	struct ndr ndr;
	uint32_t referent;
};

static void stub_init(struct stub *s, bool is_be)
{
	s->w = (struct writer){s->room, 0, sizeof(s->room), false};
	s->ndr = ndr_writer(&s->w, is_be, false);
	s->referent = REFERENT;
}

static struct bytes stub_bytes(const struct stub *s)
{
	return (struct bytes){s->room, s->w.len};
}

static void put(struct stub *s, uint32_t v)
{
	ndr_u32(&s->ndr, &v);
}

static void put_pointer(struct stub *s)
{
	put(s, s->referent);
	s->referent += 4;
}

/* With its terminator. */
static struct ndr_string units_of(struct bytes utf16, uint8_t *room, size_t cap)
{
	struct writer w = {room, 0, cap, false};

	wr_bytes(&w, utf16);
	wr_le(&w, 2, 0);
	return ndr_string_of((struct bytes){room, w.len});
}

static struct ndr_string string_of(const char *text, uint8_t *room, size_t cap)
{
	uint8_t utf16[TEXT];

	return units_of(utf16_from_ascii(text, utf16, sizeof(utf16)), room, cap);
}

/* The same byte order as the rest: UTF-16 units follow the data representation too. */
static void swap_units(struct ndr_string *s, uint8_t *room)
{
	for (size_t i = 0; i + 1 < s->units.len; i += 2) {
		uint8_t low = room[i];

		room[i] = room[i + 1];
		room[i + 1] = low;
	}
}

static void put_string(struct stub *s, const char *text)
{
	uint8_t room[TEXT];
	struct ndr_string x = string_of(text, room, sizeof(room));

	ndr_wstring(&s->ndr, &x);
}

static void server_name(const struct rpc *r, char *to)
{
	char addr[ADDR_TEXT];
	const struct host *server = r->smb->tcp.end[TCP_SERVER];

	(void)snprintf(to, SERVER_NAME, "\\\\%s",
		       server->name[0] != '\0' ? server->name : addr_format(&server->addr, addr));
}

static void share_enum(struct rpc *r)
{
	static const char *const names[] = {"IPC$", "ADMIN$", "public", "homes"};
	struct stub ask, answer;
	char name[SERVER_NAME];

	server_name(r, name);
	stub_init(&ask, false);
	put_pointer(&ask);
	put_string(&ask, name);
	put(&ask, 1); /* level, and the union's */
	put(&ask, 1);
	put_pointer(&ask);
	put(&ask, 0);
	put(&ask, 0);
	put(&ask, 0xffffffff);
	put(&ask, 0);
	stub_init(&answer, false);
	put(&answer, 1);
	put(&answer, 1);
	put_pointer(&answer);
	put(&answer, 4);
	put_pointer(&answer);
	put(&answer, 4);
	for (unsigned i = 0; i < 4; i++) {
		put_pointer(&answer);
		put(&answer, i == 0 ? 0x80000003 : i == 1 ? 0x80000000 : 0);
		put_pointer(&answer);
	}
	for (unsigned i = 0; i < 4; i++) {
		put_string(&answer, names[i]);
		put_string(&answer, "");
	}
	put(&answer, 4);
	put(&answer, 0);
	put(&answer, 0);
	rpc_call(r, SHARE_ENUM, stub_bytes(&ask), stub_bytes(&answer));
}

static void server_info(struct rpc *r)
{
	struct stub ask, answer;
	char name[SERVER_NAME];

	server_name(r, name);
	stub_init(&ask, false);
	put_pointer(&ask);
	put_string(&ask, name);
	put(&ask, 101);
	stub_init(&answer, false);
	put(&answer, 101);
	put_pointer(&answer);
	put(&answer, 500);
	put_pointer(&answer);
	put(&answer, 5);
	put(&answer, 2);
	put(&answer, 0x00009003);
	put_pointer(&answer);
	put_string(&answer, name + 2);
	put_string(&answer, "");
	put(&answer, 0);
	rpc_call(r, SERVER_GET_INFO, stub_bytes(&ask), stub_bytes(&answer));
}

void rpc_look_around(struct smb *smb, const char *pipe)
{
	static const struct rpc_style plain;
	struct rpc r;

	smb_open(smb, pipe, STATUS_OK);
	rpc_bind(&r, smb, &plain);
	server_info(&r);
	share_enum(&r);
	smb_shut(smb);
}

static void path_ask(struct rpc *r, const struct path_call *call, struct stub *ask)
{
	uint8_t server[TEXT], path[RPC_STUB / 2], other[TEXT];
	char name[SERVER_NAME];
	struct srvsvc_request q = {.opnum = call->is_compare ? SRVSVC_OP_COMPARE
							     : SRVSVC_OP_CANONICALIZE,
				   .has_server = true,
				   .outbuf_len = OUTBUF,
				   .path_type = call->path_type,
				   .flags = call->flags};

	server_name(r, name);
	q.server = string_of(name, server, sizeof(server));
	q.path = units_of(call->path, path, sizeof(path));
	q.path2 = string_of(call->prefix, other, sizeof(other));
	if (r->style.is_be) {
		swap_units(&q.server, server);
		swap_units(&q.path, path);
		swap_units(&q.path2, other);
	}
	stub_init(ask, r->style.is_be);
	(void)srvsvc_request(&ask->ndr, &q);
}

void rpc_path(struct rpc *r, const struct path_call *call)
{
	static const uint32_t status[] = {0, 0x7b, 0x57, 0};
	static const uint8_t nothing[OUTBUF];
	struct srvsvc_response a = {.opnum = call->is_compare ? SRVSVC_OP_COMPARE
							      : SRVSVC_OP_CANONICALIZE,
				    .outbuf = {nothing, sizeof(nothing)},
				    .path_type = call->path_type,
				    .status = status[call->fate]};
	struct stub ask, answer;
	struct bytes silence = {NULL, 0};

	path_ask(r, call, &ask);
	stub_init(&answer, r->style.is_be);
	(void)srvsvc_response(&answer.ndr, &a);
	rpc_call(r, a.opnum, stub_bytes(&ask),
		 call->fate == PATH_SILENCE ? silence : stub_bytes(&answer));
}
