/*
 * gate - one connection to one machine, whatever a library would like.
 *
 * A server can refer libsmbclient to another one (DFS), and the library would log on there, too;
 * and when a logon fails it would make a new connection and try again. So connect() is let through
 * by the kernel only after a thread of ours has looked at the address (seccomp's user
 * notification): TCP to the machine and port that are meant, once; with Kerberos also DNS and the
 * KDC's port. Everything else is refused as if by a firewall.
 */
#ifndef ASK_GATE_H
#define ASK_GATE_H

#include <stdbool.h>

#include "base/addr.h"
#include "base/rc.h"

/* For this thread and those that it starts, for good; once per process. RC_IO: the kernel cannot do
 * it, so nothing may be connected. */
MUST_CHECK enum rc gate_close_but_for(const struct addr *a, uint16_t port, bool has_kerberos);

/* So many connections more to the same machine and port: for a library that makes its own, once it
 * is known that the machine lets us in. */
void gate_allow(unsigned more);

/* Is this process behind a gate already? */
bool gate_is_closed(void);

/* Did anything want to go elsewhere, or a second time? */
bool gate_was_tried(void);

#endif
