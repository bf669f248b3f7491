/* runs - a run as rows, between those who make it, write it and read it back. */
#ifndef STORE_RUNS_H
#define STORE_RUNS_H

#include "store/inside.h"

struct finding_row {
	const char *threat, *why;
	int64_t class;
	struct bytes source, target; /* 4 or 16 bytes; no target: none */
	struct bytes body;           /* exchange_pack_finding() */
	struct addr source_addr, target_addr;
	bool has_target;
	uint64_t first_ns, last_ns, count;
	unsigned confidence;
	int64_t source_num; /* as read */
};

struct judgement_row {
	struct bytes addr;
	struct addr at;
	int64_t verdict;
	double confidence;
	const char *why;
	uint64_t first_ns, last_ns; /* last: the time that it is about */
	int64_t num;                /* as read */
};

struct run_rows {
	const char *id, *sensor, *kind, *names, *note;
	uint64_t first_ns, last_ns, listened_ns, packets, bytes;
	int64_t is_interrupted;
	struct bytes coverage; /* exchange_pack_coverage() */
	struct finding_row *findings;
	size_t n_findings;
	struct judgement_row *judgements;
	size_t n_judgements;
	struct arena *arena; /* owns everything */
};
void run_rows_done(struct run_rows *r);

/* Makes the store say so of this run. Adds to *rows. Sorts the lists. */
MUST_CHECK enum rc run_write(struct store *s, struct run_rows *r, uint64_t *rows);

/* Findings and verdicts of run `num`, in the order of their keys, into `r` with its arena. */
MUST_CHECK enum rc run_read_rows(struct store *s, int64_t num, struct run_rows *r);

/* Everything of run `num`; `r` with its arena. RC_END: there is none. */
MUST_CHECK enum rc run_read(struct store *s, int64_t num, struct run_rows *r);

#endif
