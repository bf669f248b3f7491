/* What follows from registry values, and which update a text names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gather/derive.h"

#define CURRENT "registry:HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\"
#define CONTROL "registry:HKLM\\SYSTEM\\CurrentControlSet\\Control\\"
#define PENDING CONTROL "Session Manager\\PendingFileRenameOperations"
#define CBS                                                                                        \
	"registry:HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based "            \
	"Servicing\\RebootPending\\"
#define UPDATE                                                                                     \
	"registry:HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto "        \
	"Update\\RebootRequired\\"
#define VOLATILE "registry:HKLM\\SOFTWARE\\Microsoft\\Updates\\UpdateExeVolatile"

enum { SAID = 8 };

struct said {
	const char *key, *value; /* value NULL: absent; "!": unreadable */
};

struct derived {
	const char *name;
	struct said said[SAID];
	const char *version;    /* from elsewhere */
	const char *key, *want; /* NULL: no observation; "!…": unreadable, because … */
};

static const struct derived cases[] = {
	{"XP is 5.1.2600",
	 {{CURRENT "CurrentVersion", "5.1"}, {CURRENT "CurrentBuildNumber", "2600"}},
	 "",
	 "os.version",
	 "5.1.2600"},
	{"Windows 10 does not believe its CurrentVersion",
	 {{CURRENT "CurrentVersion", "6.3"},
	  {CURRENT "CurrentBuildNumber", "18363"},
	  {CURRENT "CurrentMajorVersionNumber", "10"},
	  {CURRENT "CurrentMinorVersionNumber", "0"}},
	 "",
	 "os.version",
	 "10.0.18363"},
	{"without a registry the other word is taken",
	 {{NULL, NULL}},
	 "5.1.2600",
	 "os.version",
	 "5.1.2600"},
	{"the registry is nearer to the truth",
	 {{CURRENT "CurrentVersion", "5.1"}, {CURRENT "CurrentBuildNumber", "2600"}},
	 "10.0.19045",
	 "os.version",
	 "5.1.2600"},
	{"a fourth number is the update build",
	 {{NULL, NULL}},
	 "10.0.19045.3803",
	 "os.ubr",
	 "3803"},
	{"but not of Windows 7", {{NULL, NULL}}, "6.1.7601.24000", "os.ubr", NULL},
	{"two numbers are no version", {{NULL, NULL}}, "5.1", "os.version", NULL},
	{"nor are words",
	 {{CURRENT "CurrentVersion", "x"}, {CURRENT "CurrentBuildNumber", "y"}},
	 "",
	 "os.version",
	 NULL},
	{"nor dots", {{NULL, NULL}}, "5..1.2", "os.version", NULL},
	{"no service pack is 0", {{CURRENT "CSDVersion", NULL}}, "", "os.service-pack", "0"},
	{"a service pack is its number",
	 {{CURRENT "CSDVersion", "Service Pack 3"}},
	 "",
	 "os.service-pack",
	 "3"},
	{"a service pack that was not asked is unknown",
	 {{NULL, NULL}},
	 "",
	 "os.service-pack",
	 NULL},
	{"one that could not be read is, too",
	 {{CURRENT "CSDVersion", "!"}},
	 "",
	 "os.service-pack",
	 NULL},
	{"LanmanNT is a domain controller",
	 {{CONTROL "ProductOptions\\ProductType", "LanmanNT"}},
	 "",
	 "os.product-type",
	 "dc"},
	{"AMD64 is x64",
	 {{CONTROL "Session Manager\\Environment\\PROCESSOR_ARCHITECTURE", "AMD64"}},
	 "",
	 "os.arch",
	 "x64"},
	{"Windows 11 calls itself 10",
	 {{CURRENT "ProductName", "Windows 10 Pro"}},
	 "10.0.22631",
	 "os.name",
	 "Windows 11 Pro"},
	{"Windows 10 may",
	 {{CURRENT "ProductName", "Windows 10 Pro"}},
	 "10.0.19045",
	 "os.name",
	 "Windows 10 Pro"},
	{"nobody wants a restart",
	 {{PENDING, NULL}, {CBS, NULL}, {UPDATE, NULL}, {VOLATILE, "0"}},
	 "",
	 "reboot-pending",
	 "no"},
	{"two want one",
	 {{PENDING, NULL}, {CBS, "present"}, {UPDATE, NULL}, {VOLATILE, "3"}},
	 "",
	 "reboot-pending",
	 "Component Based Servicing; UpdateExeVolatile"},
	{"one is enough, whatever else could not be read",
	 {{PENDING, "\\??\\C:\\a"}, {CBS, "!"}},
	 "",
	 "reboot-pending",
	 "PendingFileRenameOperations"},
	{"who could not read it all does not say no",
	 {{PENDING, NULL}, {CBS, "!"}, {UPDATE, NULL}, {VOLATILE, NULL}},
	 "",
	 "reboot-pending",
	 "!access denied"},
	{"who did not ask for it all does not either",
	 {{PENDING, NULL}, {UPDATE, NULL}},
	 "",
	 "reboot-pending",
	 NULL},
};

static void it_follows_from_the_registry(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct derived *c = &cases[i];
		struct posture *p = NULL;
		const struct observation *o = NULL;

		assert_int_equal(posture_new(&p), RC_OK);
		for (size_t j = 0; j < SAID && c->said[j].key != NULL; j++) {
			const char *v = c->said[j].value;
			bool is_bad = v != NULL && strcmp(v, "!") == 0;
			const struct observation one = {c->said[j].key,
							is_bad      ? "access denied"
							: v != NULL ? v
								    : "",
							is_bad      ? OBSERVED_UNREADABLE
							: v != NULL ? OBSERVED_VALUE
								    : OBSERVED_ABSENT,
							BY_SCRIPT, 1000};

			assert_int_equal(posture_add(p, &one), RC_OK);
		}
		assert_int_equal(derive_posture(p, BY_SCRIPT, c->version), RC_OK);
		o = posture_from(p, c->key, BY_SCRIPT);
		if ((o == NULL) != (c->want == NULL))
			fail_msg("%s: %s", c->name, o == NULL ? "nothing" : o->value);
		if (o != NULL && c->want[0] == '!') {
			assert_int_equal(o->state, OBSERVED_UNREADABLE);
			assert_string_equal(o->value, c->want + 1);
		} else if (o != NULL && strcmp(o->value, c->want) != 0) {
			fail_msg("%s: %s", c->name, o->value);
		}
		posture_free(p);
	}
}

static void nothing_follows_from_what_others_said(void **unused)
{
	const struct observation o = {CURRENT "CSDVersion", "Service Pack 3", OBSERVED_VALUE,
				      BY_REGISTRY, 1000};
	struct posture *p = NULL;

	(void)unused;
	assert_int_equal(posture_new(&p), RC_OK);
	assert_int_equal(posture_add(p, &o), RC_OK);
	assert_int_equal(derive_posture(p, BY_SCRIPT, ""), RC_OK);
	assert_int_equal(p->n, 1);
	posture_free(p);
}

static void updates_are_named_in_many_ways(void **unused)
{
	static const struct {
		const char *text, *want; /* NULL: none */
		bool is_bare;
	} names[] = {
		{"KB958644", "KB958644", false},
		{"kb958644", "KB958644", false},
		{"KB2345886-v2", "KB2345886", false},
		{"Q147222", "Q147222", false},
		{"Security Update for Windows XP (KB958644)", "KB958644", false},
		{"Package_for_KB4012212~31bf3856ad364e35~amd64~~6.1.1.3", "KB4012212", false},
		{"2019-11 Cumulative Update (KB4524570) (18363.476)", "KB4524570", false},
		{"958644", NULL, false},
		{"958644", "KB958644", true},
		{"9586", NULL, true},
		{"123456789", NULL, true},
		{"KB12", NULL, false},
		{"KB1234567890", NULL, false},
		{"XKB958644", NULL, false},
		{"KB 958644", NULL, false},
		{"File 1", NULL, true},
		{"", NULL, true},
		{"K", NULL, true},
		{"Q", NULL, true},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct bytes text = {(const uint8_t *)names[i].text, strlen(names[i].text)};
		char kb[DERIVE_UPDATE] = "";
		bool is_one = derive_update(text, names[i].is_bare, kb);

		if (is_one != (names[i].want != NULL) || (is_one && strcmp(kb, names[i].want) != 0))
			fail_msg("'%s': '%s'", names[i].text, kb);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_follows_from_the_registry),
		cmocka_unit_test(nothing_follows_from_what_others_said),
		cmocka_unit_test(updates_are_named_in_many_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
