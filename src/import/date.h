/*
 * date - points in time as lists write them.
 *
 * ISO 8601 (also with / or without separators), 31.12.2026 13:02:03, 12/31/2026 1:02:03 PM,
 * 31-Dec-2026, seconds or milliseconds since 1970, and FILETIME (100 ns since 1601). Two numbers
 * before a year can be day and month or month and day: who reads a column asks first what the
 * column as a whole can be (date_order_of), and passes that on.
 */
#ifndef IMPORT_DATE_H
#define IMPORT_DATE_H

#include "base/bytes.h"

enum date_order { ORDER_UNKNOWN, ORDER_DMY, ORDER_MDY };

enum date_is {
	DATE_OK,
	DATE_NEVER,     /* empty, "never", or the zero of some clock */
	DATE_BAD,       /* not a time, or not one between 1970 and 2200 */
	DATE_AMBIGUOUS, /* 03/04/2026, and the order is not known */
};

/* utc_offset_s: of times that tell no zone. */
enum date_is date_parse(struct bytes text, enum date_order order, int utc_offset_s,
			uint64_t *ret_ns);

/* What one value says about the order of its column; ORDER_UNKNOWN: nothing. */
enum date_order date_order_of(struct bytes text);

/* Days since 1970-01-01; false: there is no such day, or the year is not 1600 to 2200. */
bool date_days(unsigned year, unsigned month, unsigned day, int64_t *ret_days);

#endif
