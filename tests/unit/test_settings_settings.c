/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings/settings.h"
#include "settings_detectors.h"

static struct bytes of(const char *text)
{
	return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static struct settings *fresh(void)
{
	struct settings *s = NULL;

	assert_int_equal(settings_new(&s), RC_OK);
	return s;
}

static struct settings *read_ok(const char *text)
{
	struct settings *s = fresh();
	char err[512] = "";

	if (settings_read_text(s, "q.yaml", of(text), err, sizeof(err)) != RC_OK)
		fail_msg("%s\n%s", text, err);
	return s;
}

static char *dump(const struct settings *s)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	assert_non_null(to);
	assert_int_equal(settings_dump(s, to), RC_OK);
	fclose(to);
	return text;
}

static void everything_has_a_default(void **unused)
{
	struct settings *s = fresh();
	const struct settings_limits *l = settings_limits(s);
	size_t n = 1;

	(void)unused;
	assert_int_equal(l->flows, 200000);
	assert_int_equal(l->reassembly_bytes, 32 << 20);
	assert_int_equal(l->stream_bytes, 256 << 10);
	assert_int_equal(l->parser_bytes, 32 << 20);
	assert_int_equal(l->targets, 64);
	assert_int_equal(l->syn_timeout_s, 10);
	assert_int_equal(l->idle_timeout_s, 300);
	assert_int_equal(l->ring_bytes, 64 << 20);
	assert_int_equal(settings_workers(s), 0);
	assert_int_equal(settings_policy(s)->n_local, 0);
	assert_int_equal(settings_policy(s)->n_trusted, 0);
	assert_int_equal(settings_knob(s, &test_scan, 0), 60);
	assert_int_equal(settings_knob(s, &test_scan, 1), 12);
	assert_string_equal(settings_format(s), "human");
	assert_int_equal(settings_color(s), SETTINGS_COLOR_AUTO);
	assert_null(settings_scope(s, &n));
	assert_int_equal(n, 0);
	settings_free(s);
}

static bool is(double got, double want)
{
	return got > want - 1e-9 && got < want + 1e-9;
}

static void what_there_is_to_cure_with_is_set_or_the_default(void **unused)
{
	struct settings *s = fresh();
	struct sim_means m = settings_means(s), want = sim_means_default();

	(void)unused;
	assert_true(is(m.people, want.people) && is(m.hours_a_day, want.hours_a_day));
	assert_true(is(m.minutes_each, want.minutes_each) && is(m.hand_success, want.hand_success));
	assert_true(is(m.day_from, want.day_from) && is(m.off_share, want.off_share));
	assert_true(is(m.prepare_hours, want.prepare_hours));
	assert_true(is(m.generic_hours, want.generic_hours));
	assert_true(is(m.generic_an_hour, want.generic_an_hour));
	assert_true(is(m.generic_success, want.generic_success));
	assert_true(is(m.restart_hours, want.restart_hours));
	assert_true(is(m.clean_prepare_hours, want.clean_prepare_hours));
	assert_true(is(m.protection, want.protection) && m.quarantine_hours < 0);
	assert_true(is(m.found_share, want.found_share) && is(m.find_hours, want.find_hours));
	settings_free(s);
	s = read_ok("campaign: {people: 11, hours_a_day: 9, minutes_each: 45, hand_percent: 80,\n"
		    "  prepare_hours: 6, generic_hours: 22, generic_an_hour: 300,\n"
		    "  generic_percent: 75, restart_hours: 1, clean_prepare_hours: 12,\n"
		    "  protection_percent: 40, quarantine_minutes: 15,\n"
		    "  day_from: 6, off_percent: 35}\n");
	m = settings_means(s);
	assert_true(is(m.people, 11) && is(m.hours_a_day, 9) && is(m.minutes_each, 45));
	assert_true(is(m.hand_success, 0.8) && is(m.prepare_hours, 6) && is(m.generic_hours, 22));
	assert_true(is(m.generic_an_hour, 300) && is(m.generic_success, 0.75));
	assert_true(is(m.restart_hours, 1) && is(m.clean_prepare_hours, 12));
	assert_true(is(m.day_from, 6) && is(m.off_share, 0.35));
	assert_true(is(m.protection, 0.4) && is(m.quarantine_hours, 0.25));
	settings_free(s);
}

static const char full[] = "networks:\n"
			   "  local: [10.0.0.0/8, fd00::/8]\n"
			   "  scope: 10.1.0.0/16,10.2.0.0/16\n"
			   "trusted:\n"
			   "  - name: nessus \"old\"\n"
			   "    address: 10.0.0.9\n"
			   "    threat: port-scan\n"
			   "  - {name: \"Verteiler S\\u00fcd\\ufffe\", net: 10.3.0.0/24}\n"
			   "switches:\n"
			   "  - {name: \"2nd floor\", address: 10.1.0.2, community_file: /etc/c}\n"
			   "  - name: core\n"
			   "    address: fd00::1\n"
			   "    port: 1161\n"
			   "    router: yes\n"
			   "    user: quell\n"
			   "    auth: SHA-256\n"
			   "    priv: none\n"
			   "    secrets_file: /etc/quell/core\n"
			   "ask: {credentials: /etc/quell/account, timeout_ms: 500}\n"
			   "store: {url: \"postgresql:///quell\"}\n"
			   "sensor: {name: 2nd floor}\n"
			   "capture: {workers: 2}\n"
			   "limits:\n"
			   "  flows: 5000\n"
			   "  idle_timeout_s:\n" /* left empty: the default */
			   "output:\n"
			   "  format: json\n"
			   "detect:\n"
			   "  test-scan:\n"
			   "    window: 30\n";

static void a_file_sets_what_it_names(void **unused)
{
	struct settings *s = read_ok(full);
	const struct policy *p = settings_policy(s);
	struct addr in = addr_v4(0x0a000009);
	size_t n = 0;

	(void)unused;
	assert_int_equal(p->n_local, 2);
	assert_true(net_contains(&p->local[0], &in));
	(void)settings_scope(s, &n);
	assert_int_equal(n, 2);
	assert_int_equal(p->n_trusted, 2);
	assert_string_equal(p->trusted[0].name, "nessus \"old\"");
	assert_string_equal(p->trusted[0].threat, "port-scan");
	assert_true(net_contains(&p->trusted[0].net, &in));
	assert_null(p->trusted[1].threat);
	assert_int_equal(settings_limits(s)->flows, 5000);
	assert_int_equal(settings_limits(s)->idle_timeout_s, 300);
	assert_int_equal(settings_workers(s), 2);
	assert_int_equal(settings_knob(s, &test_scan, 0), 30);
	assert_string_equal(settings_format(s), "json");
	settings_free(s);
}

static void whom_to_ask_is_read(void **unused)
{
	struct settings *s = read_ok(full), *none = fresh();
	size_t n = 0;
	const struct ask_switch *w = settings_switches(s, &n);

	(void)unused;
	assert_int_equal(n, 2);
	assert_string_equal(w[0].name, "2nd floor");
	assert_string_equal(w[0].community_file, "/etc/c");
	assert_int_equal(w[0].port, 161);
	assert_false(w[0].is_router);
	assert_null(w[0].user);
	assert_int_equal(w[1].port, 1161);
	assert_true(w[1].is_router);
	assert_string_equal(w[1].user, "quell");
	assert_string_equal(w[1].auth, "SHA-256");
	assert_string_equal(w[1].priv, "");
	assert_string_equal(w[1].secrets_file, "/etc/quell/core");
	assert_string_equal(settings_ask(s).credentials, "/etc/quell/account");
	assert_int_equal(settings_ask(s).timeout_ms, 500);
	assert_int_equal(settings_ask(s).parallel, 16);
	assert_int_equal(settings_ask(s).rate, 20);
	assert_null(settings_ask(none).credentials);
	assert_string_equal(settings_store_url(s), "postgresql:///quell");
	assert_string_equal(settings_sensor_name(s), "2nd floor");
	assert_null(settings_store_url(none));
	assert_null(settings_sensor_name(none));
	(void)settings_switches(none, &n);
	assert_int_equal(n, 0);
	settings_free(none);
	settings_free(s);
}

static void an_empty_file_changes_nothing(void **unused)
{
	static const char *const texts[] = {"", "# nothing\n", "---\n", "limits:\n  # flows: 1\n",
					    "detect:\n  test-scan:\n"};
	struct settings *untouched = fresh();
	char *want = dump(untouched);

	(void)unused;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct settings *s = read_ok(texts[i]);
		char *got = dump(s);

		assert_string_equal(got, want);
		free(got);
		settings_free(s);
	}
	free(want);
	settings_free(untouched);
}

static const struct {
	const char *text, *err;
} wrong[] = {
	{"limits:\n  flow: 1\n",
	 "q.yaml:2: unknown key 'limits.flow'; did you mean 'limits.flows'?"},
	{"limts:\n  flows: 1\n", "q.yaml:1: unknown key 'limts'"},
	{"detect:\n  test-scan:\n    windw: 1\n", "did you mean 'detect.test-scan.window'?"},
	{"detect:\n  test-plain:\n    window: 1\n", "unknown key 'detect.test-plain'"},
	{"limits:\n\n  flows: 12\n",
	 "q.yaml:3: limits.flows: 12 is out of range, 1024 to 10000000"},
	{"limits:\n  flows: 99999999999999999999\n", "is out of range, 1024 to 10000000"},
	{"limits:\n  flows: many\n", "limits.flows is a whole number, 1024 to 10000000"},
	{"limits:\n  flows: 2k\n", "limits.flows is a whole number"},
	{"limits:\n  flows: [1]\n", "limits.flows is a whole number"},
	{"limits:\n  flows: ''\n", "limits.flows is a whole number"},
	{"limits: 3\n", "limits: keys and values are expected here"},
	{"limits:\n  flows: 2000\n  flows: 3000\n",
	 "q.yaml:3: limits.flows was set before, in line 2"},
	{"detect:\n  test-scan:\n    fan-out: 65\n",
	 "detect.test-scan.fan-out: 65 is out of range, 2 to 64"},
	{"networks:\n  local: [10.0.0.1/8]\n", "10.0.0.1/8 is not a network"},
	{"networks:\n  local: {a: b}\n", "networks.local is a list of networks"},
	{"networks:\n  local: [[10.0.0.0/8]]\n", "networks.local: a network as"},
	{"trusted:\n  - name: x\n", "q.yaml:2: trusted: an entry needs a name and a net"},
	{"trusted:\n  - {name: x, nett: 10.0.0.1}\n", "trusted: unknown key 'nett'"},
	{"trusted:\n  - {name: x, net: 10.0.0}\n", "10.0.0 is not an address"},
	{"trusted:\n  - {name: \"x\\n\", net: 10.0.0.1}\n", "'name' needs a plain text"},
	{"trusted:\n  - {name: \"x\\u202e\", net: 10.0.0.1}\n", "'name' needs a plain text"},
	{"trusted:\n  - {name: x, net: 10.0.0.1, threat: MS08}\n", "is no id of a threat"},
	{"trusted: none\n", "trusted is a list"},
	{"switches: none\n", "switches is a list"},
	{"switches: [core]\n", "switches: an entry is"},
	{"switches:\n  - name: x\n", "q.yaml:2: switches: an entry needs a name and an address"},
	{"switches:\n  - {name: x, address: 10.0.0.0/8}\n", "10.0.0.0/8 is not an address"},
	{"switches:\n  - {name: x, address: 10.0.0.1}\n", "x needs either community_file"},
	{"switches:\n  - {name: x, address: 10.0.0.1, community: public}\n",
	 "switches: unknown key 'community'"},
	{"switches:\n  - {name: x, address: 10.0.0.1, community_file: public}\n",
	 "community_file is the path of a file"},
	{"switches:\n  - {name: x, address: 10.0.0.1, community_file: /c, user: u}\n",
	 "x needs either community_file"},
	{"switches:\n  - {name: x, address: 10.0.0.1, user: u}\n", "x: user and secrets_file"},
	{"switches:\n  - {name: x, address: 10.0.0.1, community_file: /c, auth: SHA}\n",
	 "x: auth and priv need a user"},
	{"switches:\n  - {name: x, auth: MD5}\n", "switches: auth is SHA, SHA-224"},
	{"switches:\n  - {name: x, priv: DES}\n", "switches: priv is AES or none"},
	{"switches:\n  - {name: x, port: 0}\n", "switches: 0 is no port"},
	{"switches:\n  - {name: x, router: maybe}\n", "switches: router is yes or no"},
	{"sensor:\n  name: [a]\n", "sensor.name is a text of at most 63 bytes"},
	{"sensor:\n  name: a123456789b123456789c123456789d123456789e123456789f123456789g1234\n",
	 "sensor.name is a text of at most 63 bytes"},
	{"ask:\n  credentials: account\n", "ask.credentials is the path of a file, from / on"},
	{"ask:\n  rate: 0\n", "ask.rate: 0 is out of range, 1 to 1000"},
	{"output:\n  format: xml\n", "output.format is one of: human, json, eve, csv"},
	{"- limits\n", "q.yaml:1: keys and values are expected here"},
	{"limits:\n\tflows: 1\n", "q.yaml:2: "},
	{"limits: {flows: 2000}\n---\nlimits: {flows: 3000}\n", "only one YAML document"},
	{"limits: [", "q.yaml:"},
	{"\x01", "q.yaml:1: control characters are not allowed"},
	{"? [a]\n: b\n", "a key is a short word"},
};

static void a_wrong_file_is_an_error_with_its_line(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct settings *s = fresh();
		char err[512] = "";

		assert_int_equal(
			settings_read_text(s, "q.yaml", of(wrong[i].text), err, sizeof(err)),
			RC_INVAL);
		if (strstr(err, wrong[i].err) == NULL)
			fail_msg("%s\nsaid: %s", wrong[i].text, err);
		settings_free(s);
	}
}

static void set_goes_over_the_file_with_the_same_checks(void **unused)
{
	struct settings *s = read_ok(full);
	char err[512] = "";
	static const struct {
		const char *text, *err;
	} bad[] = {
		{"limits.flow=1", "unknown key 'limits.flow'; did you mean 'limits.flows'?"},
		{"limits=1", "unknown key 'limits'"},
		{"limits.flows", "--set needs KEY=VALUE"},
		{"limits.flows=", "limits.flows needs a value"},
		{"limits.flows=12", "--set: limits.flows: 12 is out of range"},
		{"limits.flows=a: b", "limits.flows is a whole number"},
		{"networks.local=10.0.0.1/8", "is not a network"},
	};

	(void)unused;
	assert_int_equal(settings_set(s, "limits.flows=2000", err, sizeof(err)), RC_OK);
	assert_int_equal(settings_set(s, "limits.flows=3000", err, sizeof(err)), RC_OK);
	assert_int_equal(settings_limits(s)->flows, 3000);
	assert_int_equal(
		settings_set(s, "networks.local=192.168.0.0/16,172.16.0.0/12", err, sizeof(err)),
		RC_OK);
	assert_int_equal(settings_policy(s)->n_local, 2);
	assert_int_equal(settings_set(s, "networks.local=[]", err, sizeof(err)), RC_OK);
	assert_int_equal(settings_policy(s)->n_local, 0);
	assert_int_equal(settings_set(s, "trusted=[{name: x, net: 10.0.0.1}]", err, sizeof(err)),
			 RC_OK);
	assert_int_equal(settings_policy(s)->n_trusted, 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(settings_set(s, bad[i].text, err, sizeof(err)), RC_INVAL);
		if (strstr(err, bad[i].err) == NULL)
			fail_msg("%s said: %s", bad[i].text, err);
	}
	settings_free(s);
}

/* Takes the origins off the ends of lines. */
static void without_origins(char *text)
{
	char *to = text;

	for (const char *p = text; *p != '\0';) {
		if (strncmp(p, "  # ", 4) == 0 && to > text && to[-1] != '\n' && to[-1] != ' ') {
			p += strcspn(p, "\n");
			continue;
		}
		*to++ = *p++;
	}
	*to = '\0';
}

static void the_dump_says_where_values_came_from(void **unused)
{
	struct settings *s = read_ok(full);
	char err[512] = "";
	char *text = NULL;

	(void)unused;
	assert_int_equal(settings_set(s, "detect.test-scan.fan-out=9", err, sizeof(err)), RC_OK);
	text = dump(s);
	assert_non_null(strstr(text, "\n  flows: 5000  # q.yaml:24\n"));
	assert_non_null(strstr(text, "\n  # connections followed at a time (1024 to 10000000)\n"));
	assert_non_null(strstr(text, "\n  hosts: 65536  # default\n"));
	assert_non_null(strstr(text, "\n    fan-out: 9  # --set\n"));
	assert_non_null(strstr(text, "\n  local:  # q.yaml:2\n    - \"10.0.0.0/8\"\n"));
	free(text);
	settings_free(s);
}

static void what_is_dumped_reads_back_the_same(void **unused)
{
	struct settings *s = read_ok(full);
	char *first = dump(s);
	struct settings *again = read_ok(first);
	char *second = dump(again);
	struct settings *thrice = read_ok(second);
	char *third = dump(thrice);

	(void)unused;
	assert_string_equal(second, third); /* with origins: the lines are the same by now */
	without_origins(first);
	without_origins(second);
	assert_string_equal(first, second);
	free(first);
	free(second);
	free(third);
	settings_free(s);
	settings_free(again);
	settings_free(thrice);
}

static void every_key_is_in_the_dump(void **unused)
{
	struct settings *s = fresh();
	char *text = dump(s);
	size_t n = 0;

	(void)unused;
	for (const char *key = NULL; (key = settings_key_at(s, n)) != NULL; n++) {
		const char *last = strrchr(key, '.');
		char want[96];

		snprintf(want, sizeof(want), "%s:", last != NULL ? last + 1 : key);
		assert_non_null(strstr(text, want));
	}
	assert_true(n > 15);
	free(text);
	settings_free(s);
}

static void a_file_that_cannot_be_read_leaves_errno(void **unused)
{
	struct settings *s = fresh();
	char err[512] = "";

	(void)unused;
	assert_int_equal(settings_read(s, "/nonexistent.yaml", err, sizeof(err)), RC_IO);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(settings_read(s, "/", err, sizeof(err)), RC_IO);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(settings_read(s, "/dev/zero", err, sizeof(err)), RC_INVAL);
	assert_non_null(strstr(err, "/dev/zero: larger than"));
	settings_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_has_a_default),
		cmocka_unit_test(what_there_is_to_cure_with_is_set_or_the_default),
		cmocka_unit_test(a_file_sets_what_it_names),
		cmocka_unit_test(whom_to_ask_is_read),
		cmocka_unit_test(an_empty_file_changes_nothing),
		cmocka_unit_test(a_wrong_file_is_an_error_with_its_line),
		cmocka_unit_test(set_goes_over_the_file_with_the_same_checks),
		cmocka_unit_test(the_dump_says_where_values_came_from),
		cmocka_unit_test(what_is_dumped_reads_back_the_same),
		cmocka_unit_test(every_key_is_in_the_dump),
		cmocka_unit_test(a_file_that_cannot_be_read_leaves_errno),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
