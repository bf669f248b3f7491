/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <jansson.h>

#include "report/tree.h"
#include "report_sample.h"

enum { MANY = 100 };

static void named(const void *ctx, uint32_t node, struct tree_name *ret_name)
{
	const char *const *names = ctx;

	*ret_name = (struct tree_name){.name = node < 4 ? names[node] : "",
				       .addr = addr_v4(0x0a000001 + node)};
	snprintf(ret_name->id, sizeof(ret_name->id), "ip:10.0.0.%u", node + 1);
}

static const char *const names[] = {"PC-ZERO", "", "\x1b[2Jbad", "LAPTOP-WITH-A-VERY-LONG-NAME"};

static char *human(const struct tree *t, unsigned width)
{
	struct tree_names who = {named, names, NULL};
	struct report_style style = {.width = width};
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	struct lines l = lines_on(to, &style);

	tree_human(&l, t, &who);
	fclose(to);
	return text;
}

static struct tree_edge edge(uint32_t from, uint32_t to, uint64_t at_s, enum tree_sign sign)
{
	return (struct tree_edge){.from = from,
				  .to = to,
				  .threat = "ms08-067",
				  .class = CLASS_EXPLOIT,
				  .at_ns = SAMPLE_START + at_s * SAMPLE_S,
				  .acted_ns = SAMPLE_START + (at_s + 10) * SAMPLE_S,
				  .sign = sign,
				  .confidence = 0.8,
				  .packet = 7,
				  .why = "because"};
}

static void a_tree_is_indented_with_its_times(void **state)
{
	const struct tree_other other = {3, 0.5};
	struct tree_edge edges[] = {edge(0, 1, 5, TREE_PULLED), edge(0, 2, 20, TREE_ACTED),
				    edge(1, 3, 40, TREE_IMPLANT), edge(2, 4, 50, TREE_PUSHED)};
	const struct tree_root root = {0, SAMPLE_START, 0.9, 4, "nobody"};
	struct tree t = {edges, 4, &root, 1, NULL};
	char *text;

	(void)state;
	edges[1].others = &other;
	edges[1].n_others = 1;
	text = human(&t, 100);
	assert_string_equal(
		text,
		"\nWHO INFECTED WHOM, as far as was heard\n"
		"  when (UTC)           who, by the one above it; how sure\n"
		"  2009-02-13 03:32:07  10.0.0.1 PC-ZERO  by nobody who was heard\n"
		"  2009-02-13 03:32:12    10.0.0.2  80 %, fetched the worm from there\n"
		"  2009-02-13 03:32:47      10.0.0.4 LAPTOP-WITH-A-VERY-LONG-  80 %, answers as an "
		"implant\n"
		"  2009-02-13 03:32:27    10.0.0.3 \\x1b[2Jbad  80 %, or by 10.0.0.4 "
		"LAPTOP-WITH-A-VERY-LONG- (50 %)\n"
		"  2009-02-13 03:32:57      10.0.0.5  80 %, was given the worm from there\n"
		"  It may have begun with 10.0.0.1 PC-ZERO (90 %), as far as was heard here.\n");
	free(text);
}

static void without_an_edge_nothing_is_drawn(void **state)
{
	const struct tree_root root = {0, SAMPLE_START, 0.9, 0, "nobody"};
	const struct tree t = {NULL, 0, &root, 1, NULL};
	char *text = human(&t, 100);

	(void)state;
	assert_string_equal(text, "");
	free(text);
	text = human(NULL, 100);
	assert_string_equal(text, "");
	free(text);
}

/* Counts lines and looks that none is too long. */
static size_t lines_of(const char *text, size_t width)
{
	size_t lines = 0, at = 0;

	for (; *text != '\0'; text++) {
		at = *text == '\n' ? 0 : at + 1;
		lines += *text == '\n';
		assert_true(at <= width);
	}
	return lines;
}

static void a_long_tree_is_cut_and_says_so(void **state)
{
	struct tree_edge edges[MANY];
	const struct tree_root root = {0, SAMPLE_START, 0.9, MANY, "nobody"};
	struct tree t = {edges, MANY, &root, 1, NULL};
	char *text;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) /* a chain: the deepest there is */
		edges[i] = edge(i, i + 1, i, TREE_PULLED);
	text = human(&t, 60);
	assert_true(lines_of(text, 60) < 50);
	assert_non_null(strstr(text, "and 60 more: -o json has all"));
	assert_non_null(strstr(text, "(40) 10.0.0.41"));
	free(text);
	for (uint32_t i = 0; i < MANY; i++) /* a star */
		edges[i] = edge(0, i + 1, i, TREE_PULLED);
	text = human(&t, 60);
	assert_true(lines_of(text, 60) < 50);
	assert_non_null(strstr(text, "and 60 more: -o json has all"));
	free(text);
}

static void json_has_all_of_it(void **state)
{
	const struct tree_other other = {3, 0.1};
	struct tree_edge e = edge(0, 1, 5, TREE_PULLED);
	const struct tree_root root = {0, SAMPLE_START, 0.9, 1, "nobody"};
	struct tree t = {&e, 1, &root, 1, NULL};
	const char *files[] = {"a.pcap", "b.pcap"};
	const uint64_t first_seq[] = {1, 5};
	struct source_info source = {
		.kind = "file", .names = files, .n_names = 2, .first_seq = first_seq};
	struct tree_names who = {named, names, &source};
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	struct pen p = {.to = to};
	json_t *j, *x;

	(void)state;
	e.others = &other;
	e.n_others = 1;
	tree_json(&p, &t, &who);
	assert_int_equal(pen_done(&p), RC_OK);
	fclose(to);
	j = json_loads(text, 0, NULL);
	assert_non_null(j);
	x = json_array_get(json_object_get(j, "edges"), 0);
	assert_string_equal(json_string_value(json_object_get(x, "from")), "10.0.0.1");
	assert_string_equal(json_string_value(json_object_get(x, "to_id")), "ip:10.0.0.2");
	assert_string_equal(json_string_value(json_object_get(x, "sign")), "pulled");
	assert_int_equal(json_integer_value(json_object_get(x, "packet")), 3);
	assert_string_equal(json_string_value(json_object_get(x, "file")), "b.pcap");
	x = json_array_get(json_object_get(x, "alternatives"), 0);
	assert_string_equal(json_string_value(json_object_get(x, "from")), "10.0.0.4");
	x = json_array_get(json_object_get(j, "roots"), 0);
	assert_string_equal(json_string_value(json_object_get(x, "host")), "10.0.0.1");
	assert_int_equal(json_integer_value(json_object_get(x, "offspring")), 1);
	json_decref(j);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_is_indented_with_its_times),
		cmocka_unit_test(without_an_edge_nothing_is_drawn),
		cmocka_unit_test(a_long_tree_is_cut_and_says_so),
		cmocka_unit_test(json_has_all_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
