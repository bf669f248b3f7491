/*
 * Afterwards: which control would have cut the infection tree, for how many machines; and what
 * keeps the next worm small, whichever it is.
 */
#include "triage/inside.h"

static const double worth_saying = 0.5; /* machines, expected: less is none */

static const char *control_channel(enum tree_control c)
{
	switch (c) {
	case CONTROL_PATCH:
		return "monthly deployment, with proof by assessment";
	case CONTROL_SEGMENT:
		return "routers and switches";
	case CONTROL_CLIENTS:
		return "host firewalls by group policy";
	case CONTROL_QUARANTINE:
		return "network access control, or a script for the switches";
	case CONTROL_PASSWORDS:
		return "group policy; a different local administrator on each machine";
	case CONTROLS:
		break;
	}
	return "";
}

static void add_control(struct making *m, const struct tree_cut *cut)
{
	size_t spared = (size_t)(cut->spared + 0.5);

	step_add(m,
		 &(struct triage_step){
			 .when = TRIAGE_AFTER,
			 .act = TRIAGE_HARDEN,
			 .what = made(m, "%s It would have spared %zu of the %zu %s infected here.",
				      tree_control_text(cut->control), spared, cut->of,
				      of_many(cut->of, "machine", "machines")),
			 .whom = "whoever decides about the network",
			 .how_many = spared,
			 .channel = control_channel(cut->control),
			 .proof = "replay of this infection tree with the control on"});
}

void make_after(struct making *m)
{
	const struct triage_input *in = m->in;

	for (unsigned i = 0; in->has_cuts && i < CONTROLS; i++) {
		if (in->cuts[i].spared >= worth_saying)
			add_control(m, &in->cuts[i]);
	}
	if (infected_found(in) == 0 && in->n_patches == 0)
		return;
	step_add(m,
		 &(struct triage_step){
			 .when = TRIAGE_AFTER,
			 .act = TRIAGE_HARDEN,
			 .what = "Compare policy, rights, protection and removable media with a "
				 "baseline, and correct what a worm can use.",
			 .whom = "administrators",
			 .how_many = in->machines,
			 .channel = "group policy",
			 .proof = "quell assess show: no serious check fails",
			 .command = made(m,
					 "quell assess inventory --baseline office --credentials "
					 "FILE%s",
					 in->store_option)});
}
