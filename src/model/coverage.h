/*
 * coverage - what was heard and what was not: an answer without it is not an answer.
 *
 * Counters only, so that those of workers and sensors add up in any order.
 */
#ifndef MODEL_COVERAGE_H
#define MODEL_COVERAGE_H

#include <stddef.h>
#include <stdint.h>

enum { COVERAGE_NAMED = 48 };

/* A limit whose name ends so kept everything, in fewer records. */
#define LIMIT_JOINED ", joined"

/* Names and addresses that were not told: it says nothing of worms. */
#define LIMIT_IDENTITY "identities told"
#define LIMIT_FACTS    "identity facts"

struct named_count { /* "smb1: andx-loop" and how often */
	char name[48];
	uint64_t n;
};

struct coverage {
	uint64_t packets, bytes;
	uint64_t lost_packets; /* kernel, ring and interface together */
	uint64_t cut_packets;  /* shorter than on the wire */
	uint64_t truncated_files;
	uint64_t skipped_records;
	uint64_t undecoded_packets; /* link types or protocols that quell does not read */
	uint64_t fragments_lost;    /* of datagrams never completed */
	uint64_t flows, midstream_flows, one_sided_flows;
	uint64_t streams;
	uint64_t gap_bytes, dropped_bytes;
	uint64_t shed_flows, shed_streams;
	uint64_t undecided_attempts;
	uint64_t differing_overlaps;
	uint64_t encrypted_smb_flows, compressed_smb_flows, sealed_rpc_flows;
	uint64_t malformed;                           /* all of the below together */
	struct named_count anomalies[COVERAGE_NAMED]; /* by protocol and kind; sorted by name */
	size_t n_anomalies;
	struct named_count limits[COVERAGE_NAMED]; /* limits hit, in words; sorted by name */
	size_t n_limits;
};

/* Adds n to the entry `name` of a sorted list; a full list counts under "other". */
void named_count_add(struct named_count *list, size_t *len, const char *name, uint64_t n);

void coverage_add(struct coverage *sum, const struct coverage *more);

/* Did this lose or shed so much that "nothing found" says little? The rule is in doc/coverage.md.
 */
int coverage_is_low(const struct coverage *c);

#endif
