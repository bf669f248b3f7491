/*
 * value - values of fields and of literals, and how they compare.
 */
#ifndef FILTER_VALUE_H
#define FILTER_VALUE_H

#include "filter/fields.h"

/* Which member counts depends on the type of the field. */
struct value {
	uint64_t num;     /* TYPE_BOOL, TYPE_UINT */
	uint8_t raw[16];  /* addresses and GUIDs, first byte first */
	struct bytes str; /* TYPE_STRING; also the bytes that `contains` looks for */
	unsigned bits;    /* literals of addresses: how many bits count */
};

enum { VALUE_SCRATCH = 3 * EV_PATH_MAX / 2 + 1 }; /* UTF-16 as UTF-8, at its longest */

/* Bytes of a value of TYPE_IPV4, TYPE_IPV6, TYPE_ETHER and TYPE_GUID; 0 for the others. */
size_t value_width(enum field_type type);

/* Negative, 0, positive. Of addresses, the first `literal->bits` bits are compared. */
int value_cmp(enum field_type type, const struct value *v, const struct value *literal);

/* The value as bytes, for `contains`. Lies in *v or where its string does. */
struct bytes value_bytes(enum field_type type, const struct value *v);

/* The value of this row in this event. False: there is none. A string may lie in `scratch`, of
 * VALUE_SCRATCH bytes, or in the event. */
bool field_get(const struct field *f, const struct event *ev, char *scratch,
	       struct value *ret_value);

#endif
