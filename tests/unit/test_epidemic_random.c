/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <math.h>

#include "epidemic/random.h"

static void the_same_seed_gives_the_same_numbers_on_every_machine(void **unused)
{
	struct random r, other;

	(void)unused;
	random_init(&r, 1, 0);
	assert_int_equal(random_next(&r), UINT64_C(0xef75d62a19ba94ed));
	random_init(&r, 1, 7);
	random_init(&other, 1, 8);
	assert_int_not_equal(random_next(&r), random_next(&other));
	random_init(&r, 1, 7);
	random_init(&other, 2, 7);
	assert_int_not_equal(random_next(&r), random_next(&other));
}

/* xoshiro256** of the state 1, 2, 3, 4: the numbers of its authors' program. */
static void the_generator_is_the_published_one(void **unused)
{
	static const uint64_t want[] = {UINT64_C(11520), UINT64_C(0), UINT64_C(1509978240),
					UINT64_C(1215971899390074240)};
	struct random r = {{1, 2, 3, 4}};

	(void)unused;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++)
		assert_int_equal(random_next(&r), want[i]);
}

static void exponential_and_logarithm_are_right(void **unused)
{
	(void)unused;
	for (double x = -699; x < 700; x += 0.37) {
		assert_true(fabs(random_exp(x) / exp(x) - 1) < 1e-14);
		if (x > 0)
			assert_true(fabs(random_log(x) - log(x)) < 1e-14 * (1 + fabs(log(x))));
	}
	for (double x = 1e-300; x < 1e300; x *= 7.3)
		assert_true(fabs(random_log(x) - log(x)) <= 2e-14 * fabs(log(x)));
	assert_true(random_exp(-INFINITY) == 0 && isfinite(random_exp(INFINITY)));
	assert_true(isfinite(random_exp(NAN)) && isfinite(random_log(NAN)));
	assert_true(isfinite(random_log(0)) && isfinite(random_log(-1)));
	assert_true(isfinite(random_log(INFINITY)));
}

static void a_normal_number_is_normal(void **unused)
{
	enum { N = 200000 };
	double sum = 0, squares = 0, beyond = 0;
	struct random r;

	(void)unused;
	random_init(&r, 3, 0);
	for (int i = 0; i < N; i++) {
		double x = random_normal(&r);

		sum += x;
		squares += x * x;
		beyond += fabs(x) > 1.959964;
	}
	assert_true(fabs(sum / N) < 0.01);
	assert_true(fabs(squares / N - 1) < 0.02);
	assert_true(fabs(beyond / N - 0.05) < 0.002);
}

static void a_binomial_number_has_its_mean_and_variance(void **unused)
{
	static const struct {
		uint32_t n;
		double p;
	} cases[] = {{1, 0.3},      {5, 0.5},     {30, 0.9},      {1000, 0.001}, {1000, 0.019},
		     {1000, 0.021}, {1000, 0.98}, {100000, 0.25}, {50, 0.5},     {39, 0.5}};
	enum { N = 40000 };

	(void)unused;
	for (size_t c = 0; c < sizeof(cases) / sizeof(*cases); c++) {
		double n = cases[c].n, p = cases[c].p, mean = n * p, var = mean * (1 - p), sum = 0,
		       squares = 0;
		struct random r;

		random_init(&r, 5, c);
		for (int i = 0; i < N; i++) {
			double x = random_binomial(&r, cases[c].n, p) - mean;

			assert_true(x + mean >= 0 && x + mean <= n);
			sum += x;
			squares += x * x;
		}
		assert_true(fabs(sum / N) < 5 * sqrt(var / N));
		assert_true(fabs(squares / N / var - 1) < 0.06);
	}
}

static void chances_that_are_none_are_met(void **unused)
{
	struct random r;

	(void)unused;
	random_init(&r, 5, 0);
	assert_int_equal(random_binomial(&r, 0, 0.5), 0);
	assert_int_equal(random_binomial(&r, 10, 0), 0);
	assert_int_equal(random_binomial(&r, 10, -1), 0);
	assert_int_equal(random_binomial(&r, 10, NAN), 0);
	assert_int_equal(random_binomial(&r, 10, 1), 10);
	assert_int_equal(random_binomial(&r, 10, 2), 10);
	assert_int_equal(random_binomial(&r, UINT32_MAX, 1e-300), 0);
	assert_true(random_binomial(&r, UINT32_MAX, 0.5) > UINT32_MAX / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_gives_the_same_numbers_on_every_machine),
		cmocka_unit_test(the_generator_is_the_published_one),
		cmocka_unit_test(exponential_and_logarithm_are_right),
		cmocka_unit_test(a_normal_number_is_normal),
		cmocka_unit_test(a_binomial_number_has_its_mean_and_variance),
		cmocka_unit_test(chances_that_are_none_are_met),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
