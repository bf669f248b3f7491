#include "disk/pe.h"

#include "base/bytes.h"

enum {
	WINDOW = PE_BYTES / PE_READS, /* a read; all tables of a usual file fit into three */
	DOS_HEADER = 64,
	FILE_HEADER = 24, /* with the signature */
	SECTION = 40,
	SECTIONS_MAX = 96, /* the loader's limit until Windows XP; system files have about ten */
	MAGIC_32 = 0x10b,
	MAGIC_64 = 0x20b,
	DIRECTORY_OF_RESOURCES = 2,
	RT_VERSION = 16,
	VS_VERSION_INFO = 1,
	ENTRIES_MAX = 512,  /* of one directory; the largest seen have some dozens */
	TREE_DEPTH = 3,     /* type, name, language: the format has no other */
	VERSION_KEY = 6,    /* behind three lengths */
	VERSION_FIXED = 40, /* behind the key and its padding */
	FIXED_LEN = 52,
};

#define FIXED_SIGNATURE UINT32_C(0xfeef04bd)
#define ENTRY_IS_DEEPER UINT32_C(0x80000000) /* of an offset: to a directory */

struct section {
	uint32_t rva, raw_at, len; /* len: what the file has of it */
};

struct pe {
	const struct pe_reader *from;
	const char *why; /* after a failure; NULL: a read failed */
	unsigned reads;
	size_t bytes;
	uint64_t at; /* of the window */
	size_t len;
	uint8_t window[WINDOW];
	struct section sections[SECTIONS_MAX];
	unsigned n_sections;
	uint32_t resources; /* RVA; 0: none */
};

static bool fail(struct pe *p, const char *why)
{
	p->why = why;
	return false;
}

/* Fills the window from `at` on, until it holds `need` bytes. A read that gives less than was asked
 * for is followed by another, within the same budget. */
static bool fill(struct pe *p, uint64_t at, size_t need)
{
	p->at = at;
	p->len = 0;
	while (p->len < need) {
		size_t room = sizeof(p->window) - p->len;
		long n = 0;

		if (p->reads == PE_READS || p->bytes == PE_BYTES)
			return fail(p, "its headers or resources lie in too many places");
		if (room > PE_BYTES - p->bytes)
			room = PE_BYTES - p->bytes;
		p->reads++;
		n = p->from->read(p->from->ctx, at + p->len, p->window + p->len, room);
		if (n < 0 || (size_t)n > room)
			return fail(p, NULL);
		if (n == 0)
			return fail(p, "it is cut short");
		p->len += (size_t)n;
		p->bytes += (size_t)n;
	}
	return true;
}

/* `len` bytes of the file, at most WINDOW; valid until the next call. */
static bool look(struct pe *p, uint64_t at, size_t len, struct reader *ret_r)
{
	if ((at < p->at || at > p->at + p->len || p->at + p->len - at < len) && !fill(p, at, len))
		return false;
	*ret_r = (struct reader){.rest = {p->window + (at - p->at), len}};
	return true;
}

/* The same by relative virtual address: all of it in one section, and in the file. */
static bool look_rva(struct pe *p, uint32_t rva, size_t len, struct reader *ret_r)
{
	for (unsigned i = 0; i < p->n_sections; i++) {
		const struct section *s = &p->sections[i];

		if (rva >= s->rva && rva - s->rva < s->len && s->len - (rva - s->rva) >= len)
			return look(p, (uint64_t)s->raw_at + (rva - s->rva), len, ret_r);
	}
	return fail(p, "its resources point outside of its sections");
}

/* Where the data directories lie tells the magic; the checksum is at the same place in both. */
static bool read_optional(struct pe *p, uint64_t at, size_t len, struct pe_version *v)
{
	struct reader r = {0};
	uint32_t n = 0;
	uint16_t magic = 0;
	size_t directories = 0;

	if (len < 2)
		return fail(p, "it has no optional header");
	if (!look(p, at, 2, &r))
		return false;
	magic = rd_le16(&r);
	if (magic != MAGIC_32 && magic != MAGIC_64)
		return fail(p, "its optional header is neither PE32 nor PE32+");
	directories = magic == MAGIC_32 ? 96 : 112;
	if (len < directories)
		return fail(p, "its optional header is too short");
	if (!look(p, at, directories, &r))
		return false;
	rd_skip(&r, 64);
	v->checksum = rd_le32(&r);
	rd_skip(&r, directories - 64 - 4 - 4);
	n = rd_le32(&r);
	directories += DIRECTORY_OF_RESOURCES * 8;
	if (n <= DIRECTORY_OF_RESOURCES || len < directories + 8)
		return true;
	if (!look(p, at + directories, 8, &r))
		return false;
	p->resources = rd_le32(&r);
	return true;
}

static bool read_sections(struct pe *p, uint64_t at, unsigned n)
{
	if (n > SECTIONS_MAX)
		return fail(p, "it has more than 96 sections");
	for (unsigned i = 0; i < n; i++) {
		struct section *s = &p->sections[i];
		struct reader r = {0};
		uint32_t size = 0;

		if (!look(p, at + (uint64_t)i * SECTION, SECTION, &r))
			return false;
		rd_skip(&r, 8); /* its name */
		size = rd_le32(&r);
		s->rva = rd_le32(&r);
		s->len = rd_le32(&r);
		s->raw_at = rd_le32(&r);
		if (size != 0 && size < s->len)
			s->len = size; /* the rest is padding */
	}
	p->n_sections = n;
	return true;
}

static bool read_headers(struct pe *p, struct pe_version *v)
{
	struct reader r = {0};
	uint64_t at = 0;
	unsigned n = 0;
	size_t optional = 0;

	if (!look(p, 0, 2, &r))
		return false;
	if (rd_le16(&r) != 0x5a4d)
		return fail(p, "it does not begin with MZ");
	if (!look(p, 0, DOS_HEADER, &r))
		return false;
	rd_skip(&r, DOS_HEADER - 4);
	at = rd_le32(&r);
	if (!look(p, at, FILE_HEADER, &r))
		return false;
	if (rd_be32(&r) != 0x50450000) /* "PE\0\0" */
		return fail(p, "it has no PE header");
	v->machine = rd_le16(&r);
	n = rd_le16(&r);
	v->timestamp = rd_le32(&r);
	rd_skip(&r, 8);
	optional = rd_le16(&r);
	at += FILE_HEADER;
	return read_optional(p, at, optional, v) && read_sections(p, at + optional, n);
}

struct level { /* of the tree of resources */
	uint32_t id;
	bool or_first; /* without that one, the first will do */
	bool is_last;
};

/* From the directory at `*offset` to what its entry leads to. `*ret_is_there` false: it has no such
 * entry. */
static bool descend(struct pe *p, const struct level *to, uint32_t *offset, bool *ret_is_there)
{
	struct reader r = {0};
	uint32_t next = 0, n = 0;
	bool is_there = false;

	if (!look_rva(p, p->resources + *offset, 16, &r))
		return false;
	rd_skip(&r, 12);
	n = rd_le16(&r);
	n += rd_le16(&r);
	if (n > ENTRIES_MAX)
		return fail(p, "a resource directory claims more than 512 entries");
	for (uint32_t i = 0; i < n; i++) {
		uint32_t id = 0, leads_to = 0;

		if (!look_rva(p, p->resources + *offset + 16 + i * 8, 8, &r))
			return false;
		id = rd_le32(&r);
		leads_to = rd_le32(&r);
		if (id == to->id || (i == 0 && to->or_first)) {
			next = leads_to;
			is_there = true;
		}
		if (id == to->id)
			break;
	}
	*ret_is_there = is_there;
	if (is_there && ((next & ENTRY_IS_DEEPER) == 0) != to->is_last)
		return fail(p, "its resources are not three levels deep");
	*offset = next & ~ENTRY_IS_DEEPER;
	return true;
}

/* The resource with its version: where it is and how long. `*ret_rva` 0: there is none. */
static bool find_version(struct pe *p, uint32_t *ret_rva, uint32_t *ret_len)
{
	/* As GetFileVersionInfo(), which asks for VS_VERSION_INFO; a file that calls it otherwise
	 * has a version none the less. Languages differ in texts, not in numbers. */
	static const struct level levels[TREE_DEPTH] = {
		{RT_VERSION, false, false}, {VS_VERSION_INFO, true, false}, {0, true, true}};
	struct reader r = {0};
	uint32_t offset = 0;
	bool is_there = p->resources != 0;

	*ret_rva = 0;
	for (size_t i = 0; i < TREE_DEPTH && is_there; i++) {
		if (!descend(p, &levels[i], &offset, &is_there))
			return false;
	}
	if (!is_there)
		return true;
	if (!look_rva(p, p->resources + offset, 16, &r))
		return false;
	*ret_rva = rd_le32(&r);
	*ret_len = rd_le32(&r);
	return *ret_rva != 0 || fail(p, "its version resource is nowhere");
}

static void take_version(struct reader *r, uint16_t to[4])
{
	for (unsigned i = 0; i < 4; i += 2) {
		to[i + 1] = rd_le16(r); /* a DWORD, low half first */
		to[i] = rd_le16(r);
	}
}

static bool read_version(struct pe *p, struct pe_version *v)
{
	static const char key[] = "V\0S\0_\0V\0E\0R\0S\0I\0O\0N\0_\0I\0N\0F\0O\0\0";
	struct reader r = {0};
	uint32_t at = 0, len = 0;
	uint16_t value_len = 0;

	if (!find_version(p, &at, &len))
		return false;
	if (at == 0)
		return true;
	if (len < VERSION_FIXED)
		return fail(p, "its version resource is too short");
	if (!look_rva(p, at, VERSION_FIXED, &r))
		return false;
	rd_skip(&r, 2);
	value_len = rd_le16(&r);
	rd_skip(&r, 2);
	if (!bytes_eq(rd_take(&r, sizeof(key)), (struct bytes){(const uint8_t *)key, sizeof(key)}))
		return fail(p, "its version resource is not VS_VERSION_INFO");
	if (value_len == 0)
		return true; /* only texts */
	if (value_len < FIXED_LEN || len < VERSION_FIXED + FIXED_LEN)
		return fail(p, "its version resource is too short");
	if (!look_rva(p, at + VERSION_FIXED, FIXED_LEN, &r))
		return false;
	if (rd_le32(&r) != FIXED_SIGNATURE)
		return fail(p, "its version lacks the signature of VS_FIXEDFILEINFO");
	rd_skip(&r, 4);
	take_version(&r, v->file);
	take_version(&r, v->product);
	v->has_version = true;
	return true;
}

enum rc pe_version_read(const struct pe_reader *r, struct pe_version *ret_v, const char **ret_why)
{
	struct pe p = {.from = r};
	struct pe_version v = {.has_version = false};

	if (!read_headers(&p, &v) || !read_version(&p, &v)) {
		if (p.why == NULL)
			return RC_IO;
		*ret_why = p.why;
		return RC_FORMAT;
	}
	*ret_v = v;
	return RC_OK;
}
