#include "app/event_json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

enum { TEXT = 3 * EV_PATH_MAX + 1 };

static void put_int(json_t *o, const char *key, uint64_t v)
{
	json_object_set_new(o, key, json_integer((json_int_t)v));
}

static void put_bool(json_t *o, const char *key, bool v)
{
	json_object_set_new(o, key, json_boolean(v));
}

static void put_hex(json_t *o, const char *key, uint64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)v);
	json_object_set_new(o, key, json_string(text));
}

/* Names are UTF-8 already; what a parser passed on unchecked is checked here. */
static void put_text(json_t *o, const char *key, struct bytes utf8)
{
	char text[TEXT];

	if (utf8.len == 0)
		return;
	text_from_utf8(utf8, text, sizeof(text));
	json_object_set_new(o, key, json_string(text));
}

static void put_utf16(json_t *o, const char *key, struct bytes utf16)
{
	char text[TEXT];

	text_from_utf16(utf16, text, sizeof(text));
	json_object_set_new(o, key, json_string(text));
}

static void put_mac(json_t *o, const char *key, const struct mac *m)
{
	char text[MAC_TEXT];

	json_object_set_new(o, key, json_string(mac_format(m, text)));
}

static void put_end(json_t *o, const char *who, const struct endpoint *e)
{
	char text[ADDR_TEXT], key[16];

	json_object_set_new(o, who, json_string(addr_format(&e->addr, text)));
	snprintf(key, sizeof(key), "%s_port", who);
	if (e->port != 0)
		put_int(o, key, e->port);
}

static void put_frame(json_t *o, const struct ev_frame *f)
{
	put_int(o, "ip_proto", f->ip_proto);
	put_int(o, "wire_len", f->wire_len);
	put_int(o, "payload_len", f->payload_len);
	put_int(o, "tcp_flags", f->tcp_flags);
}

static void put_conn(json_t *o, const struct ev_conn *c)
{
	static const char *const names[] = {"established", "refused", "unanswered", "midstream",
					    "backscatter"};

	json_object_set_new(o, "outcome", json_string(names[c->outcome]));
	put_int(o, "ip_proto", c->ip_proto);
	put_int(o, "first_seq", c->first_seq);
	if (c->by_icmp)
		put_bool(o, "by_icmp", true);
}

static void put_smb1(json_t *o, const struct ev_smb1 *s)
{
	put_int(o, "cmd", s->cmd);
	put_bool(o, "is_response", s->is_response);
	put_hex(o, "status", s->status);
	put_int(o, "flags", s->flags);
	put_int(o, "flags2", s->flags2);
	put_int(o, "tid", s->tid);
	put_int(o, "uid", s->uid);
	put_int(o, "mid", s->mid);
	put_int(o, "pid", s->pid);
	put_int(o, "chain", s->chain);
	if (s->fid != 0xffff)
		put_int(o, "fid", s->fid);
	if (s->trans_sub != 0xffff)
		put_int(o, "trans_sub", s->trans_sub);
	put_text(o, "name", s->name);
}

static void put_smb2(json_t *o, const struct ev_smb2 *s)
{
	put_int(o, "cmd", s->cmd);
	put_bool(o, "is_response", s->is_response);
	put_hex(o, "status", s->status);
	put_int(o, "flags", s->flags);
	put_int(o, "tid", s->tid);
	put_hex(o, "msg_id", s->msg_id);
	put_hex(o, "session_id", s->session_id);
	put_int(o, "chain", s->chain);
	if (s->ioctl != 0)
		put_hex(o, "ioctl", s->ioctl);
	put_text(o, "name", s->name);
}

static void put_rpc(json_t *o, const struct ev_rpc *r)
{
	char text[UUID_TEXT];

	put_int(o, "ptype", r->ptype);
	put_int(o, "pfc_flags", r->pfc_flags);
	put_int(o, "carrier", r->carrier);
	put_int(o, "frag_len", r->frag_len);
	put_int(o, "auth_len", r->auth_len);
	put_int(o, "call_id", r->call_id);
	put_int(o, "ctx_id", r->ctx_id);
	put_bool(o, "is_response", r->is_response);
	if (r->has_opnum)
		put_int(o, "opnum", r->opnum);
	if (r->has_uuid)
		json_object_set_new(o, "uuid", json_string(uuid_format(&r->uuid, text)));
	if (r->n_contexts > 0)
		put_int(o, "n_contexts", r->n_contexts);
	if (r->n_unknown > 0)
		put_int(o, "n_unknown", r->n_unknown);
	if (r->n_rejected > 0)
		put_int(o, "n_rejected", r->n_rejected);
	if (r->status != 0)
		put_hex(o, "status", r->status);
	put_text(o, "pipe", r->pipe);
}

static void put_srvsvc(json_t *o, const struct ev_srvsvc *s)
{
	put_int(o, "opnum", s->opnum);
	put_bool(o, "is_response", s->is_response);
	put_bool(o, "is_cut", s->is_cut);
	if (s->is_guessed)
		put_bool(o, "is_guessed", true);
	put_text(o, "pipe", s->pipe);
	put_utf16(o, "path", s->path);
	put_utf16(o, "path2", s->path2);
	put_int(o, "path_actual", s->path_actual);
	if (s->is_response) {
		put_bool(o, "is_fault", s->is_fault);
		put_int(o, "request_seq", s->request_seq);
		if (s->has_status)
			put_hex(o, "status", s->status);
		return;
	}
	put_utf16(o, "server", s->server);
	put_int(o, "path_max", s->path_max);
	put_int(o, "outbuf_len", s->outbuf_len);
	put_int(o, "path_type", s->path_type);
	put_int(o, "flags", s->flags);
}

static void put_ident(json_t *o, const struct ev_ident *e)
{
	static const char *const froms[] = {
		[IDENT_ND] = "nd",
		[IDENT_LINK] = "link",
		[IDENT_DHCP] = "dhcp",
		[IDENT_DHCP6] = "dhcp6",
		[IDENT_NBNS] = "nbns",
		[IDENT_BROWSER] = "browser",
		[IDENT_LLMNR] = "llmnr",
		[IDENT_MDNS] = "mdns",
		[IDENT_DNS] = "dns",
		[IDENT_NTLM] = "ntlm",
		[IDENT_KERBEROS] = "kerberos",
		[IDENT_NTLM_CHALLENGE] = "ntlm-challenge",
		[IDENT_SMB1] = "smb1",
		[IDENT_SMB2] = "smb2",
		[IDENT_HTTP] = "http",
		[IDENT_LLDP] = "lldp",
		[IDENT_CDP] = "cdp",
		[IDENT_SYN] = "syn",
	};
	static const char *const acts[] = {"is", "wish", "ends"};
	char text[ADDR_TEXT];

	json_object_set_new(o, "from", json_string(froms[e->from]));
	json_object_set_new(o, "act", json_string(acts[e->act]));
	if (!addr_is_zero(&e->addr))
		json_object_set_new(o, "addr", json_string(addr_format(&e->addr, text)));
	if (e->has_mac)
		put_mac(o, "mac", &e->mac);
	put_text(o, "name", e->name);
	put_text(o, "domain", e->domain);
	put_text(o, "user", e->user);
	put_text(o, "os", e->os);
	put_text(o, "id", e->id);
	put_text(o, "note", e->note);
	if (e->from == IDENT_NBNS) {
		put_hex(o, "suffix", e->suffix);
		put_bool(o, "group", e->is_group);
	}
	if (e->ttl != 0)
		put_int(o, "ttl", e->ttl);
	if (e->roles != 0)
		put_hex(o, "roles", e->roles);
	if (e->os_major != 0) {
		put_int(o, "os_major", e->os_major);
		put_int(o, "os_minor", e->os_minor);
		put_int(o, "os_build", e->os_build);
	}
	if (e->dialect != 0)
		put_hex(o, "dialect", e->dialect);
	if (e->lease_s != 0)
		put_int(o, "lease_s", e->lease_s);
	if (e->boot_ns != 0)
		put_int(o, "boot_ns", e->boot_ns);
}

static void put_kind(json_t *o, const struct event *ev)
{
	switch ((enum ev_kind)ev->kind) {
	case EV_FRAME:
		put_frame(o, &ev->frame);
		break;
	case EV_ARP:
		put_int(o, "op", ev->arp.op);
		put_mac(o, "sha", &ev->arp.sha);
		put_mac(o, "tha", &ev->arp.tha);
		break;
	case EV_CONN:
		put_conn(o, &ev->conn);
		break;
	case EV_SMB1:
		put_smb1(o, &ev->smb1);
		break;
	case EV_SMB2:
		put_smb2(o, &ev->smb2);
		break;
	case EV_RPC:
		put_rpc(o, &ev->rpc);
		break;
	case EV_SRVSVC:
		put_srvsvc(o, &ev->srvsvc);
		break;
	case EV_ANOMALY:
		json_object_set_new(o, "proto", json_string(ev->anomaly.proto));
		json_object_set_new(o, "what", json_string(ev->anomaly.what));
		break;
	case EV_IDENT:
		put_ident(o, &ev->ident);
		break;
	case EV_KINDS:
		break;
	}
}

char *event_json(const struct event *ev, uint64_t frame)
{
	char time[TEXT_TIME];
	json_t *o = NULL;

	o = json_object();
	if (o == NULL)
		return NULL;
	json_object_set_new(o, "kind", json_string(event_kind_name((enum ev_kind)ev->kind)));
	put_int(o, "frame", frame);
	json_object_set_new(o, "time", json_string(text_time(ev->at_ns, time)));
	put_end(o, "src", &ev->src);
	put_end(o, "dst", &ev->dst);
	if (ev->vlan != 0)
		put_int(o, "vlan", ev->vlan);
	put_kind(o, ev);

	char *line = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII);

	json_decref(o);
	return line;
}
