/*
 * table - how measured figures are printed: rows of numbers under a title, then what they must
 * reach.
 *
 *	-- How many are infected: the 95 % interval
 *	                                 covers %    width %   meaningful
 *	uniform, full view                   95.0        3.1          100
 *	ok      it covers the truth, % of all: 95.2, from 93 to 97
 */
#ifndef ACCURACY_TABLE_H
#define ACCURACY_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct column {
	const char *name;
	unsigned decimals;
};

void table_head(const char *title, const struct column *columns, size_t n);

/* NAN: a dash. */
void table_row(const char *name, const struct column *columns, size_t n, const double *cells);

/* One line, "ok" or "MISSED". Whether `is` lies between `least` and `most`; never if NAN. */
bool table_goal(const char *what, double is, double least, double most);

struct numbers_options {
	unsigned runs; /* outbreaks in all for each table; it divides them among its rows */
	uint64_t seed;
	bool is_quick; /* few runs: the goals are wide, to see what is broken, not what is worse */
};

/* Prints its tables. False: a goal was missed. One for each theme; numbers.c has the list. */
typedef bool numbers_fn(const struct numbers_options *opt);

numbers_fn numbers_estimate, numbers_cure, numbers_strategy, numbers_tree;

#endif
