/* waves - who goes first, and when the next may go. Pure. */
#ifndef CAMPAIGN_WAVES_H
#define CAMPAIGN_WAVES_H

#include "campaign/rules.h"

enum wave_order { WAVES_INFECTED_FIRST, WAVES_BY_NETWORK, WAVES_BY_IMPORTANCE, WAVE_ORDERS };
MUST_CHECK enum rc wave_order_parse(const char *name, enum wave_order *ret_o);
const char *wave_order_name(enum wave_order o);

struct wave_candidate {
	const char *machine;
	struct addr addr; /* zero: none */
	bool is_infected, is_server;
	unsigned importance; /* 0..5 */
	uint32_t wave;       /* out: its number */
};

struct wave_plan {
	enum wave_order order;
	size_t pilot;    /* machines in wave 1: of every kind some, never the most important */
	size_t ring;     /* machines in each ring after it, at most; 0: one ring for all */
	unsigned prefix; /* of an IPv4 network for WAVES_BY_NETWORK: 24 */
};

/* Numbers every candidate's wave, from `first` on. The same candidates in any order get the same
 * waves. RC_NOMEM. */
MUST_CHECK enum rc waves_plan(const struct wave_plan *p, uint32_t first,
			      struct wave_candidate *list, size_t n, uint32_t *ret_last);

struct wave_count {
	size_t n, by_stage[STAGES], infected, failed, quarantined, reported;
	struct {
		int64_t code;
		size_t n;
	} codes[8]; /* most frequent failure codes */
	size_t n_codes;
};

enum gate { GATE_OPEN, GATE_SHUT, GATE_STOP /* the stop condition: pause */ };
enum gate wave_gate(const struct wave *w, const struct wave_count *count, double stop_failed,
		    char *why, size_t why_len);

#endif
