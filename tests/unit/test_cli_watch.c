/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/watch.h"
#include "console/command.h"
#include "filter/filter.h"
#include "report/report.h"
#include "settings/settings.h"
#include "settings_detectors.h"

enum { WORDS_MAX = 16, TEXT_MAX = 128, RUN = 77 };

/* What the command asked of the program, which does not run here. */
static struct {
	bool has_run, promiscuous, exit_code, events, has_filter;
	size_t n_files;
	char files[4][TEXT_MAX], interface[TEXT_MAX], bpf[TEXT_MAX], writer[TEXT_MAX];
	double for_s;
	unsigned workers;
	size_t flows;
	long window;
} seen;

int watch_run(const struct watch_options *opt)
{
	memset(&seen, 0, sizeof(seen));
	seen.has_run = true;
	seen.promiscuous = opt->promiscuous;
	seen.exit_code = opt->exit_code;
	seen.events = opt->events;
	seen.has_filter = opt->filter != NULL;
	seen.n_files = opt->n_files;
	for (size_t i = 0; i < opt->n_files && i < 4; i++)
		snprintf(seen.files[i], TEXT_MAX, "%s", opt->files[i]);
	snprintf(seen.interface, TEXT_MAX, "%s", opt->interface != NULL ? opt->interface : "");
	snprintf(seen.bpf, TEXT_MAX, "%s", opt->bpf != NULL ? opt->bpf : "");
	snprintf(seen.writer, TEXT_MAX, "%s", opt->writer->name);
	seen.for_s = opt->for_s;
	seen.workers = opt->workers;
	seen.flows = settings_limits(opt->settings)->flows;
	seen.window = settings_knob(opt->settings, &test_scan, 0);
	return RUN;
}

/* Runs a command; its words are the arguments, up to a NULL. */
static int command(const struct cli_command *c, const char *const *words)
{
	char text[WORDS_MAX][TEXT_MAX];
	char *argv[WORDS_MAX + 1] = {NULL};
	int argc = 0;

	snprintf(text[argc], TEXT_MAX, "%s", c->name);
	argv[argc] = text[argc];
	for (argc = 1; argc < WORDS_MAX && words[argc - 1] != NULL; argc++) {
		snprintf(text[argc], TEXT_MAX, "%s", words[argc - 1]);
		argv[argc] = text[argc];
	}
	optind = 0; /* glibc: start afresh */
	memset(&seen, 0, sizeof(seen));
	return c->run(argc, argv);
}

#define WATCH(...)   command(&cli_watch, (const char *const[]){__VA_ARGS__, NULL})
#define THREATS(...) command(&cli_threats, (const char *const[]){__VA_ARGS__, NULL})

static void files_are_passed_on_in_order(void **unused)
{
	(void)unused;
	assert_int_equal(WATCH("-r", "a", "-r", "-"), RUN);
	assert_int_equal(seen.n_files, 2);
	assert_string_equal(seen.files[0], "a");
	assert_string_equal(seen.files[1], "-");
	assert_string_equal(seen.writer, "human");
	assert_int_equal(seen.workers, 0);
	assert_int_equal(WATCH("-r", "a", "b", "c", "--workers", "2"), RUN);
	assert_int_equal(seen.n_files, 3);
	assert_string_equal(seen.files[2], "c");
	assert_int_equal(seen.workers, 2);
}

static void an_interface_takes_time_and_bpf_words(void **unused)
{
	(void)unused;
	assert_int_equal(WATCH("-i", "eth0", "--for", "30m", "--promiscuous", "not", "port", "22"),
			 RUN);
	assert_string_equal(seen.interface, "eth0");
	assert_string_equal(seen.bpf, "not port 22");
	assert_true(seen.for_s == 1800);
	assert_true(seen.promiscuous);
	assert_int_equal(seen.n_files, 0);
	assert_int_equal(WATCH("-i", "eth0", "--for", "1.5h", "-o", "eve", "--exit-code"), RUN);
	assert_true(seen.for_s == 5400);
	assert_string_equal(seen.writer, "eve");
	assert_true(seen.exit_code);
	assert_string_equal(seen.bpf, "");
}

static void set_goes_over_the_file(void **unused)
{
	char path[] = "/tmp/quell-cli-XXXXXX";
	static const char text[] = "limits: {flows: 5000}\n"
				   "capture: {workers: 3}\n"
				   "output: {format: csv}\n"
				   "detect: {test-scan: {window: 30}}\n";
	int fd = mkstemp(path);

	(void)unused;
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	assert_int_equal(WATCH("--set", "limits.flows=6000", "-r", "a", "-c", path), RUN);
	assert_int_equal(seen.flows, 6000);
	assert_int_equal(seen.window, 30);
	assert_int_equal(seen.workers, 3);
	assert_string_equal(seen.writer, "csv");
	assert_int_equal(WATCH("-o", "json", "--workers", "1", "-r", "a", "-c", path), RUN);
	assert_string_equal(seen.writer, "json");
	assert_int_equal(seen.workers, 1);
	unlink(path);
}

static void asking_runs_nothing(void **unused)
{
	(void)unused;
	assert_int_equal(WATCH("--help"), CLI_DONE);
	assert_int_equal(WATCH("--fields"), CLI_DONE);
	assert_int_equal(WATCH("--dump-config"), CLI_DONE);
	assert_int_equal(WATCH("-T", "-r", "a"), CLI_DONE);
	assert_int_equal(WATCH("-T", "--set", "limits.flow=1"), CLI_USAGE);
	assert_int_equal(WATCH("-T", "--set", "trusted=[{name: a, net: 10.0.0.1, threat: ms08}]"),
			 CLI_USAGE);
	assert_int_equal(
		WATCH("-T", "--set", "trusted=[{name: a, net: 10.0.0.1, threat: ms08-067}]"),
		CLI_DONE);
	assert_false(seen.has_run);
}

static void an_expression_is_compiled(void **unused)
{
	(void)unused;
	assert_int_equal(WATCH("-r", "a", "-Y", "smb.cmd == 0x25"), RUN);
	assert_true(seen.has_filter);
	assert_int_equal(WATCH("-r", "a", "-Y", "smb.cdm == 0x25"), CLI_USAGE);
	assert_false(seen.has_run);
	assert_int_equal(WATCH("-r", "a", "--events"), RUN);
	assert_true(seen.events && !seen.has_filter);
}

static void wrong_usage_ends_with_2(void **unused)
{
	(void)unused;
	static const char *const wrong[][6] = {
		{NULL},
		{"-r", NULL},
		{"-r", "a", "-i", "eth0", NULL},
		{"a.pcap", NULL},
		{"-r", "a", "--for", "30m", NULL},
		{"-r", "a", "--promiscuous", NULL},
		{"-r", "a", "--nonsense", NULL},
		{"-r", "a", "-x", NULL},
		{"-r", "a", "-o", "xml", NULL},
		{"-r", "a", "-c", "/nonexistent.yaml", NULL},
		{"-r", "a", "--set", "limits.flows", NULL},
		{"-r", "a", "-Y", "ip", "--events", NULL},
		{"-r", "a", "--workers", "0", NULL},
		{"-r", "a", "--workers", "65", NULL},
		{"-r", "a", "--workers", "-1", NULL},
		{"-r", "a", "--workers", "2x", NULL},
		{"-i", "eth0", "--for", "0", NULL},
		{"-i", "eth0", "--for", "-5m", NULL},
		{"-i", "eth0", "--for", "5y", NULL},
		{"-i", "eth0", "--for", "5mm", NULL},
		{"-i", "eth0", "--for", "inf", NULL},
		{"-i", "eth0", "--for", "1e300d", NULL},
		{"-i", "eth0", "--for", "", NULL},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (command(&cli_watch, wrong[i]) != CLI_USAGE || seen.has_run)
			fail_msg("case %zu was accepted", i);
	}
}

static void threats_are_listed_and_explained(void **unused)
{
	(void)unused;
	assert_int_equal(command(&cli_threats, (const char *const[]){NULL}), CLI_DONE);
	assert_int_equal(THREATS("ms08-067"), CLI_DONE);
	assert_int_equal(THREATS("-o", "json", "ms08-067"), CLI_DONE);
	assert_int_equal(THREATS("-o", "json"), CLI_DONE);
	assert_int_equal(THREATS("-o", "csv"), CLI_USAGE);
	assert_int_equal(THREATS("ms08-76"), CLI_USAGE);
	assert_int_equal(THREATS("ms08-067", "slammer"), CLI_USAGE);
	assert_int_equal(THREATS("--help"), CLI_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_passed_on_in_order),
		cmocka_unit_test(an_interface_takes_time_and_bpf_words),
		cmocka_unit_test(set_goes_over_the_file),
		cmocka_unit_test(asking_runs_nothing),
		cmocka_unit_test(an_expression_is_compiled),
		cmocka_unit_test(wrong_usage_ends_with_2),
		cmocka_unit_test(threats_are_listed_and_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
