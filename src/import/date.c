#include "import/date.h"

#include "base/monotime.h"

enum { NUMBERS = 8, YEAR_MIN = 1600, YEAR_MAX = 2200 };

struct parts { /* as written */
	unsigned year, month, day;
	unsigned hour, min, sec;
	uint64_t frac_ns;
	bool has_zone, is_ambiguous, is_am, is_pm;
	int zone_s;
};

static const char *const months[][2] = {
	{"jan", "jan"}, {"feb", "feb"}, {"mar", "m\xc3\xa4r"}, {"apr", "apr"},
	{"may", "mai"}, {"jun", "jun"}, {"jul", "jul"},        {"aug", "aug"},
	{"sep", "sep"}, {"oct", "okt"}, {"nov", "nov"},        {"dec", "dez"},
};

bool date_days(unsigned year, unsigned month, unsigned day, int64_t *ret_days)
{
	static const uint8_t length[12] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 ||
	    day > length[month - 1] || (month == 2 && day == 29 && !is_leap))
		return false;

	/* Years that begin on the 1st of March have their leap day last. */
	unsigned y = month > 2 ? year : year - 1, from_march = (month + 9) % 12;
	unsigned days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * from_march + 2) / 5 + day - 1;

	*ret_days = (int64_t)days - 719468;
	return true;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool starts(struct bytes b, const char *with)
{
	size_t i = 0;

	for (; with[i] != '\0'; i++) {
		if (i >= b.len || lower(b.at[i]) != (uint8_t)with[i])
			return false;
	}
	return true;
}

static struct bytes trim(struct bytes b)
{
	while (b.len > 0 && (b.at[0] <= ' ' || b.at[0] == '"'))
		b = bytes_slice(b, 1, b.len);
	while (b.len > 0 && (b.at[b.len - 1] <= ' ' || b.at[b.len - 1] == '"'))
		b.len--;
	return b;
}

/* Digits off the front; false: none, or more than `max`. */
static bool number(struct bytes *b, unsigned max, uint64_t *ret_v, unsigned *ret_digits)
{
	uint64_t v = 0;
	unsigned n = 0;

	while (n < b->len && is_digit(b->at[n]) && n < max)
		v = v * 10 + (b->at[n++] - '0');
	if (n == 0 || (n < b->len && is_digit(b->at[n])))
		return false;
	*b = bytes_slice(*b, n, b->len);
	*ret_v = v;
	*ret_digits = n;
	return true;
}

static bool take(struct bytes *b, uint8_t c)
{
	if (b->len == 0 || b->at[0] != c)
		return false;
	*b = bytes_slice(*b, 1, b->len);
	return true;
}

static void blanks(struct bytes *b)
{
	while (b->len > 0 && (b->at[0] == ' ' || b->at[0] == ','))
		*b = bytes_slice(*b, 1, b->len);
	/* Newer versions of .NET write a narrow no-break space before AM and PM. */
	if (b->len >= 3 && memcmp(b->at, "\xe2\x80\xaf", 3) == 0)
		*b = bytes_slice(*b, 3, b->len);
	else if (b->len >= 2 && memcmp(b->at, "\xc2\xa0", 2) == 0)
		*b = bytes_slice(*b, 2, b->len);
}

static bool month_name(struct bytes *b, unsigned *ret_month)
{
	for (unsigned m = 0; m < 12; m++) {
		for (unsigned i = 0; i < 2; i++) {
			if (!starts(*b, months[m][i]))
				continue;
			while (b->len > 0 && (lower(b->at[0]) >= 'a' || b->at[0] >= 0x80))
				*b = bytes_slice(*b, 1, b->len);
			(void)take(b, '.');
			*ret_month = m + 1;
			return true;
		}
	}
	return false;
}

static unsigned full_year(uint64_t year, unsigned digits)
{
	if (digits > 2)
		return (unsigned)year;
	return (unsigned)(year < 70 ? 2000 + year : 1900 + year);
}

static bool separator(struct bytes *b, uint8_t *ret_sep)
{
	if (b->len == 0 ||
	    (b->at[0] != '.' && b->at[0] != '/' && b->at[0] != '-' && b->at[0] != ' '))
		return false;
	*ret_sep = b->at[0];
	*b = bytes_slice(*b, 1, b->len);
	while (take(b, ' '))
		;
	return true;
}

/* Two numbers and a year: which is the day? */
static void two_numbers(struct parts *d, unsigned a, unsigned b, uint8_t sep, enum date_order order)
{
	bool is_dmy = sep == '.' || a > 12 || (b <= 12 && order == ORDER_DMY);

	d->is_ambiguous = sep != '.' && a <= 12 && b <= 12 && a != b && order == ORDER_UNKNOWN;
	d->day = is_dmy ? a : b;
	d->month = is_dmy ? b : a;
}

static bool named_first(struct bytes *b, struct parts *d) /* "Nov 24, 2026" */
{
	uint64_t day = 0, year = 0;
	unsigned n = 0;

	if (!month_name(b, &d->month))
		return false;
	blanks(b);
	if (!number(b, 2, &day, &n))
		return false;
	blanks(b);
	if (!number(b, 4, &year, &n) || n != 4)
		return false;
	d->day = (unsigned)day;
	d->year = (unsigned)year;
	return true;
}

static bool date_part(struct bytes *b, enum date_order order, struct parts *d)
{
	uint64_t one = 0, two = 0, three = 0;
	unsigned digits = 0, n = 0, named = 0;
	uint8_t sep = 0, again = 0;

	if (b->len > 0 && !is_digit(b->at[0]))
		return named_first(b, d);
	if (!number(b, 4, &one, &digits) || !separator(b, &sep))
		return false;
	if (month_name(b, &named))
		two = named;
	else if (!number(b, 2, &two, &n) || sep == ' ')
		return false;
	if (!separator(b, &again) || again != sep || !number(b, 4, &three, &n))
		return false;
	if (digits == 4) {
		d->year = (unsigned)one;
		d->month = (unsigned)two;
		d->day = (unsigned)three;
		return n <= 2;
	}
	if (digits > 2 || (n != 4 && n != 2))
		return false;
	d->year = full_year(three, n);
	if (named != 0) {
		d->day = (unsigned)one;
		d->month = named;
	} else {
		two_numbers(d, (unsigned)one, (unsigned)two, sep, order);
	}
	return true;
}

static void fraction(struct bytes *b, struct parts *d)
{
	uint64_t unit = NS_PER_S / 10;

	if (b->len < 2 || (b->at[0] != '.' && b->at[0] != ',') || !is_digit(b->at[1]))
		return;
	*b = bytes_slice(*b, 1, b->len);
	for (; b->len > 0 && is_digit(b->at[0]); unit /= 10) {
		d->frac_ns += (b->at[0] - '0') * unit;
		*b = bytes_slice(*b, 1, b->len);
	}
}

static bool zone_part(struct bytes *b, struct parts *d)
{
	uint64_t h = 0, m = 0;
	unsigned n = 0;
	bool is_west = false;

	blanks(b);
	if (b->len == 0)
		return true;
	if (starts(*b, "utc") || starts(*b, "gmt"))
		*b = bytes_slice(*b, 3, b->len);
	else if (b->len > 0 && lower(b->at[0]) == 'z')
		*b = bytes_slice(*b, 1, b->len);
	d->has_zone = true;
	if (b->len == 0)
		return true;
	is_west = b->at[0] == '-';
	if (!is_west && b->at[0] != '+')
		return false;
	*b = bytes_slice(*b, 1, b->len);
	if (!number(b, 4, &h, &n) || n == 3)
		return false;
	if (n == 4) {
		m = h % 100;
		h /= 100;
	} else if (take(b, ':') && (!number(b, 2, &m, &n) || n != 2)) {
		return false;
	}
	if (h > 14 || m > 59 || b->len > 0)
		return false;
	d->zone_s = (int)(h * 3600 + m * 60) * (is_west ? -1 : 1);
	return true;
}

static bool time_part(struct bytes *b, struct parts *d)
{
	uint64_t h = 0, m = 0, s = 0;
	unsigned n = 0;

	if (!number(b, 2, &h, &n) || !take(b, ':') || !number(b, 2, &m, &n))
		return false;
	if (take(b, ':') && !number(b, 2, &s, &n))
		return false;
	fraction(b, d);
	blanks(b);
	d->is_am = starts(*b, "am") || starts(*b, "a.m.");
	d->is_pm = starts(*b, "pm") || starts(*b, "p.m.");
	if (d->is_am || d->is_pm) {
		*b = bytes_slice(*b, b->len > 1 && b->at[1] == '.' ? 4 : 2, b->len);
		if (h < 1 || h > 12)
			return false;
		h = h % 12 + (d->is_pm ? 12 : 0);
	} else if (starts(*b, "uhr")) {
		*b = bytes_slice(*b, 3, b->len);
	}
	d->hour = (unsigned)h;
	d->min = (unsigned)m;
	d->sec = (unsigned)s;
	return h < 24 && m < 60 && s <= 60 && zone_part(b, d);
}

static bool parse(struct bytes b, enum date_order order, struct parts *d)
{
	*d = (struct parts){.year = 0};
	if (!date_part(&b, order, d))
		return false;
	(void)take(&b, 'T');
	blanks(&b);
	return b.len == 0 || time_part(&b, d);
}

static enum date_is in_range(int64_t seconds, uint64_t frac_ns, uint64_t *ret_ns)
{
	int64_t last = 0;

	(void)date_days(YEAR_MAX, 1, 1, &last);
	if (seconds < 86400) /* 1601, 1899 or 1970: the zero of some clock, whatever the zone */
		return DATE_NEVER;
	if (seconds >= last * 86400)
		return DATE_BAD;
	*ret_ns = (uint64_t)seconds * NS_PER_S + frac_ns;
	return DATE_OK;
}

/* A bare number: its size tells what it counts. */
static enum date_is parse_number(struct bytes b, uint64_t *ret_ns)
{
	const uint64_t to_1970 = 11644473600; /* s from 1601 */
	struct parts d = {.frac_ns = 0};
	uint64_t v = 0;
	unsigned digits = 0;
	int64_t days = 0;

	if (!number(&b, 19, &v, &digits))
		return DATE_BAD;
	if (digits == 14) { /* 20261124130203, also with .0Z as LDAP has it */
		uint64_t s = v % 100, m = v / 100 % 100, h = v / 10000 % 100;

		if (!date_days((unsigned)(v / 10000000000), (unsigned)(v / 100000000 % 100),
			       (unsigned)(v / 1000000 % 100), &days) ||
		    h > 23 || m > 59 || s > 60)
			return DATE_BAD;
		return in_range(days * 86400 + (int64_t)(h * 3600 + m * 60 + s), 0, ret_ns);
	}
	fraction(&b, &d);
	if (b.len > 0)
		return DATE_BAD;
	if (v == 0 || v == INT64_MAX)
		return DATE_NEVER;
	if (digits >= 17) {
		if (v / 10000000 < to_1970)
			return DATE_NEVER;
		return in_range((int64_t)(v / 10000000 - to_1970), v % 10000000 * 100, ret_ns);
	}
	if (digits == 13)
		return in_range((int64_t)(v / 1000), v % 1000 * NS_PER_MS, ret_ns);
	if (digits < 9 || digits > 10)
		return DATE_BAD;
	return in_range((int64_t)v, d.frac_ns, ret_ns);
}

static bool is_never(struct bytes b)
{
	static const char *const words[] = {"never", "nie",     "n/a", "none",    "-",
					    "null",  "niemals", "--",  "unknown", "unbekannt"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (b.len == strlen(words[i]) && starts(b, words[i]))
			return true;
	}
	return b.len == 0;
}

enum date_is date_parse(struct bytes text, enum date_order order, int utc_offset_s,
			uint64_t *ret_ns)
{
	struct bytes b = trim(text);
	struct parts d;
	int64_t days = 0, seconds = 0;

	if (is_never(b))
		return DATE_NEVER;
	if (b.len < 4 || !parse(b, order, &d)) {
		bool is_number = is_digit(b.at[0]);

		return is_number ? parse_number(b, ret_ns) : DATE_BAD;
	}
	if (!date_days(d.year, d.month, d.day, &days))
		return DATE_BAD;
	if (d.is_ambiguous)
		return DATE_AMBIGUOUS;
	seconds = days * 86400 + d.hour * 3600 + d.min * 60 + d.sec;
	return in_range(seconds - (d.has_zone ? d.zone_s : utc_offset_s), d.frac_ns, ret_ns);
}

/* AM and PM say nothing: Americans write the month first with them, Australians the day. */
enum date_order date_order_of(struct bytes text)
{
	struct bytes b = trim(text), rest = b;
	uint64_t one = 0, two = 0;
	unsigned n = 0;
	struct parts d;
	int64_t days = 0;

	if (b.len < 4 || !parse(b, ORDER_UNKNOWN, &d) || !date_days(d.year, d.month, d.day, &days))
		return ORDER_UNKNOWN;
	if (!number(&rest, 2, &one, &n) || rest.len == 0 ||
	    (rest.at[0] != '/' && rest.at[0] != '-'))
		return ORDER_UNKNOWN;
	rest = bytes_slice(rest, 1, rest.len);
	if (!number(&rest, 2, &two, &n))
		return ORDER_UNKNOWN;
	return one > 12 ? ORDER_DMY : two > 12 ? ORDER_MDY : ORDER_UNKNOWN;
}
