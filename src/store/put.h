/* put - machines on their way into the store; of machines.c and heirs.c alone. */
#ifndef STORE_PUT_H
#define STORE_PUT_H

#include "store/inside.h"

enum column { /* of machine, as far as facts make them */
	      C_ID,
	      C_NAME,
	      C_FQDN,
	      C_DOMAIN,
	      C_USER,
	      C_OS,
	      C_VENDOR,
	      C_PLACE,
	      C_OWNER,
	      C_PHONE,
	      C_NOTE,
	      C_ADDR,
	      C_MAC,
	      C_ADDRS,
	      C_MACS,
	      C_FLAGS,
	      C_FIRST,
	      C_LAST,
	      C_USER_P,
	      C_CONFIDENCE,
	      C_OS_P,
	      COLUMNS
};

struct row {
	struct sql_value v[COLUMNS];
};

/* One machine on its way in. */
struct job {
	const struct machine *m;
	const struct was_machine *was; /* NULL: it is new */
	int64_t num;
	struct row old;
	struct handles handles;     /* that it had */
	bool has_changed, is_taken; /* taken: somebody else has its id */
	bool wants_attributes;      /* what operators said of it is to be applied */
};

struct owned; /* of heirs.c */

struct put {
	struct store *s;
	const struct store_facts *was;
	struct arena *arena;
	struct job *jobs;
	size_t n;
	const struct was_machine **by_id;
	bool *stays;         /* of each machine in `was` */
	struct owned *owned; /* who has which fact now */
	struct addr *addrs;  /* that changed hands */
	size_t n_addrs, room;
	const char **names; /* the same, for postures; in the arena */
	size_t n_names, names_room;
	struct store_changes sum;
};

/* Which of the machines are to be written: those with a fact that was not loaded for the context
 * alone, and those that took a fact from one of these. Fills jobs, and `stays` of the others. */
MUST_CHECK enum rc choose_jobs(struct put *p, const struct machines *m);

/* The one of p->jobs that most of its facts went to; the first of several. False: nobody. */
bool heir_of(struct put *p, const struct was_machine *was, size_t *ret_job);

void owned_free(struct owned *o); /* NULL is fine */

#endif
