/*
 * dossier - gathers from the store all that is known of one machine, for one question.
 *
 * The machine is resolved anew from its facts and those of everybody who shares a key with it, as
 * room host/ did when they were kept: so the page has the reasons, too, which the store does not.
 */
#ifndef APP_DOSSIER_H
#define APP_DOSSIER_H

#include "inventory/who.h"

struct dossier {
	struct who_answer answer;
	struct machines *machines; /* what the answer points into */
	struct arena *arena;
};

/* Whom does `what` (address, MAC, name, user, id) mean at that time? 0: now. Nobody is an answer,
 * too (WHO_NONE). RC_IO and others of store.h: store_error() tells. */
MUST_CHECK enum rc dossier_find(struct store *s, const char *what, uint64_t at_ns,
				struct dossier **ret_dossier);
void dossier_free(struct dossier *d); /* NULL is fine */

#endif
