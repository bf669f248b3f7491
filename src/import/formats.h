/* formats - every list that can be read; one constant in a file each, one row in registry.c. */
#ifndef IMPORT_FORMATS_H
#define IMPORT_FORMATS_H

#include "import/import.h"

extern const struct import_format import_csv, import_arp, import_isc_leases;

#endif
