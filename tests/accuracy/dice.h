/*
 * dice - chance that is the same everywhere: splitmix64 (Steele, Lea, Flood 2014), and what is
 * drawn from it. For made outbreaks and their tests; never for anything that must be secret.
 */
#ifndef ACCURACY_DICE_H
#define ACCURACY_DICE_H

#include <math.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

static inline uint64_t dice_mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static inline uint64_t dice_next(struct dice *d)
{
	d->state += 0x9e3779b97f4a7c15u;
	return dice_mix(d->state);
}

/* 0 <= x < 1 */
static inline double dice_unit(struct dice *d)
{
	return (double)(dice_next(d) >> 11) * 0x1p-53;
}

/* 0 <= x < n; n is small enough for the bias not to matter */
static inline uint32_t dice_below(struct dice *d, uint32_t n)
{
	return (uint32_t)(((dice_next(d) >> 32) * n) >> 32);
}

static inline double dice_exp(struct dice *d, double mean)
{
	return -mean * log1p(-dice_unit(d));
}

/* Box and Muller's; the second of the pair is thrown away */
static inline double dice_normal(struct dice *d)
{
	double r = sqrt(-2 * log1p(-dice_unit(d)));

	return r * cos(2 * M_PI * dice_unit(d));
}

/* A number of 0 <= x < 1 that belongs to these three for good. */
static inline double dice_of(uint64_t seed, uint64_t a, uint64_t b)
{
	struct dice d = {dice_mix(seed ^ dice_mix(a + 0x632be59bd9b4e019u) ^ (b << 1 | 1))};

	return dice_unit(&d);
}

#endif
