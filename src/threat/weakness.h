/*
 * weakness - the holes that worms use: which Windows versions have them, and which file version,
 * build or update closes them.
 *
 * Data, not code: data/catalogue/ and data/baselines/ (YAML, each row with its source), built into
 * the program (knowledge.h) and replaceable at run time. Constant once read. File versions are
 * compared within a branch only: a Vista file of 6.0.6001.18157 is fixed on GDR, and 6.0.6001.22100
 * on LDR is not, though its number is higher (FACTS: version tables of the vendor's bulletins).
 */
#ifndef THREAT_WEAKNESS_H
#define THREAT_WEAKNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

struct version { /* "6.0.6001.18157"; missing parts are 0 */
	uint16_t part[4];
};

/* False: no version. Up to four decimal numbers with dots. */
bool version_parse(const char *text, struct version *ret_v);
int version_cmp(const struct version *a, const struct version *b);

enum branch {
	BRANCH_ANY,
	BRANCH_GDR, /* fourth part below 20000, on Windows 6.0 and later */
	BRANCH_LDR, /* 20000 and above */
};

enum fixed_by {
	FIXED_BY_FILE,   /* `version` of the weakness' file, or later */
	FIXED_BY_BUILD,  /* `ubr` of this build, or later: Windows 10 and after */
	FIXED_BY_UPDATE, /* no version is known: `kbs` tell what to install, and prove nothing */
	FIXED_AT_RELEASE /* this service pack and later ones never had the hole: not affected */
};

/* Where the fix is. One Windows may have a row by file and one by build: the file counts first, the
 * build where no file was read. */
struct fixed {
	struct version os; /* "5.1.2600": major, minor, build; build 0: every build */
	int service_pack;  /* -1: any */
	enum branch branch;
	enum fixed_by by;
	struct version version; /* zero but by file */
	uint32_t ubr;           /* HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion UBR */
	const char *const *kbs; /* "KB958644", ended by NULL: any of them brings it */
	const char *source;
};

struct remedy {                   /* not a fix, but the hole cannot be reached */
	const char *key, *equals; /* an observation (model/posture.h), and its value */
	const char *says;         /* "SMB1 is off" */
	const char *source;
};

struct defeat {                   /* opens the hole again, though the fix is there */
	const char *key, *equals; /* as above: then effective is not effective, but missing */
	const char *says;         /* "Point and Print installs drivers without asking" */
	const char *source;
};

struct answer_check { /* what a machine's anonymous answer can prove; never more than it says */
	const char *key, *equals;
	const char *means; /* "missing", "patched" (not proof: shown beside it) or "not-affected" */
	const char *says;
	const char *source;
};

struct weakness {
	const char *id;             /* "ms08-067" */
	const char *title;          /* "Server service: NetPathCanonicalize" */
	const char *cve, *bulletin; /* or NULL */
	const char *const *threats; /* ids of threat/catalogue.h, ended by NULL */
	const char *file;           /* "system32/netapi32.dll"; NULL: none is known */
	const char *service;        /* that must be there for the hole to be: "spooler"; or NULL */
	const char *product_type;   /* the hole is only there: "dc"; NULL: on every machine */
	struct version affected_from;  /* first Windows with the hole */
	struct version affected_until; /* first Windows without: 6.1 */
	const struct fixed *fixed;
	size_t n_fixed;
	const struct remedy *remedies;
	size_t n_remedies;
	const struct answer_check *answers;
	size_t n_answers;
	const struct defeat *defeats;
	size_t n_defeats;
	const char *const *gaps; /* what is not known, one sentence each; ended by NULL */
	const char *source;
};

/* --- baselines: what is wanted of policy and protection --- */

/* A value is compared without regard to case. A key with "*" at its end is about all that begin so,
 * but what only says how many there are ("account:"). */
enum want {
	WANT_AT_LEAST, /* a number; or the value is one of `texts` ("until-reset") */
	WANT_AT_MOST,
	WANT_EQUALS, /* one of `texts`; of a value joined by "; ", every part is */
	WANT_NOT,    /* none of them, and no part is */
	WANT_WORD,   /* `texts` are words that the value must all have */
	WANT_NO_WORD,
	WANT_COUNT_AT_MOST, /* how many observations match `key` ("admin:*") and have all `texts` */
	WANT_AGE_AT_MOST,   /* days between "signatures=DATE" in the value, and the observation; of
			       those that have all `texts`, the newest date counts */
	WANT_COUNT_AT_LEAST, /* as above */
};

struct check {
	const char *id;    /* "password-length" */
	const char *group; /* "passwords" "accounts" "network" "shares" "services" "updates"
			      "protection" */
	const char *title;
	const char *key;        /* an observation, perhaps with one "*" at its end */
	const char *policy_key; /* where group policy writes the same: where there is a value, it
				   counts, and `key` does not; NULL: there is no such place */
	enum want want;
	long number;
	const char *const *texts; /* ended by NULL */
	const char *absent; /* the value that Windows uses where there is none; NULL: unknown */
	bool absent_passes; /* nothing there is as wanted: no such service, no such account */
	struct version from, until; /* of Windows: not applicable outside; until 0: no end */
	bool is_serious;          /* counts as failed (critical); otherwise failed (non-critical) */
	const char *reason;       /* one sentence */
	const char *correct;      /* how: the group policy's path */
	const char *const *doors; /* which of a worm's doors it closes: "smb-exploit" "admin-shares"
				   * "weak-passwords" "autorun" "null-session" "late-patch"
				   * "no-protection" "spread-by-services"; ended by NULL */
	const char *source;
};

struct baseline {
	const char *id, *title, *summary;
	const struct check *checks;
	size_t n_checks;
};

#endif
