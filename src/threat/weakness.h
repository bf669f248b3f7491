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

struct fixed {             /* where the fix is */
	struct version os; /* "5.1.2600": major, minor, build; build 0: every build */
	int service_pack;  /* -1: any */
	enum branch branch;
	bool by_ubr;            /* Windows 10 and later: `version` is none, `ubr` counts */
	uint32_t ubr;           /* HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion UBR */
	struct version version; /* of the weakness' file: this or later */
	const char *const *kbs; /* "KB958644", ended by NULL */
	const char *source;
};

struct remedy {                   /* not a fix, but the hole cannot be reached */
	const char *key, *equals; /* an observation (model/posture.h), and its value */
	const char *says;         /* "SMB1 is off" */
};

struct answer_check { /* what a machine's anonymous answer can prove; never more than it says */
	const char *key, *equals;
	const char *means; /* "missing", "patched" (not proof: shown beside it) or "not-affected" */
	const char *says;
};

struct weakness {
	const char *id;    /* "ms08-067" */
	const char *title; /* "Server service: NetPathCanonicalize" */
	const char *cve, *bulletin;
	const char *const *threats; /* ids of threat/catalogue.h, ended by NULL */
	const char *file;           /* "system32/netapi32.dll"; NULL: none is known */
	const char *service;        /* that must be there for the hole to be: "spooler"; or NULL */
	struct version affected_from;  /* first Windows with the hole */
	struct version affected_until; /* first Windows without: 6.1 */
	const struct fixed *fixed;
	size_t n_fixed;
	const struct remedy *remedies;
	size_t n_remedies;
	const struct answer_check *answers;
	size_t n_answers;
	const char *source;
};

/* --- baselines: what is wanted of policy and protection --- */

enum want {
	WANT_AT_LEAST, /* a number */
	WANT_AT_MOST,
	WANT_EQUALS, /* one of `texts` */
	WANT_NOT,    /* none of them */
	WANT_WORD,   /* `texts` are words that the value must all have */
	WANT_NO_WORD,
	WANT_COUNT_AT_MOST, /* how many observations match `key` ("admin:*") and have all `texts` */
	WANT_AGE_AT_MOST,   /* days between "signatures=DATE" in the value, and the observation */
};

struct check {
	const char *id;    /* "password-length" */
	const char *group; /* "passwords" "accounts" "network" "services" "updates" "protection"
			      "shares" */
	const char *title;
	const char *key; /* an observation; with one "*" at its end: all that begin so must be as
			    wanted */
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
