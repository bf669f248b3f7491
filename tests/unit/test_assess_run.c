/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <string.h>

#include "ask/credentials.h"
#include "assess/assess.h"

struct heard {
	unsigned n[5], said, lines;
	char why[512], plan[4096];
	size_t observations;
};

static void heard_done(void *ctx, size_t target, const struct posture *p, enum assess_outcome how,
		       const char *why)
{
	struct heard *h = ctx;

	assert_true(target < 3);
	assert_true(how <= ASSESS_OUT_OF_SCOPE);
	h->n[how]++;
	h->observations += p->n;
	(void)snprintf(h->why, sizeof(h->why), "%s", why);
}

static void heard_line(void *ctx, const char *text)
{
	struct heard *h = ctx;
	size_t len = strlen(h->plan);

	h->lines++;
	(void)snprintf(h->plan + len, sizeof(h->plan) - len, "%s\n", text);
}

static bool never(void *ctx)
{
	(void)ctx;
	return false;
}

static struct ask_options ask_sample(void)
{
	return (struct ask_options){
		.timeout_ms = 200, .parallel = 300, .rate = 1000, .smb_port = 1, .origin = "test"};
}

static void without_a_scope_nobody_is_assessed(void **unused)
{
	const struct addr targets[2] = {addr_v4(0x7f000001), addr_v4(0x7f000002)};
	struct ask_options ask = ask_sample();
	const struct assess_options opt = {.ask = &ask};
	struct heard h = {0};
	struct assess_out out = {.done = heard_done, .ctx = &h};
	struct net scope;

	(void)unused;
	assert_int_equal(assess_run(&opt, targets, 2, &out), RC_INVAL);
	assert_int_equal(net_parse("10.0.0.0/8", &scope), RC_OK);
	ask.scope = &scope;
	ask.n_scope = 1;
	assert_int_equal(assess_run(&opt, targets, 2, &out), RC_OK);
	assert_int_equal(h.n[ASSESS_OUT_OF_SCOPE], 2);
	assert_non_null(strstr(h.why, "outside networks.scope"));
	out.goes_on = never;
	assert_int_equal(assess_run(&opt, targets, 2, &out), RC_OK);
	assert_int_equal(h.n[ASSESS_OUT_OF_SCOPE], 2);
}

static void where_nothing_listens_there_is_no_answer(void **unused)
{
	const struct addr targets[3] = {addr_v4(0x7f000001), addr_v4(0x7f000002),
					addr_v4(0xe0000001)};
	struct ask_options ask = ask_sample();
	const struct assess_options opt = {.ask = &ask};
	struct heard h = {0};
	const struct assess_out out = {.done = heard_done, .ctx = &h};
	struct net scope;

	(void)unused;
	assert_int_equal(net_parse("0.0.0.0/0", &scope), RC_OK);
	ask.scope = &scope;
	ask.n_scope = 1;
	assert_int_equal(assess_run(&opt, targets, 3, &out), RC_OK);
	assert_int_equal(h.n[ASSESS_NO_ANSWER], 2);
	assert_int_equal(h.n[ASSESS_OUT_OF_SCOPE], 1); /* a group is never asked */
	assert_int_equal(h.observations, 0);
}

static void the_plan_names_the_account_and_never_its_password(void **unused)
{
	static const char *const files[] = {"system32/netapi32.dll", "system32/drivers/srv.sys"};
	const struct ask_credentials c = {
		.username = "reader", .password = "Hush-1", .domain = "CORP"};
	struct ask_options ask = ask_sample();
	const struct assess_options opt = {.ask = &ask, .files = files, .n_files = 2};
	struct heard h = {0};
	unsigned anonymous = 0;

	(void)unused;
	assess_plan(&opt, heard_line, &h);
	assert_non_null(strstr(h.plan, "PeekNamedPipe"));
	assert_null(strstr(h.plan, "ADMIN$"));
	anonymous = h.lines;
	ask.credentials = &c;
	h = (struct heard){0};
	assess_plan(&opt, heard_line, &h);
	assert_true(h.lines > anonymous);
	assert_non_null(strstr(h.plan, "logon as CORP\\reader"));
	assert_non_null(strstr(h.plan, "2 files on ADMIN$"));
	assert_null(strstr(h.plan, "Hush"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_scope_nobody_is_assessed),
		cmocka_unit_test(where_nothing_listens_there_is_no_answer),
		cmocka_unit_test(the_plan_names_the_account_and_never_its_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
