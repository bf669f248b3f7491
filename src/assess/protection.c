/*
 * Which of the services are anti-malware.
 *
 * One row a service, those of one product beside each other. The names are those of the list that
 * PingCastle looks for (netwrix/pingcastle, Scanners/AntivirusScanner.cs) and, for older products,
 * of the services that worms and installers are known to stop. What is not in the table is not
 * recognised: the report says "none of those that quell knows".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "assess/remote_registry.h"
#include "assess/services.h"
#include "base/text.h"
#include "wire/svcctl.h"

#define MICROSOFT "HKLM\\SOFTWARE\\Microsoft\\"

static const struct row {
	const char *product, *service; /* in lower case; with "*" at its end a beginning */
	const char *signatures;        /* key, or NULL */
} rows[] = {
	{"Windows Defender", "windefend", MICROSOFT "Windows Defender\\Signature Updates\\"},
	{"Microsoft Security Essentials", "msmpsvc",
	 MICROSOFT "Microsoft Antimalware\\Signature Updates\\"},
	{"Avast", "avast! antivirus", NULL},
	{"AVG", "avgwd", NULL},
	{"AVG", "avgsvc", NULL},
	{"Avira", "antivirservice", NULL},
	{"Bitdefender", "epsecurityservice", NULL},
	{"Bitdefender", "vsserv", NULL},
	{"Carbon Black", "cbdefense", NULL},
	{"Cortex XDR", "cyserver", NULL},
	{"Cortex XDR", "cyveraservice", NULL},
	{"CrowdStrike Falcon", "csfalconservice", NULL},
	{"Cylance", "cylancesvc", NULL},
	{"ESET", "ekrn", NULL},
	{"F-Secure", "fsma", NULL},
	{"FireEye Endpoint", "xagt", NULL},
	{"Kaspersky", "avp*", NULL},
	{"Kaspersky", "kavfs", NULL},
	{"Malwarebytes", "mbamservice", NULL},
	{"McAfee", "mcshield", NULL},
	{"McAfee", "mfemms", NULL},
	{"Panda", "nanoservicemain", NULL},
	{"Panda", "psuaservice", NULL},
	{"Panda", "pavsrv", NULL},
	{"SentinelOne", "sentinelagent", NULL},
	{"Sophos", "savservice", NULL},
	{"Sophos", "sophos file scanner service", NULL},
	{"Symantec", "sepmasterservice", NULL},
	{"Symantec", "symantec antivirus", NULL},
	{"Symantec", "ccevtmgr", NULL},
	{"Trend Micro", "ntrtscan", NULL},
	{"Trend Micro", "amsp", NULL},
	{"Webroot", "wrsvc", NULL},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* The first row of product number `i`; ROWS: past the last. */
static size_t row_of(size_t i)
{
	size_t at = 0;

	for (; at < ROWS; at++) {
		bool is_new = at == 0 || strcmp(rows[at].product, rows[at - 1].product) != 0;

		if (is_new && i-- == 0)
			break;
	}
	return at;
}

const char *protection_product(size_t i)
{
	size_t at = row_of(i);

	return at < ROWS ? rows[at].product : NULL;
}

const char *protection_signatures(size_t i)
{
	size_t at = row_of(i);

	return at < ROWS ? rows[at].signatures : NULL;
}

static bool is_it(const char *name, const char *pattern)
{
	size_t len = strlen(pattern);

	if (len > 0 && pattern[len - 1] == '*')
		return strncmp(name, pattern, len - 1) == 0;
	return strcmp(name, pattern) == 0;
}

const struct service *protection_service(const struct services *s, size_t i)
{
	const struct service *found = NULL;
	size_t first = row_of(i);

	for (size_t at = first; at < ROWS && strcmp(rows[at].product, rows[first].product) == 0;
	     at++) {
		for (size_t k = 0; k < s->n; k++) {
			if (!is_it(s->list[k].name, rows[at].service))
				continue;
			if (s->list[k].state == SVCCTL_RUNNING)
				return &s->list[k];
			if (found == NULL)
				found = &s->list[k];
		}
	}
	return found;
}

/* A FILETIME, as 8 bytes: 100 ns since 1601. False: none, or before 1970. */
static bool date_of(struct bytes b, char to[TEXT_TIME])
{
	const uint64_t to_unix = 116444736000000000;
	struct reader r = {.rest = b};
	uint64_t at = rd_le64(&r);

	if (r.bad || at <= to_unix || at > to_unix + UINT64_MAX / 100)
		return false;
	(void)text_time((at - to_unix) * 100, to);
	to[10] = '\0'; /* the day */
	return true;
}

/* " signatures=2008-11-21 engine=1.1.4104.0", as far as the registry tells. */
static void add_signatures(struct remote_registry *g, const char *key, char *to, size_t cap)
{
	char path[REGISTRY_PATH], why[MESSAGE_TEXT], date[TEXT_TIME];
	struct registry_value x;
	size_t len = strlen(to);

	(void)snprintf(path, sizeof(path), "%sAVSignatureApplied", key);
	if (remote_registry_value(g, path, &x, why) == OBSERVED_VALUE && date_of(x.data, date))
		len += (size_t)snprintf(to + len, cap - len, " signatures=%s", date);
	(void)snprintf(path, sizeof(path), "%sEngineVersion", key);
	if (len < cap && remote_registry_value(g, path, &x, why) == OBSERVED_VALUE &&
	    x.text[strcspn(x.text, " ")] == '\0' && x.text[0] != '\0')
		(void)snprintf(to + len, cap - len, " engine=%.64s", x.text);
}

void protection_tell(struct visit *v, const struct services *s, struct answer *ret_answer)
{
	char value[256], why[MESSAGE_TEXT], count[16];
	struct remote_registry *g = NULL;
	unsigned n = 0;

	for (size_t i = 0; protection_product(i) != NULL; i++) {
		const struct service *found = protection_service(s, i);

		if (found == NULL)
			continue;
		n++;
		(void)snprintf(value, sizeof(value), "%s",
			       found->state == SVCCTL_RUNNING ? "running" : "stopped");
		if (protection_signatures(i) != NULL && g == NULL &&
		    rpc_client_reach(v, RPC_WINREG, why))
			g = remote_registry_new(v->rpc);
		if (protection_signatures(i) != NULL && g != NULL)
			add_signatures(g, protection_signatures(i), value, sizeof(value));
		visit_tell_of(v, BY_SERVICES, OBSERVED_VALUE,
			      "anti-malware:", protection_product(i), value);
		answer_add(ret_answer, "%s %s", protection_product(i), value);
	}
	remote_registry_free(g);
	(void)snprintf(count, sizeof(count), "%u", n);
	visit_tell(v, BY_SERVICES, s->is_cut ? OBSERVED_UNREADABLE : OBSERVED_VALUE,
		   "anti-malware:", s->is_cut ? "there are too many services" : count);
	if (n == 0)
		answer_add(ret_answer, "none of the anti-malware that quell knows");
}
