/*
 * bridge - what a switch's SNMP tables say, put together: which MAC is behind which port.
 *
 * Rows come in any order, as the switch sends them: the part of the OID behind the column's root,
 * and the value. They are a stranger's: what makes no sense is left out, and every table is
 * bounded. Sources: RFC 4188 (BRIDGE-MIB), RFC 4363 (Q-BRIDGE-MIB), RFC 2863 (IF-MIB), IEEE
 * 802.1AB-2005 (LLDP-MIB), RFC 4293 (ARP).
 *
 * The number of a bridge port is not the interface's index, and LLDP counts ports in its own way;
 * bridge_find() goes through the tables that join them.
 */
#ifndef ASK_BRIDGE_H
#define ASK_BRIDGE_H

#include "ask/message.h"

enum bridge_column {                  /* in the order in which they are walked */
		     BRIDGE_IF_INDEX, /* dot1dBasePortIfIndex.PORT */
		     BRIDGE_FDB,      /* dot1dTpFdbPort.MAC */
		     BRIDGE_VLAN_FDB, /* dot1qVlanFdbId.TIME.VLAN */
		     BRIDGE_QFDB,     /* dot1qTpFdbPort.FDB.MAC */
		     BRIDGE_PVID,     /* dot1qPvid.PORT */
		     BRIDGE_IF_NAME,
		     BRIDGE_IF_DESCR,
		     BRIDGE_IF_ALIAS,
		     BRIDGE_LOC_SUBTYPE, /* lldpLocPortIdSubtype.PORT */
		     BRIDGE_LOC_ID,
		     BRIDGE_REM_CHASSIS, /* lldpRemChassisId.TIME.PORT.N */
		     BRIDGE_REM_PORT,
		     BRIDGE_REM_NAME,
		     BRIDGE_REM_CAPS, /* lldpRemSysCapEnabled */
		     BRIDGE_COLUMNS
};

struct bridge_value {
	bool is_number; /* INTEGER, Unsigned32, TimeTicks, …; else OCTET STRING */
	uint32_t number;
	struct bytes octets;
};

struct bridge;

MUST_CHECK enum rc bridge_new(struct bridge **ret_b);
void bridge_free(struct bridge *b); /* NULL is fine */

/* `context`: 0, or the VLAN whose tables these are, where a switch keeps them apart. */
void bridge_row(struct bridge *b, unsigned context, enum bridge_column c, const uint32_t *index,
		size_t n_index, const struct bridge_value *v);

size_t bridge_macs(const struct bridge *b);  /* rows of learned MACs */
bool bridge_is_full(const struct bridge *b); /* something found no room */

/* Where the MAC was learned: a MESSAGE_PORT for each port, at most `max`. Call when all rows are
 * in. */
size_t bridge_find(struct bridge *b, const struct mac *mac, struct message *ports, size_t max);

/* A row of ipNetToMediaPhysAddress (is_old) or ipNetToPhysicalPhysAddress. False: not Ethernet, or
 * nonsense. */
bool bridge_arp_row(bool is_old, const uint32_t *index, size_t n_index,
		    const struct bridge_value *v, struct addr *ret_addr, struct mac *ret_mac);

#endif
