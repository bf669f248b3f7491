/*
 * outbreak - the whole answer: what every report, page and store is written from.
 *
 * Built by outbreak/ from findings, sightings and coverage; plain records, sorted, owned as one.
 */
#ifndef MODEL_OUTBREAK_H
#define MODEL_OUTBREAK_H

#include "model/coverage.h"
#include "model/finding.h"
#include "model/machine.h"

struct tree;

enum verdict { /* ascending: the strongest wins */
	       VERDICT_NO_EVIDENCE,
	       VERDICT_TARGETED,
	       VERDICT_SCANNER,
	       VERDICT_SUSPECTED,
	       VERDICT_INFECTED,
	       VERDICTS
};

const char *verdict_name(enum verdict v); /* "no-evidence"; never NULL */

enum { SIGHTING_MACS = 4 };

/* An address that was heard to speak. */
struct sighting {
	struct addr addr;
	struct mac macs[SIGHTING_MACS]; /* on the sensor's own segment only */
	unsigned n_macs;
	bool more_macs;
	bool has_spoken;      /* false: only heard of, as the target of attempts */
	uint64_t attempts_to; /* connections to it that were heard: on its behalf we listen */
	uint64_t first_ns, last_ns;
};

struct host_threat {
	char id[32];
	uint64_t attempts;    /* sum of the findings' counts */
	struct addr *targets; /* sorted, owned by the outbreak */
	size_t n_targets;
	uint64_t first_ns, last_ns;
};

/* A machine, as far as the evidence tells one from another; else an address. */
struct host {
	const struct machine *machine; /* borrowed; NULL: known by its address only */
	struct addr *addrs; /* that it had or has, sorted; none: only its MAC was heard */
	size_t n_addrs;
	const char **notes; /* sentences: what to mind about who it is */
	size_t n_notes;
	struct sighting seen; /* of all its addresses; seen.addr is where to look for it now */
	enum verdict verdict;
	double confidence; /* 0..1 */
	const char **why;  /* sentences, strongest first */
	size_t n_why;
	struct host_threat *threats; /* sorted by id; what it did, not what was done to it */
	size_t n_threats;
	const char *trusted; /* its name in the settings if its findings are suppressed, or NULL */
};

/* How likely a scanning machine would have been heard by now: outbreak/listening.c,
 * doc/listening.md */
struct listening {
	bool is_meaningful; /* false: nothing was listened for long enough to say, or no time */
	double minutes;     /* capture time covered */
	unsigned local_addresses; /* size of the local networks assumed or set */
	unsigned heard_addresses; /* addresses on whose behalf the sensor hears attempts */
	double p_local,
		p_random; /* probability heard by now: local mode, random mode of Conficker */
	double minutes_to_95_local, minutes_to_95_random; /* more minutes; 0: reached; < 0: never */
};

struct own_address { /* of the machine that listens */
	struct addr addr;
	unsigned bits; /* of its network, as in struct net */
};

struct source_info {
	const char *kind;   /* "file", "live" or "store" */
	const char **names; /* files or interface */
	size_t n_names;
	const uint64_t *first_seq; /* files: seq of each one's first frame; NULL otherwise */
	uint64_t packets, bytes;
	uint64_t first_ns, last_ns;    /* of the packets' own times; 0: nothing came */
	uint64_t listened_ns;          /* by a clock that never goes back (base/monotime.h) */
	const struct own_address *own; /* live: what is called there is heard; NULL: not known */
	size_t n_own;
	const char *switch_port; /* where the sensor is plugged in, as LLDP and CDP say, or NULL */
	bool is_interrupted;     /* ended by a signal, or the interface went away */
	const char *note;        /* what the reader should know of the source, or NULL */
};

struct outbreak {
	struct source_info source; /* borrowed from the caller */
	struct coverage coverage;
	struct listening listening;
	struct host *hosts; /* worst verdict first, then by address, then by machine */
	size_t n_hosts;
	size_t n_hosts_left_out;         /* no evidence, and more than the limit to list */
	const struct machines *machines; /* borrowed from the caller; NULL: not known */
	const struct finding **findings; /* finding_cmp order; borrowed from the caller */
	size_t n_findings;
	uint64_t findings_left_out;
	size_t by_verdict[VERDICTS];
	struct tree *tree; /* who infected whom, by place in hosts; NULL: not asked for. Freed with
			      this */
	struct arena *arena; /* owns everything else, and this struct itself */
};

void outbreak_free(struct outbreak *o); /* NULL is fine */

/* "file" and number of a frame counted over all files: Wireshark's frame.number of that file. */
uint64_t source_frame(const struct source_info *s, uint64_t seq, const char **ret_name);

#endif
