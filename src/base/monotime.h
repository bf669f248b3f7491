/*
 * monotime - a clock that never goes back, made from packet times that may.
 *
 * Captures are merged, cut together and taken on machines whose clock was set meanwhile. Windows
 * and time-outs need a clock that only moves on, and that does not stand still for years because
 * one packet lay in the future. So: a step back of less than SLACK holds the clock; a longer one
 * starts a new epoch, in which time goes on from where it was. Reports always show the packet's
 * own time.
 */
#ifndef BASE_MONOTIME_H
#define BASE_MONOTIME_H

#include <stdint.h>

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S  UINT64_C(1000000000)

struct monotime {           /* zeroed to start with */
	uint64_t newest_ns; /* latest packet time of this epoch */
	uint64_t now_ns;    /* what was answered last */
	int started;
};

enum { MONOTIME_SLACK_S = 60 };

/* The clock after a packet of time `at_ns`. Starts at 1, so that 0 can mean never. */
static inline uint64_t monotime_advance(struct monotime *m, uint64_t at_ns)
{
	if (!m->started) {
		m->started = 1;
		m->newest_ns = at_ns;
		m->now_ns = 1;
	} else if (at_ns >= m->newest_ns) {
		m->now_ns += at_ns - m->newest_ns;
		m->newest_ns = at_ns;
	} else if (m->newest_ns - at_ns > MONOTIME_SLACK_S * NS_PER_S) {
		m->newest_ns = at_ns;
	}
	return m->now_ns;
}

#endif
