/* who_parts - the parts of the page of `quell who` that are in files of their own. */
#ifndef INVENTORY_WHO_PARTS_H
#define INVENTORY_WHO_PARTS_H

#include "inventory/who.h"
#include "report/human.h"

/* All facts, each with its source, its time and its age. */
void who_facts(const struct lines *l, const struct who_head *head, const struct who_answer *a);

/* What is not known of it, and how to find out. */
void who_unknown(const struct lines *l, const struct who_head *head, const struct who_answer *a);

/* "DHCP, asked: SNMP": who said facts of this kind with this value; NULL: any value. */
void who_sources(struct sentence *s, const struct machine *m, unsigned kind, const char *value);

/* The best fact of a kind: surest, then latest; NULL: none. */
const struct fact *who_fact(const struct machine *m, unsigned kind);

#endif
