#include "report/report.h"

#include <string.h>

#include "report/writers.h"

const struct report_writer report_writers[] = {
	{"human", "for people: who is infected, why, and what to do next", report_human},
	{"json", "quell.report/1, one document; see quell-report(5)", report_json},
	{"eve", "one alert per finding in the shape of Suricata's EVE", report_eve},
	{"csv", "one line per machine, for a spreadsheet", report_csv},
	{NULL, NULL, NULL},
};

const struct report_writer *report_writer_find(const char *name)
{
	for (const struct report_writer *w = report_writers; w->name != NULL; w++)
		if (strcmp(w->name, name) == 0)
			return w;
	return NULL;
}
