/*
 * sign - traces of tampering that observations show.
 *
 * Conficker stops and disables the services that would remove it: wuauserv, BITS, wscsvc,
 * WinDefend, ERSvc, WerSvc (Microsoft KB962007). One or two of them are switched off by
 * administrators, too: ERSvc for privacy, wscsvc and WinDefend for another product's sake, wuauserv
 * where another tool deploys updates. Nobody switches off updates, protection and error reports
 * together. So three or more, among them one of the two for updates and one of the others, are a
 * strong sign; two, with one of those for updates, a weak one: Windows 2000 has no others.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "judge/judging.h"

#define APPLETS "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Applets\\"
#define TCPIP   "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\\"

static const char *const of_updates[] = {"wuauserv", "BITS", NULL};
static const char *const of_protection[] = {"wscsvc", "WinDefend", "ERSvc", "WerSvc", NULL};

const char *const sign_services[] = {"wuauserv", "BITS",   "wscsvc",      "WinDefend",
				     "ERSvc",    "WerSvc", "mssecsvc2.0", NULL};
const char *const sign_registry[] = {APPLETS "dl", APPLETS "ds", TCPIP "TcpNumConnections", NULL};

struct off {
	size_t n;
	const char *names[8];
};

static void add_off(const struct judging *j, const char *const *services, struct off *off)
{
	for (size_t i = 0; services[i] != NULL; i++) {
		char key[POSTURE_KEY];
		const char *value;

		(void)snprintf(key, sizeof(key), "service:%s", services[i]);
		value = posture_value(j->posture, key);
		if (value != NULL && same_text(value, "stopped disabled"))
			off->names[off->n++] = services[i];
	}
}

static const char *and_words(struct judging *j, const struct off *off)
{
	const char *text = "";

	for (size_t i = 0; i < off->n; i++)
		text = say_more(j, text, i + 1 == off->n ? " and " : ", ", off->names[i]);
	return text;
}

static bool services_are_off(struct judging *j, struct judged_sign *to)
{
	struct off off = {0};
	size_t updates;

	add_off(j, of_updates, &off);
	updates = off.n;
	add_off(j, of_protection, &off);
	if (updates == 0 || off.n < 2)
		return false;
	to->id = "protection-disabled";
	to->is_strong = off.n >= 3; /* there are only two for updates */
	to->why = judging_say(j, "%s are stopped and disabled together%s", and_words(j, &off),
			      to->is_strong ? ": Conficker does this" : "");
	return true;
}

static const char *registry_value(const struct judging *j, const char *path)
{
	char key[POSTURE_KEY];

	(void)snprintf(key, sizeof(key), "registry:%s", path);
	return posture_value(j->posture, key);
}

/* virustracking.blogspot, 2009-03: where Conficker keeps its notes. */
static bool conficker_kept_notes(struct judging *j, struct judged_sign *to)
{
	bool has_dl = registry_value(j, APPLETS "dl") != NULL;
	bool has_ds = registry_value(j, APPLETS "ds") != NULL;

	if (!has_dl && !has_ds)
		return false;
	*to = (struct judged_sign){
		.id = "conficker-registry",
		.why = judging_say(j,
				   "there is a value %s in %.*s: Conficker keeps its notes there",
				   has_dl && has_ds ? "dl and a value ds" : (has_dl ? "dl" : "ds"),
				   (int)sizeof(APPLETS) - 2, APPLETS),
		.is_strong = true};
	return true;
}

/* Microsoft's encyclopedia, Conficker.B: 0x00FFFFFE, to call more machines at once. Guides to
 * faster networks say so, too. */
static bool tcp_limit_is_raised(struct judging *j, struct judged_sign *to)
{
	const char *value = registry_value(j, TCPIP "TcpNumConnections");

	if (value == NULL || strcmp(value, "16777214") != 0)
		return false;
	*to = (struct judged_sign){
		.id = "tcp-limit-raised",
		.why = "TcpNumConnections is 0x00FFFFFE: Conficker sets it, and so do some guides"};
	return true;
}

/* McAfee's analysis: "Microsoft Security Center (2.0) Service". */
static bool wannacry_is_there(struct judging *j, struct judged_sign *to)
{
	if (posture_value(j->posture, "service:mssecsvc2.0") == NULL)
		return false;
	*to = (struct judged_sign){.id = "wannacry-service",
				   .why = "there is a service mssecsvc2.0: WannaCry installs it",
				   .is_strong = true};
	return true;
}

size_t judge_signs(struct judging *j, struct judged_sign to[SIGNS_MAX])
{
	static bool (*const looks[])(struct judging *, struct judged_sign *) = {
		conficker_kept_notes, services_are_off, wannacry_is_there, tcp_limit_is_raised};
	size_t n = 0;

	static_assert(sizeof(looks) / sizeof(looks[0]) <= SIGNS_MAX, "room for each");
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		to[n] = (struct judged_sign){.why = ""};
		if (looks[i](j, &to[n]))
			n++;
	}
	return n;
}
