#include "proto/files.h"

#include <strings.h>

#include "base/map.h"
#include "base/text.h"
#include "wire/dcerpc.h"

/* What a stream's tables shed is the same every time; they are too small to be worth aiming at. */
enum { SEED = 0 };

bool files_init(struct files *f, struct quota *q)
{
	f->quota = q;
	if (f->open != NULL)
		return true;
	if (map_new(FILES_MAX, sizeof(struct file_id), sizeof(struct file *), SEED, &f->open) !=
		    RC_OK ||
	    map_new(TREES_MAX, sizeof(uint32_t), sizeof(struct file *), SEED, &f->trees) != RC_OK ||
	    map_new(PENDING_MAX, sizeof(uint64_t), sizeof(struct pending), SEED, &f->pending) !=
		    RC_OK) {
		files_done(f);
		return false;
	}
	return true;
}

static void drop_pending(struct files *f, struct pending *p)
{
	file_drop(f, p->tree);
	file_drop(f, p->made);
	file_drop(f, p->used);
	parts_free(f, &p->asked);
	parts_free(f, &p->answered);
	*p = (struct pending){0};
}

static void drop_all(struct files *f, struct map *m)
{
	for (size_t i = 0; m != NULL && i < map_len(m); i++) {
		struct file **file = map_at(m, i, NULL);

		file_drop(f, *file);
	}
	map_free(m);
}

size_t files_held(const struct files *f)
{
	if (f->open == NULL)
		return 0;
	return map_bytes(f->open) + map_bytes(f->trees) + map_bytes(f->pending);
}

void files_done(struct files *f)
{
	for (size_t i = 0; f->pending != NULL && i < map_len(f->pending); i++)
		drop_pending(f, map_at(f->pending, i, NULL));
	map_free(f->pending);
	drop_all(f, f->open);
	drop_all(f, f->trees);
	*f = (struct files){.quota = f->quota};
}

struct file *file_new(struct files *f, struct bytes name, bool is_unicode, enum file_kind kind)
{
	char text[EV_NAME_MAX];
	size_t len = is_unicode ? text_from_utf16(name, text, sizeof(text))
				: text_from_latin1(name, text, sizeof(text));
	struct file *file = quota_grow(f->quota, NULL, 0, sizeof(*file) + len);

	if (file == NULL)
		return NULL;
	file->refs = 1;
	file->kind = (uint8_t)kind;
	file->name_len = len;
	memcpy(file->name, text, len);
	return file;
}

struct file *file_hold(struct file *file)
{
	if (file != NULL)
		file->refs++;
	return file;
}

void file_drop(struct files *f, struct file *file)
{
	if (file == NULL || --file->refs > 0)
		return;
	rpc_free(file->rpc);
	quota_free(f->quota, file, sizeof(*file) + file->name_len);
}

struct bytes file_name(const struct file *file)
{
	if (file == NULL)
		return (struct bytes){NULL, 0};
	return (struct bytes){(const uint8_t *)file->name, file->name_len};
}

struct bytes file_pipe_name(const struct file *file)
{
	static const char prefix[] = "pipe\\";
	struct bytes n = file_name(file);

	if (n.len > 0 && n.at[0] == '\\')
		n = bytes_slice(n, 1, SIZE_MAX);
	if (n.len >= sizeof(prefix) - 1 &&
	    strncasecmp((const char *)n.at, prefix, sizeof(prefix) - 1) == 0)
		n = bytes_slice(n, sizeof(prefix) - 1, SIZE_MAX);
	return n;
}

static struct file *get(const struct map *m, const void *key)
{
	struct file **slot = map_get(m, key);

	return slot == NULL ? NULL : *slot;
}

static bool set(struct files *f, struct map *m, const void *key, struct file *file)
{
	bool is_new = false;
	struct file **slot = file == NULL ? NULL : map_put(m, key, &is_new);

	if (slot == NULL) {
		file_drop(f, file);
		return file == NULL;
	}
	if (!is_new)
		file_drop(f, *slot);
	*slot = file;
	return true;
}

struct file *files_get(const struct files *f, const struct file_id *id)
{
	return get(f->open, id);
}

bool files_set(struct files *f, const struct file_id *id, struct file *file)
{
	return set(f, f->open, id, file);
}

struct file *files_take(struct files *f, const struct file_id *id)
{
	struct file *file = get(f->open, id);

	(void)map_del(f->open, id);
	return file;
}

struct file *trees_get(const struct files *f, uint32_t tid)
{
	return get(f->trees, &tid);
}

bool trees_set(struct files *f, uint32_t tid, struct file *tree)
{
	return set(f, f->trees, &tid, tree);
}

void trees_del(struct files *f, uint32_t tid)
{
	file_drop(f, get(f->trees, &tid));
	(void)map_del(f->trees, &tid);
}

struct pending *pending_put(struct files *f, uint64_t key, enum dir dir,
			    const struct proto_out *out)
{
	bool is_new = false;
	struct pending *p = map_put(f->pending, &key, &is_new);

	if (p == NULL) {
		if (!f->was_cleared)
			out->blind(out->ctx, dir, "pending-limit");
		f->was_cleared = true;
		for (size_t i = 0; i < map_len(f->pending); i++)
			drop_pending(f, map_at(f->pending, i, NULL));
		map_clear(f->pending);
		p = map_put(f->pending, &key, &is_new);
	}
	if (p != NULL && !is_new)
		drop_pending(f, p);
	return p;
}

struct pending *pending_get(const struct files *f, uint64_t key)
{
	return map_get(f->pending, &key);
}

void pending_del(struct files *f, uint64_t key)
{
	struct pending *p = map_get(f->pending, &key);

	if (p == NULL)
		return;
	drop_pending(f, p);
	(void)map_del(f->pending, &key);
}

enum file_kind tree_kind(const struct file *tree)
{
	return tree == NULL ? FILE_UNKNOWN : (enum file_kind)tree->kind;
}

void files_unopened(struct files *f, enum dir dir, const struct proto_out *out)
{
	if (!f->was_unopened)
		out->blind(out->ctx, dir, "unopened-limit");
	f->was_unopened = true;
}

void file_feed(struct files *f, struct file *file, enum dir dir, struct bytes in, bool is_start,
	       enum ev_carrier carrier, const struct proto_out *out)
{
	const struct rpc_link link = {.carrier = (uint8_t)carrier, .pipe = file_pipe_name(file)};

	if (file == NULL || file->kind == FILE_DISK)
		return;
	if (file->kind == FILE_UNKNOWN) {
		if (!is_start || in.len < SNIFF || !dcerpc_looks_like(in))
			return;
		file->kind = FILE_PIPE;
	}
	if (file->rpc == NULL)
		file->rpc = rpc_new(f->quota);
	if (file->rpc == NULL)
		quota_hit(f->quota, dir, out);
	else
		rpc_feed(file->rpc, dir, in, is_start, &link, out);
}

void file_gap(struct file *file, enum dir dir, uint64_t missing)
{
	if (file != NULL && file->rpc != NULL)
		(void)rpc_gap(file->rpc, dir, missing);
}

enum parts_state parts_add(struct files *f, struct parts *p, uint32_t total, uint32_t at,
			   struct bytes part)
{
	if (p->at == NULL && total > 0) {
		p->at = quota_grow(f->quota, NULL, 0, total);
		if (p->at == NULL)
			return PARTS_LIMIT;
		p->total = total;
		p->got = 0;
	}
	if (part.len > p->total || at > p->total - part.len)
		return PARTS_PAST;
	if (p->at != NULL && part.len > 0)
		memcpy(p->at + at, part.at, part.len);
	p->got += (uint32_t)part.len;
	return p->total > 0 && p->got >= p->total ? PARTS_WHOLE : PARTS_MORE;
}

void parts_free(struct files *f, struct parts *p)
{
	quota_free(f->quota, p->at, p->total);
	*p = (struct parts){0};
}
