#include "epidemic/day.h"

#include <math.h>

static const double tiny = 1e-9; /* hours: sums of steps are not exact */

/* When machines are switched off: as a normal distribution, 18:00 and two hours, in equal parts. */
static const double evenings[] = {14.93, 16.23, 17.02, 17.69, 18.31, 18.98, 19.77, 21.07};
enum { EVENINGS = sizeof(evenings) / sizeof(evenings[0]) };

static double clock_of(double hour)
{
	return hour - floor(hour / DAY_HOURS) * DAY_HOURS;
}

/* Those that are off `hour` hours after they were switched off: each stays off for an own time,
 * uniformly spread, and on average for its share of the day. */
static double still_off(double off_share, double hour)
{
	double mean = off_share * DAY_HOURS, spread = fmin(mean, DAY_HOURS - mean);

	if (hour < mean - spread)
		return 1;
	return hour < mean + spread ? (mean + spread - hour) / (2 * spread) : 0;
}

/* At that hour of the clock, or so long before or after it. */
static double on_at(const struct day *d, double hour)
{
	double at = clock_of(hour) / DAY_HOURS * DAY_PARTS, part = floor(at);
	unsigned i = (unsigned)fmin(part, DAY_PARTS - 1);

	return d->on[i] + (at - i) * (d->on[i + 1] - d->on[i]);
}

double day_share_on(const struct day *d, double t)
{
	return on_at(d, d->hour + t);
}

/* Over so many hours until that one of the clock. */
static double mean_square(const struct day *d, double hours, double until)
{
	unsigned parts = (unsigned)fmax(ceil(hours / DAY_HOURS * DAY_PARTS), 1);
	double sum = 0;

	for (unsigned i = 0; i < parts; i++) {
		double on = on_at(d, until - hours * (i + 0.5) / parts);

		sum += on * on / parts;
	}
	return sum;
}

double day_meeting(const struct day *d, double hours, double until)
{
	return hours < DAY_HOURS ? mean_square(d, hours, until) / d->meeting : 1;
}

void day_init(struct day *d, const struct sim_site *site, const struct sim_means *means)
{
	*d = (struct day){.hour = site->hour,
			  .work = means->hours_a_day,
			  .rest = fmin(SIM_REST_HOURS, DAY_HOURS - means->hours_a_day),
			  .from = means->day_from};
	for (unsigned i = 0; i <= DAY_PARTS; i++) {
		double hour = (double)i * DAY_HOURS / DAY_PARTS, off = 0;

		for (unsigned e = 0; e < EVENINGS; e++)
			off += still_off(means->off_share, clock_of(hour - evenings[e])) / EVENINGS;
		d->on[i] = 1 - off;
	}
	d->meeting = mean_square(d, DAY_HOURS, 0);
}

bool day_is_work(const struct day *d, double t)
{
	if (t < d->work - tiny)
		return true; /* who was called stays */
	if (t < d->work + d->rest - tiny)
		return false;
	return clock_of(d->hour + t - d->from + tiny) < d->work;
}

double day_earlier(double t, double end, double at)
{
	return at > t + tiny && at < end ? at : end;
}

double day_next_change(const struct day *d, double t)
{
	double begins = t + DAY_HOURS - clock_of(d->hour + t - d->from + tiny) + tiny;
	double next = INFINITY;

	next = day_earlier(t, next, d->work);
	next = day_earlier(t, next, d->work + d->rest);
	next = day_earlier(t, next, begins);
	next = day_earlier(t, next, begins + d->work - DAY_HOURS);
	return day_earlier(t, next, begins + d->work);
}
