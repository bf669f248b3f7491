/* page_json - one machine: quell.assessed-machine/1, doc/assessed-machine.schema.json. */
#include <stdlib.h>

#include "picture/json.h"
#include "picture/site.h"

/* A source that this quell does not know is in newer stores only. */
static const char *source_name(unsigned by)
{
	const char *name = observed_by_name(by);

	return name[0] != '\0' ? name : "unknown";
}

static void put_sources(struct pen *p, const struct posture *posture)
{
	struct source list[SOURCES];
	unsigned n = sources_of(posture, list);

	pen_key(p, "sources");
	pen_open(p, '[');
	for (unsigned i = 0; i < n; i++) {
		pen_line(p);
		pen_open(p, '{');
		json_member(p, "by", source_name(list[i].by));
		json_count(p, "observations", list[i].n);
		json_count(p, "unreadable", list[i].n_unreadable);
		pen_key(p, "first");
		pen_time(p, list[i].first_ns);
		pen_key(p, "last");
		pen_time(p, list[i].last_ns);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

static void put_observations(struct pen *p, const struct posture *posture, bool unreadable)
{
	pen_key(p, unreadable ? "unreadable" : "observations");
	pen_open(p, '[');
	for (size_t i = 0; posture != NULL && i < posture->n; i++) {
		const struct observation *o = &posture->list[i];

		if ((o->state == OBSERVED_UNREADABLE) != unreadable)
			continue;
		pen_line(p);
		pen_open(p, '{');
		json_member(p, "key", o->key);
		if (unreadable) {
			json_member(p, "why", o->value);
		} else {
			pen_key(p, "value");
			pen_text(p, o->state == OBSERVED_ABSENT ? NULL : o->value);
		}
		json_member(p, "by", source_name(o->by));
		pen_key(p, "at");
		pen_time(p, o->at_ns);
		pen_close(p, '}');
	}
	pen_close(p, ']');
}

enum rc page_json(const struct picture_options *opt, const struct picture_machine *m)
{
	const struct posture *posture = m->judged == NULL ? NULL : m->judged->posture;
	struct pen *p = calloc(1, sizeof(*p));
	enum rc rc;

	if (p == NULL)
		return RC_NOMEM;
	p->to = opt->to;
	json_head(p, opt, "quell.assessed-machine/1");
	pen_line(p);
	pen_key(p, "machine");
	pen_open(p, '{');
	json_machine_head(p, opt, m);
	json_machine_judged(p, opt, m, true);
	pen_close(p, '}');
	pen_line(p);
	put_sources(p, posture);
	pen_line(p);
	put_observations(p, posture, false);
	pen_line(p);
	put_observations(p, posture, true);
	pen_close(p, '}');
	rc = json_end(p);
	free(p);
	return rc;
}
