/*
 * detect - detectors: from events to findings.
 *
 * A detector is one constant `struct detector` in its own file, named in detect/registry.c and
 * nowhere else. Same events in, same findings out: its only clock is the event's own time, its
 * only memory is its state, its only voice is `out`. That is what lets tests/replay run a day
 * of traffic in a second, and lets a capture explain an alert a month later.
 *
 * Windows and time-outs use ev->mono_ns, which never goes back; reports show ev->at_ns. A
 * detector tells every sighting; detect/engine.c joins those of one (threat, class, source,
 * target) and bounds how many there are.
 */
#ifndef DETECT_DETECT_H
#define DETECT_DETECT_H

#include "event/event.h"
#include "model/finding.h"
#include "model/policy.h"

struct finding_out { /* filled in by the engine, or by a test */
	/* A count of 0 adds to a finding that was told before, and is no sighting of its own. */
	void (*found)(void *ctx, const struct finding *f); /* copies what it keeps */
	/* "I could not look at everything": a literal, counted as a limit hit. */
	void (*lossy)(void *ctx, const char *what);
	void *ctx;
	/* "It goes on": the source of a finding that is told only now and then, such as a sweep,
	 * did it once more. For the minutes in which somebody attacked; adds to no finding. May be
	 * NULL. */
	void (*again)(void *ctx, const char *threat, const struct addr *source, uint64_t at_ns);
};

static inline void finding_again(const struct finding_out *out, const char *threat,
				 const struct addr *source, uint64_t at_ns)
{
	if (out->again != NULL)
		out->again(out->ctx, threat, source, at_ns);
}

struct knob {
	const char *name, *help; /* name in settings: detect.<id>.<name> */
	long min, max, fallback;
};

struct detector_setup {
	const long *knobs; /* values in the order of the detector's knobs, range-checked */
	const struct policy *policy; /* outlives the detector */
	uint64_t seed;               /* for hashing */
};

struct detector {
	const char *id;           /* "port-scan": kebab case, unique, never changes */
	const char *summary;      /* one line, shown by `quell threats` and --dump-config */
	unsigned wants;           /* EV_BIT()s: observe() sees only these */
	const struct knob *knobs; /* ends with a NULL name; NULL if there are none */
	size_t state_size;        /* the engine hands it over zeroed, and frees it after fini() */

	MUST_CHECK enum rc (*init)(void *state,
				   const struct detector_setup *setup); /* may be NULL */
	void (*observe)(void *state, const struct event *ev, const struct finding_out *out);
	/* The capture is over, or a report is due: tell what was still being counted. May be NULL.
	 */
	void (*finish)(void *state, const struct finding_out *out);
	/* Frees what init() took, also after an init() that failed half way. May be NULL. */
	void (*fini)(void *state);
};

/* All of them, ended by NULL. */
extern const struct detector *const detector_registry[];

#endif
