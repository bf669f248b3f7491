/*
 * What was not seen, worst first. An answer without it is not an answer.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/monotime.h"
#include "base/text.h"
#include "desk/looking.h"

enum { NETS_NAMED = 3, OLD_HOURS = 1, STOPPED_MINUTES = 15, OLD_DAYS = 7 };

static const double LOST_WORTH_SAYING = 0.001;

struct spots {
	struct looking *l;
	struct triage_blind *list;
	size_t n;
	uint64_t deaf_nets, deaf_machines; /* networks in which nobody was heard */
	char nets[NETS_NAMED * NET_TEXT + 8];
};

__attribute__((format(printf, 2, 3))) static void spot(struct spots *b, const char *format, ...);

static void spot(struct spots *b, const char *format, ...)
{
	char text[512];
	va_list args;

	if (b->n == BLIND_MOST)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	b->list[b->n++] = (struct triage_blind){look_kept(b->l, text)};
}

/* "3 days", "5 hours" */
static const char *age_text(uint64_t span_ns, char *text, size_t len)
{
	uint64_t hours = span_ns / (3600 * NS_PER_S);

	if (hours >= 48)
		(void)snprintf(text, len, "%llu days", (unsigned long long)(hours / 24));
	else
		(void)snprintf(text, len, "%llu hour%s", (unsigned long long)hours,
			       hours == 1 ? "" : "s");
	return text;
}

static void see_age(struct spots *b)
{
	const struct triage_input *in = &b->l->o->in;
	char age[32], at[TEXT_TIME];

	if (in->heard.runs == 0) {
		spot(b, "Nothing was listened to: whoever is infected is not known here.");
		return;
	}
	if (in->now_ns < in->heard.last_ns ||
	    in->now_ns - in->heard.last_ns < OLD_HOURS * 3600 * NS_PER_S)
		return;
	(void)text_time(in->heard.last_ns, at);
	spot(b,
	     "The last packet is %s old (%.10s %.5s UTC): what was infected since then is not in "
	     "these numbers.",
	     age_text(in->now_ns - in->heard.last_ns, age, sizeof(age)), at, at + 11);
}

static void see_sensor(struct spots *b, const struct look_sensor *s, uint64_t last_ns)
{
	double all = (double)s->packets + (double)s->lost;
	double lost = all > 0 ? (double)s->lost / all : 0;
	char at[TEXT_TIME];

	if (lost >= LOST_WORTH_SAYING)
		spot(b, "Sensor %s lost %.1f %% of its packets.", s->name, 100 * lost);
	else if (s->is_low)
		spot(b, "Sensor %s heard too little for its silence to mean much.", s->name);
	if (s->last_ns != 0 && last_ns - s->last_ns > STOPPED_MINUTES * 60 * NS_PER_S) {
		(void)text_time(s->last_ns, at);
		spot(b, "Sensor %s has not been heard since %.10s %.5s UTC, the others have.",
		     s->name, at, at + 11);
	}
}

static void see_sensors(struct spots *b)
{
	const struct looking *l = b->l;
	uint64_t encrypted = 0;

	for (size_t i = 0; i < l->n_sensors; i++) {
		see_sensor(b, &l->sensors[i], l->o->in.heard.last_ns);
		encrypted += l->sensors[i].encrypted;
	}
	if (encrypted > 0)
		spot(b,
		     "%llu connections were encrypted or compressed: an attack inside one is not "
		     "heard.",
		     (unsigned long long)encrypted);
	if (l->sensors_left_out > 0)
		spot(b, "More than %d sensors: %zu runs of further ones are not in the estimate.",
		     SENSORS_MOST, l->sensors_left_out);
}

static bool take_network(void *ctx, const struct store_network *n)
{
	struct spots *b = ctx;
	size_t used = strlen(b->nets);
	char text[NET_TEXT];

	if (n->on_wire > 0)
		return true;
	if (b->deaf_nets < NETS_NAMED)
		(void)snprintf(b->nets + used, sizeof(b->nets) - used, "%s%s", used > 0 ? ", " : "",
			       net_format(&n->net, text));
	b->deaf_nets++;
	b->deaf_machines += n->machines;
	return true;
}

static enum rc see_machines(struct spots *b)
{
	const struct looking *l = b->l;
	const struct triage_input *in = &l->o->in;
	size_t unheard = in->machines > l->on_wire ? in->machines - (size_t)l->on_wire : 0;
	enum rc rc = RC_OK;

	if (unheard == 0 || in->heard.runs == 0)
		return RC_OK;
	spot(b,
	     "%zu of %zu machines were never heard: they are known from lists only, and may be "
	     "off, "
	     "gone, or where no sensor listens.",
	     unheard, in->machines);
	rc = store_networks(l->s, take_network, b);
	if (rc == RC_OK && b->deaf_nets > 0)
		spot(b, "From %llu network%s nobody was heard (%llu machines): %s%s.",
		     (unsigned long long)b->deaf_nets, b->deaf_nets == 1 ? "" : "s",
		     (unsigned long long)b->deaf_machines, b->nets,
		     b->deaf_nets > NETS_NAMED ? " and more" : "");
	return rc;
}

static void see_assessments(struct spots *b)
{
	const struct triage_input *in = &b->l->o->in;
	uint64_t oldest_ns = 0;
	char age[32];

	if (in->machines > in->assessed)
		spot(b, "%zu of %zu machines were never assessed: their patches are unknown.",
		     in->machines - in->assessed, in->machines);
	for (size_t i = 0; i < in->n_patches; i++) {
		if (in->patches[i].oldest_ns != 0 &&
		    (oldest_ns == 0 || in->patches[i].oldest_ns < oldest_ns))
			oldest_ns = in->patches[i].oldest_ns;
	}
	if (oldest_ns != 0 && in->now_ns > oldest_ns &&
	    in->now_ns - oldest_ns > (uint64_t)OLD_DAYS * 86400 * NS_PER_S)
		spot(b, "The oldest assessment that is counted is %s old.",
		     age_text(in->now_ns - oldest_ns, age, sizeof(age)));
	if (b->l->damaged != NULL)
		spot(b, "The store %s.", b->l->damaged);
}

static void see_deeds(struct spots *b)
{
	const struct looking *l = b->l;

	if (l->deeds_of_nobody > 0)
		spot(b, "%llu findings are of addresses that belong to no known machine.",
		     (unsigned long long)l->deeds_of_nobody);
	if (l->deeds_left_out > 0)
		spot(b,
		     "%llu later attempts are left out of the infection tree: there are too many.",
		     (unsigned long long)l->deeds_left_out);
}

enum rc look_at_blind_spots(struct looking *l)
{
	struct spots b = {.l = l, .list = arena_alloc(l->arena, BLIND_MOST * sizeof(*b.list))};
	enum rc rc = RC_OK;

	if (b.list == NULL)
		return RC_NOMEM;
	see_age(&b);
	see_sensors(&b);
	rc = see_machines(&b);
	see_assessments(&b);
	see_deeds(&b);
	l->o->in.blind = b.list;
	l->o->in.n_blind = b.n;
	return rc;
}
