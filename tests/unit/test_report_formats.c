/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <jansson.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/tree.h"
#include "report_sample.h"

extern char **environ;

static void path_in_source(char *to, size_t cap, const char *path)
{
	const char *root = getenv("QUELL_SOURCE");

	snprintf(to, cap, "%s/%s", root == NULL ? "." : root, path);
}

/* Runs tests/tools/validate on the text. True: it matches. */
static bool is_valid(const char *schema, const char *text, const char *suffix)
{
	char tool[512], schema_path[512], path[64];
	pid_t pid;
	int status;

	path_in_source(tool, sizeof(tool), "tests/tools/validate");
	path_in_source(schema_path, sizeof(schema_path), schema);
	snprintf(path, sizeof(path), "/tmp/quell-test-XXXXXX%s", suffix);
	int fd = mkstemps(path, (int)strlen(suffix));

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	char *argv[] = {tool, schema_path, path, NULL};

	assert_int_equal(posix_spawn(&pid, tool, NULL, NULL, argv, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	unlink(path);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 0;
}

static char *json_of(const struct outbreak *o)
{
	char *text = sample_write(o, "json", false);

	assert_non_null(text);
	return text;
}

static void an_office_matches_both_schemas(void **state)
{
	struct sample s;

	(void)state;
	assert_true(sample_office(&s));
	char *json = json_of(&s.o), *eve = sample_write(&s.o, "eve", false);

	assert_non_null(eve);
	assert_true(is_valid("doc/report.schema.json", json, ".json"));
	assert_true(is_valid("doc/eve.schema.json", eve, ".eve"));
	free(json);
	free(eve);
	sample_done(&s);
}

static void the_schemas_notice_mistakes(void **state)
{
	struct sample s;

	(void)state;
	assert_true(sample_office(&s));
	s.o.hosts[0].n_why = 0; /* infected, and nobody knows why */
	char *json = json_of(&s.o);

	assert_false(is_valid("doc/report.schema.json", json, ".json"));
	free(json);
	s.findings[0].count = 0;
	s.o.hosts[0].n_why = 1;
	json = json_of(&s.o);
	assert_false(is_valid("doc/report.schema.json", json, ".json"));
	free(json);
	assert_false(is_valid("doc/eve.schema.json", "{\"event_type\":\"alert\"}\n", ".eve"));
	sample_done(&s);
}

static void a_tree_matches_the_schema(void **state)
{
	const struct tree_other other = {2, 0.25};
	const struct tree_edge edges[] = {{.from = 0,
					   .to = 1,
					   .threat = "ms08-067",
					   .class = CLASS_EXPLOIT,
					   .at_ns = SAMPLE_START,
					   .sign = TREE_PULLED,
					   .confidence = 0.75,
					   .others = &other,
					   .n_others = 1,
					   .why = "because"}};
	const struct tree_root roots[] = {{0, SAMPLE_START, 0.5, 1, "nobody"}};
	struct tree tree = {edges, 1, roots, 1, NULL};
	struct sample s;

	(void)state;
	assert_true(sample_office(&s));
	assert_true(s.o.n_hosts > 2);
	s.o.tree = &tree;
	char *json = json_of(&s.o), *csv = sample_write(&s.o, "csv", false);

	assert_true(is_valid("doc/report.schema.json", json, ".json"));
	assert_non_null(strstr(json, "\"sign\":\"pulled\""));
	assert_non_null(strstr(csv, ",2009-02-13T03:32:07.123456Z,0.75\r\n"));
	free(json);
	free(csv);
	sample_done(&s);
}

static void an_empty_outbreak_matches_the_schema(void **state)
{
	struct sample s;

	(void)state;
	assert_true(sample_room(&s, 0, 0));
	s.o.source.kind = "live";
	char *json = json_of(&s.o), *eve = sample_write(&s.o, "eve", false);

	assert_true(is_valid("doc/report.schema.json", json, ".json"));
	assert_string_equal(eve, "");
	free(json);
	free(eve);
	sample_done(&s);
}

static void hostile_names_stay_ascii_and_valid(void **state)
{
	struct sample s;

	(void)state;
	assert_true(sample_office(&s));
	s.o.hosts[0].why[0] = "\xff\xfe\x1b[2J \"quoted\" \xe2\x80\xae";
	sample_text(s.findings[0].why, FINDING_WHY, "\x80 broken");
	finding_detail_text(&s.findings[0], "path", "\x1b]0;\x07");
	char *json = json_of(&s.o);

	for (const char *at = json; *at != '\0'; at++)
		assert_true(*at == '\n' || (*at >= 0x20 && *at < 0x7f));
	assert_true(is_valid("doc/report.schema.json", json, ".json"));
	free(json);
	sample_done(&s);
}

static void packets_are_numbered_within_their_file(void **state)
{
	const char *names[] = {"a.pcap", "b.pcap"};
	const uint64_t first_seq[] = {1, 1001};
	struct sample s;

	(void)state;
	assert_true(sample_office(&s));
	s.o.source.names = names;
	s.o.source.n_names = 2;
	s.o.source.first_seq = first_seq;
	char *json = json_of(&s.o);
	json_t *j = json_loads(json, 0, NULL);
	json_t *f = json_array_get(json_object_get(j, "findings"), 0);

	assert_int_equal(json_integer_value(json_array_get(json_object_get(f, "packets"), 2)), 508);
	assert_string_equal(json_string_value(json_array_get(json_object_get(f, "files"), 2)),
			    "b.pcap");
	assert_true(is_valid("doc/report.schema.json", json, ".json"));
	json_decref(j);
	free(json);
	sample_done(&s);
}

static void eve_names_the_connection_where_there_is_one(void **state)
{
	struct sample s;

	(void)state;
	assert_true(sample_office(&s));
	char *eve = sample_write(&s.o, "eve", false), *rest = strchr(eve, '\n');
	json_t *j = json_loadb(eve, (size_t)(rest - eve), 0, NULL);

	assert_string_equal(json_string_value(json_object_get(j, "timestamp")),
			    "2009-02-13T03:32:07.123456+0000");
	assert_string_equal(json_string_value(json_object_get(j, "proto")), "TCP");
	assert_int_equal(json_integer_value(json_object_get(j, "dest_port")), 445);
	assert_int_equal(json_integer_value(json_object_get(j, "pcap_cnt")), 120);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(j, "alert"), "signature_id")),
		1450020);
	assert_non_null(json_object_get(j, "community_id"));
	assert_non_null(strstr(rest, "\"signature_id\":1450487")); /* port-scan, scan */
	assert_null(strstr(rest, "community_id"));
	json_decref(j);
	free(eve);
	sample_done(&s);
}

static void csv_is_quoted_and_runs_no_formula(void **state)
{
	struct sample s;

	(void)state;
	assert_true(sample_office(&s));
	s.o.hosts[0].why[0] = "=HYPERLINK(\"http://x\",\"y\")";
	s.o.hosts[1].why[0] = "a\r\nb";
	char *csv = sample_write(&s.o, "csv", false);

	assert_non_null(csv);
	assert_int_equal(strncmp(csv, "address,macs,verdict,", 21), 0);
	assert_non_null(strstr(csv, "192.168.1.23,00:14:22:3a:11:04,infected,0.98,ms08-067,"
				    "2009-02-13T03:32:07.123456Z,2009-02-13T03:33:37.123456Z,3,12,"
				    "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\","));
	assert_non_null(strstr(csv, "a\\x0d\\x0ab"));
	assert_non_null(strstr(csv, "192.168.1.2,,no-evidence,0.00,,,,0,0,,,ip:192.168.1.2,,"
				    ",,,,192.168.1.2,,,,\r\n"));
	assert_non_null(strstr(csv, ",mac:0014223a1104,LAP-7,CORP\\maria,\"Windows XP\",Dell,"
				    "\"switch 2nd-floor, Gi1/0/17\","
				    "\"192.168.1.23;192.168.1.99\",\"192.168.1.23 changed"));
	free(csv);
	sample_done(&s);
}

static void a_machine_is_told_with_what_is_known_of_it(void **state)
{
	static const char *const wants[] = {
		"\"id\":\"mac:0014223a1104\",\"known_by\":\"machine\",",
		"\"ips\":[\"192.168.1.23\",\"192.168.1.99\"],\"macs\":[\"00:14:22:3a:11:04\"],",
		"\"vendors\":[\"Dell\"],",
		"\"names\":[{\"name\":\"LAP-7\",\"from\":\"dhcp\"},"
		"{\"name\":\"lap-7.corp.example\",\"from\":\"dhcp\"}],",
		"\"users\":[{\"user\":\"CORP\\\\maria\",\"from\":\"kerberos\",\"probability\":0."
		"82,",
		"\"place\":\"switch 2nd-floor, Gi1/0/17\"",
		"\"notes\":[\"192.168.1.23 changed hands",
		"\"id\":\"ip:192.168.1.25\",\"known_by\":\"address\",",
	};
	struct sample s;
	char *json;

	(void)state;
	assert_true(sample_office(&s));
	json = sample_write(&s.o, "json", false);
	assert_non_null(json);
	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
		if (strstr(json, wants[i]) == NULL)
			print_error("not there: %s\n", wants[i]);
		assert_non_null(strstr(json, wants[i]));
	}
	free(json);
	sample_done(&s);
}

static void the_same_outbreak_gives_the_same_bytes(void **state)
{
	struct sample s, t;

	(void)state;
	assert_true(sample_office(&s));
	assert_true(sample_office(&t));
	for (const struct report_writer *w = report_writers; w->name != NULL; w++) {
		char *a = sample_write(&s.o, w->name, false),
		     *b = sample_write(&t.o, w->name, false);

		assert_non_null(a);
		assert_string_equal(a, b);
		free(a);
		free(b);
	}
	sample_done(&s);
	sample_done(&t);
}

static void a_full_disk_is_an_error(void **state)
{
	const struct report_style style = {false, 0};
	struct sample s;

	(void)state;
	assert_true(sample_office(&s));
	for (const struct report_writer *w = report_writers; w->name != NULL; w++) {
		FILE *full = fopen("/dev/full", "w");

		assert_non_null(full);
		assert_int_equal(w->write(&s.o, &style, full), RC_IO);
		fclose(full);
	}
	sample_done(&s);
}

static void formats_are_found_by_name(void **state)
{
	(void)state;
	assert_string_equal(report_writers[0].name, "human");
	assert_ptr_equal(report_writer_find("human"), &report_writers[0]);
	assert_null(report_writer_find("xml"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_office_matches_both_schemas),
		cmocka_unit_test(the_schemas_notice_mistakes),
		cmocka_unit_test(a_tree_matches_the_schema),
		cmocka_unit_test(an_empty_outbreak_matches_the_schema),
		cmocka_unit_test(hostile_names_stay_ascii_and_valid),
		cmocka_unit_test(packets_are_numbered_within_their_file),
		cmocka_unit_test(eve_names_the_connection_where_there_is_one),
		cmocka_unit_test(a_machine_is_told_with_what_is_known_of_it),
		cmocka_unit_test(csv_is_quoted_and_runs_no_formula),
		cmocka_unit_test(the_same_outbreak_gives_the_same_bytes),
		cmocka_unit_test(a_full_disk_is_an_error),
		cmocka_unit_test(formats_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
