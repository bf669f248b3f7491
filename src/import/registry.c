#include "import/formats.h"

#include <string.h>

const struct import_format *const import_formats[] = {
	&import_csv,
	&import_arp,
	&import_isc_leases,
	NULL,
};

const struct import_format *import_format_find(const char *name)
{
	for (const struct import_format *const *f = import_formats; *f != NULL; f++) {
		if (strcmp((*f)->name, name) == 0)
			return *f;
	}
	return NULL;
}

const struct import_format *import_guess(struct bytes head)
{
	const struct import_format *best = NULL;
	unsigned most = 0;

	for (const struct import_format *const *f = import_formats; *f != NULL; f++) {
		unsigned sure = (*f)->match(head);

		if (sure > most) {
			most = sure;
			best = *f;
		}
	}
	return best;
}
