/*
 * fields - which member of which event a name of Wireshark's stands for.
 *
 * One row is one place where a value of the field can come from. A field with several places
 * (ip.addr: source and destination) has several rows, side by side. To add a field, add a row.
 */
#ifndef FILTER_FIELDS_H
#define FILTER_FIELDS_H

#include "filter/filter.h"

enum field_type {
	TYPE_PROTOCOL, /* is there or not; has no value */
	TYPE_BOOL,
	TYPE_UINT,
	TYPE_IPV4,
	TYPE_IPV6,
	TYPE_ETHER,
	TYPE_STRING, /* UTF-8 */
	TYPE_GUID,
};

struct field {
	struct filter_field_info info;
	enum field_type type;
	enum ev_kind kind;
	uint16_t off, size;                   /* of the member in struct event */
	uint64_t mask;                        /* 0: all bits */
	uint8_t shift;                        /* after the mask */
	bool is_utf16;                        /* TYPE_STRING: of a struct bytes */
	bool (*when)(const struct event *ev); /* NULL: in every event of the kind */
	/* TYPE_STRING that is no member: writes at most `cap` bytes, returns how many. */
	size_t (*text)(const struct event *ev, char *to, size_t cap);
};

/* First row of the field, or NULL. `len` bytes of `name`. */
const struct field *field_find(const char *name, size_t len);

/* The next row of the same field, or NULL. */
const struct field *field_next(const struct field *f);

/* The name most like this one. Never NULL. */
const char *field_nearest(const char *name);

/* The largest value of a TYPE_UINT. */
uint64_t field_max(const struct field *f);

#endif
