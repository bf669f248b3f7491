/*
 * windows - which Windows a machine is, in numbers and in words.
 *
 * What it says itself counts: the registry, the script, a list. Where nobody could ask, the version
 * in its NTLM challenge says which Windows it is (MS-NLMP 2.2.2.10), but neither the service pack
 * nor anything about updates. Samba's challenge has build 0, and is no Windows.
 */
#include <stdlib.h>
#include <string.h>

#include "judge/judging.h"

/* The last row that is not after the version counts. Microsoft, "Operating System Version";
 * builds of Windows 10 and later: Windows release health, release information. */
static const struct release {
	uint16_t major, minor, build;
	const char *either, *workstation, *server;
} releases[] = {
	{4, 0, 0, "Windows NT 4.0", "Windows NT 4.0", "Windows NT 4.0 Server"},
	{5, 0, 0, "Windows 2000", "Windows 2000", "Windows 2000 Server"},
	{5, 1, 0, "Windows XP", "Windows XP", "Windows XP"},
	{5, 2, 0, "Windows Server 2003 or XP x64", "Windows XP x64", "Windows Server 2003"},
	{6, 0, 0, "Windows Vista or Server 2008", "Windows Vista", "Windows Server 2008"},
	{6, 1, 0, "Windows 7 or Server 2008 R2", "Windows 7", "Windows Server 2008 R2"},
	{6, 2, 0, "Windows 8 or Server 2012", "Windows 8", "Windows Server 2012"},
	{6, 3, 0, "Windows 8.1 or Server 2012 R2", "Windows 8.1", "Windows Server 2012 R2"},
	{10, 0, 0, "Windows 10 or Server 2016 or later", "Windows 10", "Windows Server"},
	{10, 0, 10240, "Windows 10", "Windows 10", "Windows Server"},
	{10, 0, 14393, "Windows 10 or Server 2016", "Windows 10", "Windows Server 2016"},
	{10, 0, 15063, "Windows 10", "Windows 10", "Windows Server"},
	{10, 0, 17763, "Windows 10 or Server 2019", "Windows 10", "Windows Server 2019"},
	{10, 0, 18362, "Windows 10", "Windows 10", "Windows Server"},
	{10, 0, 20348, "Windows Server 2022", "Windows Server 2022", "Windows Server 2022"},
	{10, 0, 22000, "Windows 11", "Windows 11", "Windows Server"},
	{10, 0, 26100, "Windows 11 or Server 2025", "Windows 11", "Windows Server 2025"},
	{10, 0, 26200, "Windows 11", "Windows 11", "Windows Server"},
};

/* A later build that only switches on what the files of the first already have (Microsoft, release
 * information: enablement packages), or whose number alone went up (Server 2008: 6003). */
static const struct family {
	uint16_t major, minor, first, last;
} families[] = {
	{6, 0, 6002, 6003},    {10, 0, 18362, 18363}, {10, 0, 19041, 19045},
	{10, 0, 22621, 22631}, {10, 0, 26100, 26200},
};

bool windows_same_release(const struct version *a, const struct version *b)
{
	return a->part[0] == b->part[0] && a->part[1] == b->part[1];
}

bool windows_same_files(const struct version *a, const struct version *b)
{
	if (!windows_same_release(a, b))
		return false;
	if (a->part[2] == b->part[2])
		return true;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		const struct family *f = &families[i];

		if (f->major == a->part[0] && f->minor == a->part[1] && f->first <= a->part[2] &&
		    a->part[2] <= f->last && f->first <= b->part[2] && b->part[2] <= f->last)
			return true;
	}
	return false;
}

static const struct release *release_of(const struct version *v)
{
	const struct release *best = NULL;

	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		const struct release *r = &releases[i];

		if (r->major == v->part[0] && r->minor == v->part[1] && r->build <= v->part[2])
			best = r;
	}
	return best;
}

const char *windows_name(struct judging *j, const struct version *v, const char *type)
{
	const struct release *r = release_of(v);

	if (r == NULL)
		return judging_say(j, "Windows %u.%u", v->part[0], v->part[1]);
	if (type == NULL)
		return r->either;
	return strcmp(type, "workstation") == 0 ? r->workstation : r->server;
}

/* A decimal number, at most `max`; -1: none. */
static long number_of(const char *text, long max)
{
	char *end = NULL;
	long n = text == NULL || *text < '0' || *text > '9' ? -1 : strtol(text, &end, 10);

	return n >= 0 && n <= max && end != NULL && *end == '\0' ? n : -1;
}

static void look_version(struct judging *j)
{
	struct windows *w = &j->windows;
	const char *version = posture_value(j->posture, "os.version");
	const char *build = posture_value(j->posture, "smb.build");
	struct version v;

	if (version != NULL && version_parse(version, &v)) {
		w->is_known = true;
	} else if (build != NULL && version_parse(build, &v) && v.part[2] != 0) {
		w->is_known = true;
	} else {
		w->why = version != NULL ? judging_say(j, "it says \"%s\"", version)
			 : build != NULL && version_parse(build, &v)
				 ? judging_say(j, "its challenge says %s, as Samba's does", build)
				 : why_unknown(posture_find(j->posture, "os.version"));
		return;
	}
	v.part[3] = 0;
	w->version = v;
}

/* What a list says of the newest build is a claim, and no build counts as fixed by it. */
static void look_ubr(struct judging *j)
{
	const struct observation *o = posture_find(j->posture, "os.ubr");
	long ubr = o != NULL && o->state == OBSERVED_VALUE ? number_of(o->value, 9999999) : -1;

	j->windows.has_ubr = ubr >= 0 && o->by != BY_LIST;
	j->windows.ubr = ubr >= 0 ? (uint32_t)ubr : 0;
}

static const char *in_words(struct judging *j)
{
	const struct windows *w = &j->windows;
	const char *name = posture_value(j->posture, "os.name");
	const char *pack = "", *build = "";

	if (name != NULL && begins_with(name, "Microsoft "))
		name += strlen("Microsoft ");
	if (!w->is_known)
		return name != NULL && name[0] != '\0' ? name : "unknown";
	if (name == NULL || name[0] == '\0')
		name = windows_name(j, &w->version, w->type);
	if (w->service_pack > 0 && strstr(name, "Service Pack") == NULL)
		pack = judging_say(j, " Service Pack %d", w->service_pack);
	if (w->version.part[0] >= 10 && w->version.part[2] != 0)
		build = w->has_ubr ? judging_say(j, " (build %u.%u)", w->version.part[2], w->ubr)
				   : judging_say(j, " (build %u)", w->version.part[2]);
	return judging_say(j, "%s%s%s", name, pack, build);
}

void windows_look(struct judging *j)
{
	struct windows *w = &j->windows;

	*w = (struct windows){.why = "", .words = ""};
	look_version(j);
	look_ubr(j);
	w->service_pack = (int)number_of(posture_value(j->posture, "os.service-pack"), 99);
	w->type = posture_value(j->posture, "os.product-type");
	w->words = in_words(j);
}
