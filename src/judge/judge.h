/*
 * judge - what a machine's observations mean: patch state, policy, protection.
 *
 * Pure: the same posture and the same knowledge give the same judgement. No I/O, no clock.
 *
 * Patch state. The file on the disk counts first: a version that is not older than the fixed one of
 * its branch is effective, whatever a list of updates says (later updates supersede), unless it was
 * replaced and the machine not yet restarted. A registry key or a list alone is a claim: it makes
 * nothing effective. Where two sources disagree, `conflict` says so. What an anonymous answer
 * proves is in the catalogue (struct answer_check); a build number alone proves no patch.
 */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include "model/posture.h"
#include "threat/knowledge.h"

enum patch_state { /* in the order of a table's columns */
		   PATCH_EFFECTIVE,
		   PATCH_PENDING, /* installed, reboot pending */
		   PATCH_MISSING,
		   PATCH_UNKNOWN,
		   PATCH_NOT_AFFECTED,
		   PATCH_STATES
};

const char *patch_state_name(enum patch_state s); /* "effective" "pending" "missing" "unknown"
						   * "not-affected" */

struct judged_patch {
	const struct weakness *weakness;
	enum patch_state state;
	const char *why;      /* one sentence: "system32/netapi32.dll is 5.1.2600.5512, fixed
				 in 5.1.2600.5694" */
	const char *conflict; /* "HotFix\KB958644 says installed, the file is older", or "" */
	const char *remedy;   /* why the hole cannot be reached all the same, or "" */
	const char *kbs;      /* what to install: "KB958644", or "" */
};

enum mark { MARK_FAIL, MARK_WARN, MARK_UNKNOWN, MARK_PASS, MARK_NOT_APPLICABLE, MARKS };

const char *mark_name(enum mark m); /* "fail" "warn" "unknown" "pass" "not-applicable" */

struct judged_check {
	const struct check *check;
	enum mark mark;     /* warn: failed, and the check is not serious */
	const char *value;  /* what it is; "" if unknown */
	const char *wanted; /* "at least 8" */
	const char *why;    /* "not asked", "access denied", or the check's reason */
};

struct judged_sign {     /* of tampering, such as a worm's: what no administrator does */
	const char *id;  /* "protection-disabled" */
	const char *why; /* "wuauserv, BITS and WinDefend are stopped and disabled: Conficker does
			    this" */
	bool is_strong;
};

struct judged { /* owned by its arena, with all texts */
	const struct posture *posture;
	struct judged_patch *patches; /* every weakness of the catalogue, by id */
	size_t n_patches;
	struct judged_check *checks; /* every check of the baseline, in its order */
	size_t n_checks;
	struct judged_sign *signs;
	size_t n_signs;
	const char *os; /* in words: "Windows XP Service Pack 3", or "unknown" */
	unsigned n_patch[PATCH_STATES], n_mark[MARKS];
	double harm; /* for "the worst first", see below; 0: none is known */
	struct arena *arena;
};

/*
 * Harm is a sum. A weakness: missing 10, restart pending 6, unknown 0.5; where a threat that uses
 * it is about 200, 120, 60; three tenths of it where a remedy keeps it out of reach. A strong sign
 * of tampering 150, a weak one 15. A failed check 2, a warning 0.5, an unknown one 0.2. So a
 * machine that is open to the worm that is about (200) comes first, then one that looks infected,
 * then those that may be open to it (60), then those with any hole, before those of which nothing
 * is known; all else only orders those alike. The weights are chosen to give this order, not
 * measured.
 */

/* What to judge by: of struct knowledge, or put together by a test. Borrowed; must outlive what is
 * judged. */
struct judge_rules {
	const struct weakness *weaknesses; /* by id */
	size_t n_weaknesses;
	const struct baseline *baseline; /* NULL: no checks */
	const char *const *loose;        /* ids of threats that are about, ended by NULL; or NULL */
	bool patches_only; /* no signs either: they rest on more than judge_keys_by() names */
};

/* RC_NOMEM. The posture must outlive it, too. */
MUST_CHECK enum rc judge_by(const struct posture *p, const struct judge_rules *rules,
			    struct judged **ret_j);
MUST_CHECK enum rc judge_posture(const struct posture *p, const struct knowledge *k,
				 const char *const *loose, struct judged **ret_j);
void judged_free(struct judged *j); /* NULL is fine */

/* The states alone, of each weakness in `rules`, as judge_by() finds them: without a word of why,
 * and so without memory, to count a hundred thousand machines. */
void judge_states(const struct posture *p, const struct judge_rules *rules,
		  enum patch_state *ret_states);

/* What must be asked to judge: file names, registry values and keys (they end in "\"), services,
 * and updates ("KB958644") for those who can look whether a list has them; each once, sorted. What
 * lists that are read whole tell anyway (services, accounts, shares) is not in it, but for services
 * that may be missing in them. `only`: a weakness' id, or NULL for everything. RC_INVAL: there is
 * no such weakness. RC_NOMEM. Texts live as long as the knowledge and this; judge_questions_done()
 * frees. */
struct judge_questions {
	const char **files, **registry, **services, **updates;
	size_t n_files, n_registry, n_services, n_updates;
	struct arena *arena;
};
MUST_CHECK enum rc judge_questions_by(const struct judge_rules *rules, const char *only,
				      struct judge_questions *ret_q);
MUST_CHECK enum rc judge_questions(const struct knowledge *k, const char *only,
				   struct judge_questions *ret_q);
void judge_questions_done(struct judge_questions *q);

/* The observations on which the judgement of these weaknesses rests: with all others left unread
 * (model/posture_pack.h) it is the same. Not those of the baseline's checks and of signs.
 * posture_cmp order, each once. RC_NOMEM. */
struct judge_keys {
	const char **list;
	size_t n;
	struct arena *arena;
};
MUST_CHECK enum rc judge_keys_by(const struct judge_rules *rules, struct judge_keys *ret_k);
void judge_keys_done(struct judge_keys *k);

#endif
