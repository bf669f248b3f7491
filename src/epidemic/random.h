/*
 * random - numbers drawn for simulations: the same seed gives the same draws on every machine.
 *
 * xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47,
 * 2021), seeded by splitmix64. Exponential and logarithm are made here of IEEE 754's exact
 * operations, since the C library's may differ in the last bit from machine to machine, and one bit
 * is another outbreak. Not for secrets.
 */
#ifndef EPIDEMIC_RANDOM_H
#define EPIDEMIC_RANDOM_H

#include <stdint.h>

/* A product and a sum are rounded each, also where a machine could round once; gcc does so anyway.
 */
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

struct random {
	uint64_t s[4];
};

/* Streams of one seed do not overlap in practice: run 1, 2, 3 … */
void random_init(struct random *r, uint64_t seed, uint64_t stream);

uint64_t random_next(struct random *r);
double random_unit(struct random *r); /* 0 <= x < 1 */
double random_normal(struct random *r);

/* Successes among `n` that have the chance `p` each, which may be anything. Exact below an expected
 * 20 of the rarer outcome; above, the normal distribution, rounded and cut to 0..n: its error is
 * far below what simulated outbreaks differ by. */
uint32_t random_binomial(struct random *r, uint32_t n, double p);

/* Within 1e-14 of the true value, relative; arguments are cut to what is finite. */
double random_exp(double x);
double random_log(double x); /* of x > 0; else of the smallest number */

#endif
