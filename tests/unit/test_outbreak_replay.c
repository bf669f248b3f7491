/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>

#include "base/monotime.h"
#include "outbreak/tree.h"

enum { NODES = 6 };

/* 0 infected 1 and 2, 2 infected 3, and 3 guessed the password of 4. 0, 1 and 4 are in one network,
 * 2 and 3 in another. */
static const uint32_t addrs[NODES] = {0x0a000001, 0x0a000002, 0x0a000101,
				      0x0a000102, 0x0a000003, 0x0a000201};

#define AT(s) (UINT64_C(1234500000) * NS_PER_S + (s)*NS_PER_S)

static const struct tree_other by_five[] = {{5, 0.2}};

static const struct tree_edge edges[] = {
	{.from = 0,
	 .to = 1,
	 .threat = "ms08-067",
	 .class = CLASS_EXPLOIT,
	 .at_ns = AT(10),
	 .acted_ns = AT(400),
	 .confidence = 1},
	{.from = 0,
	 .to = 2,
	 .threat = "ms08-067",
	 .class = CLASS_EXPLOIT,
	 .at_ns = AT(500),
	 .acted_ns = AT(520),
	 .confidence = 0.8,
	 .others = by_five,
	 .n_others = 1},
	{.from = 2,
	 .to = 3,
	 .threat = "ms08-067",
	 .class = CLASS_EXPLOIT,
	 .at_ns = AT(530),
	 .acted_ns = AT(900),
	 .confidence = 1},
	{.from = 3,
	 .to = 4,
	 .threat = "smb-spray",
	 .class = CLASS_CREDENTIAL,
	 .at_ns = AT(910),
	 .acted_ns = 0,
	 .confidence = 0.5},
};

static const struct tree_root roots[] = {{.node = 0, .since_ns = AT(10), .confidence = 0.9},
					 {.node = 5, .since_ns = AT(490), .confidence = 0.1}};

static const struct tree tree = {.edges = edges,
				 .n_edges = sizeof(edges) / sizeof(edges[0]),
				 .roots = roots,
				 .n_roots = sizeof(roots) / sizeof(roots[0])};

static void replay(double minutes, struct tree_cut *ret_cuts)
{
	struct addr list[NODES];
	struct tree_replay in = {&tree, list, NODES, minutes};

	for (unsigned i = 0; i < NODES; i++)
		list[i] = addr_v4(addrs[i]);
	assert_int_equal(tree_replay(&in, ret_cuts), RC_OK);
}

static double spared(const struct tree_cut *cuts, enum tree_control c)
{
	for (unsigned i = 0; i < CONTROLS; i++) {
		if (cuts[i].control == c)
			return cuts[i].spared;
	}
	fail();
	return 0;
}

static void each_control_spares_whom_it_cuts_off_and_their_offspring(void **state)
{
	static const struct {
		enum tree_control control;
		double minutes, spared;
	} rows[] = {
		/* 1, 2 and 3 were exploited; 3's guess at 4 never happens */
		{CONTROL_PATCH, 5, 1 + 1 + 1 + 0.5},
		/* 2 came from elsewhere, 3 did not, but falls with 2, and so does 4 */
		{CONTROL_SEGMENT, 5, 1 + 1 + 0.5},
		{CONTROL_CLIENTS, 5, 1 + 1 + 1 + 0.5},
		/* 0 had been cut off for three minutes when it came to 2, but 5 had not */
		{CONTROL_QUARANTINE, 5, 0.8 + 0.8 + 0.5 * 0.8},
		/* at 910 s, 3 had attacked for ten seconds */
		{CONTROL_QUARANTINE, 1, 0.8 + 0.8 + 0.5 * 0.8},
		{CONTROL_QUARANTINE, 60, 0},
		{CONTROL_PASSWORDS, 5, 0.5},
	};
	struct tree_cut cuts[CONTROLS];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double s;

		replay(rows[i].minutes, cuts);
		s = spared(cuts, rows[i].control);
		if (s < rows[i].spared - 1e-9 || s > rows[i].spared + 1e-9)
			fail_msg("%s, %g min: %g instead of %g", tree_control_name(rows[i].control),
				 rows[i].minutes, s, rows[i].spared);
	}
}

static void what_spares_most_comes_first(void **state)
{
	struct tree_cut cuts[CONTROLS];

	(void)state;
	replay(5, cuts);
	for (unsigned i = 0; i < CONTROLS; i++) {
		assert_int_equal(cuts[i].of, 4);
		assert_true(i == 0 || cuts[i - 1].spared >= cuts[i].spared);
		assert_true(cuts[i].spared >= 0 && cuts[i].spared <= (double)cuts[i].of);
		assert_true(tree_control_text(cuts[i].control)[0] != '\0');
	}
	assert_int_equal(cuts[0].control, CONTROL_PATCH);
}

static void where_an_address_is_unknown_no_network_is(void **state)
{
	struct addr none[NODES] = {{{0}}};
	struct tree_replay in = {&tree, none, NODES, 5};
	struct tree_cut cuts[CONTROLS];

	(void)state;
	assert_int_equal(tree_replay(&in, cuts), RC_OK);
	assert_true(spared(cuts, CONTROL_SEGMENT) <= 0);
	assert_true(spared(cuts, CONTROL_CLIENTS) > 3);
}

static void of_an_empty_tree_nobody_is_spared(void **state)
{
	struct tree empty = {.n_edges = 0};
	struct tree_replay in = {&empty, NULL, 0, 5};
	struct tree_cut cuts[CONTROLS];

	(void)state;
	assert_int_equal(tree_replay(&in, cuts), RC_OK);
	for (unsigned i = 0; i < CONTROLS; i++)
		assert_true(cuts[i].spared <= 0 && cuts[i].of == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_control_spares_whom_it_cuts_off_and_their_offspring),
		cmocka_unit_test(what_spares_most_comes_first),
		cmocka_unit_test(where_an_address_is_unknown_no_network_is),
		cmocka_unit_test(of_an_empty_tree_nobody_is_spared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
