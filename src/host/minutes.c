#include "host/minutes.h"

void minutes_tell(struct minutes *m, const struct minutes_sink *to)
{
	if (m->is_untold)
		to->row(to->ctx, &m->now);
	m->is_untold = false;
}

void minutes_note(struct minutes *m, const struct addr *a, uint64_t at_ns, bool is_hostile,
		  const struct minutes_sink *to)
{
	const uint64_t minute = at_ns / MINUTE_NS;
	const uint32_t hour = (uint32_t)(minute / PRESENCE_MINUTES);
	struct presence add = {.addr = *a, .hour = hour};

	add.alive = UINT64_C(1) << minute % PRESENCE_MINUTES;
	add.hostile = is_hostile ? add.alive : 0;
	if (presence_cmp(&m->now, &add) != 0) {
		minutes_tell(m, to);
		m->now = (struct presence){.addr = *a, .hour = hour};
	}
	if ((add.alive & ~m->now.alive) != 0 || (add.hostile & ~m->now.hostile) != 0)
		m->is_untold = true;
	presence_join(&m->now, &add);
	m->alive_ns = minute * MINUTE_NS;
	if (is_hostile)
		m->hostile_ns = m->alive_ns;
}
