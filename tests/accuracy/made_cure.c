#include "made_cure.h"

#include <stdlib.h>

#include "dice.h"

enum { PEOPLE_MOST = 64 };
static const double step = 0.1; /* hours */
static const double never = 1e9;

struct box { /* a machine that can be infected, or is */
	bool ill, known, cut, patched, in_effect, failed, tool_failed, visited;
	bool has_tool;
	bool cannot_patch, cannot_clean;     /* by the generic way, whenever it tries */
	double speed;                        /* of its worm, against the others' */
	double off_from, off_hours;          /* of each day */
	double next_ask, period;             /* of updates */
	double known_at, cut_at, restart_at; /* hours */
};

struct person {
	struct box *at;
	double until;
};

struct site {
	const struct cure_options *opt;
	struct dice d;
	struct box *boxes;
	uint32_t n;
	struct person people[PEOPLE_MOST];
	unsigned n_people;
	double t;
	double attacks; /* an hour, by a worm of speed 1 on a machine that is on */
};

static bool is_on_at(const struct site *s, const struct box *b, double t)
{
	return fmod(t + s->opt->site.hour + 24 - b->off_from, 24) >= b->off_hours;
}

static bool is_on(const struct site *s, const struct box *b)
{
	return is_on_at(s, b, s->t);
}

/* The rate is what one infects an hour of day and night, and to infect takes two that are on. */
static double attacks_an_hour(const struct site *s)
{
	double met = 0;

	for (unsigned hour = 0; hour < 24; hour++) {
		double on = 0;

		for (uint32_t i = 0; i < s->n; i++)
			on += is_on_at(s, &s->boxes[i], hour);
		met += on / s->n * on / s->n / 24;
	}
	return met > 0 ? s->opt->site.rate / met : 0;
}

static void make_box(struct site *s, struct box *b)
{
	const struct sim_means *m = &s->opt->means;

	*b = (struct box){.known_at = never, .cut_at = never, .restart_at = never};
	b->cannot_patch = dice_unit(&s->d) >= m->generic_success;
	b->cannot_clean = dice_unit(&s->d) >= m->generic_success;
	b->speed =
		exp(s->opt->worm_sd * dice_normal(&s->d) - s->opt->worm_sd * s->opt->worm_sd / 2);
	b->off_from = 18 + 2 * dice_normal(&s->d);
	b->off_hours = fmin(24 * s->opt->means.off_share * 2 * dice_unit(&s->d), 22);
	b->period = 2 * m->generic_hours;
	b->next_ask = dice_unit(&s->d) * b->period;
}

static void infect(struct site *s, struct box *b, bool known)
{
	b->ill = true;
	b->known = known;
	b->tool_failed = false;
	b->known_at = s->t + dice_exp(&s->d, s->opt->means.find_hours);
}

static void clean(struct box *b)
{
	b->ill = b->known = b->cut = b->tool_failed = false;
	b->known_at = b->cut_at = never;
}

static void attack(struct site *s, const struct box *from)
{
	double left = s->attacks * from->speed * step;

	for (left -= dice_exp(&s->d, 1); left > 0; left -= dice_exp(&s->d, 1)) {
		struct box *to = &s->boxes[dice_below(&s->d, s->n)];

		if (!to->ill && !to->in_effect && is_on(s, to))
			infect(s, to, false);
	}
}

static void find(struct site *s, struct box *b)
{
	double after = s->opt->means.quarantine_hours;

	if (!b->known && s->t >= b->known_at)
		b->known = true;
	if (b->known && after >= 0 && b->cut_at >= never)
		b->cut_at = s->t + dice_exp(&s->d, after);
	b->cut = s->t >= b->cut_at;
}

/* A machine asks for what there is. */
static void ask(struct site *s, struct box *b, double *left)
{
	const struct sim_means *m = &s->opt->means;
	double from = m->prepare_hours;

	if (s->opt->strategy == STRATEGY_MANUAL || s->t < b->next_ask)
		return;
	if (s->t >= from && *left < 1)
		return; /* turned away: it asks again at once */
	/* Each at its own time, also while there is nothing to get yet: or all of them would ask at
	 * the very moment at which the patch is there. */
	b->next_ask += b->period;
	if (s->t < from)
		return;
	if (!b->patched && !b->failed) {
		*left -= 1;
		b->failed = b->cannot_patch;
		b->patched = !b->cannot_patch;
		b->restart_at = s->t + dice_exp(&s->d, m->restart_hours);
	}
	if (s->opt->strategy != STRATEGY_GENERIC || s->t < from + m->clean_prepare_hours ||
	    !b->patched)
		return;
	*left -= b->has_tool ? 0 : 1; /* all fetch it, since not all infected ones are known */
	b->has_tool = true;
	if (!b->ill)
		return;
	if (b->cannot_clean)
		b->tool_failed = b->known = true;
	else
		clean(b);
}

/* How much a machine waits for somebody; 0: not at all. */
static unsigned urgency(const struct site *s, const struct box *b)
{
	enum strategy how = s->opt->strategy;

	if (b->visited || !is_on(s, b) || (!b->ill && b->patched))
		return 0;
	if (how == STRATEGY_GENERIC && !b->failed && !b->tool_failed)
		return 0;
	if (b->ill && b->known)
		return 2;
	return how == STRATEGY_MANUAL || b->failed ? 1 : 0;
}

/* Who was called at night works on, sleeps, and comes by day from then on. */
static bool is_awake(const struct site *s)
{
	const struct sim_means *m = &s->opt->means;
	double sleep = fmin(8, 24 - m->hours_a_day);

	if (s->t < m->hours_a_day)
		return true;
	if (s->t < m->hours_a_day + sleep)
		return false;
	return fmod(s->t + s->opt->site.hour + 24 - m->day_from, 24) < m->hours_a_day;
}

static bool is_at_work(const struct site *s, unsigned person)
{
	const struct sim_means *m = &s->opt->means;

	if (!is_awake(s))
		return false;
	if (s->opt->strategy == STRATEGY_GENERIC)
		return s->t >= m->prepare_hours + m->clean_prepare_hours;
	return s->opt->strategy == STRATEGY_MANUAL || person > 0 || s->t >= m->prepare_hours;
}

static void finish(struct site *s, struct person *p)
{
	struct box *b = p->at;

	p->at = NULL;
	b->visited = false;
	if (!is_on(s, b))
		return; /* its owner went home: in vain */
	clean(b);
	if (b->patched || dice_unit(&s->d) < s->opt->means.hand_success)
		b->patched = b->in_effect = true;
}

static void send(struct site *s, struct person *p)
{
	uint32_t first = dice_below(&s->d, s->n);
	struct box *best = NULL;
	unsigned most = 0;

	for (uint32_t i = 0; i < s->n && most < 2; i++) {
		struct box *b = &s->boxes[(first + i) % s->n];
		unsigned u = urgency(s, b);

		if (u > most) {
			most = u;
			best = b;
		}
	}
	if (best == NULL)
		return;
	best->visited = true;
	p->at = best;
	/* From the end of the visit before, if that was within this step. Most machines take a
	 * little less, some much longer. */
	p->until = fmax(p->until, s->t - step) +
		   s->opt->means.minutes_each / 60 * exp(0.5 * dice_normal(&s->d) - 0.125);
}

static void work(struct site *s)
{
	for (unsigned i = 0; i < s->n_people; i++) {
		struct person *p = &s->people[i];

		if (p->at != NULL && s->t >= p->until)
			finish(s, p);
		if (p->at == NULL && is_at_work(s, i))
			send(s, p);
	}
}

/* What happens in the step that ends at s->t. Returns how many are infected then. */
static uint32_t go_on(struct site *s, double *left)
{
	uint32_t ill = 0;

	for (uint32_t i = 0; i < s->n; i++) {
		struct box *b = &s->boxes[i];

		if (!is_on(s, b))
			continue;
		if (b->ill && !b->cut)
			attack(s, b);
		if (b->ill)
			find(s, b);
		if (b->patched && s->t >= b->restart_at)
			b->in_effect = true;
		ask(s, b, left);
	}
	work(s);
	for (uint32_t i = 0; i < s->n; i++)
		ill += s->boxes[i].ill;
	return ill;
}

static void begin(struct site *s, const struct cure_options *opt, uint32_t n)
{
	*s = (struct site){.opt = opt, .d = {opt->seed}, .n = n};
	s->boxes = calloc(n + 1, sizeof(*s->boxes));
	if (s->boxes == NULL || n > CURE_MOST)
		abort();
	for (uint32_t i = 0; i < n; i++)
		make_box(s, &s->boxes[i]);
	s->attacks = attacks_an_hour(s);
}

size_t made_history(struct cure_options *opt, uint64_t heard_ns[CURE_MOST], double *ret_hours)
{
	uint32_t ill = 1, most = (uint32_t)(opt->site.infected + 0.5);
	struct site s;
	size_t n = 0;

	begin(&s, opt, most + (uint32_t)(opt->site.exposed + 0.5));
	infect(&s, &s.boxes[0], false);
	for (; ill < most && s.t < HISTORY_HOURS; s.t += step) {
		ill = 0;
		for (uint32_t i = 0; i < s.n; i++) {
			if (s.boxes[i].ill && is_on(&s, &s.boxes[i]))
				attack(&s, &s.boxes[i]);
			ill += s.boxes[i].ill;
		}
	}
	for (uint32_t i = 0; i < s.n; i++) {
		if (s.boxes[i].ill && s.boxes[i].known_at <= s.t)
			heard_ns[n++] = 1 + (uint64_t)(s.boxes[i].known_at * 3600e9);
	}
	free(s.boxes);
	opt->site.infected = ill;
	opt->site.exposed = s.n - ill;
	*ret_hours = s.t;
	return n;
}

double made_cure(const struct cure_options *opt)
{
	uint32_t ill = (uint32_t)(opt->site.infected + 0.5);
	double hours = 0, left = 0;
	struct site s;

	begin(&s, opt, ill + (uint32_t)(opt->site.exposed + 0.5));
	s.n_people = (unsigned)fmin(opt->means.people + 0.5, PEOPLE_MOST);
	for (uint32_t i = 0; i < ill; i++)
		infect(&s, &s.boxes[i], dice_unit(&s.d) < opt->means.found_share);
	while (ill > 0 && s.t < opt->horizon_hours) {
		uint32_t before = ill;

		s.t += step;
		left = fmin(left, 1) + opt->means.generic_an_hour * step;
		ill = go_on(&s, &left);
		hours += step * (before + (double)ill) / 2;
	}
	free(s.boxes);
	return hours;
}
