/*
 * What the registry says: the values that the catalogue and the baseline want, which Windows it is,
 * what waits for a restart, and which updates a list of its own names.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "assess/packages.h"
#include "assess/remote_registry.h"
#include "assess/visit.h"

#define NT      "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\"
#define CONTROL "HKLM\\SYSTEM\\CurrentControlSet\\Control\\"
#define UPDATES "HKLM\\SOFTWARE\\Microsoft\\Updates\\"
#define WINDOWS "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\"

enum { HOTFIXES_MAX = 1024, SHORT = 64 };

struct asked {
	const struct visit *v;
	struct remote_registry *g;
	size_t n[OBSERVED_UNREADABLE + 1]; /* by enum observed */
	char version[SHORT];               /* "5.1" */
};

static void tell(struct asked *a, enum observed got, const char *key, const char *value)
{
	visit_tell(a->v, BY_REGISTRY, got, key, got == OBSERVED_ABSENT ? "" : value);
}

/* A text, or "" and the reason. */
static enum observed read_text(struct asked *a, const char *path, char *to, char *why)
{
	struct registry_value x;
	enum observed got = remote_registry_value(a->g, path, &x, why);

	(void)snprintf(to, SHORT, "%.63s", got == OBSERVED_VALUE ? x.text : "");
	return got;
}

static void tell_version(struct asked *a)
{
	char major[SHORT], minor[SHORT], build[SHORT], why[MESSAGE_TEXT] = "", text[3 * SHORT];
	enum observed got = read_text(a, NT "CurrentBuildNumber", build, why);

	if (got == OBSERVED_VALUE)
		got = read_text(a, NT "CurrentVersion", a->version, why);
	/* Windows 10 calls itself 6.3 there, for old programs. */
	if (got == OBSERVED_VALUE &&
	    read_text(a, NT "CurrentMajorVersionNumber", major, why) == OBSERVED_VALUE &&
	    read_text(a, NT "CurrentMinorVersionNumber", minor, why) == OBSERVED_VALUE)
		(void)snprintf(a->version, sizeof(a->version), "%.20s.%.20s", major, minor);
	(void)snprintf(text, sizeof(text), "%s.%s", a->version, build);
	tell(a, got, "os.version", got == OBSERVED_VALUE ? text : why);
}

static void tell_one(struct asked *a, const char *key, const char *path)
{
	char text[SHORT], why[MESSAGE_TEXT] = "";
	enum observed got = read_text(a, path, text, why);

	tell(a, got, key, got == OBSERVED_VALUE ? text : why);
}

/* One of a few words, as another word; what is none of them is told as it is. */
static void tell_word(struct asked *a, const char *key, const char *path,
		      const char *const words[][2], size_t n)
{
	char text[SHORT], why[MESSAGE_TEXT] = "";
	enum observed got = read_text(a, path, text, why);
	const char *value = text;

	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(text, words[i][0]) == 0)
			value = words[i][1];
	}
	tell(a, got, key, got == OBSERVED_VALUE ? value : why);
}

static void tell_service_pack(struct asked *a)
{
	char text[SHORT], why[MESSAGE_TEXT] = "";
	enum observed got = read_text(a, NT "CSDVersion", text, why);
	const char *digit = strpbrk(text, "0123456789");

	if (got == OBSERVED_ABSENT && a->version[0] != '\0') /* such is a Windows without one */
		visit_tell(a->v, BY_REGISTRY, OBSERVED_VALUE, "os.service-pack", "0");
	else
		tell(a, got, "os.service-pack",
		     got != OBSERVED_VALUE ? why : (digit != NULL ? digit : "0"));
}

static void tell_system(struct asked *a)
{
	static const char *const products[][2] = {
		{"WinNT", "workstation"}, {"ServerNT", "server"}, {"LanmanNT", "dc"}};
	static const char *const archs[][2] = {{"AMD64", "x64"}, {"ARM64", "arm64"}};

	tell_version(a);
	tell_one(a, "os.ubr", NT "UBR");
	tell_service_pack(a);
	tell_one(a, "os.name", NT "ProductName");
	tell_word(a, "os.product-type", CONTROL "ProductOptions\\ProductType", products, 3);
	tell_word(a, "os.arch", CONTROL "Session Manager\\Environment\\PROCESSOR_ARCHITECTURE",
		  archs, 2);
}

static void tell_reboot(struct asked *a)
{
	static const struct {
		const char *path, *who;
		bool is_number; /* wants it unless 0 */
	} signs[] = {
		{WINDOWS "Component Based Servicing\\RebootPending\\", "Component Based Servicing",
		 false},
		{WINDOWS "WindowsUpdate\\Auto Update\\RebootRequired\\", "Windows Update", false},
		{UPDATES "UpdateExeVolatile", "update.exe", true},
		{CONTROL "Session Manager\\PendingFileRenameOperations", "files to be replaced",
		 false},
	};
	char wanted[256] = "", why[MESSAGE_TEXT] = "";
	bool is_unknown = false;

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		const char *path = signs[i].path;
		bool is_key = path[strlen(path) - 1] == '\\';
		struct registry_value x = {0};
		enum observed got = is_key ? remote_registry_key(a->g, path, why)
					   : remote_registry_value(a->g, path, &x, why);
		size_t len = strlen(wanted);

		is_unknown = is_unknown || got == OBSERVED_UNREADABLE;
		if (got == OBSERVED_VALUE &&
		    (is_key || (signs[i].is_number ? x.number != 0 : x.data.len > 2)))
			(void)snprintf(wanted + len, sizeof(wanted) - len, "%s%s",
				       len > 0 ? "; " : "", signs[i].who);
	}
	if (wanted[0] == '\0' && is_unknown)
		tell(a, OBSERVED_UNREADABLE, "reboot-pending", why);
	else
		tell(a, OBSERVED_VALUE, "reboot-pending", wanted[0] != '\0' ? wanted : "no");
}

/* "KB958644" or, from before 2003, "Q306460"; with or without something behind. False: none. */
static bool update_name(const char *text, char to[SHORT])
{
	size_t skip = strncasecmp(text, "KB", 2) == 0 ? 2 : (toupper(text[0]) == 'Q' ? 1 : 0);
	size_t digits = strspn(text + skip, "0123456789");

	if (skip == 0 || digits < 5 || digits > 8)
		return false;
	(void)snprintf(to, SHORT, "KB%.*s", (int)digits, text + skip);
	return true;
}

/* Windows 2000 to 2003 keep a list of what was installed. What it lists is a claim, not proof:
 * judge/ knows. */
static void tell_hotfixes(struct asked *a)
{
	char name[SHORT], kb[SHORT], why[MESSAGE_TEXT] = "it is longer than was read";
	uint64_t until = reach_now_ms() + a->v->opt->ask->timeout_ms;
	enum observed got = OBSERVED_VALUE;

	for (uint32_t i = 0; i < HOTFIXES_MAX && got == OBSERVED_VALUE && reach_now_ms() < until;
	     i++) {
		got = remote_registry_subkey(a->g, NT "HotFix\\", i, name, sizeof(name), why);
		if (got == OBSERVED_VALUE && update_name(name, kb))
			visit_tell_of(a->v, BY_REGISTRY, OBSERVED_VALUE, "hotfix:", kb,
				      "installed");
	}
	if (got != OBSERVED_ABSENT) /* the end was not reached: who is not in it may be there */
		tell(a, OBSERVED_UNREADABLE, "hotfix:", why);
}

/* "…\HotFix\KB958644\" and "…\Updates\Windows XP\SP4\KB958644\" are lists of updates, too. */
static void tell_update(struct asked *a, const char *key)
{
	char name[SHORT], kb[SHORT];
	size_t len = strlen(key), at = len > 0 ? len - 1 : 0;

	while (at > 0 && key[at - 1] != '\\')
		at--;
	(void)snprintf(name, sizeof(name), "%.*s", (int)(len > at ? len - at - 1 : 0), key + at);
	if ((strcasestr(key, "\\HotFix\\") != NULL || strcasestr(key, "\\Updates\\") != NULL) &&
	    update_name(name, kb))
		visit_tell_of(a->v, BY_REGISTRY, OBSERVED_VALUE, "hotfix:", kb, "installed");
}

static void tell_wanted(struct asked *a, const char *path)
{
	struct registry_value x;
	char why[MESSAGE_TEXT] = "";
	bool is_key = path[0] != '\0' && path[strlen(path) - 1] == '\\';
	enum observed got = is_key ? remote_registry_key(a->g, path, why)
				   : remote_registry_value(a->g, path, &x, why);
	const char *value = why;

	if (got == OBSERVED_VALUE)
		value = is_key ? "present" : x.text;
	else if (got == OBSERVED_ABSENT)
		value = "";
	visit_tell_of(a->v, BY_REGISTRY, got, "registry:", path, value);
	a->n[got]++;
	if (is_key && got == OBSERVED_VALUE)
		tell_update(a, path);
}

/* Those of one key beside each other, so that it is opened once. */
static int by_key(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	size_t x_len = registry_key_len(x), y_len = registry_key_len(y);
	int diff = strncasecmp(x, y, x_len < y_len ? x_len : y_len);

	if (diff != 0)
		return diff;
	if (x_len != y_len)
		return x_len < y_len ? -1 : 1;
	return strcasecmp(x + x_len, y + y_len);
}

static void tell_all_wanted(struct asked *a)
{
	const struct assess_options *o = a->v->opt;
	const char **sorted = calloc(o->n_registry + 1, sizeof(*sorted));

	if (sorted == NULL)
		return;
	for (size_t i = 0; i < o->n_registry; i++)
		sorted[i] = o->registry[i];
	qsort(sorted, o->n_registry, sizeof(*sorted), by_key);
	for (size_t i = 0; i < o->n_registry; i++)
		tell_wanted(a, sorted[i]);
	free(sorted);
}

/* The pipe is not there, or not for us: nothing of all that is known. */
static void tell_why_not(const struct visit *v, const char *why)
{
	static const char *const keys[] = {"os.version", "os.service-pack", "reboot-pending"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		visit_tell(v, BY_REGISTRY, OBSERVED_UNREADABLE, keys[i], why);
	for (size_t i = 0; i < v->opt->n_registry; i++)
		visit_tell_of(v, BY_REGISTRY, OBSERVED_UNREADABLE, "registry:", v->opt->registry[i],
			      why);
}

void visit_registry(struct visit *v, struct answer *ret_answer)
{
	struct asked a = {.v = v};
	char why[MESSAGE_TEXT] = "";

	if (!rpc_client_reach(v, RPC_WINREG, why) || (a.g = remote_registry_new(v->rpc)) == NULL) {
		/* quell starts no service: that would change the machine. */
		if (strstr(why, "no such pipe") != NULL)
			(void)snprintf(why, sizeof(why),
				       "the service Remote Registry is not running");
		tell_why_not(v, why);
		answer_add(ret_answer, "%s", why);
		return;
	}
	tell_system(&a);
	tell_reboot(&a);
	tell_all_wanted(&a);
	if (a.version[0] == '5' && !v->opt->patches_only)
		tell_hotfixes(&a);
	ret_answer->is_ok =
		a.n[OBSERVED_UNREADABLE] < v->opt->n_registry || v->opt->n_registry == 0;
	answer_add(ret_answer, "%zu values and keys, %zu not there, %zu not readable",
		   a.n[OBSERVED_VALUE], a.n[OBSERVED_ABSENT], a.n[OBSERVED_UNREADABLE]);
	if (a.version[0] != '\0' && a.version[0] != '5')
		packages_tell(v, a.g, ret_answer);
	remote_registry_free(a.g);
}
