/*
 * One table for each source. Exact ones name a release; where a shape or an order of options is
 * shared by several, the name says so, and the confidence is low: guesses are for the hint beside a
 * name, never for a decision.
 */
#include "host/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list)  (sizeof(list) / sizeof((list)[0]))
#define SAMBA        "Linux or Unix (Samba)"
#define VISTA_OR     "Windows Vista or Server 2008"
#define SEVEN_OR     "Windows 7 or Server 2008 R2"
#define EIGHT_OR     "Windows 8 or Server 2012"
#define EIGHT_ONE_OR "Windows 8.1 or Server 2012 R2"
#define TEN_OR       "Windows 10 or 11"
#define OLD_ONES     "Windows 2000 or XP or Server 2003"
#define APPLE        "macOS or iOS"

static const struct os_guess no_guess = {"", 0};

/* Operating system versions, MS-NLMP 2.2.2.10 and MS-BRWS 2.2.1; builds of Windows 10 and later as
 * Microsoft's release information lists them. Samba says 4.9 in announcements (smb.conf's old
 * default of "announce version"). */
static const struct version_row {
	uint8_t major, minor;
	uint16_t from_build; /* and later, up to the next row */
	const char *client, *server;
	uint8_t confidence;
} versions[] = {
	{4, 0, 0, "Windows NT 4.0 or 95", "Windows NT 4.0", 60},
	{4, 9, 0, SAMBA, SAMBA, 70},
	{4, 10, 0, "Windows 98", "Windows 98", 90},
	{4, 90, 0, "Windows Me", "Windows Me", 90},
	{5, 0, 0, "Windows 2000", "Windows 2000", 90},
	{5, 1, 0, "Windows XP", "Windows XP", 90},
	{5, 2, 0, "Windows Server 2003", "Windows Server 2003", 85}, /* or XP for x64: rare */
	{6, 0, 0, VISTA_OR, "Windows Server 2008", 85},
	{6, 0, 6000, "Windows Vista", "Windows Vista", 90}, /* Server 2008 began at 6001 */
	{6, 0, 6001, VISTA_OR, "Windows Server 2008", 90},
	{6, 1, 0, SEVEN_OR, "Windows Server 2008 R2", 60}, /* Samba says this, too */
	{6, 1, 7600, SEVEN_OR, "Windows Server 2008 R2", 90},
	{6, 2, 0, EIGHT_OR, "Windows Server 2012", 85},
	{6, 3, 0, EIGHT_ONE_OR, "Windows Server 2012 R2", 90},
	{10, 0, 0, "Windows 10 or later", "Windows Server 2016 or later", 80},
	{10, 0, 10240, "Windows 10 (build 10240)", "Windows 10 (build 10240)", 95},
	{10, 0, 10586, "Windows 10 (build 10586)", "Windows 10 (build 10586)", 95},
	{10, 0, 14393, "Windows 10 or Server 2016 (build 14393)",
	 "Windows Server 2016 (build 14393)", 95},
	{10, 0, 15063, "Windows 10 (build 15063)", "Windows 10 (build 15063)", 95},
	{10, 0, 16299, "Windows 10 (build 16299)", "Windows 10 (build 16299)", 95},
	{10, 0, 17134, "Windows 10 (build 17134)", "Windows 10 (build 17134)", 95},
	{10, 0, 17763, "Windows 10 or Server 2019 (build 17763)",
	 "Windows Server 2019 (build 17763)", 95},
	{10, 0, 18362, "Windows 10 (build 18362)", "Windows 10 (build 18362)", 95},
	{10, 0, 18363, "Windows 10 (build 18363)", "Windows 10 (build 18363)", 95},
	{10, 0, 19041, "Windows 10 (build 19041)", "Windows 10 (build 19041)", 95},
	{10, 0, 19042, "Windows 10 (build 19042)", "Windows 10 (build 19042)", 95},
	{10, 0, 19043, "Windows 10 (build 19043)", "Windows 10 (build 19043)", 95},
	{10, 0, 19044, "Windows 10 (build 19044)", "Windows 10 (build 19044)", 95},
	{10, 0, 19045, "Windows 10 (build 19045)", "Windows 10 (build 19045)", 95},
	{10, 0, 20348, "Windows Server 2022 (build 20348)", "Windows Server 2022 (build 20348)",
	 95},
	{10, 0, 22000, "Windows 11 (build 22000)", "Windows 11 (build 22000)", 95},
	{10, 0, 22621, "Windows 11 (build 22621)", "Windows 11 (build 22621)", 95},
	{10, 0, 22631, "Windows 11 (build 22631)", "Windows 11 (build 22631)", 95},
	{10, 0, 26100, "Windows 11 or Server 2025 (build 26100)",
	 "Windows Server 2025 (build 26100)", 95},
	{10, 0, 26200, "Windows 11 (build 26200)", "Windows 11 (build 26200)", 95},
};

struct os_guess os_from_version(unsigned major, unsigned minor, unsigned build, bool is_server)
{
	const struct version_row *best = NULL;

	for (size_t i = 0; i < COUNT(versions); i++) {
		const struct version_row *row = &versions[i];

		if (row->major == major && row->minor == minor && row->from_build <= build)
			best = row;
	}
	if (best == NULL)
		return no_guess;
	return (struct os_guess){is_server ? best->server : best->client, best->confidence};
}

/* Printable ASCII of a stranger's text, lower case, so that tables can be searched with strstr().
 */
enum { FOLDED = 256 };

static const char *fold(struct bytes from, char *to)
{
	size_t n = 0;

	for (size_t i = 0; i < from.len && n < FOLDED - 1; i++) {
		uint8_t c = from.at[i];

		if (c >= 'A' && c <= 'Z')
			c = (uint8_t)(c + ('a' - 'A'));
		to[n++] = c >= 0x20 && c < 0x7f ? (char)c : '?';
	}
	to[n] = '\0';
	return to;
}

struct word_row { /* the first row whose text is found decides */
	const char *text;
	const char *name;
	uint8_t confidence;
};

static struct os_guess by_words(const struct word_row *rows, size_t n, const char *folded,
				bool is_prefix)
{
	for (size_t i = 0; i < n; i++) {
		bool is_it = is_prefix ? strncmp(folded, rows[i].text, strlen(rows[i].text)) == 0
				       : strstr(folded, rows[i].text) != NULL;

		if (is_it)
			return (struct os_guess){rows[i].name, rows[i].confidence};
	}
	return no_guess;
}

/* NativeOS of MS-CIFS 2.2.4.53, as machines of each release send it. Worms and their tools copy
 * "Windows 2000 2195" and "Windows 2000 5.0": it proves little. */
static const struct word_row natives[] = {
	{"windows 2000 2195", "Windows 2000", 40},
	{"windows 2000", "Windows 2000", 40},
	{"windows 2002", "Windows XP", 85}, /* "Windows 2002 Service Pack 3 2600" */
	{"windows xp 3790", "Windows XP (x64)", 80},
	{"windows xp", "Windows XP", 80},
	{"windows server 2003", "Windows Server 2003", 85},
	{"windows .net", "Windows Server 2003", 70},
	{"windows vista", "Windows Vista", 85},
	{"windows (tm) vista", "Windows Vista", 85},
	{"windows server (r) 2008", "Windows Server 2008", 85},
	{"windows server 2008 r2", "Windows Server 2008 R2", 85},
	{"windows server 2008", "Windows Server 2008", 85},
	{"windows 7", "Windows 7", 85},
	{"windows server 2012 r2", "Windows Server 2012 R2", 85},
	{"windows server 2012", "Windows Server 2012", 85},
	{"windows 8.1", "Windows 8.1", 85},
	{"windows 8", "Windows 8", 85},
	{"windows server 2016", "Windows Server 2016", 85},
	{"windows server 2019", "Windows Server 2019", 85},
	{"windows server 2022", "Windows Server 2022", 85},
	{"windows 10", "Windows 10", 85},
	{"windows 11", "Windows 11", 85},
	{"windows 5.0", "Windows 2000", 60},
	{"windows 5.1", "Windows XP", 60},
	{"windows 5.2", "Windows Server 2003", 60},
	{"windows nt 1381", "Windows NT 4.0", 80},
	{"windows nt", "Windows NT 4.0", 50},
	{"windows 4.0", "Windows 98", 50},
	{"mac os x", "macOS", 70},
	{"unix", SAMBA, 75},
	{"samba", SAMBA, 75},
	{"linux", "Linux", 60},
};

struct os_guess os_from_native(struct bytes native_os)
{
	char text[FOLDED];

	return by_words(natives, COUNT(natives), fold(native_os, text), true);
}

/* DHCP option 60 (RFC 2132 9.13). */
static const struct word_row classes[] = {
	{"msft 98", "Windows 98", 80},
	{"msft", "Windows", 75},
	{"android", "Android", 85},
	{"dhcpcd", "Linux", 60},
	{"udhcp", "Linux", 55},
	{"hewlett-packard jetdirect", "printer", 85},
	{"hewlett-packard officejet", "printer", 85},
	{"hp printer", "printer", 85},
	{"mfg=", "printer", 70},
	{"epson", "printer", 60},
	{"canon", "printer", 60},
	{"kyocera", "printer", 70},
	{"xerox", "printer", 70},
	{"brother", "printer", 70},
};

/* DHCP option 55: what is asked for, in this order, is written in the client's source. The Windows
 * rows are fingerprints that network access products publish; "Windows 2000" is
 * XP's without option 249, which came with it. Apple's and Linux's are what their clients' default
 * settings ask for. More options behind those of a row do not matter. */
static const struct word_row orders[] = {
	{"1,15,3,6,44,46,47,31,33,121,249,43,252", SEVEN_OR, 70},
	{"1,15,3,6,44,46,47,31,33,121,249,43", "Windows Vista or 7", 70},
	{"1,15,3,6,44,46,47,31,33,249,43", "Windows XP or Server 2003", 75},
	{"1,15,3,6,44,46,47,31,33,43", "Windows 2000", 70},
	{"1,15,3,6,44,46,47,43,77", "Windows 98 or Me", 60},
	{"1,3,6,15,31,33,43,44,46,47,119,121,249,252", TEN_OR, 75},
	{"1,3,6,15,31,33,43,44,46,47,121,249,252", "Windows 8 or 8.1 or 10", 65},
	{"1,121,3,6,15,119,252,95,44,46", "macOS", 75},
	{"1,3,6,15,119,95,252,44,46,47", "macOS", 75},
	{"1,121,3,6,15,108,114,119,162,252,95,44,46", "macOS", 75},
	{"1,121,3,6,15,108,114,119,252,95,44,46", "macOS", 75},
	{"1,121,3,6,15,114,119,252,95,44,46", "macOS", 75},
	{"1,121,3,6,15,119,252", APPLE, 70},
	{"1,3,6,15,119,252", APPLE, 70},
	{"1,121,3,6,15,114,119,252", APPLE, 70},
	{"1,3,6,15,26,28,51,58,59,43", "Android", 75},
	{"1,33,3,6,15,26,28,51,58,59", "Android", 70},
	{"1,33,3,6,15,28,51,58,59", "Android", 70},
	{"1,121,33,3,6,15,28,51,58,59,119", "Android", 65},
	{"1,28,2,3,15,6,119,12,44,47,26,121,42", "Linux", 70}, /* ISC's client on Debian */
	{"1,28,2,121,15,6,12,40,41,42,26,119,3", "Linux", 70}, /* on Red Hat */
	{"1,2,6,12,15,26,28,121,3,33,40,41,42,119,249,252,17", "Linux", 70}, /* NetworkManager */
};

struct os_guess os_from_dhcp(struct bytes vendor_class, struct bytes options)
{
	char text[FOLDED];
	struct os_guess by_class =
		by_words(classes, COUNT(classes), fold(vendor_class, text), true);
	struct os_guess by_order = by_words(orders, COUNT(orders), fold(options, text), true);

	if (by_order.confidence == 0 || !os_agrees(by_class.name, by_order.name))
		return by_class.confidence > 0 ? by_class : by_order;
	if (by_class.confidence > 0)
		by_order.confidence += 5; /* two that say the same */
	return by_order;
}

/* User-Agents, RFC 9110 10.1.5: "Windows NT 6.1" as browsers of that release write it, and what
 * parts of Windows send without being asked; what servers write in Server (10.2.4). Anybody can
 * write anything here. */
static const struct word_row agents[] = {
	{"windows nt 10.0", TEN_OR, 65},
	{"windows nt 6.3", EIGHT_ONE_OR, 65},
	{"windows nt 6.2", EIGHT_OR, 65},
	{"windows nt 6.1", SEVEN_OR, 65},
	{"windows nt 6.0", VISTA_OR, 65},
	{"windows nt 5.2", "Windows Server 2003 or XP", 65},
	{"windows nt 5.1", "Windows XP", 65},
	{"windows nt 5.01", "Windows 2000", 65},
	{"windows nt 5.0", "Windows 2000", 65},
	{"windows nt 4", "Windows NT 4.0", 60},
	{"windows 98", "Windows 98", 60},
	{"windows phone", "Windows Phone", 70},
	{"microsoft-cryptoapi/10.0", TEN_OR, 80},
	{"microsoft-cryptoapi/6.3", EIGHT_ONE_OR, 80},
	{"microsoft-cryptoapi/6.2", EIGHT_OR, 80},
	{"microsoft-cryptoapi/6.1", SEVEN_OR, 80},
	{"microsoft-cryptoapi/6.0", VISTA_OR, 80},
	{"microsoft-cryptoapi/5.131.3790", "Windows Server 2003", 80},
	{"microsoft-cryptoapi/5.131.2600", "Windows XP", 80},
	{"microsoft-cryptoapi/5.131.2195", "Windows 2000", 80},
	{"windows-update-agent/10.0", TEN_OR, 80},
	{"windows-update-agent", "Windows", 75},
	{"microsoft ncsi", "Windows", 75},
	{"microsoft bits", "Windows", 75},
	{"microsoft-iis/5.0", "Windows 2000", 75}, /* Server fields from here */
	{"microsoft-iis/5.1", "Windows XP", 75},
	{"microsoft-iis/6.0", "Windows Server 2003", 75},
	{"microsoft-iis/7.0", VISTA_OR, 75},
	{"microsoft-iis/7.5", SEVEN_OR, 75},
	{"microsoft-iis/8.0", EIGHT_OR, 75},
	{"microsoft-iis/8.5", EIGHT_ONE_OR, 75},
	{"microsoft-httpapi", "Windows", 75},
	{"(ubuntu)", "Linux", 70},
	{"(debian)", "Linux", 70},
	{"(centos)", "Linux", 70},
	{"(red hat", "Linux", 70},
	{"iphone os", "iOS", 75},
	{"cpu os", "iOS", 75}, /* iPads */
	{"android", "Android", 75},
	{"dalvik/", "Android", 75},
	{"cros ", "ChromeOS", 75},
	{"mac os x", "macOS", 65},
	{"captivenetworksupport", APPLE, 75},
	{"darwin/", APPLE, 65},
	{"debian apt", "Linux", 80},
	{"x11; linux", "Linux", 60},
	{"linux", "Linux", 50},
	{"windows", "Windows", 50},
};

struct os_guess os_from_user_agent(struct bytes agent)
{
	char text[FOLDED];

	return by_words(agents, COUNT(agents), fold(agent, text), false);
}

/* SYNs: the order of TCP's options is written in each stack, the window is a default of it (p0f's
 * idea). Rows are of well-known defaults: Linux puts SACK and timestamps before the window scale,
 * Windows pads with NOPs, BSDs begin with the window scale. 0: any. */
static const struct syn_row {
	uint8_t ttl;
	uint16_t window;
	const char *options;
	const char *name;
	uint8_t confidence;
} syns[] = {
	{128, 64240, "M,N,W,N,N,S", TEN_OR, 40},
	{128, 65535, "M,N,W,N,N,S", TEN_OR, 30},
	{128, 8192, "M,N,W,N,N,S", "Windows Vista or 7 or 8 or 10 or Server 2008", 40},
	{128, 8192, "M,N,N,S", "Windows Vista or 7 or 8 or Server 2008", 30},
	{128, 65535, "M,N,N,S", "Windows XP or Server 2003", 40},
	{128, 64240, "M,N,N,S", OLD_ONES, 40},
	{128, 16384, "M,N,N,S", "Windows 2000 or Server 2003", 40},
	{128, 0, "M,N,W,N,N,T,N,N,S", OLD_ONES, 30},
	{128, 0, "M,N,W,N,N,S", "Windows", 30},
	{128, 0, "M,N,N,S", "Windows", 25},
	{64, 65535, "M,N,W,N,N,T,S", APPLE, 40},
	{64, 65535, "M,N,W,S,T", "FreeBSD", 35},
	{64, 0, "M,S,T,N,W", "Linux or Android", 40},
	{64, 0, "M,N,N,S,N,W", "Linux or Android", 25},
	{64, 0, "M,N,N,T", "Linux or Android", 15},
};

struct os_guess os_from_syn(struct bytes shape)
{
	char text[FOLDED], *part[6] = {NULL}, *at = text;
	size_t n = 0, len = shape.len < FOLDED - 1 ? shape.len : FOLDED - 1;

	if (len > 0)
		memcpy(text, shape.at, len);
	text[len] = '\0';
	while (n < COUNT(part) && at != NULL) {
		part[n++] = at;
		at = strchr(at, ':');
		if (at != NULL)
			*at++ = '\0';
	}
	if (n != COUNT(part))
		return no_guess;

	unsigned long ttl = strtoul(part[0], NULL, 10), window = strtoul(part[1], NULL, 10);
	size_t options = strlen(part[4]);

	while (options > 2 && strcmp(part[4] + options - 2, ",E") == 0) { /* the end says nothing */
		options -= 2;
		part[4][options] = '\0';
	}
	for (size_t i = 0; i < COUNT(syns); i++) {
		const struct syn_row *row = &syns[i];

		if (row->ttl == ttl && (row->window == 0 || row->window == window) &&
		    strcmp(row->options, part[4]) == 0)
			return (struct os_guess){row->name, row->confidence};
	}
	return no_guess;
}

enum { ALTERNATIVES = 8, ALTERNATIVE = 64 };

/* "Windows 7 or Server 2008 R2 (build 7600)" is {"Windows 7", "Windows Server 2008 R2"}. */
static size_t alternatives(const char *name, char (*ret_list)[ALTERNATIVE])
{
	static const char windows[] = "Windows";
	bool is_windows = strncmp(name, windows, sizeof(windows) - 1) == 0;
	size_t n = 0;

	while (n < ALTERNATIVES && name != NULL && name[0] != '\0') {
		const char * or = strstr(name, " or "), *extra = strstr(name, " (");
		const char *end = or != NULL ? or : name + strlen(name);
		bool is_whole = strncmp(name, windows, sizeof(windows) - 1) == 0;

		if (extra != NULL && extra < end)
			end = extra;
		snprintf(ret_list[n++], ALTERNATIVE, "%s%.*s",
			 is_windows && !is_whole ? "Windows " : "", (int)(end - name), name);
		name = or == NULL ? NULL : or +strlen(" or ");
	}
	return n;
}

/* The family alone, as in "Windows", can be any of it; Android's core is Linux. */
static bool one_agrees(const char *a, const char *b)
{
	size_t family = strcspn(a, " ");

	if (strcmp(a, b) == 0)
		return true;
	if (strcmp(a, "Linux") == 0 && (strcmp(b, "Android") == 0 || strcmp(b, "ChromeOS") == 0))
		return true;
	if (strcmp(b, "Windows later") == 0 || strcmp(a, "Windows later") == 0)
		return strncmp(a, b, strlen("Windows")) == 0;
	return a[family] == '\0' && strncmp(a, b, family) == 0 && b[family] == ' ';
}

bool os_agrees(const char *a, const char *b)
{
	char of_a[ALTERNATIVES][ALTERNATIVE], of_b[ALTERNATIVES][ALTERNATIVE];
	size_t n_a = alternatives(a, of_a), n_b = alternatives(b, of_b);

	if (n_a == 0 || n_b == 0)
		return true; /* who says nothing contradicts nobody */
	for (size_t i = 0; i < n_a; i++) {
		for (size_t k = 0; k < n_b; k++) {
			if (one_agrees(of_a[i], of_b[k]) || one_agrees(of_b[k], of_a[i]))
				return true;
		}
	}
	return false;
}
