/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "threat/catalogue.h"

/* The contract of quell.report/1: ids that never change. */
static const char *const promised[] = {
	"ms08-067",      "ms06-040",
	"ms03-026",      "ms03-039",
	"ms04-011",      "ms05-039",
	"slammer",       "code-red",
	"nimda",         "ms17-010",
	"doublepulsar",  "smbghost",
	"bluekeep",      "printnightmare",
	"zerologon",     "conficker-rendezvous",
	"conficker-p2p", "wannacry-killswitch",
	"psexec-spread", "task-spread",
	"smb-spray",     "telnet-spray",
	"mirai-scan",    "port-scan",
	"arp-scan",      "worm-transfer",
	"unknown-worm",
};

static void every_promised_id_is_there_and_no_other(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(promised) / sizeof(promised[0]); i++)
		assert_non_null(threat_find(promised[i]));
	while (threat_catalogue[n].id != NULL)
		n++;
	assert_int_equal(n, sizeof(promised) / sizeof(promised[0]));
	assert_null(threat_find("MS08-067"));
	assert_null(threat_find(""));
}

static void every_row_is_whole_and_in_order(void **state)
{
	(void)state;
	for (const struct threat *t = threat_catalogue; t->id != NULL; t++) {
		assert_non_null(t->name);
		assert_non_null(t->summary);
		assert_non_null(t->ports);
		assert_non_null(t->source);
		assert_non_null(t->what_next[0]);
		assert_null(t->what_next[THREAT_STEPS]);
		assert_true((t->weakness == NULL) == (t->patch == NULL));
		if (t != threat_catalogue)
			assert_true(strcmp(t[-1].id, t->id) < 0);
		assert_int_equal(t->summary[strlen(t->summary) - 1], '.');
		for (size_t i = 0; t->what_next[i] != NULL; i++)
			assert_int_equal(t->what_next[i][strlen(t->what_next[i]) - 1], '.');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_promised_id_is_there_and_no_other),
		cmocka_unit_test(every_row_is_whole_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
