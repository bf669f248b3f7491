/*
 * packet_walk - what packet_link.c and packet_ip.c share: the walk down one frame.
 *
 * Each walk_*() takes its header off `r` and calls the next. They call each other, as tunnels
 * hold whole frames again; walk_enter() bounds that at PACKET_LAYERS.
 */
#ifndef WIRE_PACKET_WALK_H
#define WIRE_PACKET_WALK_H

#include "wire/packet.h"

struct walk {
	struct reader r;  /* what the headers so far leave */
	struct packet *p; /* filled on the way */
	unsigned layers;
	uint32_t missing; /* how much of the IP payload the snap length cut off */
	bool is_v6;       /* the IP header last read */
};

enum { /* the EtherTypes we follow: IEEE 802 numbers */
       TYPE_IP4 = 0x0800,
       TYPE_ARP = 0x0806,
       TYPE_TRANS_ETHER = 0x6558, /* RFC 1701: transparent Ethernet bridging */
       TYPE_VLAN = 0x8100,
       TYPE_PPP = 0x880b,
       TYPE_IP6 = 0x86dd,
       TYPE_MPLS = 0x8847,
       TYPE_MPLS_MULTICAST = 0x8848,
       TYPE_PPPOE = 0x8864,
       TYPE_QINQ = 0x88a8,
       TYPE_ERSPAN = 0x88be,
       TYPE_LLDP = 0x88cc,
       TYPE_QINQ_OLD = 0x9100,
       TYPE_ERSPAN3 = 0x22eb,
};

static inline enum packet_kind walk_malformed(struct walk *w, const char *why)
{
	w->p->why = why;
	return w->p->kind = PACKET_MALFORMED;
}

static inline enum packet_kind walk_done(struct walk *w, enum packet_kind kind)
{
	w->p->payload = w->r.rest;
	w->p->payload_missing = w->missing;
	w->p->kind = (uint8_t)kind;
	return kind;
}

static inline enum packet_kind walk_other(struct walk *w)
{
	return w->p->kind = PACKET_OTHER;
}

/* One layer down: an IP header, an extension header, or what an EtherType other than IP names. No
 * way leads back to the same function past none of these. False: too deep. */
static inline bool walk_enter(struct walk *w)
{
	return ++w->layers <= PACKET_LAYERS;
}

/* packet_link.c */
enum packet_kind walk_ether(struct walk *w);
enum packet_kind walk_type(struct walk *w, unsigned ethertype);
enum packet_kind walk_mpls(struct walk *w);
enum packet_kind walk_ppp(struct walk *w);

/* packet_ip.c */
enum packet_kind walk_ip(struct walk *w); /* v4 or v6, by its first four bits */
enum packet_kind walk_ip4(struct walk *w);
enum packet_kind walk_ip6(struct walk *w);

#endif
