/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "app/record_batch.h"
#include "base/monotime.h"

static struct fact named(const char *value, uint64_t first_s, uint64_t last_s)
{
	return (struct fact){.kind = FACT_NAME,
			     .source = FROM_NBNS,
			     .confidence = 90,
			     .addr = addr_v4(0x0a000001),
			     .host = "",
			     .value = value,
			     .origin = "eth0",
			     .machine = "",
			     .first_ns = first_s * NS_PER_S,
			     .last_ns = last_s * NS_PER_S,
			     .count = 1};
}

static struct map *nothing_stored(void)
{
	struct map *m = NULL;

	assert_int_equal(map_new(1000, sizeof(uint64_t), sizeof(uint64_t), 0, &m), RC_OK);
	return m;
}

static struct record_batch *batch_of(const struct fact *f, size_t n, const struct map *stored)
{
	struct record_batch *b = NULL;

	assert_int_equal(record_batch_new(f, n, stored, &b), RC_OK);
	return b;
}

static void only_what_is_new_or_has_grown_is_in_a_batch(void **state)
{
	struct map *stored = nothing_stored();
	struct fact f[] = {named("A", 1, 2), named("B", 1, 2), named("A", 50, 60)};
	struct record_batch *b = batch_of(f, 3, stored);

	(void)state;
	assert_int_equal(b->n, 3);
	assert_ptr_not_equal(b->facts[0].value, f[0].value); /* its own */
	record_batch_free(b);
	b = batch_of(f, 3, stored); /* it was never said to be stored */
	assert_int_equal(b->n, 3);
	assert_true(record_batch_is_stored(b, stored));
	record_batch_free(b);
	b = batch_of(f, 3, stored);
	assert_int_equal(b->n, 0);
	record_batch_free(b);
	f[1].last_ns += 1;
	b = batch_of(f, 3, stored);
	assert_int_equal(b->n, 1);
	assert_string_equal(b->facts[0].value, "B");
	assert_true(record_batch_is_stored(b, stored));
	record_batch_free(b);
	f[2].is_ended = true;
	f[0].has_mac = true;
	b = batch_of(f, 3, stored);
	assert_int_equal(b->n, 2);
	record_batch_free(b);
	map_free(stored);
}

static void a_batch_outlives_what_it_was_made_of(void **state)
{
	struct map *stored = nothing_stored();
	struct finding f = {.threat = "ms08-067", .count = 5, .confidence = 94, .why = "it did"};
	const struct finding *findings[] = {&f};
	char why[] = "it did", name[] = "eth0";
	const char *whys[] = {why}, *names[] = {name};
	struct addr target = addr_v4(0x0a000002), own = addr_v4(0x0a000001);
	struct host_threat threat = {.id = "ms08-067", .targets = &target, .n_targets = 1};
	struct host hosts[] = {
		{.verdict = VERDICT_INFECTED,
		 .why = whys,
		 .n_why = 1,
		 .threats = &threat,
		 .n_threats = 1,
		 .addrs = &own,
		 .n_addrs = 1},
		{.verdict = VERDICT_NO_EVIDENCE},
	};
	struct outbreak o = {.source = {.kind = "live", .names = names, .n_names = 1},
			     .hosts = hosts,
			     .n_hosts = 2,
			     .findings = findings,
			     .n_findings = 1};
	struct record_batch *b = batch_of(NULL, 0, stored);

	(void)state;
	assert_int_equal(record_batch_add_run(b, &o, "live-1", "desk"), RC_OK);
	memset(why, 'x', 2);
	memset(name, 'x', 2);
	f.count = 99;
	target = own;
	assert_true(b->has_run);
	assert_string_equal(b->run.id, "live-1");
	assert_string_equal(b->run.sensor, "desk");
	assert_string_equal(b->run.outbreak->source.names[0], "eth0");
	assert_int_equal(b->run.outbreak->findings[0]->count, 5);
	assert_int_equal(b->run.outbreak->n_hosts, 1);
	assert_string_equal(b->run.outbreak->hosts[0].why[0], "it did");
	assert_int_equal(b->run.outbreak->hosts[0].threats[0].targets[0].b[15], 2);
	record_batch_free(b);
	map_free(stored);
}

static void a_run_is_named_after_what_was_in_it(void **state)
{
	struct source_info a = {.packets = 10, .bytes = 1000, .first_ns = 1, .last_ns = 9}, b = a;
	const char *names[] = {"other.pcap"};
	char one[64], two[64];

	(void)state;
	b.names = names;
	b.n_names = 1;
	run_id_of(&a, one);
	run_id_of(&b, two);
	assert_string_equal(one, two);
	assert_int_equal(strlen(one), strlen("file-") + 32);
	b.last_ns++;
	run_id_of(&b, two);
	assert_string_not_equal(one, two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_new_or_has_grown_is_in_a_batch),
		cmocka_unit_test(a_batch_outlives_what_it_was_made_of),
		cmocka_unit_test(a_run_is_named_after_what_was_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
