/* formats - every list that can be read; constants in their files, and a row each in registry.c. */
#ifndef IMPORT_FORMATS_H
#define IMPORT_FORMATS_H

#include "import/import.h"

extern const struct import_format import_csv, import_ad_csv, import_wsus_csv, import_sccm_csv,
	import_isc_leases, import_kea_csv, import_kea_json, import_windows_dhcp,
	import_windows_netsh, import_windows_log, import_dnsmasq, import_arp, import_arpwatch,
	import_nmap_xml, import_zeek, import_eve;

#endif
