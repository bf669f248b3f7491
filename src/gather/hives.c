/*
 * hives - saved copies of a machine's registry: SYSTEM says which machine, SOFTWARE most of the
 * rest. Where both lie beside each other under like names ("LAP-7-SYSTEM", "LAP-7-SOFTWARE"), they
 * are one machine.
 */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

#include "disk/hive.h"
#include "gather/derive.h"
#include "gather/reading.h"
#include "import/words.h"

enum { PATH = 4096, SUBKEYS = 20000, CARDS = 256 };

struct one_hive {
	struct hive h;
	uint8_t *at; /* owned */
	bool is_there;
};

struct pair {
	struct reading *r;
	struct roll *roll;
	uint32_t machine;
	struct arena *arena; /* of values */
	struct one_hive software, system;
	bool is_second;       /* this file is the SYSTEM of the two */
	char control_set[24]; /* "ControlSet001" */
	const char *under;    /* while subkeys are walked: the path of their key */
};

/* --- files --- */

/* RC_FORMAT: no hive, or larger than one may be. */
static enum rc load(FILE *from, struct one_hive *ret_h)
{
	struct stat st;
	size_t n = 0;
	uint8_t *at = NULL;
	enum rc rc = RC_FORMAT;

	if (fstat(fileno(from), &st) != 0 || fseek(from, 0, SEEK_SET) != 0)
		return RC_IO;
	if (!S_ISREG(st.st_mode) || st.st_size <= 0 || st.st_size > HIVE_FILE_MAX)
		return RC_FORMAT;
	at = malloc((size_t)st.st_size);
	if (at == NULL)
		return RC_NOMEM;
	n = fread(at, 1, (size_t)st.st_size, from);
	if (ferror(from) != 0)
		rc = RC_IO;
	else
		rc = hive_open((struct bytes){at, n}, &ret_h->h);
	if (rc != RC_OK) {
		free(at);
		return rc;
	}
	ret_h->at = at;
	ret_h->is_there = true;
	return RC_OK;
}

static bool has_key(const struct one_hive *h, const char *path)
{
	uint32_t key = 0;

	return hive_key(&h->h, path, &key) == RC_OK;
}

/* What a hive is follows from its keys; its name inside may be anything. */
static bool is_system(const struct one_hive *h)
{
	return has_key(h, "Select") && (has_key(h, "ControlSet001") || has_key(h, "ControlSet002"));
}

static bool is_software(const struct one_hive *h)
{
	return has_key(h, "Microsoft\\Windows NT\\CurrentVersion");
}

/* `path` with the one word in place of the other, in its case. False: the word is not in it. */
static bool mate_of(const char *path, const char *word, const char *other, char *to)
{
	const char *slash = strrchr(path, '/');
	const char *at = strcasestr(slash != NULL ? slash + 1 : path, word);
	size_t front = 0;
	int len = 0;

	if (at == NULL)
		return false;
	front = (size_t)(at - path);
	len = snprintf(to, PATH, "%.*s%s%s", (int)front, path, other, at + strlen(word));
	if (len < 0 || len >= PATH)
		return false;
	for (size_t i = 0; other[i] != '\0'; i++) { /* written in capitals here */
		char like = at[i < 2 ? i : 1];

		if (like >= 'a' && like <= 'z')
			to[front + i] = (char)(other[i] | 0x20);
	}
	return true;
}

static void load_mate(struct pair *p)
{
	char path[PATH];
	bool has_system = p->system.is_there;
	struct one_hive *to = has_system ? &p->software : &p->system;
	FILE *from = NULL;
	bool is_name = has_system ? mate_of(p->r->path, "SYSTEM", "SOFTWARE", path)
				  : mate_of(p->r->path, "SOFTWARE", "SYSTEM", path);

	if (!is_name || reading_open(path, &from, NULL) != RC_OK)
		return;
	if (load(from, to) == RC_OK && !(has_system ? is_software(to) : is_system(to))) {
		free(to->at);
		*to = (struct one_hive){.is_there = false};
	}
	fclose(from);
}

/* --- values --- */

/* The hive that `path` ("HKLM\SYSTEM\…") lies in, and the path there. NULL: not in these two. */
static const struct one_hive *locate(const struct pair *p, const char *path, char *to)
{
	static const char software[] = "HKLM\\SOFTWARE\\", system[] = "HKLM\\SYSTEM\\",
			  current[] = "CurrentControlSet\\";

	if (strncasecmp(path, software, sizeof(software) - 1) == 0) {
		(void)snprintf(to, PATH, "%s", path + sizeof(software) - 1);
		return p->software.is_there ? &p->software : NULL;
	}
	if (strncasecmp(path, system, sizeof(system) - 1) != 0 || !p->system.is_there)
		return NULL;
	path += sizeof(system) - 1;
	if (strncasecmp(path, current, sizeof(current) - 1) == 0)
		(void)snprintf(to, PATH, "%s\\%s", p->control_set, path + sizeof(current) - 1);
	else
		(void)snprintf(to, PATH, "%s", path);
	return &p->system;
}

/* "…\Name" or "…\Key\". RC_END: it is not there. RC_INVAL: in no hive of these. */
static enum rc look(struct pair *p, const char *path, const char **ret_text)
{
	char inside[PATH];
	const struct one_hive *h = locate(p, path, inside);
	char *slash = h != NULL ? strrchr(inside, '\\') : NULL;
	struct hive_value v = {.text = NULL};
	uint32_t key = 0;
	enum rc rc = RC_INVAL;

	if (slash == NULL)
		return RC_INVAL;
	*slash = '\0';
	rc = hive_key(&h->h, inside, &key);
	if (rc == RC_OK && slash[1] == '\0') {
		*ret_text = "present";
		return RC_OK;
	}
	if (rc == RC_OK)
		rc = hive_value(&h->h, key, slash + 1, p->arena, &v);
	if (rc == RC_OK)
		*ret_text = v.text;
	return rc;
}

static void say(struct pair *p, enum observed state, const char *prefix, const char *about,
		const char *value)
{
	if (!roll_say_of(p->roll, p->machine, state, prefix, text_of(about), text_of(value)))
		reading_note(p->r, 0, "no room for %s%s", prefix, about);
}

static void ask(struct pair *p, const char *path)
{
	const char *text = "";

	switch (look(p, path, &text)) {
	case RC_OK:
		say(p, OBSERVED_VALUE, "registry:", path, text);
		break;
	case RC_END:
		say(p, OBSERVED_ABSENT, "registry:", path, "");
		break;
	case RC_FORMAT:
		say(p, OBSERVED_UNREADABLE, "registry:", path, "the hive is damaged there");
		break;
	case RC_NOMEM:
		say(p, OBSERVED_UNREADABLE, "registry:", path, "too large");
		break;
	default:
		break; /* its hive is not here: nothing was asked */
	}
}

static void ask_service(struct pair *p, const char *service)
{
	static const char *const starts[] = {"boot", "system", "automatic", "manual", "disabled"};
	char path[PATH];
	const char *text = "";

	(void)snprintf(path, sizeof(path), "HKLM\\SYSTEM\\CurrentControlSet\\Services\\%s\\Start",
		       service);
	switch (look(p, path, &text)) {
	case RC_OK: /* whether it ran, no copy tells */
		if (text[0] >= '0' && text[0] <= '4' && text[1] == '\0')
			say(p, OBSERVED_VALUE, "service:", service, starts[text[0] - '0']);
		break;
	case RC_END:
		say(p, OBSERVED_ABSENT, "service:", service, "");
		break;
	case RC_FORMAT:
		say(p, OBSERVED_UNREADABLE, "service:", service, "the hive is damaged there");
		break;
	default:
		break;
	}
}

/* --- subkeys --- */

static void each_subkey(struct pair *p, const char *path, bool (*one)(void *, const char *))
{
	char whole[PATH], inside[PATH];
	const struct one_hive *h = NULL;
	uint32_t key = 0;

	(void)snprintf(whole, sizeof(whole), "%s", path);
	h = locate(p, whole, inside);
	if (h == NULL || hive_key(&h->h, inside, &key) != RC_OK)
		return;
	p->under = path;
	if (hive_subkeys(&h->h, key, SUBKEYS, one, p) != RC_OK)
		reading_note(p->r, 0, "damaged below %s: not all of it was read", path);
}

static bool take_update(void *ctx, const char *name)
{
	struct pair *p = ctx;
	char kb[DERIVE_UPDATE];

	if (derive_update(text_of(name), false, kb))
		say(p, OBSERVED_VALUE, "hotfix:", kb, "installed");
	return true;
}

/* "Package_for_KB4012212~31bf3856ad364e35~amd64~~6.1.1.3"; CurrentState 112 is installed. */
static bool take_package(void *ctx, const char *name)
{
	struct pair *p = ctx;
	char kb[DERIVE_UPDATE], path[PATH];
	const char *state = "";

	if (strncasecmp(name, "Package_for_KB", 14) != 0 ||
	    !derive_update(text_of(name), false, kb))
		return true;
	(void)snprintf(path, sizeof(path), "%s\\%s\\CurrentState", p->under, name);
	if (look(p, path, &state) == RC_OK && strcmp(state, "112") == 0)
		say(p, OBSERVED_VALUE, "hotfix:", kb, "installed");
	return true;
}

static bool take_card(void *ctx, const char *name)
{
	static const char *const values[] = {"IPAddress", "DhcpIPAddress"};
	struct pair *p = ctx;
	struct bytes nothing = {NULL, 0};
	char path[PATH];
	const char *text = "";

	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s\\%s\\%s", p->under, name, values[i]);
		if (look(p, path, &text) == RC_OK && text[0] != '\0')
			(void)roll_card(p->roll, p->machine, nothing, text_of(text));
	}
	return true;
}

/* --- whose it is --- */

static void find_control_set(struct pair *p)
{
	const char *current = "";

	(void)snprintf(p->control_set, sizeof(p->control_set), "ControlSet001");
	if (look(p, "HKLM\\SYSTEM\\Select\\Current", &current) == RC_OK &&
	    strspn(current, "0123456789") == strlen(current) && strlen(current) <= 3 &&
	    current[0] != '\0')
		(void)snprintf(p->control_set, sizeof(p->control_set), "ControlSet%03lu",
			       strtoul(current, NULL, 10));
}

/* "LAP-7-SOFTWARE", "lap-7.software.hiv": the operator's word, where there is no SYSTEM. */
static bool name_by_file(struct pair *p)
{
	const char *at = strcasestr(p->r->file, "SOFTWARE");
	struct bytes name = {(const uint8_t *)p->r->file, 0};

	if (at == NULL)
		return false;
	name.len = (size_t)(at - p->r->file);
	while (name.len > 0 && strchr("-_. ", name.at[name.len - 1]) != NULL)
		name.len--;
	return name.len > 0 && roll_name(p->roll, p->machine, name);
}

static bool find_name(struct pair *p)
{
	const char *text = "";

	if (look(p,
		 "HKLM\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName\\"
		 "ComputerName",
		 &text) == RC_OK &&
	    roll_name(p->roll, p->machine, text_of(text)))
		return true;
	return name_by_file(p);
}

static void find_user(struct pair *p)
{
	static const char *const places[] = {
		"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Authentication\\LogonUI\\"
		"LastLoggedOnUser",
		"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon\\DefaultUserName",
	};
	const char *text = "";

	for (size_t i = 0; i < 2; i++) {
		if (look(p, places[i], &text) == RC_OK && text[0] != '\0') {
			(void)roll_fact(p->roll, p->machine, FACT_USER, text_of(text));
			return;
		}
	}
}

static void take(struct pair *p)
{
	const struct gather_script *asks = p->r->asks;

	for (const char *const *path = derive_registry; *path != NULL; path++)
		ask(p, *path);
	for (size_t i = 0; asks != NULL && i < asks->n_registry; i++)
		ask(p, asks->registry[i]);
	for (size_t i = 0; asks != NULL && i < asks->n_services; i++)
		ask_service(p, asks->services[i]);
	for (const char *const *key = derive_update_keys; *key != NULL; key++)
		each_subkey(p, *key, take_update);
	each_subkey(p,
		    "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based "
		    "Servicing\\Packages",
		    take_package);
	each_subkey(p, "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces",
		    take_card);
	find_user(p);
	(void)roll_time(p->roll, p->machine, p->software.h.at_ns);
	(void)roll_time(p->roll, p->machine, p->system.h.at_ns);
}

static enum rc take_pair(struct pair *p)
{
	load_mate(p);
	if (p->r->is_in_folder && p->is_second && p->software.is_there) {
		reading_used(p->r, 1); /* with the other one, which comes before it */
		return RC_OK;
	}
	find_control_set(p);
	if (!find_name(p)) {
		reading_bad(p->r, 1,
			    "it does not say which machine: put its SYSTEM beside it, or "
			    "name it like \"LAP-7-SOFTWARE\"");
		p->r->is_file_bad = true;
		return RC_OK;
	}
	take(p);
	reading_used(p->r, 1);
	return reading_tell(p->r, p->roll);
}

static enum rc read_hive(struct reading *r)
{
	struct pair p = {.r = r};
	struct one_hive own = {.is_there = false};
	enum rc rc = load(r->from, &own);

	r->counts->lines++;
	if (rc == RC_FORMAT || (rc == RC_OK && !is_system(&own) && !is_software(&own))) {
		reading_bad(r, 1,
			    rc == RC_OK ? "a hive, but neither SOFTWARE nor SYSTEM"
					: "a registry hive that is damaged or too large");
		r->is_file_bad = true;
		free(own.at);
		return RC_OK;
	}
	if (rc == RC_OK) {
		p.is_second = is_system(&own);
		if (p.is_second)
			p.system = own;
		else
			p.software = own;
		rc = roll_new(BY_HIVE, FROM_HIVE, &p.roll);
	}
	if (rc == RC_OK) {
		p.machine = roll_nameless(p.roll);
		rc = arena_new(64 << 20, &p.arena);
	}
	if (rc == RC_OK)
		rc = take_pair(&p);
	arena_free(p.arena);
	roll_free(p.roll);
	free(p.software.at);
	free(p.system.at);
	return rc;
}

static bool match(struct bytes head, struct bytes raw)
{
	(void)head;
	return raw.len >= 4 && memcmp(raw.at, "regf", 4) == 0;
}

const struct form form_hive = {"registry hive", match, read_hive};
