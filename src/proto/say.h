/*
 * say - what the datagram parsers share: telling identities of one packet, and making texts.
 * Private to proto/.
 */
#ifndef PROTO_SAY_H
#define PROTO_SAY_H

#include "naming/dns_name.h"
#include "proto/datagram.h"

struct say { /* one packet being read */
	const struct packet *p;
	const struct proto_out *out;
};

struct say_text {
	char at[EV_TEXT_MAX + 1];
};

/* Texts in `room`, cut at a character. Latin-1 stands for any code page. */
struct bytes say_utf8(struct bytes raw, struct say_text *room);
struct bytes say_latin1(struct bytes raw, struct say_text *room);
struct bytes say_labels(const struct dns_name *n, unsigned from, struct say_text *room);

/* "duid:00010001…"; empty for empty bytes. What is longer than a text is cut. */
struct bytes say_hex(const char *kind, struct bytes raw, struct say_text *room);

/* The host's name and its domain, from "pc7.corp.example"; both empty where the first label is no
 * name of a host, as "_smb". */
struct say_host {
	struct say_text name_room, domain_room;
	struct bytes name, domain;
};
void say_host(struct bytes fqdn, struct say_host *ret_host);
void say_host_of(const struct dns_name *n, struct say_host *ret_host);

/* Tells it of this packet, if anybody listens. */
void say_ident(const struct say *s, const struct ev_ident *id);

/* Malformed, unless the capture cut the packet. */
void say_malformed(const struct say *s, const char *proto, const char *what);

/* One packet of each protocol: say_*.c */
void say_dhcp(const struct say *s);
void say_dhcp6(const struct say *s);
void say_nbns(const struct say *s);
void say_nbdgm(const struct say *s);
void say_dns(const struct say *s);
void say_llmnr(const struct say *s);
void say_mdns(const struct say *s);

#endif
