#include "import/formats.h"

#include <string.h>

const struct import_format *const import_formats[] = {
	&import_csv,
	&import_ad_csv,
	&import_wsus_csv,
	&import_sccm_csv,
	&import_isc_leases,
	&import_kea_csv,
	&import_kea_json,
	&import_windows_dhcp,
	&import_windows_netsh,
	&import_windows_log,
	&import_dnsmasq,
	&import_arp,
	&import_arpwatch,
	&import_nmap_xml,
	&import_zeek,
	&import_eve,
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
