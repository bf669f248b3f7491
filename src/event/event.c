#include "event/event.h"

const char *event_kind_name(enum ev_kind kind)
{
	switch (kind) {
	case EV_FRAME:
		return "frame";
	case EV_ARP:
		return "arp";
	case EV_CONN:
		return "conn";
	case EV_SMB1:
		return "smb1";
	case EV_SMB2:
		return "smb2";
	case EV_RPC:
		return "rpc";
	case EV_SRVSVC:
		return "srvsvc";
	case EV_ANOMALY:
		return "anomaly";
	case EV_IDENT:
		return "ident";
	case EV_KINDS:
		break;
	}
	return "unknown";
}

unsigned event_bytes(struct event *ev, struct bytes *ret_fields[EV_BYTES_MAX])
{
	switch ((enum ev_kind)ev->kind) {
	case EV_SMB1:
		ret_fields[0] = &ev->smb1.name;
		return 1;
	case EV_SMB2:
		ret_fields[0] = &ev->smb2.name;
		return 1;
	case EV_RPC:
		ret_fields[0] = &ev->rpc.pipe;
		return 1;
	case EV_SRVSVC:
		ret_fields[0] = &ev->srvsvc.server;
		ret_fields[1] = &ev->srvsvc.path;
		ret_fields[2] = &ev->srvsvc.path2;
		ret_fields[3] = &ev->srvsvc.pipe;
		return 4;
	case EV_IDENT:
		ret_fields[0] = &ev->ident.name;
		ret_fields[1] = &ev->ident.domain;
		ret_fields[2] = &ev->ident.user;
		ret_fields[3] = &ev->ident.os;
		ret_fields[4] = &ev->ident.id;
		ret_fields[5] = &ev->ident.note;
		return 6;
	case EV_FRAME:
	case EV_ARP:
	case EV_CONN:
	case EV_ANOMALY:
	case EV_KINDS:
		break;
	}
	return 0;
}

int event_cmp(const struct event *a, const struct event *b)
{
	if (a->seq != b->seq)
		return a->seq < b->seq ? -1 : 1;
	if (a->is_tick != b->is_tick)
		return a->is_tick ? -1 : 1;
	/* Several shards may tell something at one tick; their number is fixed, so is the order. */
	return (a->shard > b->shard) - (a->shard < b->shard);
}
