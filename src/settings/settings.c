#include "settings/settings.h"

#include <assert.h>
#include <stdlib.h>

#include "settings/state.h"

static size_t count_keys(void)
{
	size_t n = 0;

	for (const struct key *k = settings_keys; k->name != NULL; k++)
		n++;
	for (const struct detector *const *d = detector_registry; *d != NULL; d++) {
		for (const struct knob *k = (*d)->knobs; k != NULL && k->name != NULL; k++)
			n++;
	}
	return n;
}

static char *knob_name(struct arena *a, const char *id, const char *knob)
{
	size_t len = strlen(id) + strlen(knob) + sizeof("detect..");
	char *name = arena_alloc(a, len);

	if (name != NULL)
		(void)snprintf(name, len, "detect.%s.%s", id, knob);
	return name;
}

static enum rc add_knobs(struct settings *s, const struct detector *d)
{
	for (unsigned i = 0; d->knobs != NULL && d->knobs[i].name != NULL; i++) {
		const struct knob *k = &d->knobs[i];
		struct setting *to = &s->all[s->n++];

		to->key = (struct key){knob_name(s->arena, d->id, k->name),
				       k->help,
				       KEY_NUMBER,
				       k->min,
				       k->max,
				       k->fallback,
				       NULL};
		to->detector = d;
		to->knob = i;
		to->number = k->fallback;
		if (to->key.name == NULL)
			return RC_NOMEM;
	}
	return RC_OK;
}

enum rc settings_new(struct settings **ret_settings)
{
	struct settings *s = calloc(1, sizeof(*s));
	enum rc rc = RC_NOMEM;

	if (s == NULL)
		goto out;
	rc = arena_new(0, &s->arena);
	if (rc != RC_OK)
		goto out;
	rc = RC_NOMEM;
	s->all = arena_alloc(s->arena, count_keys() * sizeof(*s->all));
	if (s->all == NULL)
		goto out;
	for (const struct key *k = settings_keys; k->name != NULL; k++)
		s->all[s->n++] = (struct setting){.key = *k, .number = k->fallback};
	for (const struct detector *const *d = detector_registry; *d != NULL; d++) {
		rc = add_knobs(s, *d);
		if (rc != RC_OK)
			goto out;
	}
	settings_update(s);
	*ret_settings = s;
	s = NULL;
	rc = RC_OK;
out:
	settings_free(s);
	return rc;
}

void settings_free(struct settings *s)
{
	if (s == NULL)
		return;
	arena_free(s->arena);
	free(s);
}

struct setting *settings_find(const struct settings *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->all[i].key.name, name) == 0)
			return &s->all[i];
	}
	return NULL;
}

/* Of a key that is in settings/keys.c. */
static const struct setting *known(const struct settings *s, const char *name)
{
	const struct setting *found = settings_find(s, name);

	assert(found != NULL);
	return found;
}

static size_t number(const struct settings *s, const char *name)
{
	return (size_t)known(s, name)->number;
}

void settings_update(struct settings *s)
{
	const struct setting *local = known(s, "networks.local");
	const struct setting *trusted = known(s, "trusted");

	s->policy = (struct policy){
		.local = local->nets,
		.n_local = local->n,
		.trusted = trusted->trusted,
		.n_trusted = trusted->n,
	};
	s->limits = (struct settings_limits){
		.flows = number(s, "limits.flows"),
		.reassembly_bytes = number(s, "limits.reassembly_mib") << 20,
		.stream_bytes = number(s, "limits.stream_kib") << 10,
		.parser_bytes = number(s, "limits.parsers_mib") << 20,
		.fragments = number(s, "limits.fragments"),
		.findings = number(s, "limits.findings"),
		.targets = number(s, "limits.targets"),
		.hosts = number(s, "limits.hosts"),
		.facts = number(s, "limits.facts"),
		.syn_timeout_s = (unsigned)number(s, "limits.syn_timeout_s"),
		.idle_timeout_s = (unsigned)number(s, "limits.idle_timeout_s"),
		.ring_bytes = number(s, "capture.ring_mib") << 20,
	};
}

const struct policy *settings_policy(const struct settings *s)
{
	return &s->policy;
}

long settings_knob(const struct settings *s, const struct detector *d, unsigned index)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->all[i].detector == d && s->all[i].knob == index)
			return s->all[i].number;
	}
	return d->knobs[index].fallback; /* a detector that is not in the registry */
}

const struct settings_limits *settings_limits(const struct settings *s)
{
	return &s->limits;
}

unsigned settings_workers(const struct settings *s)
{
	return (unsigned)number(s, "capture.workers");
}

enum settings_color settings_color(const struct settings *s)
{
	return (enum settings_color)number(s, "output.color");
}

const char *settings_format(const struct settings *s)
{
	const struct setting *format = known(s, "output.format");

	return format->key.choices[format->number];
}

const struct net *settings_scope(const struct settings *s, size_t *ret_n)
{
	const struct setting *scope = known(s, "networks.scope");

	*ret_n = scope->n;
	return scope->nets;
}

static const char *text_or_null(const struct settings *s, const char *name)
{
	const char *text = known(s, name)->text;

	return text != NULL && text[0] != '\0' ? text : NULL;
}

struct settings_ask settings_ask(const struct settings *s)
{
	return (struct settings_ask){
		.credentials = text_or_null(s, "ask.credentials"),
		.timeout_ms = (unsigned)number(s, "ask.timeout_ms"),
		.parallel = (unsigned)number(s, "ask.parallel"),
		.rate = (unsigned)number(s, "ask.rate"),
	};
}

static double share(const struct settings *s, const char *name)
{
	return (double)known(s, name)->number / 100;
}

struct sim_means settings_means(const struct settings *s)
{
	struct sim_means m = sim_means_default();

	m.people = (double)number(s, "campaign.people");
	m.hours_a_day = (double)number(s, "campaign.hours_a_day");
	m.day_from = (double)number(s, "campaign.day_from");
	m.off_share = share(s, "campaign.off_percent");
	m.minutes_each = (double)number(s, "campaign.minutes_each");
	m.hand_success = share(s, "campaign.hand_percent");
	m.prepare_hours = (double)number(s, "campaign.prepare_hours");
	m.generic_hours = (double)number(s, "campaign.generic_hours");
	m.generic_an_hour = (double)number(s, "campaign.generic_an_hour");
	m.generic_success = share(s, "campaign.generic_percent");
	m.restart_hours = (double)number(s, "campaign.restart_hours");
	m.clean_prepare_hours = (double)number(s, "campaign.clean_prepare_hours");
	m.protection = share(s, "campaign.protection_percent");
	m.quarantine_hours = (double)known(s, "campaign.quarantine_minutes")->number / 60;
	return m;
}

const char *settings_store_url(const struct settings *s)
{
	return text_or_null(s, "store.url");
}

const char *settings_sensor_name(const struct settings *s)
{
	return text_or_null(s, "sensor.name");
}

const struct ask_switch *settings_switches(const struct settings *s, size_t *ret_n)
{
	const struct setting *switches = known(s, "switches");

	*ret_n = switches->n;
	return switches->switches;
}

const char *settings_key_at(const struct settings *s, size_t i)
{
	return i < s->n ? s->all[i].key.name : NULL;
}
