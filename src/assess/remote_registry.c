#include "assess/remote_registry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/text.h"
#include "wire/utf16.h"

enum { REQUEST = 4096, NAME_UNITS = 256 };

struct remote_registry {
	struct rpc_client *rpc;
	struct ndr_handle roots[2];
	bool has_root[2];
	char path[REGISTRY_PATH]; /* of the key that was opened last, with "\"; "": none */
	struct ndr_handle key;
	enum observed state; /* OBSERVED_VALUE: it is open */
	uint32_t access;
	char why[MESSAGE_TEXT];
};

static const struct {
	const char *name;
	uint16_t opnum;
} roots[] = {{"HKLM\\", WINREG_OPEN_HKLM}, {"HKU\\", WINREG_OPEN_HKU}};

enum { ROOTS = sizeof(roots) / sizeof(roots[0]) };

struct remote_registry *remote_registry_new(struct rpc_client *rpc)
{
	struct remote_registry *g = calloc(1, sizeof(*g));

	if (g != NULL)
		g->rpc = rpc;
	return g;
}

static bool call(struct remote_registry *g, struct winreg_request *q, struct winreg_response *s,
		 char *why)
{
	uint8_t room[REQUEST];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct ndr n = ndr_writer(&w, false, false);
	struct bytes reply = {NULL, 0};
	struct reader r;

	if (!winreg_request(&n, q)) {
		(void)snprintf(why, MESSAGE_TEXT, "the question is too long");
		return false;
	}
	if (!rpc_client_call(g->rpc, RPC_WINREG, q->opnum, (struct bytes){room, w.len}, &reply,
			     why))
		return false;
	r = (struct reader){.rest = reply};
	n = ndr_reader(&r, false, false);
	s->opnum = q->opnum;
	if (winreg_response(&n, s))
		return true;
	(void)snprintf(why, MESSAGE_TEXT, "the answer makes no sense");
	return false;
}

static enum observed meaning(uint32_t status, char *why)
{
	switch (status) {
	case WINREG_OK:
		return OBSERVED_VALUE;
	case WINREG_NOT_FOUND:
	case WINREG_PATH_NOT_FOUND:
	case WINREG_NO_MORE:
		return OBSERVED_ABSENT;
	case WINREG_ACCESS_DENIED:
		(void)snprintf(why, MESSAGE_TEXT, "access denied");
		return OBSERVED_UNREADABLE;
	default:
		(void)snprintf(why, MESSAGE_TEXT, "error %" PRIu32 " of Windows", status);
		return OBSERVED_UNREADABLE;
	}
}

static void close_key(struct remote_registry *g)
{
	struct winreg_request q = {.opnum = WINREG_CLOSE_KEY, .key = g->key};
	struct winreg_response s = {0};
	char why[MESSAGE_TEXT];

	if (g->path[0] != '\0' && g->state == OBSERVED_VALUE)
		(void)call(g, &q, &s, why);
	g->path[0] = '\0';
}

void remote_registry_free(struct remote_registry *g)
{
	if (g == NULL)
		return;
	close_key(g);
	free(g);
}

/* The root that the path begins with; false: none that is read, or it does not open. */
static bool open_root(struct remote_registry *g, const char *path, size_t *ret_root, char *why)
{
	size_t i = 0;

	while (i < ROOTS && strncasecmp(path, roots[i].name, strlen(roots[i].name)) != 0)
		i++;
	if (i == ROOTS) {
		(void)snprintf(why, MESSAGE_TEXT, "only HKLM and HKU are read");
		return false;
	}
	if (!g->has_root[i]) {
		struct winreg_request q = {.opnum = roots[i].opnum,
					   .access = WINREG_QUERY | WINREG_ENUMERATE};
		struct winreg_response s = {0};

		if (!call(g, &q, &s, why))
			return false;
		if (meaning(s.status, why) != OBSERVED_VALUE) {
			if (s.status != WINREG_ACCESS_DENIED)
				(void)snprintf(why, MESSAGE_TEXT, "the registry does not open");
			return false;
		}
		g->roots[i] = s.key;
		g->has_root[i] = true;
	}
	*ret_root = i;
	return true;
}

size_t registry_key_len(const char *path)
{
	const char *last = strrchr(path, '\\');

	return last != NULL ? (size_t)(last - path) + 1 : 0;
}

/* UTF-16 with its NUL, as winreg wants names. */
static struct ndr_unicode name_of(const char *text, size_t len, uint8_t *room, size_t cap)
{
	char name[REGISTRY_PATH];

	(void)snprintf(name, sizeof(name), "%.*s", (int)len, text);

	struct bytes b = utf16_from_ascii(name, room, cap - 2);

	room[b.len] = room[b.len + 1] = 0;
	return ndr_unicode_of((struct bytes){room, b.len + 2});
}

/* Opens the key that `path` is or lies in, unless it is open. What came of it is in g->state. */
static void open_key(struct remote_registry *g, const char *path, uint32_t access)
{
	uint8_t room[2 * REGISTRY_PATH];
	struct winreg_request q = {.opnum = WINREG_OPEN_KEY, .access = access};
	struct winreg_response s = {0};
	size_t len = registry_key_len(path), root = 0, skip = 0;

	if (len < REGISTRY_PATH && strlen(g->path) == len && strncasecmp(g->path, path, len) == 0 &&
	    (g->access & access) == access)
		return;
	close_key(g);
	g->state = OBSERVED_UNREADABLE;
	if (len == 0 || len >= REGISTRY_PATH) {
		(void)snprintf(g->why, sizeof(g->why), "no path of a registry");
		return;
	}
	if (!open_root(g, path, &root, g->why))
		return;
	(void)snprintf(g->path, sizeof(g->path), "%.*s", (int)len, path);
	g->access = access;
	q.key = g->roots[root];
	skip = strlen(roots[root].name);
	q.name = name_of(path + skip, len > skip ? len - skip - 1 : 0, room, sizeof(room));
	if (!call(g, &q, &s, g->why))
		return;
	g->state = meaning(s.status, g->why);
	g->key = s.key;
}

/* Of the key that is open, or not. */
static enum observed outcome(const struct remote_registry *g, char *why)
{
	if (g->state == OBSERVED_UNREADABLE)
		(void)snprintf(why, MESSAGE_TEXT, "%s", g->why);
	return g->state;
}

enum observed remote_registry_key(struct remote_registry *g, const char *path, char *why)
{
	open_key(g, path, WINREG_QUERY | WINREG_ENUMERATE);
	return outcome(g, why);
}

enum observed remote_registry_subkey(struct remote_registry *g, const char *path, uint32_t index,
				     char *name, size_t cap, char *why)
{
	struct winreg_request q = {.opnum = WINREG_ENUM_KEY, .index = index, .room = NAME_UNITS};
	struct winreg_response s = {0};
	enum observed got = remote_registry_key(g, path, why);

	if (got != OBSERVED_VALUE)
		return got;
	q.key = g->key;
	if (!call(g, &q, &s, why))
		return OBSERVED_UNREADABLE;
	got = meaning(s.status, why);
	if (got == OBSERVED_VALUE)
		(void)text_from_utf16(s.name.units, name, cap);
	return got;
}

static enum observed query(struct remote_registry *g, struct ndr_unicode name, uint32_t room,
			   struct winreg_response *ret_s, char *why)
{
	struct winreg_request q = {
		.opnum = WINREG_QUERY_VALUE, .key = g->key, .name = name, .room = room};

	*ret_s = (struct winreg_response){0};
	if (!call(g, &q, ret_s, why))
		return OBSERVED_UNREADABLE;
	return ret_s->status == WINREG_MORE_DATA ? OBSERVED_VALUE : meaning(ret_s->status, why);
}

enum observed remote_registry_value(struct remote_registry *g, const char *path,
				    struct registry_value *ret_v, char *why)
{
	enum { FIRST_ROOM = 1024 };
	uint8_t room[2 * REGISTRY_PATH];
	size_t len = registry_key_len(path);
	struct ndr_unicode name = name_of(path + len, strlen(path + len), room, sizeof(room));
	struct winreg_response s;
	enum observed got;

	open_key(g, path, WINREG_QUERY | WINREG_ENUMERATE);
	got = outcome(g, why);
	if (got != OBSERVED_VALUE)
		return got;
	got = query(g, name, FIRST_ROOM, &s, why);
	if (got == OBSERVED_VALUE && s.status == WINREG_MORE_DATA && s.size <= REGISTRY_DATA)
		got = query(g, name, s.size, &s, why);
	if (got != OBSERVED_VALUE)
		return got;
	if (s.status == WINREG_MORE_DATA) {
		(void)snprintf(why, MESSAGE_TEXT, "it is too long: %" PRIu32 " bytes", s.size);
		return OBSERVED_UNREADABLE;
	}
	*ret_v = (struct registry_value){.type = s.type, .data = s.data};
	if (s.type == REG_DWORD && s.data.len == 4) {
		struct reader r = {.rest = s.data};

		ret_v->number = rd_le32(&r);
	}
	(void)registry_text(s.type, s.data, ret_v->text, sizeof(ret_v->text));
	return OBSERVED_VALUE;
}

/* Texts joined by "; ". */
static void join(struct bytes data, char *to, size_t cap)
{
	size_t at = 0;

	while (data.len >= 2) {
		size_t one = 0;

		while (one + 2 <= data.len && (data.at[one] | data.at[one + 1]) != 0)
			one += 2;
		if (one > 0 && at > 0 && at + 3 < cap) {
			memcpy(to + at, "; ", 3);
			at += 2;
		}
		if (one > 0)
			at += text_from_utf16((struct bytes){data.at, one}, to + at, cap - at);
		data = bytes_slice(data, one + 2, data.len);
	}
}

const char *registry_text(uint32_t type, struct bytes data, char *to, size_t cap)
{
	struct reader r = {.rest = data};
	size_t at = 0;

	to[0] = '\0';
	switch (type) {
	case REG_SZ:
	case REG_EXPAND_SZ:
		(void)text_from_utf16(data, to, cap);
		return to;
	case REG_MULTI_SZ:
		join(data, to, cap);
		return to;
	case REG_DWORD:
	case REG_DWORD_BE:
		if (data.len != 4)
			break;
		(void)snprintf(to, cap, "%" PRIu32, type == REG_DWORD ? rd_le32(&r) : rd_be32(&r));
		return to;
	case REG_QWORD:
		if (data.len != 8)
			break;
		(void)snprintf(to, cap, "%" PRIu64, rd_le64(&r));
		return to;
	default:
		break;
	}
	for (size_t i = 0; i < data.len && at + 3 <= cap; i++)
		at += (size_t)snprintf(to + at, cap - at, "%02x", data.at[i]);
	return to;
}
