/*
 * hosts - the list of machines that `quell hosts` prints, one writer per format.
 *
 * Rows come one at a time, so that a long list needs no memory. `human` is a table for a tired
 * administrator, `json` is quell.hosts/1 (doc/hosts.schema.json), `csv` one line per machine that
 * `quell hosts import` reads back. What the network sent is escaped.
 */
#ifndef INVENTORY_HOSTS_H
#define INVENTORY_HOSTS_H

#include "report/report.h"
#include "store/store.h"

struct hosts_head {         /* borrowed until the end */
	const char *filter; /* as query_print() writes it */
	uint64_t limit;     /* 0: all */
	FILE *to;
	struct report_style style;
};

struct hosts_writer {
	MUST_CHECK enum rc (*begin)(const struct hosts_head *head, void **ret_state);
	/* RC_IO: errno tells; RC_NOMEM. */
	MUST_CHECK enum rc (*row)(void *state, const struct store_row *r);
	/* After the last row, also if there was none. `total`: matches without the limit. */
	MUST_CHECK enum rc (*end)(void *state, uint64_t total);
	void (*free)(void *state); /* NULL is fine */
};

extern const struct hosts_writer hosts_human, hosts_json, hosts_csv;

/* What one machine's flags say of where it is known from: "wire list". `text` holds HOSTS_FROM. */
enum { HOSTS_FROM = 24 };
const char *hosts_from(unsigned flags, char *text);

#endif
