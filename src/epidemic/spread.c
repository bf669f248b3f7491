#include "epidemic/spread.h"

#include <math.h>

#include "epidemic/day.h"

static const double tiny = 1e-9; /* hours: sums of steps are not exact */

/* What is the matter with a machine. One that is clean, patched and restarted is counted no more,
 * since nothing happens to it again. */
enum patch {
	OPEN,    /* no patch, and the generic way has not tried */
	FAILED,  /* the generic way could not patch it */
	PENDING, /* patched, and not restarted since: it can still be infected */
	FIXED,   /* the patch is in effect */
	PATCHES
};
enum past { NEVER, ONCE, PASTS };          /* infected and cleaned before, or not */
enum known { HIDDEN, FOUND, CUT, KNOWNS }; /* CUT: quarantined */
enum tool { UNTRIED, IN_VAIN, TOOLS };     /* what the cleaning tool came to */
enum where { ON, OFF, WHERES };
enum { CLEANS = FIXED * PASTS, ILLS = PATCHES * KNOWNS * TOOLS }; /* counts */

struct spread {
	const struct sim_options *opt;
	struct random *r;
	uint32_t clean[CLEANS][WHERES];
	uint32_t ill[ILLS][WHERES];
	struct day day;
	double rate;         /* between machines that are on */
	double pool;         /* machines that can be infected, or are, at the start */
	double without_tool; /* machines that have not asked for it since it is there */
	double t, step;      /* hours */
	struct spread_result res;
};

static unsigned ill_at(unsigned patch, unsigned known, unsigned tool)
{
	return (patch * KNOWNS + known) * TOOLS + tool;
}

static unsigned patch_of(unsigned ill)
{
	return ill / (KNOWNS * TOOLS);
}

static unsigned known_of(unsigned ill)
{
	return ill / TOOLS % KNOWNS;
}

static unsigned tool_of(unsigned ill)
{
	return ill % TOOLS;
}

static unsigned clean_at(unsigned patch, unsigned past)
{
	return patch * PASTS + past;
}

static uint32_t all_ill(const struct spread *s)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < ILLS; i++)
		n += s->ill[i][ON] + s->ill[i][OFF];
	return n;
}

static uint32_t all_open(const struct spread *s)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < CLEANS; i++)
		n += s->clean[i][ON];
	return n;
}

/* That it happens within the step, if it takes `mean` hours on average. */
static double chance(const struct spread *s, double mean)
{
	return mean > 0 ? 1 - random_exp(-s->step / mean) : 1;
}

static void move(struct spread *s, uint32_t *from, uint32_t *to, double p)
{
	uint32_t n = random_binomial(s->r, *from, p);

	*from -= n;
	*to += n;
}

/* New infections an hour by one that is on. */
static double growth_rate(const struct spread *s)
{
	return s->rate * all_open(s) / s->pool;
}

static double patch_from(const struct spread *s)
{
	return s->opt->strategy == STRATEGY_MANUAL ? INFINITY : s->opt->means.prepare_hours;
}

static double tool_from(const struct spread *s)
{
	const struct sim_means *m = &s->opt->means;

	return s->opt->strategy == STRATEGY_GENERIC ? m->prepare_hours + m->clean_prepare_hours
						    : INFINITY;
}

static void begin(struct spread *s, double rate)
{
	const struct sim_site *site = &s->opt->site;
	uint32_t ill = (uint32_t)(site->infected + 0.5), open = (uint32_t)(site->exposed + 0.5);
	double off;

	day_init(&s->day, site, &s->opt->means);
	off = 1 - day_share_on(&s->day, 0);
	/* One that is on meets those that are on; the rate is an average over all machines. */
	s->rate = rate / s->day.meeting;
	s->pool = (double)ill + open;
	s->without_tool = site->machines;
	s->clean[clean_at(OPEN, NEVER)][ON] = open;
	move(s, &s->clean[clean_at(OPEN, NEVER)][ON], &s->clean[clean_at(OPEN, NEVER)][OFF], off);
	s->ill[ill_at(OPEN, HIDDEN, UNTRIED)][ON] = ill;
	move(s, &s->ill[ill_at(OPEN, HIDDEN, UNTRIED)][ON],
	     &s->ill[ill_at(OPEN, FOUND, UNTRIED)][ON], s->opt->means.found_share);
	for (unsigned k = 0; k < KNOWNS; k++)
		move(s, &s->ill[ill_at(OPEN, k, UNTRIED)][ON],
		     &s->ill[ill_at(OPEN, k, UNTRIED)][OFF], off);
	s->res.infected_in_all = ill;
	s->res.peak = ill;
}

/* Fast while it grows fast; and no step goes over a time at which something begins or ends. */
static void choose_step(struct spread *s)
{
	const double slowest = 2, quickest = 1.0 / 3600, first = 0.1;
	double growth = growth_rate(s);
	double step = fmin(slowest, fmax(first, s->t / 20)), end;

	if (growth * step > 0.1) /* a tenth more infected in a step: exponential growth is met */
		step = fmax(0.1 / growth, quickest);
	end = day_earlier(s->t, s->t + step, patch_from(s));
	end = day_earlier(s->t, end, tool_from(s));
	end = day_earlier(s->t, end, day_next_change(&s->day, s->t));
	end = day_earlier(s->t, end, s->opt->horizon_hours);
	s->step = end - s->t;
}

static void infect(struct spread *s)
{
	double growth = growth_rate(s) * s->step, spreading = 0, p;

	for (unsigned i = 0; i < ILLS; i++)
		spreading += known_of(i) == CUT ? 0 : s->ill[i][ON];
	/* Who is infected within the step infects others in it: (e^x - 1) / x times as many. */
	spreading *= 1 + growth / 2 + growth * growth / 6;
	p = 1 - random_exp(-s->rate * spreading / s->pool * s->step);
	for (unsigned i = 0; i < CLEANS; i++) {
		uint32_t n = random_binomial(s->r, s->clean[i][ON], p);

		s->clean[i][ON] -= n;
		s->ill[ill_at(i / PASTS, HIDDEN, UNTRIED)][ON] += n;
		if (i % PASTS == ONCE)
			s->res.reinfected += n;
		else
			s->res.infected_in_all += n;
	}
}

/* Found by listening, and cut off. */
static void find(struct spread *s)
{
	const struct sim_means *m = &s->opt->means;
	double found = chance(s, m->find_hours);
	double cut = m->quarantine_hours < 0 ? 0 : chance(s, m->quarantine_hours);

	for (unsigned p = 0; p < PATCHES; p++) {
		for (unsigned tool = 0; tool < TOOLS; tool++) {
			move(s, &s->ill[ill_at(p, FOUND, tool)][ON],
			     &s->ill[ill_at(p, CUT, tool)][ON], cut);
			move(s, &s->ill[ill_at(p, HIDDEN, tool)][ON],
			     &s->ill[ill_at(p, FOUND, tool)][ON], found);
		}
	}
}

/* As the share of those that are on rises and falls over the day. */
static void come_and_go(struct spread *s)
{
	double before = day_share_on(&s->day, s->t), after = day_share_on(&s->day, s->t + s->step);
	unsigned from = after < before ? ON : OFF, to = after < before ? OFF : ON;
	double p;

	if (!(fabs(after - before) > 0))
		return;
	p = after < before ? 1 - after / before : (after - before) / (1 - before);
	for (unsigned i = 0; i < CLEANS; i++)
		move(s, &s->clean[i][from], &s->clean[i][to], p);
	for (unsigned i = 0; i < ILLS; i++)
		move(s, &s->ill[i][from], &s->ill[i][to], p);
}

static void restart(struct spread *s)
{
	double p = chance(s, s->opt->means.restart_hours);
	uint32_t done = 0; /* counted no more */

	for (unsigned past = 0; past < PASTS; past++)
		move(s, &s->clean[clean_at(PENDING, past)][ON], &done, p);
	for (unsigned k = 0; k < KNOWNS; k++) {
		for (unsigned tool = 0; tool < TOOLS; tool++)
			move(s, &s->ill[ill_at(PENDING, k, tool)][ON],
			     &s->ill[ill_at(FIXED, k, tool)][ON], p);
	}
}

/* Of the machines that are on, the share that asks within the step for what is there since `from`.
 * Each asks at even intervals, at an own time: within twice the mean time all have asked. Who was
 * off or turned away meanwhile asks when it is back. */
static double asking(const struct spread *s, double from)
{
	double left = from + 2 * s->opt->means.generic_hours - s->t;

	if (s->t < from - tiny)
		return 0;
	return left > s->step ? s->step / left : 1;
}

static double count_open(const struct spread *s)
{
	double n = 0;

	for (unsigned past = 0; past < PASTS; past++)
		n += s->clean[clean_at(OPEN, past)][ON];
	for (unsigned k = 0; k < KNOWNS; k++)
		n += s->ill[ill_at(OPEN, k, UNTRIED)][ON];
	return n;
}

/* Cleaned, but without a patch in effect: protected, or open to be infected again. */
static void cleaned(struct spread *s, unsigned patch, uint32_t n)
{
	if (patch == FIXED)
		return;
	s->clean[clean_at(patch, ONCE)][ON] +=
		n - random_binomial(s->r, n, s->opt->means.protection);
}

/* The cleaning tool goes to `n` infected machines that are patched, in effect or not. */
static void try_tool(struct spread *s, unsigned patch, unsigned known, uint32_t n)
{
	uint32_t good = random_binomial(s->r, n, s->opt->means.generic_success);

	s->ill[ill_at(patch, known, IN_VAIN)][ON] += n - good;
	cleaned(s, patch, good);
}

/* Those that have the patch already ask for the tool. */
static void clean_everywhere(struct spread *s, double p)
{
	for (unsigned patch = PENDING; patch < PATCHES; patch++) {
		for (unsigned k = 0; k < KNOWNS; k++) {
			uint32_t *untried = &s->ill[ill_at(patch, k, UNTRIED)][ON];
			uint32_t n = random_binomial(s->r, *untried, p);

			*untried -= n;
			try_tool(s, patch, k, n);
		}
	}
}

/* Returns how many have the patch now, without a restart. */
static uint32_t patch_some(struct spread *s, uint32_t *open, uint32_t *failed, double p)
{
	uint32_t n = random_binomial(s->r, *open, p);
	uint32_t good = random_binomial(s->r, n, s->opt->means.generic_success);

	*open -= n;
	*failed += n - good;
	return good;
}

/* Who asks for the patch when the tool is there as well gets both. */
static void patch_everywhere(struct spread *s, double p, bool has_tool)
{
	for (unsigned past = 0; past < PASTS; past++)
		s->clean[clean_at(PENDING, past)][ON] +=
			patch_some(s, &s->clean[clean_at(OPEN, past)][ON],
				   &s->clean[clean_at(FAILED, past)][ON], p);
	for (unsigned k = 0; k < KNOWNS; k++) {
		uint32_t n = patch_some(s, &s->ill[ill_at(OPEN, k, UNTRIED)][ON],
					&s->ill[ill_at(FAILED, k, UNTRIED)][ON], p);

		if (has_tool)
			try_tool(s, PENDING, k, n);
		else
			s->ill[ill_at(PENDING, k, UNTRIED)][ON] += n;
	}
}

/* The server gives the patch to the open ones, and the tool once to all machines, since not all
 * infected ones are known; so many an hour, of both together. */
static void serve(struct spread *s)
{
	double for_patch = asking(s, patch_from(s)), for_tool = asking(s, tool_from(s));
	double open = count_open(s), both, served = 1;
	double others = fmax(s->without_tool * day_share_on(&s->day, s->t) - open, 0) * for_tool;

	if (!(for_patch > 0))
		return;
	both = for_tool > 0 ? open * for_patch : 0;
	served = fmin(s->opt->means.generic_an_hour * s->step /
			      fmax(open * for_patch + both + others, 1),
		      1);
	clean_everywhere(s, for_tool * served);
	patch_everywhere(s, for_patch * served, for_tool > 0);
	s->without_tool -= (both + others) * served;
}

/* Is it for people, and in which order? 0: it is not; 1: first; 2: then. */
static unsigned turn_of_ill(enum strategy strategy, unsigned ill)
{
	unsigned patch = patch_of(ill), known = known_of(ill), tool = tool_of(ill);

	if (strategy == STRATEGY_GENERIC && patch != FAILED && tool != IN_VAIN)
		return 0;
	if (known != HIDDEN || tool == IN_VAIN)
		return 1;
	return strategy == STRATEGY_MANUAL || patch == FAILED ? 2 : 0;
}

static unsigned turn_of_clean(enum strategy strategy, unsigned patch)
{
	return strategy == STRATEGY_MANUAL || patch == FAILED ? 2 : 0;
}

/* Of `*ret_visits` among `*ret_left` machines, those that fall to `n` of them. */
static uint32_t visits_to(struct spread *s, uint32_t n, uint32_t *ret_left, uint32_t *ret_visits)
{
	uint32_t left = *ret_left, visits = *ret_visits, k;

	if (n == 0 || visits == 0)
		return 0;
	k = random_binomial(s->r, visits, (double)n / left);
	if (k > n)
		k = n;
	if (visits - k > left - n)
		k = visits - (left - n);
	*ret_left -= n;
	*ret_visits -= k;
	return k;
}

static uint32_t count_turn(const struct spread *s, unsigned turn)
{
	enum strategy how = s->opt->strategy;
	uint32_t n = 0;

	for (unsigned i = 0; i < ILLS; i++)
		n += turn_of_ill(how, i) == turn ? s->ill[i][ON] : 0;
	for (unsigned i = 0; i < CLEANS; i++)
		n += turn_of_clean(how, i / PASTS) == turn ? s->clean[i][ON] : 0;
	return n;
}

/* Visited ones are patched, cleaned, restarted and protected; at some the patch does not hold. */
static void visit(struct spread *s, unsigned turn, uint32_t visits, uint32_t left)
{
	enum strategy how = s->opt->strategy;
	double good = s->opt->means.hand_success;

	for (unsigned i = 0; i < ILLS; i++) {
		if (turn_of_ill(how, i) == turn) {
			uint32_t n = visits_to(s, s->ill[i][ON], &left, &visits);

			s->ill[i][ON] -= n;
			if (patch_of(i) == OPEN || patch_of(i) == FAILED)
				cleaned(s, patch_of(i), n - random_binomial(s->r, n, good));
		}
	}
	for (unsigned i = 0; i < CLEANS; i++) {
		if (turn_of_clean(how, i / PASTS) == turn) {
			uint32_t n = visits_to(s, s->clean[i][ON], &left, &visits);

			s->clean[i][ON] -=
				random_binomial(s->r, n, i / PASTS == PENDING ? 1 : good);
		}
	}
}

static double at_desks(const struct spread *s)
{
	const struct sim_means *m = &s->opt->means;

	if (!day_is_work(&s->day, s->t))
		return 0;
	if (s->opt->strategy == STRATEGY_GENERIC && s->t < tool_from(s) - tiny)
		return 0; /* what it will leave to do by hand is not known yet */
	if (s->opt->strategy == STRATEGY_MIXED && s->t < m->prepare_hours - tiny)
		return fmax(m->people - 1, 0);
	return m->people;
}

/* Each of those at desks is with one machine, as long as a visit takes, then with the next. */
static void by_hand(struct spread *s)
{
	double each = s->opt->means.minutes_each / 60, people = at_desks(s);

	for (unsigned turn = 1; turn <= 2 && people > 0; turn++) {
		uint32_t there = count_turn(s, turn), n;
		double most, p;

		if (there == 0)
			continue;
		/* No more than people can do, and none before its visit is over. */
		most = people * s->step / each;
		p = fmin(most / there, chance(s, each));
		n = random_binomial(s->r, there, p);
		if (n > 0)
			visit(s, turn, n, there);
		s->res.work_hours += n * each;
		people *= 1 - there * p / most; /* the others; not by n, which is chance */
	}
}

void spread_run(const struct sim_options *opt, double rate, struct random *r,
		struct spread_result *ret_res)
{
	struct spread s = {.opt = opt, .r = r};
	uint32_t ill, before;

	begin(&s, rate);
	before = all_ill(&s);
	while (before > 0 && s.t < opt->horizon_hours - tiny) {
		choose_step(&s);
		infect(&s);
		find(&s);
		restart(&s);
		serve(&s);
		by_hand(&s);
		come_and_go(&s);
		s.t += s.step;
		ill = all_ill(&s);
		s.res.machine_hours += s.step * (before + (double)ill) / 2;
		s.res.peak = fmax(s.res.peak, ill);
		before = ill;
	}
	s.res.hours = s.t;
	s.res.is_ended = before == 0;
	*ret_res = s.res;
}
