#include "gather/derive.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define CURRENT "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\"
#define CONTROL "HKLM\\SYSTEM\\CurrentControlSet\\Control\\"
#define WINDOWS "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\"
#define TCPIP   "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\\"

const char *const derive_registry[] = {
	CURRENT "CurrentVersion",
	CURRENT "CurrentBuildNumber",
	CURRENT "CurrentMajorVersionNumber",
	CURRENT "CurrentMinorVersionNumber",
	CURRENT "UBR",
	CURRENT "CSDVersion",
	CURRENT "ProductName",
	CONTROL "ProductOptions\\ProductType",
	CONTROL "Session Manager\\Environment\\PROCESSOR_ARCHITECTURE",
	CONTROL "Session Manager\\PendingFileRenameOperations",
	WINDOWS "Component Based Servicing\\RebootPending\\",
	WINDOWS "WindowsUpdate\\Auto Update\\RebootRequired\\",
	"HKLM\\SOFTWARE\\Microsoft\\Updates\\UpdateExeVolatile",
	TCPIP "Hostname",
	TCPIP "Domain",
	NULL,
};

/* XP and 2000 keep a key for each update; later Windows lists packages instead. */
const char *const derive_update_keys[] = {
	"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\HotFix",
	"HKLM\\SOFTWARE\\Microsoft\\Updates\\Windows 2000\\SP5",
	"HKLM\\SOFTWARE\\Microsoft\\Updates\\Windows XP\\SP3",
	"HKLM\\SOFTWARE\\Microsoft\\Updates\\Windows XP\\SP4",
	"HKLM\\SOFTWARE\\Microsoft\\Updates\\Windows Server 2003\\SP2",
	"HKLM\\SOFTWARE\\Microsoft\\Updates\\Windows Server 2003\\SP3",
	"HKLM\\SOFTWARE\\Microsoft\\Updates\\Windows XP Version 2003\\SP3",
	NULL,
};

struct known {
	struct posture *p;
	unsigned by;
	uint64_t at_ns;
};

static const struct observation *look(const struct known *k, const char *path)
{
	char key[POSTURE_KEY];

	(void)snprintf(key, sizeof(key), "registry:%s", path);
	return posture_from(k->p, key, k->by);
}

/* NULL: not known, or not there. */
static const char *value_of(const struct known *k, const char *path)
{
	const struct observation *o = look(k, path);

	return o != NULL && o->state == OBSERVED_VALUE && o->value[0] != '\0' ? o->value : NULL;
}

static enum rc say(const struct known *k, enum observed state, const char *key, const char *value)
{
	const struct observation o = {key, value, (uint8_t)state, (uint8_t)k->by, k->at_ns};
	enum rc rc = posture_add(k->p, &o);

	return rc == RC_INVAL ? RC_OK : rc;
}

/* The first three numbers of "10.0.19045.3803", and the fourth. False: these are not. */
static bool split_version(const char *text, char *to, size_t cap, const char **ret_fourth)
{
	unsigned dots = 0;
	size_t n = 0;

	for (; text[n] != '\0'; n++) {
		bool is_dot = text[n] == '.';

		if (is_dot && (n == 0 || text[n - 1] == '.'))
			return false;
		if (!is_dot && (text[n] < '0' || text[n] > '9'))
			return false;
		if (is_dot && ++dots == 3)
			break;
	}
	if (dots < 2 || n == 0 || n >= cap || text[n - 1] == '.')
		return false;
	memcpy(to, text, n);
	to[n] = '\0';
	*ret_fourth = text[n] == '.' ? text + n + 1 : "";
	return strspn(*ret_fourth, "0123456789") == strlen(*ret_fourth);
}

static enum rc derive_version(const struct known *k, const char *fallback, unsigned *ret_build)
{
	const char *major = value_of(k, CURRENT "CurrentMajorVersionNumber"),
		   *minor = value_of(k, CURRENT "CurrentMinorVersionNumber"),
		   *version = value_of(k, CURRENT "CurrentVersion"),
		   *build = value_of(k, CURRENT "CurrentBuildNumber"),
		   *ubr = value_of(k, CURRENT "UBR"), *fourth = "";
	char text[64] = "", clean[64];
	enum rc rc = RC_OK;

	/* From Windows 10 on, CurrentVersion stays 6.3 for the sake of old programs. */
	if (major != NULL && minor != NULL && build != NULL)
		(void)snprintf(text, sizeof(text), "%s.%s.%s", major, minor, build);
	else if (version != NULL && build != NULL)
		(void)snprintf(text, sizeof(text), "%s.%s", version, build);
	if (!split_version(text, clean, sizeof(clean), &fourth) &&
	    !split_version(fallback, clean, sizeof(clean), &fourth))
		return RC_OK;
	*ret_build = (unsigned)strtoul(strrchr(clean, '.') + 1, NULL, 10);
	rc = say(k, OBSERVED_VALUE, "os.version", clean);
	if (rc == RC_OK && ubr == NULL && strncmp(clean, "10.", 3) == 0)
		ubr = fourth;
	if (rc == RC_OK && ubr != NULL && ubr[0] != '\0' &&
	    strspn(ubr, "0123456789") == strlen(ubr))
		rc = say(k, OBSERVED_VALUE, "os.ubr", ubr);
	return rc;
}

static enum rc derive_service_pack(const struct known *k)
{
	const struct observation *o = look(k, CURRENT "CSDVersion");
	const char *digits = NULL;
	char text[16];
	size_t n = 0;

	if (o == NULL || o->state == OBSERVED_UNREADABLE)
		return RC_OK;
	if (o->state == OBSERVED_ABSENT)
		return say(k, OBSERVED_VALUE, "os.service-pack", "0");
	digits = o->value + strcspn(o->value, "0123456789");
	n = strspn(digits, "0123456789");
	if (n == 0 || n > 2)
		return RC_OK;
	(void)snprintf(text, sizeof(text), "%.*s", (int)n, digits);
	return say(k, OBSERVED_VALUE, "os.service-pack", text);
}

static const char *in_words(const char *value, const char *const pairs[][2])
{
	for (size_t i = 0; value != NULL && pairs[i][0] != NULL; i++) {
		if (strcasecmp(value, pairs[i][0]) == 0)
			return pairs[i][1];
	}
	return NULL;
}

static enum rc derive_system(const struct known *k, unsigned build)
{
	static const char *const types[][2] = {
		{"WinNT", "workstation"}, {"ServerNT", "server"}, {"LanmanNT", "dc"}, {NULL, NULL}};
	static const char *const archs[][2] = {
		{"x86", "x86"}, {"AMD64", "x64"}, {"ARM64", "arm64"}, {NULL, NULL}};
	const char *name = value_of(k, CURRENT "ProductName"),
		   *type = in_words(value_of(k, CONTROL "ProductOptions\\ProductType"), types),
		   *arch = in_words(
			   value_of(k,
				    CONTROL "Session Manager\\Environment\\PROCESSOR_ARCHITECTURE"),
			   archs);
	char eleven[POSTURE_VALUE];
	enum rc rc = RC_OK;

	/* Windows 11 calls itself 10 there; its builds begin at 22000. */
	if (name != NULL && build >= 22000 && strncmp(name, "Windows 10", 10) == 0) {
		(void)snprintf(eleven, sizeof(eleven), "Windows 11%s", name + 10);
		name = eleven;
	}
	if (name != NULL)
		rc = say(k, OBSERVED_VALUE, "os.name", name);
	if (rc == RC_OK && type != NULL)
		rc = say(k, OBSERVED_VALUE, "os.product-type", type);
	if (rc == RC_OK && arch != NULL)
		rc = say(k, OBSERVED_VALUE, "os.arch", arch);
	return rc;
}

/* FACTS of the vendor's own installers: who wants a restart leaves one of these. */
static enum rc derive_pending(const struct known *k)
{
	static const struct {
		const char *path, *says;
		bool is_number; /* 0 is nothing */
	} signs[] = {
		{WINDOWS "Component Based Servicing\\RebootPending\\", "Component Based Servicing",
		 false},
		{WINDOWS "WindowsUpdate\\Auto Update\\RebootRequired\\", "Windows Update", false},
		{"HKLM\\SOFTWARE\\Microsoft\\Updates\\UpdateExeVolatile", "UpdateExeVolatile",
		 true},
		{CONTROL "Session Manager\\PendingFileRenameOperations",
		 "PendingFileRenameOperations", false},
	};
	char text[160] = "";
	const char *unreadable = NULL;
	bool is_known = true;

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		const struct observation *o = look(k, signs[i].path);
		size_t len = strlen(text);

		if (o == NULL || o->state == OBSERVED_UNREADABLE) {
			is_known = false;
			unreadable = o != NULL ? o->value : unreadable;
		} else if (o->state == OBSERVED_VALUE &&
			   !(signs[i].is_number && strcmp(o->value, "0") == 0)) {
			(void)snprintf(text + len, sizeof(text) - len, "%s%s", len > 0 ? "; " : "",
				       signs[i].says);
		}
	}
	if (text[0] != '\0' || is_known)
		return say(k, OBSERVED_VALUE, "reboot-pending", text[0] != '\0' ? text : "no");
	return unreadable != NULL ? say(k, OBSERVED_UNREADABLE, "reboot-pending", unreadable)
				  : RC_OK;
}

enum rc derive_posture(struct posture *p, unsigned by, const char *version)
{
	const struct known k = {p, by, p->at_ns};
	unsigned build = 0;
	enum rc rc = derive_version(&k, version, &build);

	if (rc == RC_OK)
		rc = derive_service_pack(&k);
	if (rc == RC_OK)
		rc = derive_system(&k, build);
	if (rc == RC_OK)
		rc = derive_pending(&k);
	return rc;
}

static bool is_letter_or_digit(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Five digits were enough in the days of NT; seven are in use. */
static size_t number_at(struct bytes text, size_t from)
{
	size_t n = 0;

	while (from + n < text.len && text.at[from + n] >= '0' && text.at[from + n] <= '9')
		n++;
	return n >= 5 && n <= 8 ? n : 0;
}

bool derive_update(struct bytes text, bool is_bare, char *to)
{
	if (is_bare && number_at(text, 0) == text.len && text.len > 0) {
		(void)snprintf(to, DERIVE_UPDATE, "KB%.*s", (int)text.len, (const char *)text.at);
		return true;
	}
	for (size_t i = 0; i < text.len; i++) {
		bool is_k = text.at[i] == 'K' || text.at[i] == 'k',
		     is_q = text.at[i] == 'Q' || text.at[i] == 'q';
		size_t letters = is_k ? 2 : 1, n = 0;

		if ((!is_k && !is_q) || (i > 0 && is_letter_or_digit(text.at[i - 1])) ||
		    (is_k && (i + 1 == text.len || (text.at[i + 1] | 0x20) != 'b')))
			continue;
		n = number_at(text, i + letters);
		if (n == 0)
			continue;
		(void)snprintf(to, DERIVE_UPDATE, "%s%.*s", is_k ? "KB" : "Q", (int)n,
			       (const char *)text.at + i + letters);
		return true;
	}
	return false;
}
