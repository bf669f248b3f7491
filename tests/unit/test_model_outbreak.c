/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "base/arena.h"
#include "model/outbreak.h"

static void every_verdict_has_its_name(void **state)
{
	(void)state;
	assert_string_equal(verdict_name(VERDICT_INFECTED), "infected");
	assert_string_equal(verdict_name(VERDICT_NO_EVIDENCE), "no-evidence");
	assert_string_equal(verdict_name(VERDICTS), "unknown");
}

static void an_outbreak_goes_with_its_arena(void **state)
{
	struct arena *arena = NULL;

	(void)state;
	outbreak_free(NULL);
	assert_int_equal(arena_new(0, &arena), RC_OK);

	struct outbreak *o = arena_alloc(arena, sizeof(*o));

	assert_non_null(o);
	o->arena = arena;
	outbreak_free(o); /* a leak would be told by the sanitizer */
}

static void a_frame_has_a_number_in_its_own_file(void **state)
{
	const char *names[] = {"a.pcap", "empty.pcap", "b.pcap", "end.pcap"};
	const uint64_t first_seq[] = {1, 11, 11, 21};
	const struct source_info files = {
		.kind = "file", .names = names, .n_names = 4, .first_seq = first_seq};
	static const struct {
		uint64_t seq, frame;
		unsigned file;
	} rows[] = {{1, 1, 0}, {10, 10, 0}, {11, 1, 2}, {20, 10, 2}};
	const char *name = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(source_frame(&files, rows[i].seq, &name), rows[i].frame);
		assert_ptr_equal(name, names[rows[i].file]);
	}
}

static void a_live_source_counts_through(void **state)
{
	const char *names[] = {"eth0"};
	const struct source_info live = {.kind = "live", .names = names, .n_names = 1};
	const struct source_info nothing = {.kind = "live"};
	const char *name = NULL;

	(void)state;
	assert_int_equal(source_frame(&live, 77, &name), 77);
	assert_string_equal(name, "eth0");
	assert_int_equal(source_frame(&nothing, 5, &name), 5);
	assert_null(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict_has_its_name),
		cmocka_unit_test(an_outbreak_goes_with_its_arena),
		cmocka_unit_test(a_frame_has_a_number_in_its_own_file),
		cmocka_unit_test(a_live_source_counts_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
