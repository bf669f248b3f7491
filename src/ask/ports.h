/*
 * ports - on which port of which switch a MAC is, from what all switches said.
 *
 * A MAC is learned by every switch on the way to it. Its place is the port where it is plugged in:
 * one without another switch behind it (LLDP tells), and of several the one with the fewest MACs.
 */
#ifndef ASK_PORTS_H
#define ASK_PORTS_H

#include "ask/ask.h"
#include "ask/message.h"

struct ports;

struct port_found {
	unsigned confidence;     /* 1..100 */
	char text[MESSAGE_TEXT]; /* "switch 2nd-floor, Gi1/0/17, 'room 214'" */
};

MUST_CHECK enum rc ports_new(struct ports **ret_p);
void ports_free(struct ports *p); /* NULL is fine */

/* A MESSAGE_PORT of switch number `at` of the options. RC_NOMEM: also if there are too many. */
MUST_CHECK enum rc ports_add(struct ports *p, size_t at, const struct message *port);

/* False: no switch has learned it. */
bool ports_find(const struct ports *p, const struct ask_options *opt, const struct mac *mac,
		struct port_found *ret_place);

#endif
