#include "kit/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static const struct {
	const char *name;
	enum scope scope;
} fields[FIELDS] = {
	[FIELD_CAMPAIGN] = {"campaign", SCOPE_KIT},
	[FIELD_WEAKNESS] = {"weakness", SCOPE_KIT},
	[FIELD_PATCH] = {"patch", SCOPE_KIT},
	[FIELD_KB] = {"kb", SCOPE_KIT},
	[FIELD_CHANNEL] = {"channel", SCOPE_KIT},
	[FIELD_SITE] = {"site", SCOPE_KIT},
	[FIELD_RESULTS] = {"results", SCOPE_KIT},
	[FIELD_FIXED_FILE] = {"fixed_file", SCOPE_KIT},
	[FIELD_MADE] = {"made", SCOPE_KIT},
	[FIELD_MACHINES] = {"machines", SCOPE_KIT},
	[FIELD_REFUSED] = {"refused", SCOPE_KIT},
	[FIELD_QUELL] = {"quell", SCOPE_KIT},
	[FIELD_HAS_FIXED] = {"has_fixed", SCOPE_KIT},
	[FIELD_HAS_PATCH] = {"has_patch", SCOPE_KIT},
	[FIELD_HAS_CLEANER] = {"has_cleaner", SCOPE_KIT},
	[FIELD_HAS_PROTECTION] = {"has_protection", SCOPE_KIT},
	[FIELD_HAS_UPDATE] = {"has_update", SCOPE_KIT},
	[FIELD_SHEET] = {"sheet", SCOPE_SHEET},
	[FIELD_SHEET_TITLE] = {"sheet_title", SCOPE_SHEET},
	[FIELD_SHEET_MACHINES] = {"sheet_machines", SCOPE_SHEET},
	[FIELD_ID] = {"id", SCOPE_MACHINE},
	[FIELD_NAME] = {"name", SCOPE_MACHINE},
	[FIELD_HOST] = {"host", SCOPE_MACHINE},
	[FIELD_FQDN] = {"fqdn", SCOPE_MACHINE},
	[FIELD_DOMAIN] = {"domain", SCOPE_MACHINE},
	[FIELD_OS] = {"os", SCOPE_MACHINE},
	[FIELD_ARCH] = {"arch", SCOPE_MACHINE},
	[FIELD_USER] = {"user", SCOPE_MACHINE},
	[FIELD_PHONE] = {"phone", SCOPE_MACHINE},
	[FIELD_OWNER] = {"owner", SCOPE_MACHINE},
	[FIELD_PLACE] = {"place", SCOPE_MACHINE},
	[FIELD_FLOOR] = {"floor", SCOPE_MACHINE},
	[FIELD_SWITCH_PORT] = {"switch_port", SCOPE_MACHINE},
	[FIELD_NEXT] = {"next", SCOPE_MACHINE},
	[FIELD_WHY] = {"why", SCOPE_MACHINE},
	[FIELD_ADDR] = {"addr", SCOPE_MACHINE},
	[FIELD_MAC] = {"mac", SCOPE_MACHINE},
	[FIELD_INFECTED] = {"infected", SCOPE_MACHINE},
	[FIELD_STAGE] = {"stage", SCOPE_MACHINE},
	[FIELD_WAVE] = {"wave", SCOPE_MACHINE},
	[FIELD_IMPORTANCE] = {"importance", SCOPE_MACHINE},
	[FIELD_TAIL] = {"tail", SCOPE_MACHINE},
	[FIELD_QR] = {"qr", SCOPE_MACHINE},
	[FIELD_ROLE] = {"role", SCOPE_FILE},
	[FIELD_FILE] = {"file", SCOPE_FILE},
	[FIELD_FILE_NAME] = {"file_name", SCOPE_FILE},
	[FIELD_SHA256] = {"sha256", SCOPE_FILE},
	[FIELD_SIZE] = {"size", SCOPE_FILE},
	[FIELD_SIGNER] = {"signer", SCOPE_FILE},
	[FIELD_ARGS] = {"args", SCOPE_FILE},
	[FIELD_FOR] = {"for", SCOPE_FILE},
	[FIELD_FOR_OS] = {"for_os", SCOPE_FILE},
	[FIELD_FOR_ARCH] = {"for_arch", SCOPE_FILE},
	[FIELD_VERSION] = {"version", SCOPE_FIXED},
	[FIELD_BRANCH] = {"branch", SCOPE_FIXED},
	[FIELD_REVISION] = {"revision", SCOPE_FIXED},
	[FIELD_PACK] = {"pack", SCOPE_FIXED},
};

const char *field_name(enum field f)
{
	return fields[f].name;
}

enum scope field_scope(enum field f)
{
	return fields[f].scope;
}

enum rc field_parse(const char *name, size_t len, enum field *ret_f)
{
	for (unsigned i = 0; i < FIELDS; i++) {
		if (strlen(fields[i].name) == len && memcmp(fields[i].name, name, len) == 0) {
			*ret_f = (enum field)i;
			return RC_OK;
		}
	}
	return RC_INVAL;
}

/* --- what is made of others --- */

const char *value_floor(const char *place, char *room)
{
	size_t len = strlen(place), end = 0;

	for (size_t i = 0; i < len; i++) {
		if (place[i] == ',' || place[i] == '/' || place[i] == ';')
			end = i;
	}
	while (end > 0 && place[end - 1] == ' ')
		end--;
	if (end == 0) /* one part: a room, and nothing tells where that is */
		return "";
	if (end >= VALUE_ROOM)
		end = VALUE_ROOM - 1;
	memcpy(room, place, end); /* sorting asks for it millions of times */
	room[end] = '\0';
	return room;
}

const char *value_tail(const char *name, char *room)
{
	size_t len = strlen(name), from = len > 2 ? len - 2 : 0, n = 0;

	for (size_t i = from; i < len; i++) {
		char c = name[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
			return "other";
		room[n++] = c;
	}
	room[n] = '\0';
	return n > 0 ? room : "other";
}

static const char *number(char *room, uint64_t n)
{
	(void)snprintf(room, VALUE_ROOM, "%" PRIu64, n);
	return room;
}

static const char *text(const char *t)
{
	return t != NULL ? t : "";
}

/* The number of an update, which products ask for without its letters: "KB958644", "958644". */
static const char *digits(const char *patch)
{
	return strncasecmp(patch, "kb", 2) == 0 ? patch + 2 : patch;
}

static const char *has_role(const struct values *v, const char *role)
{
	for (size_t i = 0; i < v->n_files; i++) {
		if (strcmp(v->files[i].of->role, role) == 0)
			return "1";
	}
	return "";
}

/* --- by scope --- */

static const char *of_kit(const struct values *v, enum field f, char *room)
{
	const struct campaign *c = v->opt->campaign;

	switch (f) {
	case FIELD_CAMPAIGN:
		return text(c->id);
	case FIELD_WEAKNESS:
		return text(c->weakness);
	case FIELD_PATCH:
		return text(c->patch);
	case FIELD_KB:
		return digits(text(c->patch));
	case FIELD_CHANNEL:
		return v->channel;
	case FIELD_SITE:
		return text(v->opt->site);
	case FIELD_RESULTS:
		return text(v->opt->results);
	case FIELD_FIXED_FILE:
		return text(v->opt->fixed_file);
	case FIELD_MADE:
		(void)text_time(v->opt->at_ns, room);
		memcpy(room + 19, "Z", 2); /* to the second */
		return room;
	case FIELD_MACHINES:
		return number(room, v->n_machines);
	case FIELD_REFUSED:
		return v->n_refused > 0 ? number(room, v->n_refused) : "";
	case FIELD_QUELL:
		return QUELL_VERSION;
	case FIELD_HAS_FIXED:
		return v->has_fixed ? "1" : "";
	case FIELD_HAS_PATCH:
		return has_role(v, "patch");
	case FIELD_HAS_CLEANER:
		return has_role(v, "cleaner");
	case FIELD_HAS_PROTECTION:
		return has_role(v, "protection");
	case FIELD_HAS_UPDATE:
		return has_role(v, "update");
	default:
		return "";
	}
}

static const char *of_sheet(const struct sheet *s, enum field f, char *room)
{
	switch (f) {
	case FIELD_SHEET:
		(void)snprintf(room, VALUE_ROOM, "%04zu", s->num);
		return room;
	case FIELD_SHEET_TITLE:
		return s->title;
	case FIELD_SHEET_MACHINES:
		return number(room, s->n);
	default:
		return "";
	}
}

/* By what it can be reached. */
static const char *host_of(const struct kit_machine *m, char *room)
{
	if (text(m->fqdn)[0] != '\0')
		return m->fqdn;
	if (text(m->name)[0] != '\0')
		return m->name;
	return addr_is_zero(&m->addr) ? "" : addr_format(&m->addr, room);
}

static const char *of_machine_text(const struct kit_machine *m, enum field f)
{
	switch (f) {
	case FIELD_ID:
		return text(m->id);
	case FIELD_NAME:
		return text(m->name);
	case FIELD_FQDN:
		return text(m->fqdn);
	case FIELD_DOMAIN:
		return text(m->domain);
	case FIELD_OS:
		return text(m->os);
	case FIELD_ARCH:
		return text(m->arch);
	case FIELD_USER:
		return text(m->user);
	case FIELD_PHONE:
		return text(m->phone);
	case FIELD_OWNER:
		return text(m->owner);
	case FIELD_PLACE:
		return text(m->place);
	case FIELD_SWITCH_PORT:
		return text(m->switch_port);
	case FIELD_NEXT:
		return text(m->next);
	case FIELD_WHY:
		return text(m->why);
	default:
		return NULL;
	}
}

static const char *of_machine(const struct kit_machine *m, enum field f, char *room)
{
	const char *simple = of_machine_text(m, f);

	if (simple != NULL)
		return simple;
	switch (f) {
	case FIELD_HOST:
		return host_of(m, room);
	case FIELD_FLOOR:
		return value_floor(text(m->place), room);
	case FIELD_ADDR:
		return addr_is_zero(&m->addr) ? "" : addr_format(&m->addr, room);
	case FIELD_MAC:
		return m->has_mac ? mac_format(&m->mac, room) : "";
	case FIELD_INFECTED:
		return m->is_infected ? "yes" : "";
	case FIELD_STAGE:
		return stage_name(m->stage);
	case FIELD_WAVE:
		return m->wave > 0 ? number(room, m->wave) : "";
	case FIELD_IMPORTANCE:
		return number(room, m->importance);
	case FIELD_TAIL:
		return value_tail(text(m->name), room);
	default:
		return "";
	}
}

static const char *of_file(const struct kit_file *f, enum field field, char *room)
{
	const char *os = text(f->of->os), *blank = strchr(os, ' ');

	switch (field) {
	case FIELD_ROLE:
		return text(f->of->role);
	case FIELD_FILE:
		return f->name;
	case FIELD_FILE_NAME:
		return f->name + strlen("files/");
	case FIELD_SHA256:
		return text(f->of->sha256);
	case FIELD_SIZE:
		return number(room, f->size);
	case FIELD_SIGNER:
		return text(f->of->signer);
	case FIELD_ARGS:
		return text(f->of->args);
	case FIELD_FOR:
		return os;
	case FIELD_FOR_OS:
		if (blank == NULL)
			return os;
		(void)snprintf(room, VALUE_ROOM, "%.*s", (int)(blank - os), os);
		return room;
	case FIELD_FOR_ARCH:
		return blank != NULL ? blank + 1 : "";
	default:
		return "";
	}
}

static const char *of_fixed(const struct fixed_version *x, enum field f, char *room)
{
	switch (f) {
	case FIELD_VERSION:
		(void)snprintf(room, VALUE_ROOM, "%u.%u.%u.%u", x->part[0], x->part[1], x->part[2],
			       x->part[3]);
		return room;
	case FIELD_BRANCH:
		(void)snprintf(room, VALUE_ROOM, "%u.%u.%u", x->part[0], x->part[1], x->part[2]);
		return room;
	case FIELD_REVISION:
		return number(room, x->part[3]);
	case FIELD_PACK:
		return x->pack >= 0 ? number(room, (uint64_t)x->pack) : "";
	default:
		return "";
	}
}

const char *value_of(const struct values *v, enum field f, char *room)
{
	switch (field_scope(f)) {
	case SCOPE_KIT:
		return of_kit(v, f, room);
	case SCOPE_SHEET:
		return v->sheet != NULL ? of_sheet(v->sheet, f, room) : "";
	case SCOPE_MACHINE:
		return v->machine != NULL ? of_machine(v->machine, f, room) : "";
	case SCOPE_FILE:
		return v->file != NULL ? of_file(v->file, f, room) : "";
	case SCOPE_FIXED:
		return v->fixed != NULL ? of_fixed(v->fixed, f, room) : "";
	default:
		return "";
	}
}
