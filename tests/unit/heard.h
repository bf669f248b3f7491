/* heard - what a stream parser told, kept as lines of text. For tests of proto/. */
#ifndef TESTS_HEARD_H
#define TESTS_HEARD_H

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/text.h"
#include "proto/proto.h"
#include "wire/interfaces.h"

enum { HEARD_MAX = 1 << 16 };

struct heard {
	char text[HEARD_MAX]; /* one line for each thing told */
	size_t len;
	uint64_t lines, sum; /* of all lines, whatever their order */
};

static void heard_add(struct heard *h, const char *line)
{
	h->lines++;
	h->sum += hash_bytes(line, strlen(line), 0);
	int n = snprintf(h->text + h->len, HEARD_MAX - h->len, "%s\n", line);

	if (n > 0 && h->len + (size_t)n < HEARD_MAX)
		h->len += (size_t)n;
}

/* "C ntlm is name=PC7 user=ann", of the other side: "S kerberos is of=C user=ann". */
static void heard_ident(char *line, size_t cap, const char *who, const struct ev_ident *e)
{
	static const char *const froms[IDENT_FROMS] = {
		"nd",   "link",      "dhcp", "dhcp6", "nbns", "browser", "llmnr", "mdns", "dns",
		"ntlm", "challenge", "krb",  "smb1",  "smb2", "http",    "lldp",  "cdp",  "syn",
	};
	static const char *const acts[] = {"is", "wish", "ends"};
	const struct {
		const char *key;
		struct bytes text;
	} texts[] = {{"name", e->name}, {"domain", e->domain}, {"user", e->user},
		     {"os", e->os},     {"id", e->id},         {"note", e->note}};
	size_t n = (size_t)snprintf(line, cap, "%s %s %s", who, froms[e->from], acts[e->act]);

	if (e->is_of_dst)
		n += (size_t)snprintf(line + n, cap - n, " of=%s", *who == 'C' ? "S" : "C");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].text.len > EV_TEXT_MAX)
			abort();
		if (texts[i].text.len > 0 && n < cap)
			n += (size_t)snprintf(line + n, cap - n, " %s=%.*s", texts[i].key,
					      (int)texts[i].text.len,
					      (const char *)texts[i].text.at);
	}
	if (e->os_major != 0 && n < cap)
		n += (size_t)snprintf(line + n, cap - n, " version=%u.%u.%u", e->os_major,
				      e->os_minor, e->os_build);
	if (e->roles != 0 && n < cap)
		n += (size_t)snprintf(line + n, cap - n, " roles=%u", e->roles);
	if (e->dialect != 0 && n < cap)
		n += (size_t)snprintf(line + n, cap - n, " dialect=%x", e->dialect);
	if (e->boot_ns != 0 && n < cap)
		(void)snprintf(line + n, cap - n, " boot=%llu", (unsigned long long)e->boot_ns);
}

static void heard_event(void *ctx, enum dir dir, struct event *ev)
{
	char line[2048], a[256], b[256];
	const char *who = dir == TO_SERVER ? "C" : "S", *iface = "?";

	switch (ev->kind) {
	case EV_SMB1:
		snprintf(line, sizeof(line), "%s smb1 %02x%s chain=%u fid=%04x '%.*s'", who,
			 ev->smb1.cmd, ev->smb1.is_response ? " re" : "", ev->smb1.chain,
			 ev->smb1.fid, (int)ev->smb1.name.len, (const char *)ev->smb1.name.at);
		break;
	case EV_SMB2:
		snprintf(line, sizeof(line), "%s smb2 %u%s chain=%u '%.*s'", who, ev->smb2.cmd,
			 ev->smb2.is_response ? " re" : "", ev->smb2.chain, (int)ev->smb2.name.len,
			 (const char *)ev->smb2.name.at);
		break;
	case EV_RPC:
		if (ev->rpc.has_uuid && interface_name(&ev->rpc.uuid) != NULL)
			iface = interface_name(&ev->rpc.uuid);
		snprintf(line, sizeof(line), "%s rpc %u %s op=%d n=%u/%u/%u on '%.*s'", who,
			 ev->rpc.ptype, iface, ev->rpc.has_opnum ? ev->rpc.opnum : -1,
			 ev->rpc.n_contexts, ev->rpc.n_unknown, ev->rpc.n_rejected,
			 (int)ev->rpc.pipe.len, (const char *)ev->rpc.pipe.at);
		break;
	case EV_SRVSVC:
		text_from_utf16(ev->srvsvc.path, a, sizeof(a));
		text_from_utf16(ev->srvsvc.path2, b, sizeof(b));
		snprintf(line, sizeof(line), "%s srvsvc %u%s%s%s%s '%s' '%s' status=%x", who,
			 ev->srvsvc.opnum, ev->srvsvc.is_response ? " re" : "",
			 ev->srvsvc.is_fault ? " fault" : "", ev->srvsvc.is_cut ? " cut" : "",
			 ev->srvsvc.is_guessed ? " guessed" : "", a, b, ev->srvsvc.status);
		break;
	case EV_IDENT:
		heard_ident(line, sizeof(line), who, &ev->ident);
		break;
	default:
		snprintf(line, sizeof(line), "%s kind %u", who, ev->kind);
		break;
	}
	heard_add(ctx, line);
}

static void heard_anomaly(void *ctx, enum dir dir, const char *proto, const char *what)
{
	char line[128];

	snprintf(line, sizeof(line), "%s ! %s %s", dir == TO_SERVER ? "C" : "S", proto, what);
	heard_add(ctx, line);
}

static void heard_blind(void *ctx, enum dir dir, const char *what)
{
	char line[128];

	snprintf(line, sizeof(line), "%s blind %s", dir == TO_SERVER ? "C" : "S", what);
	heard_add(ctx, line);
}

struct stream { /* both directions of one connection, as the engine would feed them */
	const struct proto *proto;
	void *state;
	struct proto_out out;
	uint8_t *at[2]; /* not yet consumed */
	size_t len[2], need[2];
	bool is_over;
};

static inline void stream_open(struct stream *s, const struct proto *proto, struct heard *h)
{
	*s = (struct stream){.proto = proto, .state = calloc(1, proto->state_size)};
	s->out = (struct proto_out){heard_event, heard_anomaly, heard_blind, h, ~0u, 0};
	if (s->state == NULL)
		abort();
}

static inline void stream_close(struct stream *s)
{
	if (s->proto->fini != NULL)
		s->proto->fini(s->state);
	free(s->state);
	free(s->at[0]);
	free(s->at[1]);
}

/* One segment. Aborts where the parser breaks the contract of base/step.h. */
static inline void stream_segment(struct stream *s, enum dir dir, struct bytes in)
{
	if (s->is_over || in.len == 0)
		return;
	s->out.seq++;
	/* A new block each time, of the exact size, so that a read past the end is seen. */
	uint8_t *all = malloc(s->len[dir] + in.len);

	if (all == NULL)
		abort();
	if (s->len[dir] > 0)
		memcpy(all, s->at[dir], s->len[dir]);
	memcpy(all + s->len[dir], in.at, in.len);
	free(s->at[dir]);
	s->at[dir] = all;
	s->len[dir] += in.len;
	if (s->len[dir] < s->need[dir])
		return;
	struct step step = s->proto->feed(s->state, dir, (struct bytes){all, s->len[dir]}, &s->out);

	if (step.consumed > s->len[dir])
		abort();
	s->is_over = step.verdict == STEP_REJECT;
	if (!s->is_over && step.need <= s->len[dir] - step.consumed)
		abort();
	memmove(all, all + step.consumed, s->len[dir] - step.consumed);
	s->len[dir] -= step.consumed;
	s->need[dir] = step.need;
}

/* In segments of at most `size` bytes. */
static inline void stream_send(struct stream *s, enum dir dir, struct bytes in, size_t size)
{
	for (size_t from = 0; from < in.len; from += size)
		stream_segment(s, dir, bytes_slice(in, from, size));
}

static inline void stream_gap(struct stream *s, enum dir dir, uint64_t missing)
{
	uint64_t all = missing + s->len[dir];

	s->len[dir] = s->need[dir] = 0;
	if (!s->is_over && (s->proto->gap == NULL || !s->proto->gap(s->state, dir, all, &s->out)))
		s->is_over = true;
}

#endif
