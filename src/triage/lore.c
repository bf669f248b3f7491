/*
 * What the catalogue knows of one threat and the plan does not say anyway: memory to be saved,
 * names that must not be blocked, passwords to be changed. The plan has steps of its own for what
 * all threats share; those sentences are known by how they begin.
 */
#include <string.h>

#include "threat/catalogue.h"
#include "triage/inside.h"

static const char reimage[] = "Install it afresh";

static const struct {
	const char *begins;
	enum triage_act act;
} shared[] = {
	{"Take the machine off the network", TRIAGE_ISOLATE},
	{"Isolate both machines", TRIAGE_ISOLATE},
	{reimage, TRIAGE_CLEAN}, /* before "Install" */
	{"Install", TRIAGE_PATCH},
	{"Patch", TRIAGE_PATCH},
	{"Block", TRIAGE_BLOCK},
	{"Then bring its protection", TRIAGE_CLEAN},
	{"Let it back", TRIAGE_PROVE},
};

enum { SHARED = sizeof(shared) / sizeof(shared[0]) };

static enum triage_act act_of(const char *sentence)
{
	for (unsigned i = 0; i < SHARED; i++) {
		if (strncmp(sentence, shared[i].begins, strlen(shared[i].begins)) == 0)
			return shared[i].act;
	}
	return TRIAGE_LORE;
}

bool lore_wants_reimage(const struct triage_input *in)
{
	for (const char *const *id = in->loose; id != NULL && *id != NULL; id++) {
		const struct threat *t = threat_find(*id);

		for (unsigned i = 0; t != NULL && t->what_next[i] != NULL; i++) {
			if (strncmp(t->what_next[i], reimage, strlen(reimage)) == 0)
				return true;
		}
	}
	return false;
}

static bool is_said(const struct making *m, const char *what)
{
	for (size_t i = 0; i < m->t->n_steps; i++) {
		if (strcmp(m->steps[i].what, what) == 0)
			return true;
	}
	return false;
}

/* What stands before the patch is for now, what comes after it for today. */
static void add_of(struct making *m, const struct threat *t, enum triage_when when)
{
	enum triage_when at = TRIAGE_NOW;

	for (unsigned i = 0; t->what_next[i] != NULL; i++) {
		enum triage_act act = act_of(t->what_next[i]);

		if (act == TRIAGE_PATCH || act == TRIAGE_BLOCK)
			at = TRIAGE_TODAY;
		if (act != TRIAGE_LORE || at != when || is_said(m, t->what_next[i]))
			continue;
		step_add(m, &(struct triage_step){.when = when,
						  .act = TRIAGE_LORE,
						  .what = t->what_next[i],
						  .whom = "administrators",
						  .command = made(m, "quell threats %s", t->id)});
	}
}

void make_lore(struct making *m, enum triage_when when)
{
	for (const char *const *id = m->in->loose; id != NULL && *id != NULL; id++) {
		const struct threat *t = threat_find(*id);

		if (t != NULL)
			add_of(m, t, when);
	}
}
