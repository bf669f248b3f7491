/*
 * campaign - a planned cure: which machines, in which waves, and how far each has come.
 *
 * A member is one machine in one campaign, against one weakness (and the threats that use it). Its
 * stage and marks change only by the table in campaign/rules.c. What happened is in the journal,
 * which only grows. Plain records.
 */
#ifndef MODEL_CAMPAIGN_H
#define MODEL_CAMPAIGN_H

#include "model/machine.h"

enum stage {                           /* numbers are stored: never renumbered */
	     STAGE_UNKNOWN = 0,        /* nothing is known of its patch */
	     STAGE_EXPOSED = 1,        /* the patch is missing */
	     STAGE_REBOOT_PENDING = 2, /* installed, not in effect */
	     STAGE_PATCHED = 3,        /* or not affected */
	     STAGE_CLEANED = 4,        /* the cleaning tool ran, or found nothing */
	     STAGE_PROTECTED = 5,      /* anti-malware runs */
	     STAGE_UPDATED = 6,        /* with current signatures */
	     STAGE_QUIET = 7,          /* proved on the wire: epidemic/proof.h */
	     STAGES
};

const char *stage_name(enum stage s); /* "reboot-pending"; never NULL */
MUST_CHECK enum rc stage_parse(const char *name, enum stage *ret_s);

enum member_marks {                         /* bits, stored */
		    MEMBER_INFECTED = 1,    /* by the wire, or by what the cleaning tool found */
		    MEMBER_QUARANTINED = 2, /* cut off */
		    MEMBER_FORCED = 4, /* a rule was overridden, and who did is in the journal */
		    MEMBER_PROTECTED_FIRST = 8, /* protection before the patch, with a reason */
		    MEMBER_FAILED = 16,         /* the last step failed: `code` */
		    MEMBER_REINFECTED = 32,     /* once cleaned, and infected again */
		    MEMBER_NOT_AFFECTED = 64,
		    MEMBER_CONTRADICTED = 128, /* sources disagree: `why` says how */
		    MEMBER_CLEANED = 256,      /* the cleaning tool has run, whatever the stage */
		    /* patched as a result says; no assessment has seen it */
		    MEMBER_CLAIMED = 512,
		    MEMBER_PROTECTED = 1024, /* anti-malware runs, whatever the stage */
		    MEMBER_UPDATED = 2048,   /* its signatures are current, whatever the stage */
		    MEMBER_MARKS = 4096,     /* all of them are below it */
};

struct member {
	char machine[MACHINE_ID];
	uint32_t wave; /* 0: in none yet */
	enum stage stage;
	unsigned marks;      /* enum member_marks */
	uint64_t stage_ns;   /* since when */
	uint64_t patch_ns;   /* of the newest that told of its patch; 0: nothing did */
	uint64_t cleaned_ns; /* when the silence that is to be proved begins; 0: never */
	uint64_t tried_ns;   /* the last result that came back; 0: none */
	int64_t code;        /* of the last result, as its channel says: 0, 3010, 0x80070005 */
	double p_quiet;      /* epidemic/proof.h's p_heard, when last computed */
	const char *why;     /* one sentence: why it is where it is; never NULL */
};

enum wave_state { WAVE_WAITING, WAVE_OPEN, WAVE_PAUSED, WAVE_DONE, WAVE_ABORTED, WAVE_STATES };
const char *wave_state_name(enum wave_state s);

struct wave {
	uint32_t num;     /* 1: the pilot */
	const char *name; /* "pilot", "ring 1", "10.1.2.0/24" */
	enum wave_state state;
	/* The gate, through which the next wave goes: share of this one's members that are patched,
	 * and at most this share failed. */
	double gate_patched, gate_failed; /* 0..1 */
	uint64_t opened_ns;               /* 0: not yet */
};

struct campaign_file {             /* what a kit brings along */
	const char *role;          /* "patch" "cleaner" "protection" "update" */
	const char *path, *sha256; /* hexadecimal, lower case */
	const char *signer;        /* expected; or "" */
	const char *args;          /* for a silent run; or "" */
	const char *os;            /* for which: "5.1", "6.1 x64", or "": for all */
};

struct campaign {
	const char *id;       /* what the operator calls it: kebab case, unique in the store */
	const char *weakness; /* of the catalogue: "ms08-067" */
	const char *patch;    /* "KB958644": the one patch */
	const char *strategy; /* "generic": as chosen; or "" */
	const char *state;    /* "open" "paused" "aborted" "done" */
	uint64_t made_ns;
	double stop_failed; /* stop condition: share of failures of a wave at which it pauses by
			       itself */
	const struct campaign_file *files;
	size_t n_files;
};

/* A line of the journal. Lines are chained: hash = SHA-256 over the previous hash and this line's
 * fields (campaign/journal.h), so that what is changed, removed or put between is found. */
enum { JOURNAL_HASH = 32 };

struct journal_line { /* borrowed for the call */
	uint64_t num; /* 1, 2, 3 … */
	uint64_t at_ns;
	const char *campaign; /* "": of none, such as a strategy that was overridden */
	const char *who, *act, *machine, *text; /* machine: its id, or "" */
	uint8_t prev[JOURNAL_HASH], hash[JOURNAL_HASH];
};

#endif
