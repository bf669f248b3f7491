/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "store_facts.h"

static struct test_store at, other;

static int set_up(void **state)
{
	(void)state;
	test_store_new(&at, 1);
	test_store_new(&other, 2);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_store_done(&at);
	test_store_done(&other);
	return 0;
}

static uint64_t draw(uint64_t *seed, uint64_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (*seed >> 33) % below;
}

enum { FACTS = 120, MACHINES = 9, ADDRESSES = 6, TEXT = 32 };

/* An office in which addresses change hands, two cards are one laptop's, some speak without a MAC.
 */
static size_t random_office(uint64_t *seed, struct fact *f, char (*text)[TEXT])
{
	for (size_t i = 0; i < FACTS; i++) {
		static const enum fact_kind kinds[] = {FACT_LINK, FACT_LINK, FACT_NAME, FACT_USER,
						       FACT_OS,   FACT_ID,   FACT_PLACE};
		enum fact_kind kind = kinds[draw(seed, 7)];
		unsigned who = (unsigned)draw(seed, MACHINES), ip = (unsigned)draw(seed, ADDRESSES);
		uint64_t first = DAY_1 + draw(seed, 40 * 24) * 3600 * NS_PER_S;
		char mac[16], addr[16];

		snprintf(mac, sizeof(mac), "001a2b0000%02x", who);
		snprintf(addr, sizeof(addr), "10.1.2.%u", ip);
		text[i][0] = '\0';
		if (kind == FACT_NAME)
			snprintf(text[i], TEXT, "lap-%u", who / 2 * 2);
		else if (kind == FACT_USER)
			snprintf(text[i], TEXT, "CORP\\user%u", (unsigned)draw(seed, 4));
		else if (kind == FACT_OS)
			snprintf(text[i], TEXT, "Windows %s", draw(seed, 2) == 0 ? "XP" : "7");
		else if (kind == FACT_ID)
			snprintf(text[i], TEXT, "guid:%u", who);
		else if (kind == FACT_PLACE)
			snprintf(text[i], TEXT, "room %u", (unsigned)draw(seed, 3));
		f[i] = fact_of(kind, text[i], draw(seed, 4) == 0 ? NULL : mac, addr, first,
			       first + draw(seed, 30) * 3600 * NS_PER_S);
		if (draw(seed, 5) == 0)
			f[i].until_ns = f[i].last_ns + 8 * 24 * 3600 * NS_PER_S;
		f[i].is_ended = draw(seed, 9) == 0;
	}
	return FACTS;
}

static void shuffle(uint64_t *seed, struct fact *f, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = draw(seed, i);
		struct fact one = f[k];

		f[k] = f[i - 1];
		f[i - 1] = one;
	}
}

static void same_text(const char *a, const char *b, const char *what, uint64_t seed)
{
	size_t i = 0, line = 0;

	while (a[i] != '\0' && a[i] == b[i]) {
		if (a[i] == '\n')
			line = i + 1;
		i++;
	}
	if (a[i] != b[i])
		fail_msg("%s, seed %llu: \n%.300s\n instead of \n%.300s", what,
			 (unsigned long long)seed, b + line, a + line);
}

/* Whatever the order and the batches: the same machines. */
static void order_and_batches_do_not_matter(void **state)
{
	struct fact f[FACTS];
	char text[FACTS][TEXT];

	(void)state;
	for (uint64_t round = 1; round <= (on_postgres() ? 4 : 24); round++) {
		uint64_t seed = round;
		size_t n = random_office(&seed, f, text);
		char *a, *b;

		test_store_done(&at);
		test_store_done(&other);
		(void)set_up(NULL);
		(void)keep(at.s, f, n);
		shuffle(&seed, f, n);
		for (size_t i = 0; i < n;) {
			size_t len = 1 + draw(&seed, 20);

			if (len > n - i)
				len = n - i;
			(void)keep(other.s, f + i, len);
			i += len;
		}
		a = dump_store(at.url, false);
		b = dump_store(other.url, false);
		same_text(a, b, "in pieces", round);
		free(a);
		free(b);
		assert_int_equal(keep(at.s, f, n).rows_changed, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(order_and_batches_do_not_matter, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
