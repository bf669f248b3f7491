#include "assess/packages.h"

#include <stdio.h>
#include <strings.h>

#define PACKAGES                                                                                   \
	"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based "                     \
	"Servicing\\Packages\\"

enum {
	NAME = 256,
	PACKAGES_MAX = 1 << 17, /* more than Windows has; where a search for the end gives up */
	VERSIONS = 4,           /* of one update's package, beside each other */
	PENDING = 0x60,
	INSTALLED = 0x70,
	PERMANENT = 0x80,
};

struct search {
	struct remote_registry *g;
	uint32_t n; /* subkeys */
	uint64_t until_ms;
	bool is_broken; /* an answer did not come, or time is over: what was not found proves
			   nothing */
	char why[MESSAGE_TEXT];
};

/* False: there is none at `index`, or no answer (is_broken). */
static bool name_at(struct search *s, uint32_t index, char *name)
{
	enum observed got = OBSERVED_UNREADABLE;

	(void)snprintf(s->why, sizeof(s->why), "no time is left");
	if (reach_now_ms() < s->until_ms)
		got = remote_registry_subkey(s->g, PACKAGES, index, name, NAME, s->why);
	s->is_broken = s->is_broken || got == OBSERVED_UNREADABLE;
	return got == OBSERVED_VALUE;
}

/* How many there are, with twice as far a step each time and then half as far. */
static void count(struct search *s)
{
	char name[NAME];
	uint32_t low = 0, high = 1;

	while (high < PACKAGES_MAX && name_at(s, high - 1, name)) {
		low = high;
		high *= 2;
	}
	while (low < high && !s->is_broken) {
		uint32_t mid = low + (high - low) / 2;

		if (name_at(s, mid, name))
			low = mid + 1;
		else
			high = mid;
	}
	s->n = low;
}

/* The first that is not before `prefix`. */
static uint32_t lower_bound(struct search *s, const char *prefix)
{
	char name[NAME];
	uint32_t low = 0, high = s->n;

	while (low < high && !s->is_broken) {
		uint32_t mid = low + (high - low) / 2;

		if (name_at(s, mid, name) && strncasecmp(name, prefix, strlen(prefix)) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The furthest state of the update's packages; 0: it has none. */
static uint32_t state_of(struct search *s, const char *update)
{
	char prefix[64], name[NAME], path[REGISTRY_PATH];
	struct registry_value x;
	uint32_t best = 0, first = 0;

	(void)snprintf(prefix, sizeof(prefix), "Package_for_%.32s~", update);
	first = lower_bound(s, prefix);
	for (uint32_t i = first; i < s->n && i < first + VERSIONS && !s->is_broken; i++) {
		if (!name_at(s, i, name) || strncasecmp(name, prefix, strlen(prefix)) != 0)
			break;
		(void)snprintf(path, sizeof(path), PACKAGES "%s\\CurrentState", name);
		if (remote_registry_value(s->g, path, &x, s->why) == OBSERVED_VALUE &&
		    x.number > best)
			best = x.number;
	}
	return best;
}

static void tell(const struct visit *v, const char *update, uint32_t state)
{
	char why[64];

	if (state == INSTALLED || state == PERMANENT) {
		visit_tell_of(v, BY_REGISTRY, OBSERVED_VALUE, "hotfix:", update, "installed");
	} else if (state == PENDING) {
		visit_tell_of(v, BY_REGISTRY, OBSERVED_VALUE, "hotfix:", update,
			      "installed-pending");
	} else {
		(void)snprintf(why, sizeof(why), "Component Based Servicing has it in state 0x%x",
			       state);
		visit_tell_of(v, BY_REGISTRY, OBSERVED_UNREADABLE, "hotfix:", update, why);
	}
}

void packages_tell(const struct visit *v, struct remote_registry *g, struct answer *ret_answer)
{
	struct search s = {.g = g, .until_ms = reach_now_ms() + v->opt->ask->timeout_ms};
	size_t found = 0;

	if (v->opt->n_updates == 0)
		return;
	count(&s);
	for (size_t i = 0; i < v->opt->n_updates && !s.is_broken; i++) {
		uint32_t state = state_of(&s, v->opt->updates[i]);

		if (state == 0)
			continue;
		tell(v, v->opt->updates[i], state);
		found++;
	}
	if (s.is_broken)
		answer_add(ret_answer, "updates could not be searched for: %s", s.why);
	else if (s.n > 0)
		answer_add(ret_answer, "%zu of %zu updates by number", found, v->opt->n_updates);
}
