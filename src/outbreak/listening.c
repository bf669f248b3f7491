/* How long one has to listen: doc/listening.md has the formula and where its numbers are from. */
#include <math.h>

#include "outbreak/outbreak.h"

/* A machine with Windows XP SP2 or 2003 SP1 keeps at most ten attempts half open, and gives one
 * up after 3 + 6 + 12 = 21 s: the slowest that a worm without brakes of its own can be. */
static const double probes_per_minute = 10 * 60.0 / 21.0;
static const double ipv4_addresses = 4294967296.0;
static const double never_minutes = 10 * 365.25 * 24 * 60; /* nobody listens for ten years */
static const double enough = 0.95;

enum { MEANINGFUL_MINUTES = 1 };

/* Hits are Poisson: each probe meets one of the addresses that we hear with this share. */
static double heard_by_now(double share, double minutes)
{
	return 1 - exp(-probes_per_minute * share * minutes);
}

static double minutes_more(double share, double minutes)
{
	if (share <= 0)
		return -1;

	double more = -log(1 - enough) / (probes_per_minute * share) - minutes;

	if (more <= 0)
		return 0;
	return more > never_minutes ? -1 : more;
}

struct listening listening_assess(double minutes, unsigned heard, unsigned local)
{
	double heard_local = heard < local ? heard : local;
	double share_local = local > 0 ? heard_local / local : 0;
	double share_random = heard / ipv4_addresses;
	struct listening l = {.is_meaningful =
				      minutes >= MEANINGFUL_MINUTES && heard > 0 && local > 0,
			      .minutes = minutes > 0 ? minutes : 0,
			      .local_addresses = local,
			      .heard_addresses = heard};

	l.p_local = heard_by_now(share_local, l.minutes);
	l.p_random = heard_by_now(share_random, l.minutes);
	l.minutes_to_95_local = minutes_more(share_local, l.minutes);
	l.minutes_to_95_random = minutes_more(share_random, l.minutes);
	return l;
}
