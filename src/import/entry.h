/*
 * entry - what one row of a list says of one machine, and the facts that follow.
 *
 * Readers of every format fill an entry and emit it, so that all lists speak alike: what counts as
 * an address or a name, which subject a fact hangs on, and how sure it is (a table by source and
 * kind in entry.c).
 *
 * Subjects: a row with a MAC address is about that MAC; its addresses are FACT_LINKs of address and
 * MAC. Without one, an inventory's row is about its name (`host`), because its address may be
 * somebody else's by now, and a FACT_LINK ties the two; rows of other lists are about address and
 * name together. Several MACs in a row are tied to the name each.
 */
#ifndef IMPORT_ENTRY_H
#define IMPORT_ENTRY_H

#include "import/import.h"
#include "import/lines.h"
#include "import/words.h"

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

/* DHCP's client identifier (RFC 2132 9.14, RFC 4361), as bytes: one that holds only a MAC says no
 * more than that, and is passed over. And a DUID by itself (RFC 8415 11). */
enum { ENTRY_ID_MAX = 130 };
void entry_client_id(struct entry *e, struct bytes id);
void entry_duid(struct entry *e, struct bytes duid);

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

/* Emits the entry's facts. False: it has no subject, so there are none. */
bool work_tell(struct work *w, uint64_t line);

/* Emits the facts; a row that has no subject is bad. */
void work_use(struct work *w, uint64_t line);
__attribute__((format(printf, 3, 4))) void work_bad(struct work *w, uint64_t line,
						    const char *format, ...);
void work_skip(struct work *w);
/* Does not end the row. */
__attribute__((format(printf, 3, 4))) void work_odd(struct work *w, uint64_t line,
						    const char *format, ...);

/* Calls `take` for each line from where `from` stands; each is a row, and one too long is bad. */
typedef void work_take(struct work *w, const struct line *line, void *ctx);
MUST_CHECK enum rc work_lines(struct work *w, FILE *from, work_take *take, void *ctx);

/* How many of the first lines look like a format's own: 85, 45 or 0. */
enum look {
	LOOK_NOTHING, /* says nothing either way: empty, a comment, a heading */
	LOOK_OTHER,
	LOOK_LIKE,
	LOOK_SURE
};
unsigned match_lines(struct bytes head, enum look (*look)(struct bytes line));

/* The time of the list itself. */
uint64_t work_now(const struct work *w);

/* `text` cut and made printable enough for a message; `to` holds WORK_SHOW. */
enum { WORK_SHOW = 80 };
const char *work_show(struct bytes text, char *to);

#endif
