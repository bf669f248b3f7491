/* json_text - members of JSON objects from strangers as texts, whatever type they were given. */
#ifndef IMPORT_JSON_TEXT_H
#define IMPORT_JSON_TEXT_H

#include <jansson.h>
#include <stdio.h>

#include "base/bytes.h"

enum { JSON_NUMBER = 40 };

/* One object in `text`. NULL: it is none. The caller's json_decref(). */
static inline json_t *json_object_in(struct bytes text)
{
	json_error_t err;
	json_t *o = json_loadb((const char *)text.at, text.len, 0, &err);

	if (o != NULL && !json_is_object(o)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

/* Borrowed from the object, or written to `number` (JSON_NUMBER); empty: not there. */
static inline struct bytes json_text(const json_t *o, const char *key, char *number)
{
	const json_t *v = json_object_get(o, key);
	int len = 0;

	if (json_is_string(v))
		return (struct bytes){(const uint8_t *)json_string_value(v), json_string_length(v)};
	if (json_is_integer(v))
		len = snprintf(number, JSON_NUMBER, "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v) && json_real_value(v) > -1e15 && json_real_value(v) < 1e15)
		len = snprintf(number, JSON_NUMBER, "%.6f", json_real_value(v));
	else if (json_is_boolean(v))
		len = snprintf(number, JSON_NUMBER, "%s", json_is_true(v) ? "T" : "F");
	return (struct bytes){(const uint8_t *)number, (size_t)len};
}

#endif
