/* vendor_table - what tools/make-vendors makes of IEEE's registers: for each length of prefix, the
 * prefixes in ascending order, and where in vendor_texts the name of each begins. */
#ifndef HOST_VENDOR_TABLE_H
#define HOST_VENDOR_TABLE_H

#include <stddef.h>
#include <stdint.h>

extern const uint32_t vendor_prefixes_24[], vendor_prefixes_28[];
extern const uint64_t vendor_prefixes_36[];
extern const uint32_t vendor_names_24[], vendor_names_28[], vendor_names_36[];
extern const size_t n_vendors_24, n_vendors_28, n_vendors_36;
extern const char vendor_texts[];

#endif
