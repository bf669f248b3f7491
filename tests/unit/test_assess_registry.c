/* What a registry says, in words; and a machine whose registry answers as Windows', through the
 * writers of wire/winreg.h. The test is the machine and the parent: it has the functions of
 * rpc_client.h and visit.h that the registry's question calls. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <strings.h>

#include "assess/remote_registry.h"
#include "assess/services.h"
#include "wire/svcctl.h"
#include "wire/utf16.h"

#define LIT(s)                                                                                     \
	{                                                                                          \
		(const uint8_t *)(s), sizeof(s) - 1                                                \
	}

static const struct {
	const char *what;
	uint32_t type;
	struct bytes data;
	const char *text;
} cases[] = {
	{"a text", REG_SZ, LIT("C\0:\0\0\0"), "C:"},
	{"a text without its end", REG_EXPAND_SZ, LIT("a\0b\0"), "ab"},
	{"half a character", REG_SZ, LIT("a\0b"), "a"},
	{"nothing", REG_SZ, LIT(""), ""},
	{"texts", REG_MULTI_SZ, LIT("a\0\0\0b\0c\0\0\0\0\0"), "a; bc"},
	{"texts with a hole, without an end", REG_MULTI_SZ, LIT("\0\0a\0\0\0\0\0b\0"), "a; b"},
	{"no texts", REG_MULTI_SZ, LIT("\0\0"), ""},
	{"a number", REG_DWORD, LIT("\xff\xff\xff\xff"), "4294967295"},
	{"a number from a Macintosh", REG_DWORD_BE, LIT("\0\0\1\0"), "256"},
	{"a long number", REG_QWORD, LIT("\1\0\0\0\1\0\0\0"), "4294967297"},
	{"a number that is cut", REG_DWORD, LIT("\1\0"), "0100"},
	{"bytes", REG_BINARY, LIT("\0\xfe"), "00fe"},
};

static void values_are_said_in_words(void **unused)
{
	char text[REGISTRY_TEXT], little[8];

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("           %s\n", cases[i].what);
		assert_string_equal(registry_text(cases[i].type, cases[i].data, text, sizeof(text)),
				    cases[i].text);
		/* However little room there is, it is the beginning of the same. */
		(void)registry_text(cases[i].type, cases[i].data, little, sizeof(little));
		assert_true(strlen(little) < sizeof(little));
		assert_memory_equal(little, text, strlen(little));
	}
}

static void a_path_ends_with_the_name(void **unused)
{
	(void)unused;
	assert_int_equal(registry_key_len("HKLM\\a\\b"), 7);
	assert_int_equal(registry_key_len("HKLM\\a\\"), 7);
	assert_int_equal(registry_key_len("nothing"), 0);
}

/* --- the machine --- */

struct fake_value {
	const char *path;
	uint32_t type;
	const char *text; /* REG_SZ; NULL: the number */
	uint64_t number;
};

#define NT       "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\"
#define CONTROL  "HKLM\\SYSTEM\\CurrentControlSet\\Control\\"
#define WINDOWS  "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\"
#define DEFENDER "HKLM\\SOFTWARE\\Microsoft\\Windows Defender\\Signature Updates\\"

static const struct fake_value xp[] = {
	{NT "CurrentVersion", REG_SZ, "5.1", 0},
	{NT "CurrentBuildNumber", REG_SZ, "2600", 0},
	{NT "CSDVersion", REG_SZ, "Service Pack 3", 0},
	{NT "ProductName", REG_SZ, "Microsoft Windows XP", 0},
	{NT "HotFix\\KB958644\\Installed", REG_DWORD, NULL, 1},
	{NT "HotFix\\Q306460\\Installed", REG_DWORD, NULL, 1},
	{NT "HotFix\\File 1\\Name", REG_SZ, "x", 0},
	{CONTROL "ProductOptions\\ProductType", REG_SZ, "WinNT", 0},
	{CONTROL "Session Manager\\Environment\\PROCESSOR_ARCHITECTURE", REG_SZ, "x86", 0},
	{"HKLM\\SOFTWARE\\Microsoft\\Updates\\UpdateExeVolatile", REG_DWORD, NULL, 0},
};

static const struct fake_value ten[] = {
	{NT "CurrentVersion", REG_SZ, "6.3", 0},
	{NT "CurrentMajorVersionNumber", REG_DWORD, NULL, 10},
	{NT "CurrentMinorVersionNumber", REG_DWORD, NULL, 0},
	{NT "CurrentBuildNumber", REG_SZ, "18363", 0},
	{NT "UBR", REG_DWORD, NULL, 720},
	{NT "ProductName", REG_SZ, "Windows 10 Pro", 0},
	{CONTROL "ProductOptions\\ProductType", REG_SZ, "LanmanNT", 0},
	{CONTROL "Session Manager\\Environment\\PROCESSOR_ARCHITECTURE", REG_SZ, "AMD64", 0},
	{WINDOWS "WindowsUpdate\\Auto Update\\RebootRequired\\x", REG_DWORD, NULL, 1},
	{CONTROL "Session Manager\\PendingFileRenameOperations", REG_MULTI_SZ, "\\??\\C:\\x", 0},
	/* 2020-03-12, as a FILETIME */
	{DEFENDER "AVSignatureApplied", REG_BINARY, NULL, 132284448000000000},
	{DEFENDER "EngineVersion", REG_SZ, "1.1.16800.2", 0},
};

#define CBS   WINDOWS "Component Based Servicing\\Packages\\"
#define TOKEN "~31bf3856ad364e35~x86~~6."

/* In the order of their names, as Windows keeps them. */
static const struct fake_value vista[] = {
	{NT "CurrentVersion", REG_SZ, "6.0", 0},
	{NT "CurrentBuildNumber", REG_SZ, "6001", 0},
	{CBS "Microsoft-Windows-Foundation-Package" TOKEN "0.6001.18000\\CurrentState", REG_DWORD,
	 NULL, 0x70},
	{CBS "Package_1_for_KB958644" TOKEN "0.1.0\\CurrentState", REG_DWORD, NULL, 0x60},
	{CBS "Package_for_KB4012598" TOKEN "0.1.0\\CurrentState", REG_DWORD, NULL, 0x60},
	{CBS "Package_for_KB4499180" TOKEN "0.1.0\\CurrentState", REG_DWORD, NULL, 0x40},
	{CBS "Package_for_KB9586440" TOKEN "0.1.0\\CurrentState", REG_DWORD, NULL, 0x70},
	{CBS "Package_for_KB958644" TOKEN "0.1.0\\CurrentState", REG_DWORD, NULL, 0x40},
	{CBS "package_for_kb958644" TOKEN "0.1.3\\CurrentState", REG_DWORD, NULL, 0x70},
	{CBS "Package_for_KB9586" TOKEN "0.1.0\\CurrentState", REG_DWORD, NULL, 0x70},
	{CBS "WinRE-Package" TOKEN "0.1.0\\CurrentState", REG_DWORD, NULL, 0x80},
};

enum { TOLD = 128, KEYS = 64 };

static struct machine {
	const struct fake_value *values;
	size_t n;
	bool has_pipe;
	uint32_t open_status; /* of every key */
	char keys[KEYS][REGISTRY_PATH];
	bool is_open[KEYS];
	size_t n_keys, n_open, n_opened;
	uint8_t reply[4096];
	struct {
		enum observed state;
		char key[POSTURE_KEY], value[POSTURE_VALUE];
	} told[TOLD];
	size_t n_told;
} m;

void visit_tell(const struct visit *v, unsigned by, enum observed state, const char *key,
		const char *value)
{
	(void)v;
	assert_true(by == BY_REGISTRY || by == BY_SERVICES);
	assert_true(m.n_told < TOLD);
	m.told[m.n_told].state = state;
	(void)snprintf(m.told[m.n_told].key, POSTURE_KEY, "%s", key);
	(void)snprintf(m.told[m.n_told++].value, POSTURE_VALUE, "%s", value);
}

void visit_tell_of(const struct visit *v, unsigned by, enum observed state, const char *prefix,
		   const char *name, const char *value)
{
	char key[POSTURE_KEY];

	(void)snprintf(key, sizeof(key), "%s%s", prefix, name);
	visit_tell(v, by, state, key, value);
}

bool rpc_client_reach(struct visit *v, enum rpc_pipe pipe, char *why)
{
	(void)v;
	assert_int_equal(pipe, RPC_WINREG);
	if (!m.has_pipe)
		(void)snprintf(why, MESSAGE_TEXT,
			       "there is no such pipe: the service is not running");
	return m.has_pipe;
}

static void ascii(struct bytes units, char *to, size_t cap)
{
	size_t n = 0;

	for (; 2 * n < units.len && units.at[2 * n] != 0 && n + 1 < cap; n++)
		to[n] = (char)units.at[2 * n];
	to[n] = '\0';
}

static struct ndr_handle open_one(const char *path)
{
	struct ndr_handle h = {{0}};

	assert_true(m.n_keys < KEYS);
	(void)snprintf(m.keys[m.n_keys], REGISTRY_PATH, "%s", path);
	m.is_open[m.n_keys] = true;
	m.n_open++;
	m.n_opened++;
	h.b[4] = (uint8_t)++m.n_keys;
	return h;
}

static const char *path_of(const struct ndr_handle *h)
{
	assert_true(h->b[4] >= 1 && h->b[4] <= m.n_keys && m.is_open[h->b[4] - 1]);
	return m.keys[h->b[4] - 1];
}

static void open_key(const struct winreg_request *q, struct winreg_response *s)
{
	char name[REGISTRY_PATH], path[2 * REGISTRY_PATH];

	ascii(q->name.units, name, sizeof(name));
	(void)snprintf(path, sizeof(path), "%s%s%s", path_of(&q->key), name,
		       name[0] != '\0' ? "\\" : "");
	s->status = m.open_status != 0 ? m.open_status : (uint32_t)WINREG_NOT_FOUND;
	for (size_t i = 0; i < m.n && m.open_status == 0; i++) {
		if (strncasecmp(m.values[i].path, path, strlen(path)) == 0)
			s->status = WINREG_OK;
	}
	if (s->status == WINREG_OK)
		s->key = open_one(path);
}

static void query_value(const struct winreg_request *q, struct winreg_response *s)
{
	static uint8_t data[2048];
	char name[REGISTRY_PATH], path[2 * REGISTRY_PATH];
	size_t len = 0;

	ascii(q->name.units, name, sizeof(name));
	(void)snprintf(path, sizeof(path), "%s%s", path_of(&q->key), name);
	s->status = WINREG_NOT_FOUND;
	for (size_t i = 0; i < m.n; i++) {
		const struct fake_value *x = &m.values[i];

		if (strcasecmp(x->path, path) != 0)
			continue;
		memset(data, 0, sizeof(data));
		if (x->text != NULL)
			len = utf16_from_ascii(x->text, data, sizeof(data)).len +
			      (x->type == REG_MULTI_SZ ? 4 : 2);
		for (size_t k = 0; x->text == NULL && k < 8; k++)
			data[k] = (uint8_t)(x->number >> (8 * k));
		if (x->text == NULL)
			len = x->type == REG_DWORD ? 4 : 8;
		s->has_type = s->has_size = true;
		s->type = x->type;
		s->size = (uint32_t)len;
		s->has_data = len <= q->room;
		s->data = (struct bytes){data, len <= q->room ? len : 0};
		s->status = len <= q->room ? WINREG_OK : WINREG_MORE_DATA;
	}
}

/* The subkeys in the order of the table; each has one value here. */
static void enum_key(const struct winreg_request *q, struct winreg_response *s)
{
	static uint8_t units[512];
	const char *path = path_of(&q->key);
	uint32_t at = 0;

	s->status = WINREG_NO_MORE;
	s->name = (struct ndr_unicode){.is_there = true};
	for (size_t i = 0; i < m.n; i++) {
		const char *rest = m.values[i].path + strlen(path);
		char name[128];

		if (strncasecmp(m.values[i].path, path, strlen(path)) != 0 ||
		    strchr(rest, '\\') == NULL || at++ != q->index)
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(rest, "\\"), rest);
		s->name = ndr_unicode_of(utf16_from_ascii(name, units, sizeof(units)));
		s->status = WINREG_OK;
	}
}

bool rpc_client_call(struct rpc_client *r, enum rpc_pipe pipe, uint16_t opnum, struct bytes request,
		     struct bytes *ret_reply, char *why)
{
	struct reader in = {.rest = request};
	struct ndr n = ndr_reader(&in, false, false);
	struct winreg_request q = {.opnum = opnum};
	struct winreg_response s = {.opnum = opnum};
	struct writer w = {.at = m.reply, .cap = sizeof(m.reply)};

	(void)r;
	(void)why;
	assert_int_equal(pipe, RPC_WINREG);
	assert_true(winreg_request(&n, &q));
	assert_int_equal(in.rest.len, 0);
	if (opnum == WINREG_OPEN_HKLM)
		s.key = open_one("HKLM\\");
	else if (opnum == WINREG_OPEN_KEY)
		open_key(&q, &s);
	else if (opnum == WINREG_QUERY_VALUE)
		query_value(&q, &s);
	else if (opnum == WINREG_ENUM_KEY)
		enum_key(&q, &s);
	else
		assert_int_equal(opnum, WINREG_CLOSE_KEY);
	if (opnum == WINREG_CLOSE_KEY) {
		assert_non_null(path_of(&q.key));
		m.is_open[q.key.b[4] - 1] = false;
		m.n_open--;
	}
	/* Nothing but reading is ever asked for. */
	assert_int_equal(q.access & ~(uint32_t)(WINREG_QUERY | WINREG_ENUMERATE), 0);
	n = ndr_writer(&w, false, false);
	assert_true(winreg_response(&n, &s));
	*ret_reply = (struct bytes){m.reply, w.len};
	return true;
}

static void is_told(const char *key, enum observed state, const char *value)
{
	for (size_t i = 0; i < m.n_told; i++) {
		if (strcmp(m.told[i].key, key) != 0)
			continue;
		assert_string_equal(m.told[i].value, value);
		assert_int_equal(m.told[i].state, state);
		return;
	}
	fail_msg("nothing is told of %s", key);
}

static struct answer ask_machine(const struct fake_value *values, size_t n,
				 const char *const *wanted, size_t n_wanted, bool has_pipe,
				 uint32_t open_status)
{
	struct ask_options ask = {.timeout_ms = 60000};
	struct assess_options opt = {.ask = &ask, .registry = wanted, .n_registry = n_wanted};
	struct visit v = {.opt = &opt};
	struct answer got = {false, ""};

	memset(&m, 0, sizeof(m));
	m.values = values;
	m.n = n;
	m.has_pipe = has_pipe;
	m.open_status = open_status;
	visit_registry(&v, &got);
	return got;
}

static const char *const some[] = {NT "CSDVersion",  NT "HotFix\\KB958644\\",
				   NT "ProductName", NT "HotFix\\KB4012598\\",
				   "HKCU\\x",        "none"};

static void xp_says_what_it_is(void **unused)
{
	(void)unused;
	assert_true(ask_machine(xp, sizeof(xp) / sizeof(xp[0]), some, 6, true, 0).is_ok);
	is_told("os.version", OBSERVED_VALUE, "5.1.2600");
	is_told("os.service-pack", OBSERVED_VALUE, "3");
	is_told("os.name", OBSERVED_VALUE, "Microsoft Windows XP");
	is_told("os.product-type", OBSERVED_VALUE, "workstation");
	is_told("os.arch", OBSERVED_VALUE, "x86");
	is_told("os.ubr", OBSERVED_ABSENT, "");
	is_told("reboot-pending", OBSERVED_VALUE, "no");
	is_told("hotfix:KB958644", OBSERVED_VALUE, "installed");
	is_told("hotfix:KB306460", OBSERVED_VALUE, "installed");
	is_told("registry:" NT "CSDVersion", OBSERVED_VALUE, "Service Pack 3");
	is_told("registry:" NT "HotFix\\KB958644\\", OBSERVED_VALUE, "present");
	is_told("registry:" NT "HotFix\\KB4012598\\", OBSERVED_ABSENT, "");
	is_told("registry:HKCU\\x", OBSERVED_UNREADABLE, "only HKLM and HKU are read");
	is_told("registry:none", OBSERVED_UNREADABLE, "no path of a registry");
	for (size_t i = 0; i < m.n_told; i++)
		assert_null(strstr(m.told[i].key, "File"));
	assert_int_equal(m.n_open, 1); /* the root alone is left open */
}

static void ten_says_what_it_is(void **unused)
{
	(void)unused;
	assert_true(ask_machine(ten, sizeof(ten) / sizeof(ten[0]), NULL, 0, true, 0).is_ok);
	is_told("os.version", OBSERVED_VALUE, "10.0.18363");
	is_told("os.ubr", OBSERVED_VALUE, "720");
	is_told("os.service-pack", OBSERVED_VALUE, "0");
	is_told("os.product-type", OBSERVED_VALUE, "dc");
	is_told("os.arch", OBSERVED_VALUE, "x64");
	is_told("reboot-pending", OBSERVED_VALUE, "Windows Update; files to be replaced");
}

static struct answer ask_for_updates(const struct fake_value *values, size_t n, unsigned timeout_ms)
{
	static const char *const updates[] = {"KB4012598", "KB4499180", "KB95864", "KB958644",
					      "KB999999"};
	struct ask_options ask = {.timeout_ms = timeout_ms};
	struct assess_options opt = {.ask = &ask, .updates = updates, .n_updates = 5};
	struct visit v = {.opt = &opt};
	struct answer got = {false, ""};

	memset(&m, 0, sizeof(m));
	m.values = values;
	m.n = n;
	m.has_pipe = true;
	visit_registry(&v, &got);
	return got;
}

static unsigned updates_told(void)
{
	unsigned n = 0;

	for (size_t i = 0; i < m.n_told; i++)
		n += strncmp(m.told[i].key, "hotfix:", 7) == 0;
	return n;
}

static void updates_are_found_among_the_packages(void **unused)
{
	enum { ALL = sizeof(vista) / sizeof(vista[0]), FIRST = 2 };

	(void)unused;
	assert_non_null(strstr(ask_for_updates(vista, ALL, 60000).text, "3 of 5 updates"));
	is_told("hotfix:KB958644", OBSERVED_VALUE, "installed");
	is_told("hotfix:KB4012598", OBSERVED_VALUE, "installed-pending");
	is_told("hotfix:KB4499180", OBSERVED_UNREADABLE,
		"Component Based Servicing has it in state 0x40");
	assert_int_equal(updates_told(), 3);
	/* However many there are: each cut of the list. */
	for (size_t n = FIRST; n <= ALL; n++) {
		(void)ask_for_updates(vista, n, 60000);
		assert_int_equal(updates_told(), (n > 4) + (n > 5) + (n > 7));
	}
	/* No time: nothing is told, and that is said. */
	assert_non_null(strstr(ask_for_updates(vista, ALL, 0).text, "no time is left"));
	assert_int_equal(updates_told(), 0);
}

static void a_list_that_was_not_read_to_its_end_says_so(void **unused)
{
	enum { ALL = sizeof(xp) / sizeof(xp[0]) };

	(void)unused;
	(void)ask_for_updates(xp, ALL, 60000);
	assert_int_equal(updates_told(), 2);
	(void)ask_for_updates(xp, ALL, 0);
	assert_int_equal(updates_told(), 1);
	is_told("hotfix:", OBSERVED_UNREADABLE, "it is longer than was read");
}

static void values_of_one_key_open_it_once(void **unused)
{
	static const char *const wanted[] = {NT "UBR", WINDOWS "x", NT "ProductName",
					     NT "CurrentVersion"};
	size_t before = 0;

	(void)unused;
	(void)ask_machine(ten, sizeof(ten) / sizeof(ten[0]), NULL, 0, true, 0);
	before = m.n_opened;
	(void)ask_machine(ten, sizeof(ten) / sizeof(ten[0]), wanted, 4, true, 0);
	assert_int_equal(m.n_opened, before + 2);
}

static void what_cannot_be_read_is_told_with_the_reason(void **unused)
{
	static const char *const off = "the service Remote Registry is not running";

	(void)unused;
	assert_false(ask_machine(xp, 1, some, 2, false, 0).is_ok);
	is_told("os.version", OBSERVED_UNREADABLE, off);
	is_told("registry:" NT "CSDVersion", OBSERVED_UNREADABLE, off);
	assert_false(ask_machine(xp, 1, some, 2, true, WINREG_ACCESS_DENIED).is_ok);
	is_told("os.version", OBSERVED_UNREADABLE, "access denied");
	is_told("reboot-pending", OBSERVED_UNREADABLE, "access denied");
	is_told("registry:" NT "CSDVersion", OBSERVED_UNREADABLE, "access denied");
	assert_false(ask_machine(xp, 1, some, 2, true, 1717).is_ok);
	is_told("os.version", OBSERVED_UNREADABLE, "error 1717 of Windows");
}

static void the_signatures_have_a_date(void **unused)
{
	static struct services all;
	struct ask_options ask = {.timeout_ms = 1000};
	struct assess_options opt = {.ask = &ask};
	struct visit v = {.opt = &opt};
	struct answer got = {false, ""};

	(void)unused;
	memset(&m, 0, sizeof(m));
	m.values = ten;
	m.n = sizeof(ten) / sizeof(ten[0]);
	m.has_pipe = true;
	all.n = 1;
	(void)snprintf(all.list[0].name, SERVICE_NAME, "windefend");
	all.list[0].state = SVCCTL_RUNNING;
	protection_tell(&v, &all, &got);
	is_told("anti-malware:Windows Defender", OBSERVED_VALUE,
		"running signatures=2020-03-12 engine=1.1.16800.2");
	is_told("anti-malware:", OBSERVED_VALUE, "1");
	memset(&m, 0, sizeof(m));
	protection_tell(&v, &all, &got); /* and without the registry */
	is_told("anti-malware:Windows Defender", OBSERVED_VALUE, "running");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_said_in_words),
		cmocka_unit_test(a_path_ends_with_the_name),
		cmocka_unit_test(xp_says_what_it_is),
		cmocka_unit_test(ten_says_what_it_is),
		cmocka_unit_test(updates_are_found_among_the_packages),
		cmocka_unit_test(a_list_that_was_not_read_to_its_end_says_so),
		cmocka_unit_test(values_of_one_key_open_it_once),
		cmocka_unit_test(what_cannot_be_read_is_told_with_the_reason),
		cmocka_unit_test(the_signatures_have_a_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
