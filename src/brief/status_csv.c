/* A line for each wave, for a spreadsheet. */
#include "brief/brief.h"
#include "report/cells.h"

static const char *gate_name(enum gate g)
{
	static const char *const names[] = {"open", "shut", "stop"};

	return names[(unsigned)g < 3 ? g : GATE_SHUT];
}

enum rc brief_status_csv(const struct brief_status *s, FILE *to)
{
	struct cells c = {.to = to};
	enum rc rc = RC_OK;

	fputs("campaign,wave,name,state,machines", to);
	for (unsigned i = 0; i < STAGES; i++)
		fprintf(to, ",%s", stage_name((enum stage)i));
	fputs(",infected,failed,quarantined,reported,gate,why,opened\r\n", to);
	for (size_t i = 0; i < s->n_waves && rc == RC_OK; i++) {
		const struct brief_wave *w = &s->waves[i];

		cell_text(&c, s->campaign->id);
		cell_number(&c, w->wave->num);
		cell_text(&c, w->wave->name);
		cell_text(&c, wave_state_name(w->wave->state));
		cell_number(&c, w->count.n);
		for (unsigned k = 0; k < STAGES; k++)
			cell_number(&c, w->count.by_stage[k]);
		cell_number(&c, w->count.infected);
		cell_number(&c, w->count.failed);
		cell_number(&c, w->count.quarantined);
		cell_number(&c, w->count.reported);
		cell_text(&c, gate_name(w->gate));
		cell_text(&c, w->gate_why);
		cell_time(&c, w->wave->opened_ns);
		rc = cells_end(&c);
	}
	return rc == RC_OK && ferror(to) != 0 ? RC_IO : rc;
}
