/*
 * observed - events of a small network in one line each, and the facts that come of them as text.
 *
 * Addresses are 10.0.0.N, MACs 00:14:22:00:00:N; times are seconds. A fact reads
 * "KIND SOURCE [mN] [.N] VALUE CONFIDENCE% FIRST-LAST xCOUNT [until T] [ended]".
 */
#ifndef TESTS_OBSERVED_H
#define TESTS_OBSERVED_H

#include <stdio.h>
#include <stdlib.h>

#include "base/monotime.h"
#include "host/observe.h"

/* A step names what it needs; spelling out the zeros would bury it. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

enum { ARP = 100, CONN, FOREIGN /* a packet of 198.51.100.N through mac */ };

struct step {
	unsigned at_s;
	int from; /* enum ev_ident_from, or one of the above */
	uint8_t addr, mac;
	const char *name, *domain, *user, *os, *note;
	uint8_t act, ttl, to; /* to: CONN's other end */
	uint16_t port;
	uint32_t lease_s;
	uint8_t roles;
	bool is_group;
};

struct facts_text {
	char at[16384];
	size_t len;
};

static inline struct mac mac_n(uint8_t n)
{
	return (struct mac){{0x00, 0x14, 0x22, 0x00, 0x00, n}};
}

static inline struct bytes text_bytes(const char *t)
{
	return (struct bytes){(const uint8_t *)t, t == NULL ? 0 : strlen(t)};
}

static inline void play(struct observer *o, const struct step *s, uint64_t seq)
{
	struct event ev = {.kind = EV_IDENT,
			   .seq = seq,
			   .at_ns = s->at_s * NS_PER_S,
			   .mono_ns = s->at_s * NS_PER_S};
	struct addr addr = s->addr > 0 ? addr_v4(0x0a000000u + s->addr) : (struct addr){{0}};

	ev.src.addr = addr;
	if (s->from == ARP) {
		ev.kind = EV_ARP;
		ev.arp = (struct ev_arp){
			.op = s->act == 0 ? 1 : 2, .sha = mac_n(s->mac), .eth_src = mac_n(s->mac)};
	} else if (s->from == CONN) {
		ev.kind = EV_CONN;
		ev.dst = (struct endpoint){addr_v4(0x0a000000u + s->to), s->port};
		ev.conn = (struct ev_conn){.outcome = s->act, .ip_proto = 6};
	} else {
		ev.ident = (struct ev_ident){
			.from = (uint8_t)(s->from == FOREIGN ? IDENT_LINK : s->from),
			.act = s->act,
			.has_mac = s->mac > 0,
			.is_group = s->is_group,
			.ttl = s->ttl,
			.roles = s->roles,
			.lease_s = s->lease_s,
			.mac = mac_n(s->mac),
			.addr = s->from == FOREIGN ? addr_v4(0xc6336400u + s->addr) : addr,
			.name = text_bytes(s->name),
			.domain = text_bytes(s->domain),
			.user = text_bytes(s->user),
			.os = text_bytes(s->os),
			.note = text_bytes(s->note),
		};
	}
	observer_event(o, &ev);
}

static inline void note_fact(void *ctx, const struct fact *f)
{
	struct facts_text *t = ctx;
	char subject[64] = "";
	int n = 0;

	if (f->has_mac)
		n = snprintf(subject, sizeof(subject), "m%u ", f->mac.b[5]);
	if (!addr_is_zero(&f->addr))
		snprintf(subject + n, sizeof(subject) - (size_t)n, ".%u ", f->addr.b[15]);
	if (f->first_ns > f->last_ns || f->confidence < 1 || f->confidence > 100)
		abort();
	t->len += (size_t)snprintf(
		t->at + t->len, sizeof(t->at) - t->len, "%s %s %s%s%s%u%% %llu-%llu x%llu",
		fact_kind_name(f->kind), fact_source_name(f->source), subject, f->value,
		f->value[0] != '\0' ? " " : "", f->confidence,
		(unsigned long long)(f->first_ns / NS_PER_S),
		(unsigned long long)(f->last_ns / NS_PER_S), (unsigned long long)f->count);
	if (f->until_ns > 0)
		t->len += (size_t)snprintf(t->at + t->len, sizeof(t->at) - t->len, " until %llu",
					   (unsigned long long)(f->until_ns / NS_PER_S));
	t->len += (size_t)snprintf(t->at + t->len, sizeof(t->at) - t->len, "%s\n",
				   f->is_ended ? " ended" : "");
	if (t->len >= sizeof(t->at))
		abort();
}

#endif
