/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "observed.h"

enum { STEPS = 24 };

static const struct policy policy = {0};

struct scene {
	const char *name;
	struct step steps[STEPS];
	const char *facts; /* all that are told at the end */
};

static const struct scene scenes[] = {
	{"a machine is met again and again, and that is one fact",
	 {{10, ARP, 1, 1, .act = 1}, {20, ARP, 1, 1}, {90, ARP, 1, 1}},
	 "link arp m1 .1 90% 10-90 x3\n"},
	{"a lease binds a card to an address, with its name and system",
	 {{10, IDENT_DHCP, 0, 1, "LAP-7", .os = "MSFT 5.0",
	   .note = "1,15,3,6,44,46,47,31,33,249,43", .act = IDENT_WISH},
	  {11, IDENT_DHCP, 7, 1, .lease_s = 600}},
	 "name dhcp m1 LAP-7 85% 10-10 x1\n"
	 "os dhcp m1 Windows XP or Server 2003 80% 10-10 x1\n"
	 "link dhcp m1 .7 95% 11-11 x1 until 611\n"},
	{"who gets another address has not the former, and what was said there ends",
	 {{10, IDENT_DHCP, 7, 1, .lease_s = 600},
	  {20, IDENT_NTLM, 7, 0, .user = "eva", .domain = "CORP"},
	  {30, IDENT_DHCP, 8, 1, .lease_s = 600},
	  {40, IDENT_DHCP, 7, 2, .lease_s = 600},
	  {50, IDENT_NTLM, 7, 0, .user = "eva", .domain = "CORP"}},
	 "link dhcp m1 .7 95% 10-10 x1 until 610\n"
	 "user ntlm .7 CORP\\eva 80% 20-20 x1\n"
	 "link dhcp m1 .8 95% 30-30 x1 until 630\n"
	 "link dhcp m2 .7 95% 40-40 x1 until 640\n"
	 "user ntlm .7 CORP\\eva 80% 50-50 x1\n"},
	{"a release ends the binding",
	 {{10, IDENT_DHCP, 7, 1, .lease_s = 600}, {50, IDENT_DHCP, 7, 1, .act = IDENT_ENDS}},
	 "link dhcp m1 .7 95% 10-50 x1 until 610 ended\n"},
	{"an address that shows another MAC has changed hands",
	 {{10, ARP, 1, 1},
	  {20, IDENT_BROWSER, 1, 0, "PC-1"},
	  {5000, ARP, 1, 2},
	  {5010, IDENT_BROWSER, 1, 0, "PC-2"},
	  {5020, ARP, 1, 2}},
	 "link arp m1 .1 90% 10-10 x1\n"
	 "name browser .1 PC-1 90% 20-20 x1\n"
	 "link arp m2 .1 90% 5000-5020 x2\n"
	 "name browser .1 PC-2 90% 5010-5010 x1\n"},
	{"two that claim it in turn have it both, and neither is sure",
	 {{10, ARP, 1, 1}, {20, ARP, 1, 2}, {30, ARP, 1, 1}, {40, ARP, 1, 2}, {50, ARP, 1, 1}},
	 "link arp m1 .1 50% 10-10 x1\n"
	 "link arp m2 .1 50% 20-40 x2\n"
	 "note arp .1 two machines claim this address: 00:14:22:00:00:01 and 00:14:22:00:00:02 "
	 "80% 30-50 x3\n"
	 "link arp m1 .1 50% 30-50 x2\n"},
	{"a card's client that is called otherwise was renamed",
	 {{10, IDENT_DHCP, 0, 1, "OLD"},
	  {20, IDENT_DHCP, 0, 1, "NEW"},
	  {30, IDENT_DHCP, 0, 1, "OLD"}},
	 "name dhcp m1 OLD 90% 10-10 x1\n"
	 "name dhcp m1 NEW 90% 20-20 x1\n"
	 "name dhcp m1 OLD 90% 30-30 x1\n"},
	{"a name that is given back ends; asking for one is not having it",
	 {{10, IDENT_NBNS, 1, 0, "PC-1"},
	  {20, IDENT_NBNS, 1, 0, "SERVER", .act = IDENT_WISH},
	  {30, IDENT_NBNS, 1, 0, "pc-1", .act = IDENT_ENDS},
	  {40, IDENT_NBNS, 1, 0, .domain = "CORP", .is_group = true}},
	 "name nbns .1 PC-1 85% 10-30 x1 ended\n"
	 "domain nbns .1 CORP 75% 40-40 x1\n"},
	{"a messenger's name is a user's unless it is the machine's",
	 {{10, IDENT_NBNS, 1, 0, .user = "PC-1"},
	  {11, IDENT_NBNS, 1, 0, "PC-1"},
	  {12, IDENT_NBNS, 1, 0, .user = "pc-1"},
	  {13, IDENT_NBNS, 1, 0, .user = "EVA"}},
	 "name nbns .1 PC-1 85% 11-11 x1\n"
	 "user nbns .1 EVA 75% 13-13 x1\n"},
	{"packets from farther away make a router, and say nothing of cards",
	 {{10, ARP, 1, 9},
	  {11, CONN, 2, .to = 3, .port = 445},
	  {20, IDENT_LINK, 2, 9, .ttl = 127},
	  {21, FOREIGN, 3, 9, .ttl = 52},
	  {22, IDENT_LINK, 2, 9, .ttl = 128}},
	 "link arp m9 .1 90% 10-10 x1\n"
	 "role link m9 router 85% 21-21 x1\n"},
	{"packets undiminished say whose they are, once the address is proved",
	 {{10, IDENT_LINK, 2, 4, .ttl = 128},
	  {10, IDENT_SYN, 2, 0, .note = "128:65535:1460:-:M,N,N,S:1"},
	  {11, CONN, 2, .to = 3, .port = 445},
	  {12, IDENT_LINK, 2, 4, .ttl = 128}},
	 "link link m4 .2 75% 10-12 x2\n"
	 "os syn .2 Windows XP or Server 2003 40% 10-10 x1\n"},
	{"a forged source proves nothing",
	 {{10, IDENT_LINK, 2, 4, .ttl = 128},
	  {10, IDENT_SYN, 2, 0, .note = "128:65535:1460:-:M,N,N,S:1"},
	  {11, CONN, 2, .act = EV_UNANSWERED, .to = 3, .port = 445}},
	 ""},
	{"who answers for many is a proxy",
	 {{10, ARP, 1, 9, .act = 1},
	  {11, ARP, 2, 9, .act = 1},
	  {12, ARP, 3, 9, .act = 1},
	  {13, ARP, 4, 9, .act = 1},
	  {14, ARP, 5, 9, .act = 1},
	  {15, ARP, 6, 9, .act = 1},
	  {16, ARP, 7, 9, .act = 1},
	  {17, ARP, 8, 9, .act = 1}},
	 "link arp m9 .1 90% 10-10 x1\nlink arp m9 .2 90% 11-11 x1\n"
	 "link arp m9 .3 90% 12-12 x1\nlink arp m9 .4 90% 13-13 x1\n"
	 "link arp m9 .5 90% 14-14 x1\nlink arp m9 .6 90% 15-15 x1\n"
	 "link arp m9 .7 90% 16-16 x1\nlink arp m9 .8 90% 17-17 x1\n"
	 "role link m9 router 50% 17-17 x1\n"},
	{"machines whose names show in turn are behind one NAT",
	 {{10, IDENT_NTLM, 1, 0, "PC-1"},
	  {11, IDENT_NTLM, 1, 0, "PC-2"},
	  {12, IDENT_NTLM, 1, 0, "PC-1"},
	  {13, IDENT_NTLM, 1, 0, "PC-2"}},
	 "name ntlm .1 PC-1 33% 10-12 x2\n"
	 "name ntlm .1 PC-2 33% 11-13 x2\n"
	 "role link .1 nat 60% 13-13 x1\n"},
	{"so are systems that cannot be of one machine",
	 {{9, CONN, 1, .to = 2, .port = 80},
	  {10, IDENT_HTTP, 1, 0, .os = "Windows NT 5.1"},
	  {11, IDENT_HTTP, 1, 0, .os = "iPhone OS"},
	  {12, IDENT_HTTP, 1, 0, .os = "Windows NT 5.1"},
	  {13, IDENT_HTTP, 1, 0, .os = "iPhone OS"},
	  {14, IDENT_HTTP, 1, 0, .os = "Windows NT 5.1"}},
	 "os http .1 Windows XP 33% 10-14 x3\n"
	 "os http .1 iOS 33% 11-13 x2\n"
	 "role link .1 nat 60% 14-14 x1\n"},
	{"many users at one machine are a terminal server's",
	 {{10, IDENT_KERBEROS, 1, 0, .user = "a", .domain = "X"},
	  {80, IDENT_KERBEROS, 1, 0, .user = "b", .domain = "X"},
	  {150, IDENT_KERBEROS, 1, 0, .user = "c", .domain = "X"},
	  {220, IDENT_KERBEROS, 1, 0, .user = "d", .domain = "X"}},
	 "domain kerberos .1 X 60% 10-220 x4\n"
	 "user kerberos .1 a@X 33% 10-10 x1\n"
	 "user kerberos .1 b@X 33% 80-80 x1\n"
	 "user kerberos .1 c@X 33% 150-150 x1\n"
	 "role link .1 terminal-server 60% 220-220 x1\n"
	 "user kerberos .1 d@X 30% 220-220 x1\n"},
	{"at a proxy's address they are a proxy's",
	 {{9, CONN, 5, .to = 1, .port = 3128},
	  {10, IDENT_NTLM, 1, 0, .user = "a"},
	  {80, IDENT_NTLM, 1, 0, .user = "b"},
	  {150, IDENT_NTLM, 1, 0, .user = "c"},
	  {220, IDENT_NTLM, 1, 0, .user = "d"}},
	 "user ntlm .1 a 33% 10-10 x1\nuser ntlm .1 b 33% 80-80 x1\n"
	 "user ntlm .1 c 33% 150-150 x1\n"
	 "role link .1 proxy 60% 220-220 x1\n"
	 "user ntlm .1 d 27% 220-220 x1\n"},
	{"machine accounts name the machine, whoever else logs on is a user",
	 {{10, IDENT_NTLM, 1, 0, .user = "PC7$", .domain = "CORP"},
	  {11, IDENT_KERBEROS, 1, 0, "PC7", .domain = "CORP.EXAMPLE",
	   .roles = IDENT_ROLE_MACHINE_ACCOUNT},
	  {12, IDENT_NTLM, 1, 0, .user = "eva@corp.example"},
	  {13, IDENT_NTLM, 1, 0, .user = "ANONYMOUS LOGON"}},
	 "name ntlm .1 PC7 70% 10-10 x1\n"
	 "name kerberos .1 PC7 90% 11-11 x1\n"
	 "domain kerberos .1 CORP.EXAMPLE 80% 11-11 x1\n"
	 "user ntlm .1 eva@corp.example 80% 12-12 x1\n"},
	{"a refused logon is hardly to be believed, unless another one was not",
	 {{10, IDENT_NTLM, 1, 0, .user = "eva"},
	  {10, IDENT_NTLM, 1, 0, .user = "eva", .act = IDENT_ENDS},
	  {20, IDENT_NTLM, 1, 0, .user = "max"},
	  {20, IDENT_NTLM, 1, 0, .user = "max", .act = IDENT_ENDS},
	  {30, IDENT_NTLM, 1, 0, .user = "max"}},
	 "user ntlm .1 eva 10% 10-10 x1\n"
	 "user ntlm .1 max 80% 20-30 x2\n"},
	{"a worm's list of users names nobody",
	 {{10, IDENT_NTLM, 1, 0, .user = "a"},
	  {10, IDENT_NTLM, 1, 0, .user = "b"},
	  {10, IDENT_NTLM, 1, 0, .user = "c"},
	  {11, IDENT_NTLM, 1, 0, .user = "d"},
	  {11, IDENT_NTLM, 1, 0, .user = "e"},
	  {11, IDENT_NTLM, 1, 0, .user = "f"},
	  {12, IDENT_NTLM, 1, 0, .user = "g"},
	  {12, IDENT_NTLM, 1, 0, .user = "h"},
	  {12, IDENT_NTLM, 1, 0, .user = "i"},
	  {12, IDENT_NTLM, 1, 0, .user = "j"}},
	 "user ntlm .1 a 10% 10-10 x1\nuser ntlm .1 b 10% 10-10 x1\n"
	 "user ntlm .1 c 10% 10-10 x1\n"
	 "role link .1 terminal-server 60% 11-12 x6\n"
	 "user ntlm .1 d 10% 11-11 x1\nuser ntlm .1 e 10% 11-11 x1\n"
	 "user ntlm .1 f 10% 11-11 x1\nuser ntlm .1 g 10% 12-12 x1\n"
	 "user ntlm .1 h 10% 12-12 x1\nuser ntlm .1 i 10% 12-12 x1\n"
	 "note link .1 tries many users in a row: they are not its own 60% 12-12 x1\n"
	 "user ntlm .1 j 10% 12-12 x1\n"},
	{"a domain controller is known by what it accepts",
	 {{10, CONN, 2, .to = 1, .port = 88}, {11, CONN, 2, .to = 1, .port = 389}},
	 "role link .1 dc 70% 11-11 x1\n"},
	{"behind a router a new name after a silence is somebody else",
	 {{10, IDENT_BROWSER, 1, 0, "PC-1"},
	  {11, IDENT_NTLM, 1, 0, .user = "eva"},
	  {4000, IDENT_BROWSER, 1, 0, "PC-2"},
	  {4001, IDENT_NTLM, 1, 0, .user = "eva"}},
	 "name browser .1 PC-1 90% 10-10 x1\n"
	 "user ntlm .1 eva 80% 11-11 x1\n"
	 "name browser .1 PC-2 90% 4000-4000 x1\n"
	 "user ntlm .1 eva 80% 4001-4001 x1\n"},
	{"a name with a domain is a full name, too",
	 {{10, IDENT_NTLM_CHALLENGE, 1, 0, "SRV", "CORP", .note = "srv.corp.example"},
	  {11, IDENT_LLMNR, 1, 0, "localhost"},
	  {12, IDENT_NTLM, 1, 0, "\\\\WKS"},
	  {13, IDENT_NTLM, 1, 0, "10.0.0.1"}},
	 "name ntlm .1 SRV 95% 10-10 x2\n"
	 "domain ntlm .1 CORP 85% 10-10 x1\n"
	 "fqdn ntlm .1 srv.corp.example 95% 10-10 x1\n"
	 "name ntlm .1 WKS 70% 12-12 x1\n"},
	{"addresses elsewhere are nobody's business", {{10, FOREIGN, 3, 9, .ttl = 128}}, ""},
};

static struct observer *an_observer(size_t max)
{
	struct observe_options opt = {.max_facts = max, .policy = &policy};
	struct observer *o = NULL;

	assert_int_equal(observer_new(&opt, &o), RC_OK);
	return o;
}

static void events_become_facts(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		struct observer *o = an_observer(1000);
		static struct facts_text told;
		struct fact_sink sink = {note_fact, &told};

		told.len = 0;
		told.at[0] = '\0';
		for (size_t k = 0; k < STEPS && scenes[i].steps[k].at_s > 0; k++)
			play(o, &scenes[i].steps[k], k + 1);
		observer_tell(o, true, &sink);
		if (strcmp(told.at, scenes[i].facts) != 0)
			print_error("%s:\n%s", scenes[i].name, told.at);
		assert_string_equal(told.at, scenes[i].facts);
		observer_free(o);
	}
}

static void what_was_told_is_told_again_when_it_grows(void **unused)
{
	static const struct step first = {10, ARP, 1, 1}, again = {20, ARP, 1, 1};
	struct observer *o = an_observer(1000);
	static struct facts_text told;
	struct fact_sink sink = {note_fact, &told};

	(void)unused;
	play(o, &first, 1);
	observer_tell(o, false, &sink);
	assert_string_equal(told.at, "link arp m1 .1 90% 10-10 x1\n");
	told.len = 0;
	told.at[0] = '\0';
	observer_tell(o, false, &sink);
	assert_string_equal(told.at, "");
	play(o, &again, 2);
	observer_tell(o, false, &sink);
	assert_string_equal(told.at, "link arp m1 .1 90% 10-20 x2\n");
	observer_free(o);
}

static void a_belief_that_was_told_and_fell_is_told_as_hardly_true(void **unused)
{
	static const struct step steps[] = {{10, CONN, 2, .to = 3, .port = 445},
					    {11, IDENT_LINK, 2, 9, .ttl = 128},
					    {12, FOREIGN, 3, 9, .ttl = 52},
					    {12, FOREIGN, 4, 9, .ttl = 52}};
	struct observer *o = an_observer(1000);
	static struct facts_text told;
	struct fact_sink sink = {note_fact, &told};

	(void)unused;
	play(o, &steps[0], 1);
	play(o, &steps[1], 2);
	observer_tell(o, false, &sink);
	assert_string_equal(told.at, "link link m9 .2 75% 11-11 x1\n");
	told.len = 0;
	play(o, &steps[2], 3);
	play(o, &steps[3], 4);
	observer_tell(o, false, &sink);
	assert_string_equal(told.at, "link link m9 .2 1% 11-11 x1\n"
				     "role link m9 router 85% 12-12 x1\n");
	observer_free(o);
}

static void count_fact(void *ctx, const struct fact *f)
{
	size_t *n = ctx;

	(void)f;
	++*n;
}

static uint64_t limit_hit(const struct observer *o)
{
	struct coverage c = {0};

	observer_coverage(o, &c);
	return c.n_limits > 0 ? c.limits[0].n : 0;
}

static void what_finds_no_room_is_counted(void **unused)
{
	struct observer *o = an_observer(10);
	size_t n = 0;
	struct fact_sink sink = {count_fact, &n};

	(void)unused;
	for (uint8_t i = 1; i <= 50; i++) {
		struct step s = {i, ARP, i, i};

		play(o, &s, i);
	}
	observer_tell(o, true, &sink);
	assert_int_equal(n, 10);
	assert_int_equal(limit_hit(o), 40);
	observer_free(o);
}

static void nobody_fills_it_alone(void **unused)
{
	struct observer *o = an_observer(10000);
	char user[16];
	size_t n = 0;
	struct fact_sink sink = {count_fact, &n};

	(void)unused;
	for (unsigned i = 1; i <= 2000; i++) {
		struct step s = {i, IDENT_NTLM, 1, 0, .user = user};

		snprintf(user, sizeof(user), "user-%u", i);
		play(o, &s, i);
	}
	observer_tell(o, true, &sink);
	assert_int_equal(n, 512);
	assert_true(limit_hit(o) > 1000);
	observer_free(o);
}

/* Who listens for months tells what it has, and then needs room for others. */
static void what_was_told_and_is_over_makes_room(void **unused)
{
	struct observer *o = an_observer(100);
	size_t n = 0;
	struct fact_sink sink = {count_fact, &n};

	(void)unused;
	for (unsigned i = 1; i <= 5000; i++) {
		struct step s = {i * 100, IDENT_DHCP, (uint8_t)(1 + i % 50), (uint8_t)(1 + i % 40),
				 .lease_s = 60};

		play(o, &s, i);
		observer_tell(o, false, &sink);
	}
	assert_int_equal(limit_hit(o), 0);
	assert_true(n >= 5000);
	observer_free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_become_facts),
		cmocka_unit_test(what_was_told_is_told_again_when_it_grows),
		cmocka_unit_test(a_belief_that_was_told_and_fell_is_told_as_hardly_true),
		cmocka_unit_test(what_finds_no_room_is_counted),
		cmocka_unit_test(nobody_fills_it_alone),
		cmocka_unit_test(what_was_told_and_is_over_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
