/*
 * Services: which there are, which run, and how those are started that somebody wants to know of.
 * Handles are opened with rights to list and to query alone.
 */
#include "assess/services.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "assess/rpc_client.h"
#include "base/text.h"
#include "wire/svcctl.h"
#include "wire/utf16.h"

enum {
	REQUEST = 1024,
	ROOM = 64 * 1024,   /* of one answer */
	CONFIG_ROOM = 8192, /* MS-SCMR 3.1.4.17: more is never needed */
	ANSWERS_MAX = 16,
};

struct manager {
	struct visit *v;
	struct ndr_handle handle;
	char why[MESSAGE_TEXT];
};

/* False: m->why. The status is for the caller. */
static bool call(struct manager *m, struct svcctl_request *q, struct svcctl_response *s)
{
	uint8_t room[REQUEST];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct ndr n = ndr_writer(&w, false, false);
	struct bytes reply = {NULL, 0};
	struct reader r;

	*s = (struct svcctl_response){.opnum = q->opnum};
	if (!svcctl_request(&n, q)) {
		(void)snprintf(m->why, sizeof(m->why), "the question is too long");
		return false;
	}
	if (!rpc_client_call(m->v->rpc, RPC_SVCCTL, q->opnum, (struct bytes){room, w.len}, &reply,
			     m->why))
		return false;
	r = (struct reader){.rest = reply};
	n = ndr_reader(&r, false, false);
	if (svcctl_response(&n, s))
		return true;
	(void)snprintf(m->why, sizeof(m->why), "the answer makes no sense");
	return false;
}

static bool fail_with(struct manager *m, uint32_t status)
{
	if (status == SVCCTL_ACCESS_DENIED)
		(void)snprintf(m->why, sizeof(m->why), "access denied");
	else
		(void)snprintf(m->why, sizeof(m->why), "error %" PRIu32 " of Windows", status);
	return false;
}

static bool open_manager(struct manager *m)
{
	struct svcctl_request q = {.opnum = SVCCTL_OPEN_MANAGER,
				   .access = SVCCTL_CONNECT | SVCCTL_ENUMERATE};
	struct svcctl_response s;

	if (!rpc_client_reach(m->v, RPC_SVCCTL, m->why) || !call(m, &q, &s))
		return false;
	if (s.status != SVCCTL_OK)
		return fail_with(m, s.status);
	m->handle = s.handle;
	return true;
}

static void close_handle(struct manager *m, const struct ndr_handle *h)
{
	struct svcctl_request q = {.opnum = SVCCTL_CLOSE, .handle = *h};
	struct svcctl_response s;

	(void)call(m, &q, &s);
}

static void lower(char *text)
{
	for (; *text != '\0'; text++)
		*text = (char)tolower((unsigned char)*text);
}

void services_take(struct services *s, struct bytes list, uint32_t count)
{
	struct svcctl_entry e;

	for (uint32_t i = 0; i < count && svcctl_entry(list, i, &e); i++) {
		struct service *to = &s->list[s->n];

		if (s->n == SERVICES_MAX) {
			s->is_cut = true;
			return;
		}
		(void)text_from_utf16(e.name, to->name, sizeof(to->name));
		lower(to->name);
		to->state = e.state;
		if (to->name[0] != '\0')
			s->n++;
	}
}

const struct service *services_find(const struct services *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->list[i].name, name) == 0)
			return &s->list[i];
	}
	return NULL;
}

static bool list_all(struct manager *m, struct services *to)
{
	struct svcctl_request q = {.opnum = SVCCTL_ENUM,
				   .handle = m->handle,
				   .type = SVCCTL_WIN32,
				   .states = SVCCTL_ALL_STATES,
				   .room = ROOM};
	struct svcctl_response s;

	for (unsigned i = 0; i < ANSWERS_MAX; i++) {
		if (!call(m, &q, &s))
			return false;
		if (s.status != SVCCTL_OK && s.status != SVCCTL_MORE_DATA)
			return fail_with(m, s.status);
		services_take(to, s.list, s.count);
		if (s.status == SVCCTL_OK)
			return true;
		if (s.count == 0)
			break;
		q.resume = s.resume;
	}
	to->is_cut = true;
	return true;
}

static const char *state_word(uint32_t state)
{
	static const char *const words[] = {"in no known state", "stopped", "starting",
					    "stopping",          "running", "continuing",
					    "pausing",           "paused"};

	return words[state < 8 ? state : 0];
}

static const char *start_word(uint32_t start)
{
	static const char *const words[] = {" boot", " system", " automatic", " manual",
					    " disabled"};

	return start < 5 ? words[start] : "";
}

/* How it is started, and its state. False: m->why; *ret_is_there tells if there is one. */
static bool query(struct manager *m, const char *name, uint32_t *ret_state, uint32_t *ret_start,
		  bool *ret_is_there)
{
	uint8_t room[2 * SERVICE_NAME + 2];
	struct svcctl_request q = {.opnum = SVCCTL_OPEN_SERVICE,
				   .handle = m->handle,
				   .access = SVCCTL_SERVICE_CONFIG | SVCCTL_SERVICE_STATUS};
	struct svcctl_response s;
	struct bytes units = utf16_from_ascii(name, room, sizeof(room) - 2);
	struct ndr_handle handle;
	bool ok = false;

	room[units.len] = room[units.len + 1] = 0;
	q.name = ndr_string_of((struct bytes){room, units.len + 2});
	*ret_is_there = true;
	if (!call(m, &q, &s))
		return false;
	if (s.status == SVCCTL_NO_SUCH_SERVICE)
		*ret_is_there = false;
	if (s.status != SVCCTL_OK)
		return fail_with(m, s.status);
	handle = s.handle;
	q = (struct svcctl_request){
		.opnum = SVCCTL_QUERY_CONFIG, .handle = handle, .room = CONFIG_ROOM};
	ok = call(m, &q, &s) && (s.status == SVCCTL_OK || fail_with(m, s.status));
	*ret_start = s.start;
	q = (struct svcctl_request){.opnum = SVCCTL_QUERY_STATUS, .handle = handle};
	ok = ok && call(m, &q, &s) && (s.status == SVCCTL_OK || fail_with(m, s.status));
	*ret_state = s.state;
	close_handle(m, &handle);
	return ok;
}

/* One that is wanted: with its start, if that can be read. */
static void tell_wanted(struct manager *m, const struct services *all, const char *asked)
{
	char name[SERVICE_NAME], value[64];
	const struct service *found = NULL;
	uint32_t state = 0, start = UINT32_MAX;
	bool is_there = false;

	(void)snprintf(name, sizeof(name), "%s", asked);
	lower(name);
	found = services_find(all, name);
	if (!query(m, name, &state, &start, &is_there) && found != NULL) {
		state = found->state;
		start = UINT32_MAX;
		is_there = true;
	} else if (state == 0) { /* nothing is known of it, or that there is none */
		visit_tell_of(m->v, BY_SERVICES, is_there ? OBSERVED_UNREADABLE : OBSERVED_ABSENT,
			      "service:", name, is_there ? m->why : "");
		return;
	}
	(void)snprintf(value, sizeof(value), "%s%s", state_word(state), start_word(start));
	visit_tell_of(m->v, BY_SERVICES, OBSERVED_VALUE, "service:", name, value);
}

static bool is_wanted(const struct assess_options *o, const char *name)
{
	for (size_t i = 0; i < o->n_services; i++) {
		if (strcasecmp(o->services[i], name) == 0)
			return true;
	}
	return false;
}

static void tell_all(struct manager *m, const struct services *all)
{
	const struct assess_options *o = m->v->opt;
	char count[16];

	for (size_t i = 0; i < all->n; i++) {
		if (!is_wanted(o, all->list[i].name))
			visit_tell_of(m->v, BY_SERVICES, OBSERVED_VALUE,
				      "service:", all->list[i].name,
				      state_word(all->list[i].state));
	}
	for (size_t i = 0; i < o->n_services; i++)
		tell_wanted(m, all, o->services[i]);
	(void)snprintf(count, sizeof(count), "%zu", all->n);
	visit_tell(m->v, BY_SERVICES, all->is_cut ? OBSERVED_UNREADABLE : OBSERVED_VALUE,
		   "service:", all->is_cut ? "there are more than quell lists" : count);
}

void visit_services(struct visit *v, struct answer *ret_answer)
{
	struct services *all = calloc(1, sizeof(*all));
	struct manager m = {.v = v};

	if (all == NULL || !open_manager(&m) || !list_all(&m, all)) {
		visit_tell(v, BY_SERVICES, OBSERVED_UNREADABLE, "service:", m.why);
		visit_tell(v, BY_SERVICES, OBSERVED_UNREADABLE, "anti-malware:", m.why);
		answer_add(ret_answer, "%s", m.why);
		free(all);
		return;
	}
	ret_answer->is_ok = true;
	answer_add(ret_answer, "%zu services", all->n);
	tell_all(&m, all);
	protection_tell(v, all, ret_answer);
	free(all);
}
