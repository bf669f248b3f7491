/* number - what the numbers of an outbreak are checked, sorted and spread by. Pure. */
#ifndef EPIDEMIC_NUMBER_H
#define EPIDEMIC_NUMBER_H

#include <stdbool.h>

#define NUMBER_IN_95 1.959964 /* 95 % of a normal distribution: standard deviations each way */

/* False for what is no number, too. */
static inline bool number_within(double x, double low, double high)
{
	return x >= low && x <= high;
}

/* Of two doubles, for qsort(). */
static inline int number_order(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

#endif
