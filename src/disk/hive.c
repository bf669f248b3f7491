#include "disk/hive.h"

#include <inttypes.h>
#include <stdio.h>
#include <strings.h>

#include "base/monotime.h"
#include "base/text.h"

enum {
	BASE_BLOCK = 4096, /* cells are counted from its end */
	NAME_MAX_BYTES =
		512, /* of a key or value, as stored: Windows allows 255 characters a key */
	NAME_TEXT = NAME_MAX_BYTES * 3 + 1,
	FLAG_KEY_LATIN1 = 0x20,
	FLAG_VALUE_LATIN1 = 0x1,
	LIST_MAX = 1 << 18, /* subkeys or values of one key; HKCR, the widest, has some thousand */
	SEGMENT = 16344,    /* of big data */
};

#define NO_CELL       UINT32_C(0xffffffff)
#define DATA_IS_HERE  UINT32_C(0x80000000)
#define FILETIME_1970 UINT64_C(116444736000000000) /* in 100 ns since 1601 */

/* What is in a cell in use; empty: there is none. Cells are aligned to 8 and never end beyond the
 * file, whatever they claim. */
static struct bytes cell(const struct hive *h, uint32_t at)
{
	struct bytes none = {NULL, 0};
	struct reader r = {.rest = bytes_slice(h->all, (size_t)BASE_BLOCK + at, SIZE_MAX)};
	int64_t size = (int32_t)rd_le32(&r);

	if (at == NO_CELL || at % 8 != 0 || r.bad || size > -8)
		return none; /* a positive size: it is free */
	return rd_take(&r, (size_t)(-size) - 4);
}

static bool has_mark(struct bytes b, const char *mark)
{
	return b.len >= 2 && b.at[0] == (uint8_t)mark[0] && b.at[1] == (uint8_t)mark[1];
}

struct key {
	uint16_t flags;
	uint32_t n_subkeys, subkeys, n_values, values;
	struct bytes name;
};

static bool key_read(const struct hive *h, uint32_t at, struct key *ret_k)
{
	struct bytes b = cell(h, at);
	struct reader r = {.rest = b};
	uint16_t name_len = 0;

	if (!has_mark(b, "nk"))
		return false;
	rd_skip(&r, 2);
	ret_k->flags = rd_le16(&r);
	rd_skip(&r, 16); /* times, parent */
	ret_k->n_subkeys = rd_le32(&r);
	rd_skip(&r, 4); /* volatile ones are not on the disk */
	ret_k->subkeys = rd_le32(&r);
	rd_skip(&r, 4);
	ret_k->n_values = rd_le32(&r);
	ret_k->values = rd_le32(&r);
	rd_skip(&r, 28); /* security, class, sizes */
	name_len = rd_le16(&r);
	rd_skip(&r, 2);
	ret_k->name = rd_take(&r, name_len);
	return !r.bad && name_len <= NAME_MAX_BYTES &&
	       name_len >= ((ret_k->flags & FLAG_KEY_LATIN1) != 0 ? 1 : 2);
}

/* A name as UTF-8. A backslash or a NUL, which only a forger puts there to hide it, becomes
 * U+FFFD, so that each key has a path. */
static void name_text(struct bytes name, bool is_latin1, char to[NAME_TEXT])
{
	uint8_t wide[NAME_MAX_BYTES * 2];
	struct reader r = {.rest = name};
	struct writer w = {.at = wide, .cap = sizeof(wide)};

	while (r.rest.len >= (is_latin1 ? 1 : 2)) {
		uint16_t c = is_latin1 ? rd_u8(&r) : rd_le16(&r);

		wr_le(&w, 2, c == 0 || c == '\\' ? 0xfffd : c);
	}
	(void)text_from_utf16((struct bytes){wide, w.len}, to, NAME_TEXT);
}

/* --- the subkeys of a key: a list, or a list of lists --- */

struct subkeys {
	const struct hive *h;
	struct reader lists, list; /* lists: cells that are still to come */
	size_t width;              /* of an element of `list` */
	uint32_t left;             /* that the key claims */
	bool is_bad;               /* something could not be read */
};

/* Elements of a list: offsets of cells, with 4 bytes of hash or hint in two kinds. */
static bool list_read(struct bytes b, struct reader *ret_list, size_t *ret_width)
{
	struct reader r = {.rest = b};
	size_t n = 0, width = has_mark(b, "li") ? 4 : 8;

	if (width == 8 && !has_mark(b, "lf") && !has_mark(b, "lh"))
		return false;
	rd_skip(&r, 2);
	n = rd_le16(&r);
	ret_list->rest = rd_take(&r, n * width);
	ret_list->bad = false;
	*ret_width = width;
	return !r.bad;
}

static struct subkeys subkeys_of(const struct hive *h, const struct key *k)
{
	struct subkeys s = {.h = h, .width = 4, .left = k->n_subkeys};
	struct bytes b = {NULL, 0};

	if (k->n_subkeys == 0)
		return s;
	b = cell(h, k->subkeys);
	if (has_mark(b, "ri")) {
		struct reader r = {.rest = b};
		size_t n = 0;

		rd_skip(&r, 2);
		n = rd_le16(&r);
		s.lists.rest = rd_take(&r, n * 4);
		s.is_bad = r.bad;
	} else {
		s.is_bad = !list_read(b, &s.list, &s.width);
	}
	if (s.left > LIST_MAX) {
		s.left = LIST_MAX;
		s.is_bad = true;
	}
	return s;
}

/* The next that can be read; false: no more. */
static bool subkeys_next(struct subkeys *s, uint32_t *ret_at, struct key *ret_k)
{
	for (; s->left > 0; s->left--) {
		while (s->list.rest.len == 0 && s->lists.rest.len > 0) {
			if (!list_read(cell(s->h, rd_le32(&s->lists)), &s->list, &s->width))
				s->is_bad = true;
		}
		if (s->list.rest.len == 0) {
			s->is_bad = true; /* fewer than the key claims */
			return false;
		}
		*ret_at = rd_le32(&s->list);
		rd_skip(&s->list, s->width - 4);
		if (key_read(s->h, *ret_at, ret_k)) {
			s->left--;
			return true;
		}
		s->is_bad = true;
	}
	return false;
}

/* --- values --- */

struct value {
	uint32_t len; /* with DATA_IS_HERE: at most 4 bytes, in `here` */
	struct bytes here;
	uint32_t at, type;
	uint16_t flags;
	struct bytes name; /* empty: the key's default value */
};

static bool value_read(const struct hive *h, uint32_t at, struct value *ret_v)
{
	struct bytes b = cell(h, at);
	struct reader r = {.rest = b};
	uint16_t name_len = 0;

	if (!has_mark(b, "vk"))
		return false;
	rd_skip(&r, 2);
	name_len = rd_le16(&r);
	ret_v->len = rd_le32(&r);
	ret_v->here = bytes_slice(r.rest, 0, 4);
	ret_v->at = rd_le32(&r);
	ret_v->type = rd_le32(&r);
	ret_v->flags = rd_le16(&r);
	rd_skip(&r, 2);
	ret_v->name = rd_take(&r, name_len);
	return !r.bad;
}

/* Data of more than a cell, in segments. */
static enum rc big_data(const struct hive *h, struct bytes db, size_t len, struct arena *arena,
			struct bytes *ret_data)
{
	struct reader r = {.rest = db}, list = {.rest = {NULL, 0}};
	struct writer w = {.at = arena_alloc(arena, len), .cap = len};
	size_t n = 0;

	if (w.at == NULL)
		return RC_NOMEM;
	rd_skip(&r, 2);
	n = rd_le16(&r);
	list.rest = bytes_slice(cell(h, rd_le32(&r)), 0, n * 4);
	while (w.len < len && list.rest.len >= 4) {
		size_t want = len - w.len < SEGMENT ? len - w.len : SEGMENT;
		struct bytes part = bytes_slice(cell(h, rd_le32(&list)), 0, want);

		if (part.len < want)
			return RC_FORMAT;
		wr_bytes(&w, part);
	}
	if (w.len < len)
		return RC_FORMAT;
	*ret_data = (struct bytes){w.at, w.len};
	return RC_OK;
}

static enum rc value_data(const struct hive *h, const struct value *v, struct arena *arena,
			  struct bytes *ret_data)
{
	size_t len = v->len & ~DATA_IS_HERE;
	struct bytes b;

	if ((v->len & DATA_IS_HERE) != 0) {
		*ret_data = bytes_slice(v->here, 0, len);
		return len <= 4 ? RC_OK : RC_FORMAT;
	}
	if (len > HIVE_VALUE_MAX)
		len = HIVE_VALUE_MAX;
	*ret_data = (struct bytes){NULL, 0};
	if (len == 0)
		return RC_OK;
	b = cell(h, v->at);
	if (b.len < len && len > SEGMENT && has_mark(b, "db"))
		return big_data(h, b, len, arena, ret_data);
	*ret_data = bytes_slice(b, 0, len);
	return b.len >= len ? RC_OK : RC_FORMAT;
}

/* One text, or several with "; " between them; empty ones are left out. */
static const char *text_of(struct bytes data, bool is_many, struct arena *arena)
{
	size_t cap = data.len / 2 * 3 + 1, len = 0;
	char *to = arena_alloc(arena, cap);
	struct reader r = {.rest = data};

	if (to == NULL)
		return NULL;
	to[0] = '\0';
	do {
		struct bytes one = r.rest;

		while (r.rest.len >= 2 && rd_le16(&r) != 0)
			;
		one.len -= r.rest.len;
		if (len > 0 && one.len >= 2 && (one.at[0] | one.at[1]) != 0) {
			/* There is room: the NUL before has added nothing. */
			to[len++] = ';';
			to[len++] = ' ';
		}
		len += text_from_utf16(one, to + len, cap - len);
	} while (is_many && r.rest.len >= 2);
	return to;
}

static const char *hex_of(struct bytes data, struct arena *arena)
{
	static const char digits[] = "0123456789abcdef";
	char *to = arena_alloc(arena, data.len * 2 + 1);

	for (size_t i = 0; to != NULL && i < data.len; i++) {
		to[i * 2] = digits[data.at[i] >> 4];
		to[i * 2 + 1] = digits[data.at[i] & 15];
	}
	return to;
}

static const char *number_of(uint64_t n, struct arena *arena)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, n);
	return arena_strdup(arena, text);
}

static enum rc value_text(uint32_t type, struct bytes data, struct arena *arena,
			  const char **ret_text)
{
	struct reader r = {.rest = data};
	const char *text = NULL;

	switch (type) {
	case HIVE_SZ:
	case HIVE_EXPAND_SZ:
	case HIVE_LINK:
	case HIVE_MULTI_SZ:
		text = text_of(data, type == HIVE_MULTI_SZ, arena);
		break;
	case HIVE_DWORD:
		text = number_of(rd_le32(&r), arena);
		break;
	case HIVE_DWORD_BE:
		text = number_of(rd_be32(&r), arena);
		break;
	case HIVE_QWORD:
		text = number_of(rd_le64(&r), arena);
		break;
	default:
		text = hex_of(data, arena);
		break;
	}
	if (r.bad)
		return RC_FORMAT; /* a number of fewer bytes than it has */
	if (text == NULL)
		return RC_NOMEM;
	*ret_text = text;
	return RC_OK;
}

/* RC_END: there is none of that name. */
static enum rc value_find(const struct hive *h, const struct key *k, const char *name,
			  struct value *ret_v)
{
	size_t n = k->n_values < LIST_MAX ? k->n_values : LIST_MAX;
	struct reader list = {.rest = {NULL, 0}};
	struct value v = {.len = 0};
	char text[NAME_TEXT];
	bool is_bad = false;

	if (n > 0)
		list.rest = bytes_slice(cell(h, k->values), 0, n * 4);
	is_bad = list.rest.len < (size_t)k->n_values * 4;
	while (list.rest.len >= 4) {
		if (!value_read(h, rd_le32(&list), &v)) {
			is_bad = true;
			continue;
		}
		if (v.name.len > NAME_MAX_BYTES)
			continue; /* Windows allows it; nobody asks for it */
		name_text(v.name, (v.flags & FLAG_VALUE_LATIN1) != 0, text);
		if (strcasecmp(text, name) == 0) {
			*ret_v = v;
			return RC_OK;
		}
	}
	return is_bad ? RC_FORMAT : RC_END;
}

/* --- what hive.h promises --- */

static uint64_t ns_of(uint64_t filetime)
{
	uint64_t since = filetime - FILETIME_1970;

	return filetime < FILETIME_1970 || since > INT64_MAX / 100 ? 0 : since * 100;
}

enum rc hive_open(struct bytes all, struct hive *ret_h)
{
	struct hive h = {.all = all};
	struct reader r = {.rest = all};
	struct bytes name;
	struct key root = {0};
	char path[32 * 3 + 1];
	const char *last = NULL;

	if (all.len > HIVE_FILE_MAX || rd_be32(&r) != 0x72656766) /* "regf" */
		return RC_FORMAT;
	rd_skip(&r, 8); /* two counters, which differ where a log was not yet merged: fine for us */
	h.at_ns = ns_of(rd_le64(&r));
	if (rd_le32(&r) != 1) /* major version */
		return RC_FORMAT;
	rd_skip(&r, 12); /* minor version, type, format */
	h.root = rd_le32(&r);
	rd_skip(&r, 8); /* size, clustering */
	name = rd_take(&r, 64);
	r.rest = bytes_slice(all, BASE_BLOCK, SIZE_MAX);
	if (rd_be32(&r) != 0x6862696e || r.bad || !key_read(&h, h.root, &root)) /* "hbin" */
		return RC_FORMAT;
	(void)text_from_utf16(name, path, sizeof(path));
	last = strrchr(path, '\\');
	last = last != NULL ? last + 1 : path;
	(void)text_from_utf8((struct bytes){(const uint8_t *)last, strlen(last)}, h.name,
			     sizeof(h.name));
	*ret_h = h;
	return RC_OK;
}

static enum rc subkey_find(const struct hive *h, const struct key *k, struct bytes name,
			   uint32_t *ret_at, struct key *ret_k)
{
	struct subkeys s = subkeys_of(h, k);
	char text[NAME_TEXT];

	while (subkeys_next(&s, ret_at, ret_k)) {
		name_text(ret_k->name, (ret_k->flags & FLAG_KEY_LATIN1) != 0, text);
		if (strlen(text) == name.len &&
		    strncasecmp(text, (const char *)name.at, name.len) == 0)
			return RC_OK;
	}
	return s.is_bad ? RC_FORMAT : RC_END;
}

enum rc hive_key(const struct hive *h, const char *path, uint32_t *ret_key)
{
	uint32_t at = h->root;
	struct key k = {0}, below = {0};

	if (!key_read(h, at, &k))
		return RC_FORMAT;
	while (*path != '\0') {
		struct bytes name = {(const uint8_t *)path, strcspn(path, "\\")};
		enum rc rc = subkey_find(h, &k, name, &at, &below);

		if (rc != RC_OK)
			return rc;
		k = below;
		path += name.len;
		if (*path == '\\')
			path++;
	}
	*ret_key = at;
	return RC_OK;
}

enum rc hive_value(const struct hive *h, uint32_t key, const char *name, struct arena *arena,
		   struct hive_value *ret_v)
{
	struct key k = {0};
	struct value v = {0};
	struct bytes data = {NULL, 0};
	const char *text = NULL;
	enum rc rc = RC_OK;

	if (!key_read(h, key, &k))
		return RC_FORMAT;
	rc = value_find(h, &k, name, &v);
	if (rc == RC_OK)
		rc = value_data(h, &v, arena, &data);
	if (rc == RC_OK)
		rc = value_text(v.type, data, arena, &text);
	if (rc == RC_OK)
		*ret_v = (struct hive_value){.type = v.type, .text = text};
	return rc;
}

enum rc hive_subkeys(const struct hive *h, uint32_t key, size_t max,
		     bool (*one)(void *ctx, const char *name), void *ctx)
{
	struct key k = {0}, below = {0};
	struct subkeys s;
	char text[NAME_TEXT];
	uint32_t at = 0;

	if (!key_read(h, key, &k))
		return RC_FORMAT;
	s = subkeys_of(h, &k);
	for (size_t n = 0; n < max; n++) {
		if (!subkeys_next(&s, &at, &below))
			return s.is_bad ? RC_FORMAT : RC_OK;
		name_text(below.name, (below.flags & FLAG_KEY_LATIN1) != 0, text);
		if (!one(ctx, text))
			break;
	}
	return RC_OK;
}
