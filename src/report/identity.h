/*
 * identity - who a host is, as every writer tells it: id, names, users, cards, place.
 *
 * A host without a machine is known by its address only, and all of this is empty.
 */
#ifndef REPORT_IDENTITY_H
#define REPORT_IDENTITY_H

#include "model/outbreak.h"

/* "mac:…", "name:…", or "ip:10.1.2.3". `text` holds MACHINE_ID. */
const char *identity_id(const struct host *h, char *text);

/* Is it more than an address? */
bool identity_is_known(const struct host *h);

/* Names as sources told them (FACT_NAME, FACT_FQDN), each once for a source, in the order of facts.
 * *at starts at 0. NULL: no more. */
const struct fact *identity_next_name(const struct host *h, size_t *at);

/* Which source knows best that somebody is its user: enum fact_source; 0: none of its facts. */
unsigned identity_user_source(const struct host *h, const char *user);

const char *identity_name(const struct host *h);  /* the best one, or "" */
const char *identity_os(const struct host *h);    /* or "" */
const char *identity_place(const struct host *h); /* "switch 2nd-floor, Gi1/0/17", or "" */

/* The likeliest; NULL: nobody. */
const struct machine_user *identity_user(const struct host *h);

/* Its cards: the machine's, or those that showed at its address. */
size_t identity_macs(const struct host *h);
const struct mac *identity_mac(const struct host *h, size_t i);
const char *identity_vendor(const struct host *h, size_t i); /* "" if unknown */
const char *identity_mac_kind(const struct host *h, size_t i);

#endif
