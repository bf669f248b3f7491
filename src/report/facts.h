/*
 * facts - what more than one writer tells of an outbreak: counters by name, times, evidence.
 *
 * Nothing here depends on the locale, so that reports are the same to the byte everywhere.
 */
#ifndef REPORT_FACTS_H
#define REPORT_FACTS_H

#include "model/outbreak.h"
#include "report/community_id.h"

/* A counter of struct coverage: its name in JSON, and in words where it is worth telling people. */
struct coverage_field {
	const char *key;
	const char *one, *many; /* "encrypted SMB connection": NULL where people need not know */
	size_t offset;
	bool is_blind; /* something was there that could not be looked into */
};

/* Ended by an entry with a NULL key. */
extern const struct coverage_field coverage_fields[];

uint64_t coverage_field_get(const struct coverage *c, const struct coverage_field *field);

/* "1,234,567". `text` holds COUNT_TEXT. Returns it. */
enum { COUNT_TEXT = 28 };
const char *count_format(uint64_t n, char *text);

/* "12 min 8 s", "3 h 20 min", "2 days 4 h". `text` holds SPAN_TEXT. */
enum { SPAN_TEXT = 48 };
const char *span_format(uint64_t seconds, char *text);

/* "3 min ago", "2 days 4 h ago", "in 5 min" for a lease. `text` holds AGE_TEXT. Returns it. */
enum { AGE_TEXT = 64 };
const char *age_format(uint64_t at_ns, uint64_t now_ns, char *text);

/* The two ends of a finding's connection, if its details name the ports and the protocol
 * (source_port, target_port, proto: "TCP" or "UDP") and there is a target. */
bool finding_five_tuple(const struct finding *f, struct five_tuple *ret_tuple);

/* A machine that is to be dealt with. */
static inline bool host_is_loose(const struct host *h)
{
	return h->verdict == VERDICT_INFECTED || h->verdict == VERDICT_SUSPECTED;
}

/* Over all of its threats; 0 where there are none. */
uint64_t host_attempts(const struct host *h);
uint64_t host_first_ns(const struct host *h);
uint64_t host_last_ns(const struct host *h);

/* Different machines over all of its threats. RC_NOMEM. */
MUST_CHECK enum rc host_count_targets(const struct host *h, size_t *ret_n);

/* Reads `text` as UTF-8 whatever it is; the result is the caller's to free(). NULL: no memory. */
char *text_valid(const char *text);

/* As text_valid(), and fit for a terminal. */
char *text_shown(const char *text);

#endif
