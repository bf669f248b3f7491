/*
 * The plan: now, today, this week. The order is the trade's: off the network, the way in closed,
 * the patch, then the cleaning, then the protection, then the proof. What is cleaned before its
 * patch is infected again, so no step says to clean a machine that is not known to be patched.
 */
#include <stdio.h>
#include <string.h>

#include "threat/catalogue.h"
#include "triage/inside.h"

enum { PORTS_TEXT = 256, LISTEN_MOST_MIN = 24 * 60, LISTEN_FIRST_MIN = 30, OLD_HOURS = 1 };

static const char ask_all[] = "quell assess inventory --credentials FILE%s";

/* "the machine", "the 12 machines" */
static const char *the(struct making *m, size_t n, const char *one, const char *many)
{
	return n == 1 ? made(m, "the %s", one) : made(m, "the %zu %s", n, many);
}

/* --- to know --- */

static void add_inventory(struct making *m)
{
	step_add(m,
		 &(struct triage_step){
			 .when = TRIAGE_NOW,
			 .act = TRIAGE_INVENTORY,
			 .what = "Say which machines there are: import the lists that you have, of "
				 "DHCP, the directory or the software deployment.",
			 .whom = "you",
			 .channel = "files",
			 .proof = "quell hosts lists them",
			 .command = made(m, "quell hosts import FILE%s", m->in->store_option)});
}

/* How long, in minutes that somebody waits. 0: enough was heard. */
static double listen_minutes(const struct triage_input *in)
{
	double more = in->estimate.minutes_to_95;

	if (in->heard.runs == 0 || !in->estimate.is_meaningful)
		return LISTEN_FIRST_MIN;
	if (more == 0)
		return 0;
	return more > 0 && more < LISTEN_MOST_MIN ? more : LISTEN_MOST_MIN;
}

static void add_listen(struct making *m)
{
	const struct triage_input *in = m->in;
	double minutes = listen_minutes(in);
	size_t total = infected_total(in), found = infected_found(in);
	const char *what = NULL;
	char span[HOURS_TEXT], age[HOURS_TEXT];
	double age_hours = in->heard.last_ns != 0 && in->now_ns > in->heard.last_ns
				   ? (double)(in->now_ns - in->heard.last_ns) / 3600e9
				   : 0;

	if (age_hours > OLD_HOURS && minutes < LISTEN_FIRST_MIN)
		minutes = LISTEN_FIRST_MIN;
	if (minutes == 0)
		return;
	(void)hours_text(minutes / 60, span);
	if (age_hours > OLD_HOURS)
		what = made(m,
			    "Listen anew for %s: the newest packet here is %s old, and so is all "
			    "that is "
			    "said of the infected.",
			    span, hours_text(age_hours, age));
	else if (in->heard.runs == 0)
		what = "Listen for half an hour from one patched machine: whoever attacks it is "
		       "infected.";
	else if (total > found)
		what = made(m, "Listen %s more: about %zu infected %s not been heard yet.", span,
			    total - found, of_many(total - found, "machine has", "machines have"));
	else
		what = made(m,
			    "Listen %s more, at another place of the network, too: what was not "
			    "heard is not known to be clean.",
			    span);
	step_add(m,
		 &(struct triage_step){
			 .when = TRIAGE_NOW,
			 .act = TRIAGE_LISTEN,
			 .what = what,
			 .whom = "you",
			 .how_many = total - found,
			 .channel = "one patched machine on a port of the network",
			 .proof = "nobody new is found, and 95 % of the infected are",
			 .command = made(
				 m, "quell watch -i IFACE --for %.0fm%s", minutes < 1 ? 1 : minutes,
				 in->store_option[0] != '\0' ? in->store_option : " --store URL")});
}

static void add_assess(struct making *m)
{
	const struct triage_input *in = m->in;
	const struct triage_patch *worst = NULL;

	for (size_t i = 0; i < in->n_patches; i++) {
		const struct triage_patch *p = &in->patches[i];

		if (worst == NULL || p->by_state[PATCH_UNKNOWN] > worst->by_state[PATCH_UNKNOWN])
			worst = p;
	}
	if (worst != NULL && worst->by_state[PATCH_UNKNOWN] > 0) {
		size_t n = worst->by_state[PATCH_UNKNOWN];

		step_add(m,
			 &(struct triage_step){
				 .when = TRIAGE_NOW,
				 .act = TRIAGE_ASSESS,
				 .what = made(
					 m,
					 "Ask %s of which nobody knows whether the patch is there.",
					 the(m, n, "machine", "machines")),
				 .whom = "a domain administrator",
				 .how_many = n,
				 .channel = "the network; the collection script for those that "
					    "cannot be asked",
				 .proof = "no machine is unknown any more",
				 .command = made(m,
						 "quell assess inventory --for %s --credentials "
						 "FILE%s",
						 worst->weakness->id, in->store_option)});
	} else if (worst == NULL && in->assessed < in->machines) {
		step_add(m, &(struct triage_step){
				    .when = TRIAGE_NOW,
				    .act = TRIAGE_ASSESS,
				    .what = "Ask the machines about their patches, policy and "
					    "protection.",
				    .whom = "a domain administrator",
				    .how_many = in->machines - in->assessed,
				    .channel = "the network",
				    .proof = "every machine has been assessed",
				    .command = made(m, ask_all, in->store_option)});
	}
}

/* --- to stop it --- */

static void add_isolate(struct making *m)
{
	const struct triage_input *in = m->in;
	size_t n = infected_found(in), suspected = in->by_verdict[VERDICT_SUSPECTED];

	if (n > 0)
		step_add(m, &(struct triage_step){
				    .when = TRIAGE_NOW,
				    .act = TRIAGE_ISOLATE,
				    .what = made(m,
						 "Take %s off the network, and leave %s switched "
						 "on for the evidence.",
						 the(m, n, "infected machine", "infected machines"),
						 of_many(n, "it", "them")),
				    .whom = of_many(n, "network administrators, and its user",
						    "network administrators, and their users"),
				    .how_many = n,
				    .channel = "switch port or quarantine network",
				    .proof = "none of them is heard to attack any more",
				    .command = made(m, "quell hosts verdict:infected%s",
						    in->store_option)});
	if (suspected > 0)
		step_add(m,
			 &(struct triage_step){.when = TRIAGE_NOW,
					       .act = TRIAGE_ISOLATE,
					       .what = made(m,
							    "Ask who works on %s; if nobody owns "
							    "up, off the network as well.",
							    the(m, suspected, "suspected machine",
								"suspected machines")),
					       .whom = "their users and owners",
					       .how_many = suspected,
					       .channel = "telephone",
					       .proof = "each is explained, or in quarantine",
					       .command = made(m, "quell hosts verdict:suspected%s",
							       in->store_option)});
}

static void ports_add(char *ports, const char *more)
{
	while (*more != '\0') {
		size_t len = strcspn(more, ","), used = strlen(ports);
		char one[32];

		(void)snprintf(one, sizeof(one), "%.*s", (int)(len < 31 ? len : 31), more);
		if (one[0] >= '0' && one[0] <= '9' && strstr(ports, one) == NULL)
			(void)snprintf(ports + used, PORTS_TEXT - used, "%s%s",
				       used > 0 ? ", " : "", one);
		more += len;
		more += strspn(more, ", ");
	}
}

/* Where the holes are reached. The ports at which a worm calls home are not blocked between
 * workstations, they are for the firewall; and some names must stay reachable. */
static void ports_of(const struct triage_input *in, char *ports)
{
	ports[0] = '\0';
	for (size_t i = 0; i < in->n_patches; i++) {
		const struct threat *t = threat_find(in->patches[i].weakness->id);

		if (t != NULL)
			ports_add(ports, t->ports);
	}
	for (const char *const *id = in->loose; id != NULL && *id != NULL; id++) {
		const struct threat *t = threat_find(*id);

		if (t != NULL && t->weakness == NULL)
			ports_add(ports, t->ports);
	}
}

static void add_block(struct making *m)
{
	char ports[PORTS_TEXT];

	ports_of(m->in, ports);
	if (ports[0] == '\0')
		return;
	step_add(m,
		 &(struct triage_step){
			 .when = TRIAGE_NOW,
			 .act = TRIAGE_BLOCK,
			 .what = made(m,
				      "Block %s between workstations, and between networks, "
				      "until the patch is everywhere.",
				      ports),
			 .whom = "network administrators",
			 .channel = "router and switch filters, host firewalls by group policy",
			 .proof = "attacks reach no other network any more; servers still work"});
}

/* --- to cure it --- */

static bool is_generic(const struct making *m)
{
	return m->t->basis != TRIAGE_NOTHING && m->t->decided != STRATEGY_MANUAL;
}

static size_t to_patch(const struct triage_patch *p)
{
	return p->by_state[PATCH_MISSING] + p->by_state[PATCH_UNKNOWN];
}

static size_t infected_to_patch(const struct triage_patch *p)
{
	return p->infected[PATCH_MISSING] + p->infected[PATCH_UNKNOWN];
}

static const char *to_campaign(struct making *m, const struct triage_patch *p)
{
	return made(m, "quell campaign new stop-%s --for %s%s%s%s", p->weakness->id,
		    p->weakness->id, m->t->basis == TRIAGE_NOTHING ? "" : " --strategy ",
		    m->t->basis == TRIAGE_NOTHING ? "" : strategy_name(m->t->decided),
		    m->in->store_option);
}

/* Of the campaign against the first hole; "" where there is none. */
static const char *of_campaign(struct making *m, const char *part)
{
	if (m->in->n_patches == 0)
		return "";
	return made(m, "quell campaign %s stop-%s%s", part, m->in->patches[0].weakness->id,
		    m->in->store_option);
}

static const char *patch_proof(struct making *m, const struct triage_patch *p)
{
	return made(m, "quell assess inventory --for %s shows none missing or unknown",
		    p->weakness->id);
}

static void add_patch_generic(struct making *m, const struct triage_patch *p)
{
	const char *name = patch_name(m, p);
	size_t missing = p->by_state[PATCH_MISSING], all = to_patch(p);

	step_add(m,
		 &(struct triage_step){
			 .when = TRIAGE_NOW,
			 .act = TRIAGE_PATCH,
			 .what = made(m,
				      "Package the one patch, %s, and no other, and try it on a "
				      "pilot of a few machines of every kind.",
				      name),
			 .whom = "whoever deploys software",
			 .channel = "group policy, WSUS, System Center or ZENworks: what is there",
			 .proof = "the pilot's files are new, and its users can work",
			 .command = to_campaign(m, p)});
	step_add(m,
		 &(struct triage_step){
			 .when = TRIAGE_TODAY,
			 .act = TRIAGE_PATCH,
			 .what = made(m,
				      "Install %s everywhere: it is missing on %zu %s, and %zu are "
				      "unknown and get it as well.",
				      name, missing, of_many(missing, "machine", "machines"),
				      all - missing),
			 .whom = "all machines, in waves; the infected in their quarantine, too",
			 .how_many = all,
			 .channel = "as the pilot, wave after wave",
			 .proof = patch_proof(m, p),
			 .command = made(m, "quell campaign status stop-%s%s", p->weakness->id,
					 m->in->store_option)});
}

static void add_patch_manual(struct making *m, const struct triage_patch *p)
{
	const char *name = patch_name(m, p);
	size_t infected = infected_to_patch(p), others = to_patch(p) - infected;
	bool is_calm = m->t->basis == TRIAGE_NOTHING;

	if (infected > 0)
		step_add(m, &(struct triage_step){
				    .when = TRIAGE_NOW,
				    .act = TRIAGE_PATCH,
				    .what = made(m,
						 "Install %s on %s that may lack it, from a stick: "
						 "they stay in quarantine.",
						 name,
						 the(m, infected, "infected machine",
						     "infected machines")),
				    .whom = "whoever walks from desk to desk",
				    .how_many = infected,
				    .channel = "by hand, with stick and work sheet",
				    .proof = "the file's version on each is new",
				    .command = to_campaign(m, p)});
	if (others > 0)
		step_add(m,
			 &(struct triage_step){
				 .when = TRIAGE_TODAY,
				 .act = TRIAGE_PATCH,
				 .what = made(
					 m,
					 "Install %s on %s that may lack it%s: missing on %zu, "
					 "unknown on %zu.",
					 name,
					 is_calm ? the(m, others, "machine", "machines")
						 : the(m, others, "other", "others"),
					 is_calm ? ", before the worm comes" : "",
					 p->by_state[PATCH_MISSING] - p->infected[PATCH_MISSING],
					 p->by_state[PATCH_UNKNOWN] - p->infected[PATCH_UNKNOWN]),
				 .whom = "machines without the patch",
				 .how_many = others,
				 .channel = "what the site deploys with, or by hand",
				 .proof = patch_proof(m, p),
				 .command = infected == 0 ? to_campaign(m, p) : ""});
}

static void add_patches(struct making *m, enum triage_when when)
{
	/* The parts write a patch's steps of now and of today; here they are put in order. */
	size_t from = m->t->n_steps, kept = from;

	for (size_t i = 0; i < m->in->n_patches; i++) {
		const struct triage_patch *p = &m->in->patches[i];

		if (to_patch(p) == 0)
			continue;
		if (is_generic(m))
			add_patch_generic(m, p);
		else
			add_patch_manual(m, p);
	}
	for (size_t i = from; i < m->t->n_steps; i++) {
		if (m->steps[i].when == when)
			m->steps[kept++] = m->steps[i];
	}
	m->t->n_steps = kept;
}

static void add_restart(struct making *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->in->n_patches; i++) {
		size_t pending = m->in->patches[i].by_state[PATCH_PENDING];

		n = pending > n ? pending : n;
	}
	if (n == 0)
		return;
	step_add(m,
		 &(struct triage_step){
			 .when = TRIAGE_NOW,
			 .act = TRIAGE_RESTART,
			 .what = made(
				 m,
				 "Restart %s where the patch is installed and not in effect: until "
				 "then %s open.",
				 the(m, n, "machine", "machines"), of_many(n, "it is", "they are")),
			 .whom = of_many(n, "its user", "their users"),
			 .how_many = n,
			 .channel = "telephone, or a restart by the deployment",
			 .proof = "an assessment shows effective, not pending"});
}

static const char removal_tool[] = "the vendor's removal tool";

static void add_clean(struct making *m)
{
	const struct triage_input *in = m->in;
	size_t all = infected_found(in);
	size_t ready = infected_with(in, PATCH_EFFECTIVE) + infected_with(in, PATCH_NOT_AFFECTED);
	const char *how = lore_wants_reimage(in)
				  ? "install afresh from known media, patched before "
				    "it is online"
				  : made(m, "clean with %s", removal_tool);
	const char *channel = is_generic(m) && m->t->decided == STRATEGY_GENERIC
				      ? "deployed as the patch was"
				      : "by hand, with stick and work sheet";

	if (all == 0)
		return;
	if (in->n_patches == 0)
		ready = 0;
	if (ready > all)
		ready = all;
	if (ready > 0)
		step_add(m, &(struct triage_step){
				    .when = TRIAGE_TODAY,
				    .act = TRIAGE_CLEAN,
				    .what = made(m, "Of the infected, %s patched already: %s.",
						 ready == 1 ? "the one that is"
							    : made(m, "the %zu that are", ready),
						 how),
				    .whom = "infected machines that are patched",
				    .how_many = ready,
				    .channel = channel,
				    .proof = "the tool's log, and then silence on the wire"});
	if (all > ready)
		step_add(m,
			 &(struct triage_step){
				 .when = TRIAGE_TODAY,
				 .act = TRIAGE_CLEAN,
				 .what = made(
					 m,
					 "Of the infected, %s: %s, each only %s; until then in "
					 "quarantine.",
					 ready > 0 ? made(m, "the other %zu", all - ready) : "all",
					 how,
					 in->n_patches > 0 ? "after its patch"
							   : "when the way in is closed"),
				 .whom = in->n_patches > 0 ? "infected machines, once patched"
							   : "infected machines",
				 .how_many = all - ready,
				 .channel = channel,
				 .proof = "patch seen first, then the tool's log, then silence on "
					  "the wire"});
}

static void add_protect(struct making *m)
{
	step_add(
		m,
		&(struct triage_step){
			.when = TRIAGE_WEEK,
			.act = TRIAGE_PROTECT,
			.what = "Switch the anti-malware protection on and bring it up to date, on "
				"the cleaned machines first, then everywhere.",
			.whom = "all machines",
			.how_many = m->in->machines,
			.channel = "its management console, or as the patch was deployed",
			.proof = "an assessment shows it running, with signatures of this week",
			.command = made(m, ask_all, m->in->store_option)});
}

static void add_call(struct making *m)
{
	step_add(m,
		 &(struct triage_step){
			 .when = TRIAGE_NOW,
			 .act = TRIAGE_CALL,
			 .what = "Call the anti-malware vendor, with a sample: ask for signatures "
				 "and a removal tool for exactly this worm.",
			 .whom = "the anti-malware vendor",
			 .channel = "telephone, then the vendor's upload of samples",
			 .proof = "their case number, and signatures that find the sample"});
}

static void add_end(struct making *m)
{
	if (is_generic(m))
		step_add(m,
			 &(struct triage_step){
				 .when = TRIAGE_WEEK,
				 .act = TRIAGE_REST,
				 .what = "Do by hand what the generic way did not reach: machines "
					 "that are off, refuse, or failed.",
				 .whom = "whoever walks from desk to desk",
				 .channel = "work sheets by technician and floor",
				 .proof = "no machine is left on the list",
				 .command = of_campaign(m, "rest")});
	step_add(m, &(struct triage_step){
			    .when = TRIAGE_WEEK,
			    .act = TRIAGE_PROVE,
			    .what = "Let a machine out of quarantine when it is patched, and "
				    "listen on: "
				    "it is cured when it was alive and stayed quiet.",
			    .whom = "network administrators",
			    .how_many = infected_found(m->in),
			    .channel = "the sensors",
			    .proof = "quiet on the wire with 99 %; being off proves nothing",
			    .command = of_campaign(m, "status")});
}

/* --- in their order --- */

void make_steps(struct making *m)
{
	const struct triage_input *in = m->in;
	bool has_infected = infected_found(in) > 0;

	add_isolate(m);
	if (has_infected)
		add_block(m);
	make_lore(m, TRIAGE_NOW);
	add_restart(m);
	add_patches(m, TRIAGE_NOW);
	if (in->machines == 0)
		add_inventory(m);
	add_assess(m);
	add_listen(m);
	if (has_infected)
		add_call(m);
	add_patches(m, TRIAGE_TODAY);
	make_lore(m, TRIAGE_TODAY);
	add_clean(m);
	if (!has_infected)
		return;
	add_protect(m);
	add_end(m);
}
