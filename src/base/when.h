/*
 * when - times as people type them, read: the other way round of text_time().
 *
 * A time is RFC 3339 or the front of one: "2026-11-01", "2026-11-01T09:30",
 * "2026-11-01T09:30:07.25+01:00". Without a zone it is UTC, as in all that quell prints. Digits
 * past the nanosecond are dropped. A span is a number with a unit: "90s", "30m", "2h", "1.5d",
 * "2w".
 */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#include <stdint.h>

#include "base/rc.h"

/* Nanoseconds since 1970. RC_INVAL: not a time, not in the calendar, or not from 1970 to 2553; the
 * output is untouched then. */
MUST_CHECK enum rc when_parse(const char *text, uint64_t *ret_ns);

/* RC_INVAL: not a span, or longer than a hundred years. */
MUST_CHECK enum rc when_parse_span(const char *text, uint64_t *ret_ns);

#endif
