/*
 * finding - one thing that one machine did, with its evidence.
 *
 * `source` is always the machine that acts, whichever side opened the connection. Findings are
 * keyed by (threat, class, source, target): a later copy of the same key replaces or adds to the
 * earlier one (finding_merge), so they can arrive in any order and any number of times.
 */
#ifndef MODEL_FINDING_H
#define MODEL_FINDING_H

#include "base/addr.h"
#include "base/rc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum finding_class { /* DESIGN.md section 5; the order is the report's, never renumbered */
		     CLASS_EXPLOIT,
		     CLASS_CHECK,
		     CLASS_IMPLANT,
		     CLASS_RENDEZVOUS,
		     CLASS_TRANSFER,
		     CLASS_CREDENTIAL,
		     CLASS_LATERAL,
		     CLASS_SCAN,
		     CLASSES
};

enum {
	FINDING_PACKETS = 8,
	FINDING_DETAILS = 16,
	FINDING_DETAIL_BYTES = 768, /* all of them, packed */
	FINDING_WHY = 320,
	DETAIL_KEY = 32, /* with the NUL, as the next */
	DETAIL_TEXT = 160,
};

/* What the reason rests on, for machines to read. A view, borrowed from the finding until it
 * changes. */
struct detail {
	const char *key; /* snake_case */
	bool is_number;
	double number;
	const char *text; /* UTF-8; "" for a number */
};

struct finding {
	char threat[32]; /* id in the catalogue: "ms08-067" */
	enum finding_class class;
	struct addr source, target;
	bool has_target;
	uint64_t first_ns, last_ns;
	uint64_t count;                    /* how often it was seen */
	uint64_t packets[FINDING_PACKETS]; /* frame numbers over all files, ascending, the first
					      ones */
	unsigned n_packets;
	unsigned confidence;   /* 1..100: that it is what its class says */
	char why[FINDING_WHY]; /* one sentence for the operator, UTF-8, with a packet number */
	unsigned n_details;
	unsigned details_len;                  /* bytes used of `details` */
	uint8_t details[FINDING_DETAIL_BYTES]; /* finding.c knows how; there are thousands of
						  findings, and most details are short */
};

/* Confidence for choosing whose reason to show: past FINDING_SURE, what came first says more than
 * another percent. */
enum { FINDING_SURE = 90 };
static inline unsigned finding_sureness(const struct finding *f)
{
	return f->confidence < FINDING_SURE ? f->confidence : FINDING_SURE;
}

const char *finding_class_name(enum finding_class c); /* "exploit"; never NULL */
MUST_CHECK enum rc finding_class_parse(const char *name, enum finding_class *ret_class);

/* Adds one, or replaces it in its place; a full list drops it and keeps what there is. Text is cut
 * to fit, at a UTF-8 boundary; bytes that are not UTF-8 become U+FFFD. */
void finding_detail_text(struct finding *f, const char *key, const char *text);
void finding_detail_number(struct finding *f, const char *key, double number);

/* Walks the details in their order; *at starts as 0. False: there are no more. */
bool finding_detail_next(const struct finding *f, unsigned *at, struct detail *ret_d);

/* False: there is none of this key. */
bool finding_detail_get(const struct finding *f, const char *key, struct detail *ret_d);

/* Same key: sums nothing twice. `b` adds to `a` as a further sighting. */
void finding_add(struct finding *a, const struct finding *b);

/* threat, class, source, target, first: the order of the report. */
int finding_cmp(const struct finding *a, const struct finding *b);

#endif
