#include "epidemic/random.h"

#include <float.h>
#include <math.h>

static uint64_t splitmix(uint64_t *x)
{
	uint64_t z = *x += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void random_init(struct random *r, uint64_t seed, uint64_t stream)
{
	uint64_t x = stream;

	x = splitmix(&x) ^ seed;
	for (unsigned i = 0; i < 4; i++)
		r->s[i] = splitmix(&x);
}

static uint64_t turn(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

uint64_t random_next(struct random *r)
{
	uint64_t *s = r->s, got = turn(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = turn(s[3], 45);
	return got;
}

double random_unit(struct random *r)
{
	return (double)(random_next(r) >> 11) * 0x1p-53;
}

double random_exp(double x)
{
	const double ln2_high = 0x1.62e42fefa38p-1, ln2_low = 0x1.ef35793c7673p-45;
	double y = 1, k;

	if (!(x > -700))
		return 0;
	if (x > 700)
		x = 700;
	k = floor(x / 0.69314718055994531 + 0.5);
	x = x - k * ln2_high - k * ln2_low;
	for (int i = 14; i > 0; i--) /* |x| <= 0.35: the next term is below 1e-18 */
		y = 1 + x * y / i;
	return ldexp(y, (int)k);
}

double random_log(double x)
{
	int e = 0;
	double m, s, sum = 0;

	if (!(x > DBL_MIN))
		x = DBL_MIN;
	if (x > DBL_MAX)
		x = DBL_MAX;
	m = frexp(x, &e);
	if (m < 0.70710678118654752) {
		m *= 2;
		e--;
	}
	s = (m - 1) / (m + 1);
	for (int i = 23; i > 0; i -= 2) /* |s| <= 0.172: the next term is below 1e-19 */
		sum = sum * s * s + 1.0 / i;
	return 2 * s * sum + e * 0.69314718055994531;
}

/* Marsaglia's polar method; its second number is let go, so that nothing is kept between calls. */
double random_normal(struct random *r)
{
	double a, b, w;

	do {
		a = 2 * random_unit(r) - 1;
		b = 2 * random_unit(r) - 1;
		w = a * a + b * b;
	} while (w >= 1 || w == 0);
	return a * sqrt(-2 * random_log(w) / w);
}

/* Adds up the probabilities of 0, 1, 2 … until they pass a drawn one. */
static uint32_t invert(struct random *r, uint32_t n, double p)
{
	double q = 1 - p, chance = random_exp(n * random_log(q)), u = random_unit(r);
	uint32_t k = 0;

	while (u >= chance && k < n) {
		u -= chance;
		k++;
		chance *= (n - k + 1.0) / k * (p / q);
		if (chance < 1e-18 && k > n * p)
			break; /* what is left of u is rounding */
	}
	return k;
}

uint32_t random_binomial(struct random *r, uint32_t n, double p)
{
	enum { EXACT = 20 };
	double x;

	if (n == 0 || !(p > 0))
		return 0;
	if (p >= 1)
		return n;
	if (p > 0.5)
		return n - random_binomial(r, n, 1 - p);
	if (n * p < EXACT)
		return invert(r, n, p);
	x = floor(n * p + sqrt(n * p * (1 - p)) * random_normal(r) + 0.5);
	if (x < 0)
		return 0;
	return x > n ? n : (uint32_t)x;
}
