#include "ask/profile.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const roots[] = {
	"Users",
	"Documents and Settings",
	"Dokumente und Einstellungen",
	"WINNT/Profiles",   /* NT 4 */
	"Windows/Profiles", /* 95, 98 */
};

/* Accounts that Windows and common services make for themselves. A * stands for anything. */
static const char *const systems[] = {
	"All Users",
	"Default",
	"Default User",
	"Public",
	"LocalService",
	"NetworkService",
	"systemprofile",
	"TEMP",
	"desktop.ini",
	"ASPNET",
	".NET*",
	"Classic .NET AppPool",
	"DefaultAppPool",
	"IUSR*",
	"IWAM*",
	"DWM-*",
	"UMFD-*",
	"MSSQL*",
	"SQL*Agent*",
	"SQLTELEMETRY*",
	"ReportServer*",
	"SUPPORT_*",
	"HelpAssistant*",
	"defaultuser*",
	"WDAGUtilityAccount",
	"UpdatusUser",
	"HomeGroupUser*",
	"*$",
	"*$SQLEXPRESS",
};

const char *profile_root(size_t i)
{
	return i < sizeof(roots) / sizeof(roots[0]) ? roots[i] : NULL;
}

/* One * at most is looked for again, so this takes no longer than pattern times name. */
static bool matches(const char *pattern, const char *name)
{
	const char *star = NULL, *again = name;

	while (*name != '\0') {
		if (*pattern == '*') {
			star = pattern++;
			again = name;
		} else if (*pattern != '\0' && strncasecmp(pattern, name, 1) == 0) {
			pattern++;
			name++;
		} else if (star != NULL) {
			pattern = star + 1;
			name = ++again;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

/* The length of `name` without the ".000" that Windows puts behind it. */
static size_t without_number(const char *name, size_t len)
{
	if (len > 4 && name[len - 4] == '.' && strspn(name + len - 3, "0123456789") >= 3)
		return len - 4;
	return len;
}

bool profile_is_system(const char *folder)
{
	static const char authority[] = ".NT AUTHORITY"; /* "NetworkService.NT AUTHORITY" */
	char name[PROFILE_NAME];
	size_t len = strlen(folder), tail = sizeof(authority) - 1;

	if (len == 0 || len >= sizeof(name) || strcmp(folder, ".") == 0 ||
	    strcmp(folder, "..") == 0)
		return true;
	(void)snprintf(name, sizeof(name), "%.*s", (int)without_number(folder, len), folder);
	len = strlen(name);
	if (len > tail && strcasecmp(name + len - tail, authority) == 0)
		return true;
	/* "TEMP.CORP": somebody's, but thrown away when they leave, so its date is worth nothing.
	 */
	if (strncasecmp(name, "TEMP.", 5) == 0)
		return true;
	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		if (matches(systems[i], name))
			return true;
	}
	return false;
}

/* Windows writes the name of a domain or machine in capitals; "maria.CORP", but not "maria.braun"
 * or "A.B". Returns the length of what is in front of it. */
static size_t before_capitals(const char *folder, size_t len, char *ret_domain)
{
	static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	size_t dot = len;

	while (dot > 0 && folder[dot - 1] != '.')
		dot--;
	if (dot < 2 || len - dot < 2 || strspn(folder + dot, capitals) < len - dot ||
	    strcspn(folder, "abcdefghijklmnopqrstuvwxyz") >= dot)
		return len;
	(void)snprintf(ret_domain, PROFILE_NAME, "%.*s", (int)(len - dot), folder + dot);
	return dot - 1;
}

bool profile_owner(const char *folder, const char *const *known, size_t n_known,
		   char ret_user[PROFILE_NAME], char ret_domain[PROFILE_NAME])
{
	size_t len = strlen(folder), end = 0;

	ret_domain[0] = '\0';
	if (len == 0 || len >= PROFILE_NAME)
		return false;
	len = end = without_number(folder, len);
	for (size_t i = 0; i < n_known; i++) {
		size_t tail = strlen(known[i]);

		if (tail == 0 || len <= tail + 1 || folder[len - tail - 1] != '.' ||
		    strncasecmp(folder + len - tail, known[i], tail) != 0)
			continue;
		end = len - tail - 1;
		(void)snprintf(ret_domain, PROFILE_NAME, "%.*s", (int)tail, folder + len - tail);
		break;
	}
	if (ret_domain[0] == '\0')
		end = before_capitals(folder, len, ret_domain);
	(void)snprintf(ret_user, PROFILE_NAME, "%.*s", (int)end, folder);
	return ret_user[0] != '\0';
}
