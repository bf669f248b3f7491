#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/monotime.h"
#include "campaign/results.h"

static const char whole[] =
	"QUELL-RESULT 1\r\n"
	"campaign=stop-conficker\r\n"
	"machine=mac:001a2b3c4d5e\r\n"
	"computer=PC-0042\r\n"
	"kit=logon-script\r\n"
	"time=2026-11-29 01:15:44\r\n"
	"offset=+0100\r\n"
	"os=5.1.2600\r\n"
	"arch=x86\r\n"
	"step=detect result=none code=0\r\n"
	"step=patch result=reboot code=3010 text=KB958644 wants a restart=yes\r\n"
	"step=clean result=failed code=-2147024891 text=no rights\r\n"
	"file=system32\\netapi 32.dll version=5.1.2600.5694\r\n"
	"end\r\n";

static struct bytes of(const char *text)
{
	return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static void a_whole_result_is_read(void **state)
{
	struct result r;
	char err[128] = "";

	(void)state;
	assert_int_equal(result_parse(of(whole), &r, err, sizeof(err)), RC_OK);
	assert_string_equal(r.campaign, "stop-conficker");
	assert_string_equal(r.machine, "mac:001a2b3c4d5e");
	assert_string_equal(r.computer, "PC-0042");
	assert_string_equal(r.kit, "logon-script");
	assert_string_equal(r.os, "5.1.2600");
	assert_string_equal(r.arch, "x86");
	/* date -u -d '2026-11-29 00:15:44' +%s */
	assert_int_equal(r.at_ns, UINT64_C(1795911344) * NS_PER_S);
	assert_int_equal(r.n_steps, 3);
	assert_string_equal(r.steps[1].step, "patch");
	assert_string_equal(r.steps[1].result, "reboot");
	assert_int_equal(r.steps[1].code, 3010);
	assert_string_equal(r.steps[1].text, "KB958644 wants a restart=yes");
	assert_int_equal(r.steps[2].code, -2147024891);
	assert_int_equal(r.n_files, 1);
	assert_string_equal(r.files[0].path, "system32\\netapi 32.dll");
	assert_string_equal(r.files[0].version, "5.1.2600.5694");
	assert_false(r.is_cut);
	assert_int_equal(r.bad_lines, 0);
}

static void every_beginning_of_a_result_is_used_and_said_to_be_cut(void **state)
{
	char err[128];
	struct result r, before = {.n_steps = 0};

	(void)state;
	for (size_t len = 0; len + 5 < sizeof(whole) - 1; len++) {
		struct bytes part = {(const uint8_t *)whole, len};

		if (result_parse(part, &r, err, sizeof(err)) != RC_OK) {
			assert_true(len < strlen("QUELL-RESULT 1"));
			continue;
		}
		assert_true(r.is_cut);
		assert_true(r.n_steps >= before.n_steps && r.n_files >= before.n_files);
		before = r;
	}
	assert_int_equal(before.n_steps, 3);
}

static void utf_16_of_either_order_says_the_same(void **state)
{
	uint8_t wide[2 * sizeof(whole)];
	struct result narrow, r;
	char err[128];

	(void)state;
	assert_int_equal(result_parse(of(whole), &narrow, err, sizeof(err)), RC_OK);
	for (unsigned big = 0; big < 2; big++) {
		size_t n = sizeof(whole) - 1;

		wide[big] = 0xff;
		wide[!big] = 0xfe;
		for (size_t i = 0; i < n; i++) {
			wide[2 + 2 * i + big] = (uint8_t)whole[i];
			wide[2 + 2 * i + !big] = 0;
		}
		assert_int_equal(
			result_parse((struct bytes){wide, 2 + 2 * n}, &r, err, sizeof(err)), RC_OK);
		assert_memory_equal(&r, &narrow, sizeof(r));
	}
}

static void a_time_without_its_offset_is_none(void **state)
{
	static const struct {
		const char *lines;
		uint64_t at_s;
	} cases[] = {
		{"time=2026-11-29 01:15:44\n", 0},
		{"time=2026-11-29 01:15:44\noffset=-0330\n", 1795927544},
		{"time=2026-11-29 01:15:44\noffset=0100\n", 0},
		{"time=29.11.2026 01:15\noffset=+0100\n", 0},
		{"time=2026-13-29 01:15:44\noffset=+0100\n", 0},
		{"offset=+0100\n", 0},
	};
	char text[256], err[128];
	struct result r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(text, sizeof(text), "QUELL-RESULT 1\n%send\n", cases[i].lines);
		assert_int_equal(result_parse(of(text), &r, err, sizeof(err)), RC_OK);
		assert_int_equal(r.at_ns, cases[i].at_s * NS_PER_S);
	}
}

static void bad_lines_cost_themselves_alone(void **state)
{
	static const char *const bad[] = {
		"step=patch",
		"step=patch code=0",
		"step=patch result=done code=zero",
		"step=patch result=done code=99999999999999999999",
		"step=patch result=done code=0x",
		"step=PATCH result=done code=0",
		"step=patch result=done surprise=1",
		"step=patchpatchpatchpatch result=done",
		"file=system32\\x.dll",
		"file= version=1",
		"computer=second",
		"what=ever",
		"nonsense",
	};
	char text[512], err[128];
	struct result r;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(text, sizeof(text),
			       "QUELL-RESULT 1\ncomputer=first\n%s\nstep=clean result=done\nend\n",
			       bad[i]);
		assert_int_equal(result_parse(of(text), &r, err, sizeof(err)), RC_OK);
		assert_int_equal(r.bad_lines, 1);
		assert_int_equal(r.first_bad, 3);
		assert_string_equal(r.computer, "first");
		assert_int_equal(r.n_steps, 1);
		assert_string_equal(r.steps[0].step, "clean");
		assert_false(r.is_cut);
	}
}

static void too_much_of_anything_is_bounded(void **state)
{
	char *text = malloc(RESULT_BYTES + 2);
	struct result r;
	char err[128];
	size_t len = 0;

	(void)state;
	assert_non_null(text);
	len = (size_t)snprintf(text, RESULT_BYTES, "QUELL-RESULT 1\n");
	while (len + 64 < RESULT_BYTES)
		len += (size_t)snprintf(text + len, RESULT_BYTES - len,
					"step=patch result=done code=1\nfile=a version=1\n");
	assert_int_equal(result_parse((struct bytes){(uint8_t *)text, len}, &r, err, sizeof(err)),
			 RC_OK);
	assert_int_equal(r.n_steps, RESULT_STEPS);
	assert_int_equal(r.n_files, RESULT_FILES);
	assert_true(r.bad_lines > 1000);
	memset(text + len, ' ', RESULT_BYTES + 1 - len);
	assert_int_equal(result_parse((struct bytes){(uint8_t *)text, RESULT_BYTES + 1}, &r, err,
				      sizeof(err)),
			 RC_FORMAT);
	assert_non_null(strstr(err, "64 KiB"));
	free(text);
}

static void what_is_no_result_is_refused(void **state)
{
	static const char *const cases[] = {
		"", "\n", "QUELL-RESULT 2\n", "\xff\xfe", "quell-result 1\n", "MZ\x90"};
	struct result r;
	char err[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err[0] = '\0';
		assert_int_equal(result_parse(of(cases[i]), &r, err, sizeof(err)), RC_FORMAT);
		assert_true(err[0] != '\0');
	}
}

static void nothing_in_it_acts_on_a_terminal_or_a_line(void **state)
{
	struct result r;
	char err[128];

	(void)state;
	assert_int_equal(
		result_parse(of("QUELL-RESULT 1\ncomputer=a\x1b[2J\x07z\nkit=\x80\xff\nend"), &r,
			     err, sizeof(err)),
		RC_OK);
	assert_string_equal(r.computer, "a [2J z");
	assert_string_equal(r.kit, "\xef\xbf\xbd\xef\xbf\xbd");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_result_is_read),
		cmocka_unit_test(every_beginning_of_a_result_is_used_and_said_to_be_cut),
		cmocka_unit_test(utf_16_of_either_order_says_the_same),
		cmocka_unit_test(a_time_without_its_offset_is_none),
		cmocka_unit_test(bad_lines_cost_themselves_alone),
		cmocka_unit_test(too_much_of_anything_is_bounded),
		cmocka_unit_test(what_is_no_result_is_refused),
		cmocka_unit_test(nothing_in_it_acts_on_a_terminal_or_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
