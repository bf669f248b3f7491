/*
 * entry - what one row of a list says of one machine, and the facts that follow.
 *
 * Readers of every format fill an entry and emit it, so that all lists speak alike: what counts as
 * an address or a name, which subject a fact hangs on, and how sure it is (a table by source and
 * kind in entry.c).
 *
 * Subjects: a row with a MAC address is about that MAC; its addresses are FACT_LINKs of address and
 * MAC. A row without one is about its address and its name together, and a row that has nothing but
 * a name is about the name (`host`). Several MACs in a row are tied to the name each.
 */
#ifndef IMPORT_ENTRY_H
#define IMPORT_ENTRY_H

#include "import/import.h"

enum { ENTRY_ADDRS = 16, ENTRY_MACS = 8, ENTRY_TEXTS = 64, ENTRY_VALUE = 512, ENTRY_ROOM = 16384 };

struct entry_text {
	uint8_t kind; /* enum fact_kind */
	const char *value;
};

struct entry {
	struct addr addrs[ENTRY_ADDRS];
	struct mac macs[ENTRY_MACS];
	unsigned n_addrs, n_macs, n_texts;
	const char *name; /* computer name; "" */
	const char *fqdn;
	uint64_t first_ns, last_ns; /* 0: the list does not say: then its own time */
	uint64_t until_ns;
	bool is_ended;
	unsigned lost; /* things that had no room here: told as odd */
	struct entry_text texts[ENTRY_TEXTS];
	size_t used;
	char room[ENTRY_ROOM];
};

void entry_begin(struct entry *e);

/* One or several, divided by blanks, commas, semicolons, bars or braces; a prefix length or port
 * is ignored. Empty is fine. False: something in it is no address; the others are taken. Addresses
 * that no machine has (0.0.0.0, multicast, loopback) and link-local ones are passed over. */
bool entry_addrs(struct entry *e, struct bytes text);
/* Likewise. Zero, broadcast and group addresses are passed over. */
bool entry_macs(struct entry *e, struct bytes text);
void entry_addr(struct entry *e, const struct addr *a);
void entry_mac(struct entry *e, const struct mac *m);

/* "LAP-7", "LAP-7$", "CORP\LAP-7", "lap-7.corp.example", "lap-7.corp.example.": name, FQDN and
 * domain. False: not a name; empty, "?", "*" and the like are fine. */
bool entry_name(struct entry *e, struct bytes text);

/* Any other kind. Blanks around it go, control characters become blanks; empty is passed over. */
void entry_text(struct entry *e, enum fact_kind kind, struct bytes text);

/* An operating system as lists write it, in the words of the facts; `version` may be "10.0
 * (19045)", "10.0.19045.3803" or empty. */
void entry_os(struct entry *e, struct bytes os, struct bytes version);

/* Six bytes with any separators or none; on BSD also "0:c:29:1:2:3". `01` in front (a hardware
 * type) is taken off. RC_INVAL. */
MUST_CHECK enum rc mac_parse(struct bytes text, struct mac *ret_mac);
/* A single address, without blanks around it. RC_INVAL. */
MUST_CHECK enum rc addr_parse_bytes(struct bytes text, struct addr *ret_addr);

struct bytes text_trim(struct bytes text);         /* of blanks and quotes */
struct bytes text_word(struct bytes *text);        /* off the front, up to a blank; empty: none */
bool text_is(struct bytes text, const char *word); /* without regard to ASCII's case */
bool text_starts(struct bytes text, const char *word); /* likewise */
bool text_has(struct bytes text, const char *word);    /* likewise, anywhere */

/* --- a run over a file: every row ends in exactly one of these --- */

struct work {
	const struct import_options *opt;
	const struct import_out *out;
	struct import_result *ret;
	unsigned source; /* enum fact_source */
	struct entry *e; /* owned */
};

MUST_CHECK enum rc work_begin(struct work *w, const struct import_options *opt,
			      const struct import_out *out, struct import_result *ret,
			      unsigned source);
void work_end(struct work *w);

/* Emits the facts; a row that has no subject is bad. */
void work_use(struct work *w, uint64_t line);
__attribute__((format(printf, 3, 4))) void work_bad(struct work *w, uint64_t line,
						    const char *format, ...);
void work_skip(struct work *w);
/* Does not end the row. */
__attribute__((format(printf, 3, 4))) void work_odd(struct work *w, uint64_t line,
						    const char *format, ...);

/* The time of the list itself. */
uint64_t work_now(const struct work *w);

/* `text` cut and made printable enough for a message; `to` holds WORK_SHOW. */
enum { WORK_SHOW = 80 };
const char *work_show(struct bytes text, char *to);

#endif
