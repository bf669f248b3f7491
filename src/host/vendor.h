/*
 * vendor - who made a network card, by IEEE's registers (MA-L, MA-M, MA-S), and what kind of
 * address a MAC is. The table is made from Debian's ieee-data when quell is built.
 */
#ifndef HOST_VENDOR_H
#define HOST_VENDOR_H

#include "base/addr.h"

const char *vendor_of(const struct mac *m); /* "" if unknown or not assigned; never NULL */

enum mac_kind {
	MAC_ORDINARY,
	MAC_RANDOM,  /* locally administered, as phones and Windows 10 make them up */
	MAC_VIRTUAL, /* VRRP, HSRP, GLBP, CARP, NLB: belongs to an address, not to a machine */
	MAC_GUEST,   /* of a virtual machine: VMware, Hyper-V, KVM, VirtualBox, Xen */
	MAC_GROUP,   /* multicast, broadcast, zero: nobody's */
};

enum mac_kind mac_kind(const struct mac *m);
const char *mac_kind_name(enum mac_kind k); /* "", "random", "virtual", "guest", "group" */

#endif
