/*
 * Afterwards: which control would have cut the infection tree, for how many machines; and what
 * keeps the next worm small, whichever it is.
 */
#include "triage/inside.h"

static const double worth_saying = 0.5; /* machines, expected: less is none */

/* Where the control is, and what to do. */
static const struct {
	const char *what, *channel;
} controls[CONTROLS] = {
	[CONTROL_PATCH] = {"Deploy patches within days, and prove it by assessment",
			   "monthly deployment"},
	[CONTROL_SEGMENT] = {"Let SMB and RPC pass between networks to servers only",
			     "routers and switches"},
	[CONTROL_CLIENTS] = {"Close SMB and RPC on the workstations' own firewalls",
			     "group policy"},
	[CONTROL_QUARANTINE] = {"Have attackers cut off within minutes, by day and night",
				"network access control"},
	[CONTROL_PASSWORDS] = {"Forbid weak passwords, and give each machine an administrator's "
			       "password of its own",
			       "group policy"},
};

static void add_control(struct making *m, const struct tree_cut *cut)
{
	size_t spared = (size_t)(cut->spared + 0.5);

	if (cut->control >= CONTROLS)
		return;
	step_add(m,
		 &(struct triage_step){
			 .when = TRIAGE_AFTER,
			 .act = TRIAGE_HARDEN,
			 .what = made(m,
				      "%s. If %s, %zu of the %zu that others infected would have "
				      "been spared.",
				      controls[cut->control].what, tree_control_text(cut->control),
				      spared, cut->of),
			 .whom = "whoever decides about the network",
			 .how_many = spared,
			 .channel = controls[cut->control].channel,
			 .proof = "the infection tree, replayed with the control on"});
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
