/*
 * fact - one thing that one source said about one machine, for a time.
 *
 * A fact has a subject (an address, a MAC address, a machine's name, or several of them: then they
 * belong together), a kind with its value, a source, and the time between its first and its last
 * sighting. Facts are all that sensors, lists and questions say of machines; who is who follows
 * from them alone (host/resolve.h). So they can come in any order and any number of times: two
 * facts with the same key (fact_cmp_key) whose times overlap or touch are one, from the earlier
 * first to the later last, with the greater count (fact_merge). Times that do not touch stay
 * apart, because somebody else may have had the address in between.
 *
 * Texts are UTF-8, borrowed, "" where there is none, never NULL.
 */
#ifndef MODEL_FACT_H
#define MODEL_FACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/rc.h"

enum fact_kind { /* numbers are stored: never renumbered */
		 FACT_LINK =
			 1, /* subject alone: the address, the MAC, the name are one machine's */
		 FACT_NAME = 2,   /* computer name, without domain, as sent: "LAP-7" */
		 FACT_FQDN = 3,   /* "lap-7.corp.example" */
		 FACT_DOMAIN = 4, /* workgroup, NT domain, realm or DNS domain that it is in */
		 FACT_USER = 5,   /* "DOMAIN\user", "user@REALM" or "user" */
		 FACT_OS = 6, /* in words of host/os.h: "Windows XP", "Windows 10 (build 19045)" */
		 FACT_ID = 7, /* kept by a machine over its NICs: "duid:…", "guid:…", "client:…" */
		 FACT_ROLE = 8,   /* one of: "dc" "server" "master-browser" "router" "nat" "proxy"
				   * "terminal-server" "dhcp-server" "printer" "virtual-address" */
		 FACT_PLACE = 9,  /* where it is: "switch 2nd-floor, Gi1/0/17, 'room 214'" */
		 FACT_OWNER = 10, /* of the machine, from a list */
		 FACT_PHONE = 11,
		 FACT_NOTE = 12,   /* a comment, as sent or listed */
		 FACT_VENDOR = 13, /* of the hardware, from a list; that of the MAC is looked up */
		 FACT_PATCH = 14,  /* an installed update, from a list: "KB958644" */
		 FACT_KINDS
};

enum fact_source { /* numbers are stored: never renumbered */
		   FROM_ARP = 1,
		   FROM_ND = 2,   /* IPv6 neighbour discovery */
		   FROM_LINK = 3, /* Ethernet source of IP packets */
		   FROM_DHCP = 4, /* DHCPv4, leases as the server gave them */
		   FROM_DHCP6 = 5,
		   FROM_NBNS = 6,    /* NetBIOS name registrations and answers */
		   FROM_BROWSER = 7, /* announcements in \MAILSLOT\BROWSE */
		   FROM_LLMNR = 8,
		   FROM_MDNS = 9,
		   FROM_DNS = 10,
		   FROM_NTLM = 11, /* AUTHENTICATE of a client; CHALLENGE of a server */
		   FROM_KERBEROS = 12,
		   FROM_SMB1 = 13, /* native OS, LAN manager */
		   FROM_SMB2 = 14, /* NEGOTIATE: GUIDs, boot time, dialect */
		   FROM_HTTP = 15, /* User-Agent */
		   FROM_LLDP = 16,
		   FROM_CDP = 17,
		   FROM_SYN = 18,          /* shape of TCP SYNs */
		   FROM_ASK_NBSTAT = 32,   /* quell asked: NetBIOS node status */
		   FROM_ASK_DNS = 33,      /* reverse look-up */
		   FROM_ASK_SMB = 34,      /* negotiate and NTLM challenge */
		   FROM_ASK_PROFILES = 35, /* profile folders on c$ */
		   FROM_ASK_SWITCH = 36,   /* SNMP: bridge tables, ports, neighbours */
		   FROM_ASK_ROUTER = 37,   /* SNMP: ARP table */
		   FROM_LIST_CSV = 64,     /* the operator's own list */
		   FROM_LIST_DHCP = 65,    /* a DHCP server's leases or log */
		   FROM_LIST_ARP = 66,     /* arp -a, ip neigh, arpwatch */
		   FROM_LIST_NMAP = 67,
		   FROM_LIST_AD = 68,
		   FROM_LIST_WSUS = 69, /* WSUS, SCCM */
		   FROM_LIST_ZEEK = 70,
		   FROM_LIST_EVE = 71,
		   FROM_SCRIPT = 72,   /* told there: quell's collection script, systeminfo, wmic */
		   FROM_HIVE = 73,     /* a saved copy of its registry */
		   FROM_OPERATOR = 96, /* quell hosts set */
};

struct fact {
	uint8_t kind, source; /* enum fact_kind, enum fact_source */
	uint8_t confidence;   /* 1..100: that it was true of the subject at that time */
	bool has_mac;
	bool is_ended; /* it stopped at last_ns: a release, a name given back */
	struct mac mac;
	struct addr addr; /* zero: none */
	const char *host; /* the subject's name where it is known by that, "" otherwise */
	const char *value;
	const char *origin;  /* who told: sensor, capture or list; the least one of those merged */
	const char *machine; /* id it has in the store, "" */
	uint64_t first_ns, last_ns; /* since 1970; last_ns >= first_ns */
	uint64_t until_ns;          /* a lease: granted until then; 0: no such word */
	uint64_t count;             /* sightings */
	uint64_t packet;            /* frame number of the first, in `origin`; 0: none */
};

struct fact_sink { /* facts are borrowed for the call */
	void (*fact)(void *ctx, const struct fact *f);
	void *ctx;
};

const char *fact_kind_name(unsigned kind);     /* "name"; never NULL */
const char *fact_source_name(unsigned source); /* "dhcp", "ask-nbstat", …; never NULL */
/* In words for people: "DHCP", "asked: NetBIOS node status". */
const char *fact_source_words(unsigned source);
MUST_CHECK enum rc fact_kind_parse(const char *name, unsigned *ret_kind);
MUST_CHECK enum rc fact_source_parse(const char *name, unsigned *ret_source);

/* Who says so: the network itself, a question of ours, a list, the operator. */
static inline bool fact_is_wire(unsigned source)
{
	return source < FROM_ASK_NBSTAT;
}
static inline bool fact_is_asked(unsigned source)
{
	return source >= FROM_ASK_NBSTAT && source < FROM_LIST_CSV;
}
static inline bool fact_is_listed(unsigned source)
{
	return source >= FROM_LIST_CSV && source < FROM_OPERATOR;
}

/* Kind, source, subject, value; names and domains without regard to case. Then times. A total
 * order over everything but machine: what is sorted by it is the same every time. */
int fact_cmp_key(const struct fact *a, const struct fact *b);
int fact_cmp(const struct fact *a, const struct fact *b);

/* Same key, and their times overlap or touch? */
bool fact_meets(const struct fact *a, const struct fact *b);

/* Makes `a` cover `b` too; only after fact_meets(). */
void fact_merge(struct fact *a, const struct fact *b);

/* Sorts and merges in place. Returns how many are left. */
size_t facts_tidy(struct fact *facts, size_t n);

#endif
