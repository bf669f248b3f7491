/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "host/os.h"

static struct bytes text(const char *t)
{
	return (struct bytes){(const uint8_t *)t, strlen(t)};
}

static void versions_name_releases(void **unused)
{
	static const struct {
		unsigned major, minor, build;
		bool is_server;
		const char *name;
	} rows[] = {
		{5, 0, 2195, false, "Windows 2000"},
		{5, 1, 2600, false, "Windows XP"},
		{5, 2, 3790, true, "Windows Server 2003"},
		{6, 0, 6000, false, "Windows Vista"},
		{6, 0, 6002, true, "Windows Server 2008"},
		{6, 1, 7601, false, "Windows 7 or Server 2008 R2"},
		{6, 1, 7601, true, "Windows Server 2008 R2"},
		{6, 3, 9600, true, "Windows Server 2012 R2"},
		{10, 0, 19045, false, "Windows 10 (build 19045)"},
		{10, 0, 20348, false, "Windows Server 2022 (build 20348)"},
		{10, 0, 22631, false, "Windows 11 (build 22631)"},
		{10, 0, 0, false, "Windows 10 or later"},
		{0, 0, 0, false, ""},
		{77, 3, 1, true, ""},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct os_guess g = os_from_version(rows[i].major, rows[i].minor, rows[i].build,
						    rows[i].is_server);

		assert_string_equal(g.name, rows[i].name);
		assert_true((g.confidence > 0) == (g.name[0] != '\0') && g.confidence <= 100);
	}
}

static void what_machines_let_slip_names_them(void **unused)
{
	enum { NATIVE, CLASS, ORDER, AGENT, SYN };
	static const struct {
		int from;
		const char *text, *name;
	} rows[] = {
		{NATIVE, "Windows 5.1", "Windows XP"},
		{NATIVE, "Windows 2002 Service Pack 3 2600", "Windows XP"},
		{NATIVE, "Windows Server 2003 3790 Service Pack 2", "Windows Server 2003"},
		{NATIVE, "Windows Server 2008 R2 Enterprise 7601", "Windows Server 2008 R2"},
		{NATIVE, "Windows 7 Professional 7601 Service Pack 1", "Windows 7"},
		{NATIVE, "Unix", "Linux or Unix (Samba)"},
		{NATIVE, "no Windows 7", ""},
		{NATIVE, "", ""},
		{CLASS, "MSFT 5.0", "Windows"},
		{CLASS, "android-dhcp-13", "Android"},
		{CLASS, "udhcp 1.24.1", "Linux"},
		{ORDER, "1,15,3,6,44,46,47,31,33,249,43", "Windows XP or Server 2003"},
		{ORDER, "1,15,3,6,44,46,47,31,33,249,43,252", "Windows XP or Server 2003"},
		{ORDER, "1,15,3,6,44,46,47,31,33,121,249,43", "Windows Vista or 7"},
		{ORDER, "1,3,6,15,31,33,43,44,46,47,119,121,249,252", "Windows 10 or 11"},
		{ORDER, "3,1", ""},
		{AGENT, "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)", "Windows XP"},
		{AGENT, "Microsoft-CryptoAPI/6.1", "Windows 7 or Server 2008 R2"},
		{AGENT, "Windows-Update-Agent", "Windows"},
		{AGENT, "Mozilla/5.0 (iPhone; CPU iPhone OS 12_0 like Mac OS X)", "iOS"},
		{AGENT, "Mozilla/5.0 (Linux; Android 9; SM-G960F)", "Android"},
		{AGENT, "curl/7.88", ""},
		{SYN, "128:8192:1460:2:M,N,W,N,N,S:1",
		 "Windows Vista or 7 or 8 or 10 or Server 2008"},
		{SYN, "128:65535:1460:-:M,N,N,S:1", "Windows XP or Server 2003"},
		{SYN, "64:29200:1460:7:M,S,T,N,W:1", "Linux or Android"},
		{SYN, "64:65535:1460:6:M,N,W,N,N,T,S,E,E:1", "macOS or iOS"},
		{SYN, "64:29200:1460:7", ""},
		{SYN, "", ""},
		{SYN, ":::::", ""},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes t = text(rows[i].text), none = {NULL, 0};
		struct os_guess g = rows[i].from == NATIVE  ? os_from_native(t)
				    : rows[i].from == CLASS ? os_from_dhcp(t, none)
				    : rows[i].from == ORDER ? os_from_dhcp(none, t)
				    : rows[i].from == AGENT ? os_from_user_agent(t)
							    : os_from_syn(t);

		assert_string_equal(g.name, rows[i].name);
		assert_true((g.confidence > 0) == (g.name[0] != '\0') && g.confidence <= 100);
	}
}

static void a_class_and_an_order_that_agree_are_surer_than_one(void **unused)
{
	struct bytes order = text("1,15,3,6,44,46,47,31,33,249,43");
	struct os_guess one = os_from_dhcp((struct bytes){NULL, 0}, order);
	struct os_guess both = os_from_dhcp(text("MSFT 5.0"), order);
	struct os_guess odd = os_from_dhcp(text("android-dhcp-9"), order);

	(void)unused;
	assert_string_equal(one.name, both.name);
	assert_true(both.confidence > one.confidence);
	assert_string_equal(odd.name, "Android");
}

static void names_agree_if_one_machine_may_have_both(void **unused)
{
	static const struct {
		const char *a, *b;
		bool agrees;
	} rows[] = {
		{"Windows 7", "Windows 7 or Server 2008 R2", true},
		{"Windows Server 2008 R2", "Windows 7 or Server 2008 R2", true},
		{"Windows Server 2008", "Windows 7 or Server 2008 R2", false},
		{"Windows Server 2008", "Windows Server 2008 R2", false},
		{"Windows", "Windows XP", true},
		{"Windows 8", "Windows 8.1", false},
		{"Windows XP", "Windows 2000", false},
		{"Windows 10 (build 19045)", "Windows 10 or 11", true},
		{"Windows 10 or Server 2016 (build 14393)", "Windows Server 2016", true},
		{"Windows 10 or later", "Windows 11 (build 22000)", true},
		{"Windows", "Linux", false},
		{"Linux", "Android", true},
		{"Linux", "Linux or Unix (Samba)", true},
		{"macOS or iOS", "iOS", true},
		{"printer", "Windows", false},
		{"", "Windows", true},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(os_agrees(rows[i].a, rows[i].b), rows[i].agrees);
		assert_int_equal(os_agrees(rows[i].b, rows[i].a), rows[i].agrees);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_name_releases),
		cmocka_unit_test(what_machines_let_slip_names_them),
		cmocka_unit_test(a_class_and_an_order_that_agree_are_surer_than_one),
		cmocka_unit_test(names_agree_if_one_machine_may_have_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
