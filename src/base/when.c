#include "base/when.h"

#include <stdbool.h>
#include <string.h>

#include "base/monotime.h"

enum { YEAR_FIRST = 1970, YEAR_LAST = 2553, SPAN_YEARS = 100 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Exactly `n` digits off the front. */
static bool take_digits(const char **at, unsigned n, unsigned *ret_value)
{
	unsigned v = 0;

	for (unsigned i = 0; i < n; i++) {
		if (!is_digit((*at)[i]))
			return false;
		v = v * 10 + (unsigned)((*at)[i] - '0');
	}
	*at += n;
	*ret_value = v;
	return true;
}

static bool take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* ".25" as nanoseconds. */
static bool take_fraction(const char **at, uint64_t *ret_ns)
{
	uint64_t unit = NS_PER_S / 10, ns = 0;

	if (!take_char(at, '.'))
		return true;
	if (!is_digit(**at))
		return false;
	for (; is_digit(**at); (*at)++, unit /= 10)
		ns += (uint64_t)(**at - '0') * unit;
	*ret_ns = ns;
	return true;
}

static unsigned days_of_month(unsigned year, unsigned month)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && is_leap ? 1u : 0u);
}

static uint64_t days_since_1970(unsigned year, unsigned month, unsigned day)
{
	uint64_t days = day - 1;

	for (unsigned m = 1; m < month; m++)
		days += days_of_month(year, m);
	for (unsigned y = YEAR_FIRST; y < year; y++)
		days += 337 + days_of_month(y, 2);
	return days;
}

static bool take_date(const char **at, uint64_t *ret_days)
{
	unsigned year = 0, month = 0, day = 0;

	if (!take_digits(at, 4, &year) || !take_char(at, '-') || !take_digits(at, 2, &month) ||
	    !take_char(at, '-') || !take_digits(at, 2, &day))
		return false;
	if (year < YEAR_FIRST || year > YEAR_LAST || month < 1 || month > 12 || day < 1 ||
	    day > days_of_month(year, month))
		return false;
	*ret_days = days_since_1970(year, month, day);
	return true;
}

/* "09:30", "09:30:07", "09:30:07.25". A leap second is the one after it. */
static bool take_clock(const char **at, uint64_t *ret_s, uint64_t *ret_ns)
{
	unsigned hour = 0, minute = 0, second = 0;

	if (!take_digits(at, 2, &hour) || !take_char(at, ':') || !take_digits(at, 2, &minute))
		return false;
	if (take_char(at, ':') && (!take_digits(at, 2, &second) || !take_fraction(at, ret_ns)))
		return false;
	*ret_s = hour * 3600u + minute * 60u + second;
	return hour < 24 && minute < 60 && second <= 60;
}

/* Seconds east of UTC. */
static bool take_zone(const char **at, int64_t *ret_s)
{
	unsigned hour = 0, minute = 0;
	int sign = 0;

	if (**at == '\0' || take_char(at, 'Z') || take_char(at, 'z'))
		return true;
	if (take_char(at, '+'))
		sign = 1;
	else if (take_char(at, '-'))
		sign = -1;
	if (sign == 0 || !take_digits(at, 2, &hour))
		return false;
	(void)take_char(at, ':');
	if (!take_digits(at, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*ret_s = sign * ((int64_t)hour * 3600 + (int64_t)minute * 60);
	return true;
}

enum rc when_parse(const char *text, uint64_t *ret_ns)
{
	const char *at = text;
	uint64_t days = 0, clock_s = 0, ns = 0;
	int64_t zone_s = 0;

	if (!take_date(&at, &days))
		return RC_INVAL;
	if (*at != '\0') {
		if (strchr("Tt _", *at++) == NULL)
			return RC_INVAL;
		if (!take_clock(&at, &clock_s, &ns) || !take_zone(&at, &zone_s) || *at != '\0')
			return RC_INVAL;
	}

	int64_t at_s = (int64_t)(days * 86400 + clock_s) - zone_s;

	if (at_s < 0)
		return RC_INVAL;
	*ret_ns = (uint64_t)at_s * NS_PER_S + ns;
	return RC_OK;
}

static uint64_t unit_s(char c)
{
	switch (c) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return UINT64_C(7) * 86400;
	default:
		return 0;
	}
}

enum rc when_parse_span(const char *text, uint64_t *ret_ns)
{
	static const uint64_t max_s = UINT64_C(366) * SPAN_YEARS * 86400;
	const char *at = text;
	uint64_t whole = 0, part_ns = 0, unit = 0;

	if (!is_digit(*at))
		return RC_INVAL;
	for (; is_digit(*at); at++) {
		whole = whole * 10 + (uint64_t)(*at - '0');
		if (whole > max_s)
			return RC_INVAL;
	}
	if (!take_fraction(&at, &part_ns))
		return RC_INVAL;
	unit = unit_s(*at);
	if (unit == 0 || at[1] != '\0' || whole * unit > max_s)
		return RC_INVAL;
	*ret_ns = whole * unit * NS_PER_S + part_ns * unit;
	return RC_OK;
}
