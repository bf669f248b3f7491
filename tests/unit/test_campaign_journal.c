#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "campaign/journal.h"

enum { LINES = 6 };

static const struct journal_line told[LINES] = {
	{1, 100, "stop", "maria", "new", "", "for ms08-067", {0}, {0}},
	{2, 101, "stop", "maria", "add", "mac:001a2b3c4d5e", "", {0}, {0}},
	{3, 101, "stop", "maria", "add", "name:pc-2", "", {0}, {0}},
	{4, 170, "", "joe", "triage", "", "generic, not manual", {0}, {0}},
	{5, 200, "stop", "joe", "did", "name:pc-2", "clean: by force", {0}, {0}},
	{6, 300, "stop", "quell", "heard", "name:pc-2", "infected again", {0}, {0}},
};

static void seal_all(struct journal_line *lines)
{
	memcpy(lines, told, sizeof(told));
	for (unsigned i = 0; i < LINES; i++) {
		if (i > 0)
			memcpy(lines[i].prev, lines[i - 1].hash, JOURNAL_HASH);
		journal_seal(&lines[i]);
	}
}

/* How many lines were good before the first that was not. */
static uint64_t verify(const struct journal_line *lines, unsigned n, struct journal_check *check)
{
	bool is_good = true;

	*check = (struct journal_check){.n = 0};
	for (unsigned i = 0; i < n; i++) {
		bool now = journal_verify(check, &lines[i]);

		assert_true(is_good || !now); /* once broken, it stays broken */
		is_good = now;
	}
	assert_int_equal(is_good, check->err[0] == '\0');
	return check->n;
}

static void a_whole_journal_is_whole(void **state)
{
	struct journal_line lines[LINES];
	struct journal_check check;

	(void)state;
	seal_all(lines);
	assert_int_equal(verify(lines, LINES, &check), LINES);
	assert_memory_equal(check.last, lines[LINES - 1].hash, JOURNAL_HASH);
	assert_int_equal(verify(lines, 0, &check), 0);
}

/* FIPS 180-4's SHA-256 of the bytes that the header promises, computed elsewhere (sha256sum). */
static void the_chain_is_of_sha_256_over_lengths_and_bytes(void **state)
{
	static const uint8_t want[] = {0xd8, 0x6b, 0x0e, 0xb5, 0x4d, 0x32, 0xbf, 0xe3,
				       0x90, 0x71, 0xda, 0x79, 0x7b, 0x1b, 0x8e, 0x07,
				       0x43, 0x05, 0x33, 0x4b, 0xd0, 0xfd, 0x2c, 0xb3,
				       0x49, 0x7b, 0xbc, 0xa9, 0x3b, 0xf2, 0x3f, 0x7d};
	struct journal_line line = told[0];

	(void)state;
	journal_seal(&line);
	assert_memory_equal(line.hash, want, sizeof(want));
}

static void every_change_of_every_field_is_found(void **state)
{
	struct journal_line lines[LINES];
	struct journal_check check;

	(void)state;
	for (unsigned at = 0; at < LINES; at++) {
		for (unsigned what = 0; what < 8; what++) {
			seal_all(lines);
			struct journal_line *l = &lines[at];

			switch (what) {
			case 0:
				l->at_ns++;
				break;
			case 1:
				l->campaign = "stoq";
				break;
			case 2:
				l->who = "mallory";
				break;
			case 3:
				l->act = "ad";
				break;
			case 4:
				l->machine = "name:pc-3";
				break;
			case 5:
				l->text = "nothing happened";
				break;
			case 6:
				l->hash[31] ^= 1;
				break;
			default:
				l->prev[0] ^= 0x80;
				break;
			}
			assert_int_equal(verify(lines, LINES, &check), at);
			assert_non_null(strstr(check.err, "line "));
		}
	}
}

/* Whoever changes a line and seals it again is found by the next one. */
static void a_line_sealed_again_does_not_fit_the_next(void **state)
{
	struct journal_line lines[LINES];
	struct journal_check check;

	(void)state;
	seal_all(lines);
	lines[2].text = "nothing happened";
	journal_seal(&lines[2]);
	assert_int_equal(verify(lines, LINES, &check), 3);
	assert_non_null(strstr(check.err, "line 4"));
}

static void texts_cannot_slide_from_one_field_into_the_next(void **state)
{
	struct journal_line a = told[4], b = told[4];

	(void)state;
	a.who = "joe", a.act = "did";
	b.who = "joed", b.act = "id";
	journal_seal(&a);
	journal_seal(&b);
	assert_memory_not_equal(a.hash, b.hash, JOURNAL_HASH);
}

static void missing_doubled_and_moved_lines_are_found(void **state)
{
	struct journal_line lines[LINES], changed[LINES + 1];
	struct journal_check check;

	(void)state;
	seal_all(lines);
	for (unsigned at = 0; at + 1 < LINES; at++) {
		memcpy(changed, lines, sizeof(lines[0]) * at);
		memcpy(changed + at, lines + at + 1, sizeof(lines[0]) * (LINES - at - 1));
		assert_int_equal(verify(changed, LINES - 1, &check), at);
		assert_non_null(strstr(check.err, "missing"));

		memcpy(changed, lines, sizeof(lines));
		changed[at] = lines[at + 1];
		changed[at + 1] = lines[at];
		assert_int_equal(verify(changed, LINES, &check), at);

		memcpy(changed, lines, sizeof(lines[0]) * (at + 1));
		memcpy(changed + at + 1, lines + at, sizeof(lines[0]) * (LINES - at));
		assert_int_equal(verify(changed, LINES + 1, &check), at + 1);
	}
}

/* What is cut off at the end, only the last line's number and hash tell. */
static void what_is_cut_off_at_the_end_shows_in_number_and_hash(void **state)
{
	struct journal_line lines[LINES];
	struct journal_check whole, cut;

	(void)state;
	seal_all(lines);
	assert_int_equal(verify(lines, LINES, &whole), LINES);
	assert_int_equal(verify(lines, LINES - 1, &cut), LINES - 1);
	assert_memory_not_equal(whole.last, cut.last, JOURNAL_HASH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_journal_is_whole),
		cmocka_unit_test(the_chain_is_of_sha_256_over_lengths_and_bytes),
		cmocka_unit_test(every_change_of_every_field_is_found),
		cmocka_unit_test(a_line_sealed_again_does_not_fit_the_next),
		cmocka_unit_test(texts_cannot_slide_from_one_field_into_the_next),
		cmocka_unit_test(missing_doubled_and_moved_lines_are_found),
		cmocka_unit_test(what_is_cut_off_at_the_end_shows_in_number_and_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
