/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "capture/capture.h"

enum { FILE_MAX = 4 * 1024 * 1024, SECOND = 1234567890, MARKS = 8 };

/* A file under construction. marks: where the file may end without being cut off. */
struct made {
	struct writer w;
	size_t marks[MARKS], ends[2]; /* ends: of the two frames */
	size_t n_marks;
	bool is_big;
};

static void mark(struct made *m)
{
	m->marks[m->n_marks++] = m->w.len;
}

static void put(struct made *m, unsigned width, uint64_t v)
{
	if (m->is_big)
		wr_be(&m->w, width, v);
	else
		wr_le(&m->w, width, v);
}

static void pcap_head(struct made *m, uint32_t magic)
{
	put(m, 4, magic);
	put(m, 2, 2);
	put(m, 2, 4);
	wr_zeros(&m->w, 8);
	put(m, 4, 65535);
	put(m, 4, 1 | 0x34000000); /* with the length of an FCS above */
}

static void pcap_record(struct made *m, uint32_t fraction, struct bytes data, uint32_t wire_len)
{
	put(m, 4, SECOND);
	put(m, 4, fraction);
	put(m, 4, data.len);
	put(m, 4, wire_len);
	wr_bytes(&m->w, data);
}

static void make_pcap(struct made *m, uint32_t magic, uint32_t first, uint32_t second)
{
	pcap_head(m, magic);
	mark(m);
	pcap_record(m, first, BYTES("hello"), 5);
	m->ends[0] = m->w.len;
	mark(m);
	pcap_record(m, second, BYTES("abc"), 60);
	m->ends[1] = m->w.len;
	mark(m);
}

static void micro(struct made *m)
{
	make_pcap(m, 0xa1b2c3d4, 123456, 500000);
}

static void micro_big(struct made *m)
{
	m->is_big = true;
	micro(m);
}

static void nano(struct made *m)
{
	make_pcap(m, 0xa1b23c4d, 123456000, 500000000);
}

static void nano_big(struct made *m)
{
	m->is_big = true;
	nano(m);
}

static void modified(struct made *m)
{
	pcap_head(m, 0xa1b2cd34);
	mark(m);
	for (size_t i = 0; i < 2; i++) {
		put(m, 4, SECOND);
		put(m, 4, i == 0 ? 123456 : 500000);
		put(m, 4, i == 0 ? 5 : 3);
		put(m, 4, i == 0 ? 5 : 60);
		wr_zeros(&m->w, 8);
		wr_bytes(&m->w, i == 0 ? BYTES("hello") : BYTES("abc"));
		m->ends[i] = m->w.len;
		mark(m);
	}
}

/* pcapng blocks: `from` is where the block began. */
static size_t block_begin(struct made *m, uint32_t type)
{
	size_t from = m->w.len;

	put(m, 4, type);
	put(m, 4, 0);
	return from;
}

static void block_end(struct made *m, size_t from)
{
	wr_zeros(&m->w, (4 - m->w.len % 4) % 4);
	size_t total = m->w.len - from + 4;

	if (m->is_big)
		wr_patch_be(&m->w, from + 4, 4, total);
	else
		wr_patch_le(&m->w, from + 4, 4, total);
	put(m, 4, total);
	mark(m);
}

static void section(struct made *m)
{
	size_t from = block_begin(m, 0x0a0d0d0a);

	put(m, 4, 0x1a2b3c4d);
	put(m, 2, 1);
	put(m, 2, 0);
	put(m, 8, UINT64_MAX);
	block_end(m, from);
}

/* Without options if `resolution` is 0. */
static void interface(struct made *m, uint8_t resolution, uint64_t offset_s)
{
	size_t from = block_begin(m, 1);

	put(m, 2, 1);
	put(m, 2, 0);
	put(m, 4, 4096);
	if (resolution != 0) {
		put(m, 2, 9);
		put(m, 2, 1);
		wr_be(&m->w, 1, resolution);
		wr_zeros(&m->w, 3);
		put(m, 2, 14);
		put(m, 2, 8);
		put(m, 8, offset_s);
		put(m, 4, 0);
	}
	block_end(m, from);
}

static void enhanced(struct made *m, uint32_t id, uint64_t ticks, struct bytes data)
{
	size_t from = block_begin(m, 6);

	put(m, 4, id);
	put(m, 4, ticks >> 32);
	put(m, 4, ticks & UINT32_MAX);
	put(m, 4, data.len);
	put(m, 4, data.len == 3 ? 60 : data.len);
	wr_bytes(&m->w, data);
	size_t end = m->w.len;

	block_end(m, from);
	m->ends[data.len == 3] = end;
}

static const uint64_t first_us = UINT64_C(1234567890123456), second_us = UINT64_C(1234567890500000);

static void pcapng(struct made *m)
{
	section(m);
	interface(m, 0, 0);
	enhanced(m, 0, first_us, BYTES("hello"));
	enhanced(m, 0, second_us, BYTES("abc"));
}

/* Names first, then a second section in the other byte order, with nanoseconds and an offset. */
static void pcapng_sections(struct made *m)
{
	size_t from;

	section(m);
	interface(m, 3, 0);
	interface(m, 6, 0);
	enhanced(m, 1, first_us, BYTES("hello"));
	from = block_begin(m, 4);
	wr_zeros(&m->w, 100);
	block_end(m, from);
	m->is_big = !m->is_big;
	section(m);
	interface(m, 9, (uint64_t)-10);
	enhanced(m, 0, (second_us + 10000000) * 1000, BYTES("abc"));
}

static void pcapng_big(struct made *m)
{
	m->is_big = true;
	pcapng_sections(m);
}

/* Old packet blocks, and a resolution of 2^-20 s, that of the second frame is exact. */
static void pcapng_old(struct made *m)
{
	section(m);
	interface(m, 0, 0);
	interface(m, 0x80 | 20, 0);
	for (uint16_t i = 0; i < 2; i++) {
		size_t from = block_begin(m, 2);
		uint64_t ticks = i == 0 ? first_us : ((uint64_t)SECOND << 20 | 1 << 19);

		put(m, 2, i);
		put(m, 2, 0);
		put(m, 4, ticks >> 32);
		put(m, 4, ticks & UINT32_MAX);
		put(m, 4, i == 0 ? 5 : 3);
		put(m, 4, i == 0 ? 5 : 60);
		wr_bytes(&m->w, i == 0 ? BYTES("hello") : BYTES("abc"));
		m->ends[i] = m->w.len;
		block_end(m, from);
	}
}

static const struct kind {
	const char *name;
	void (*make)(struct made *m);
} kinds[] = {
	{"microseconds", micro},
	{"microseconds, big-endian", micro_big},
	{"nanoseconds", nano},
	{"nanoseconds, big-endian", nano_big},
	{"modified", modified},
	{"pcapng", pcapng},
	{"pcapng, two sections", pcapng_sections},
	{"pcapng, two sections, big-endian first", pcapng_big},
	{"pcapng, old packets", pcapng_old},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static uint8_t file[FILE_MAX], packed[FILE_MAX];

static struct made make(const struct kind *kind)
{
	struct made m = {.w = {file, 0, sizeof(file), false}};

	kind->make(&m);
	assert_false(m.w.bad);
	return m;
}

static int as_file(struct bytes b)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, b.at, b.len), b.len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* A pipe that hands out one byte with each read. */
static int as_drops(struct bytes b)
{
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC | O_DIRECT), 0);
	assert_true(fcntl(fds[1], F_SETPIPE_SZ, 1024 * 1024) >= 1024 * 1024);
	assert_in_range(b.len, 0, 256);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(write(fds[1], b.at + i, 1), 1);
	close(fds[1]);
	return fds[0];
}

struct outcome {
	enum rc opened, ended;
	size_t n;
	struct capture_stats stats;
	char text[400]; /* why not opened, or capture_error() */
};

static void check_frame(const struct frame *f, size_t i)
{
	struct bytes want = i == 0 ? BYTES("hello") : BYTES("abc");

	assert_in_range(i, 0, 1);
	assert_int_equal(f->at_ns, (i == 0 ? first_us : second_us) * 1000);
	assert_int_equal(f->wire_len, i == 0 ? 5 : 60);
	assert_int_equal(f->linktype, 1);
	assert_true(bytes_eq(f->data, want));
}

/* Reads all there is; frames are compared with the two that every kind holds. */
static struct outcome read_all(int fd)
{
	struct outcome o = {.ended = RC_OK};
	struct capture *c = NULL;
	struct block *b = NULL;
	const char *why = "";

	assert_int_equal(block_new(&b), RC_OK);
	o.opened = capture_open_fd(fd, "test", &c, &why);
	if (o.opened != RC_OK) {
		snprintf(o.text, sizeof(o.text), "%s", why);
	} else {
		while (o.ended == RC_OK) {
			o.ended = capture_read(c, b, 0);
			for (size_t i = 0; o.ended == RC_OK && i < b->n; i++)
				check_frame(&b->frames[i], o.n++);
		}
		assert_int_equal(capture_read(c, b, 0), o.ended); /* and stays so */
		capture_stats_get(c, &o.stats);
		assert_int_equal(o.stats.frames, o.n);
		assert_int_equal(capture_fd(c), -1);
		snprintf(o.text, sizeof(o.text), "%s", capture_error(c));
	}
	capture_free(c);
	block_free(b);
	close(fd);
	return o;
}

static void check_both_frames(struct outcome o)
{
	assert_int_equal(o.opened, RC_OK);
	assert_int_equal(o.ended, RC_END);
	assert_int_equal(o.n, 2);
	assert_int_equal(o.stats.bytes, 8);
	assert_int_equal(o.stats.cut_frames, 1);
	assert_int_equal(o.stats.truncated_files, 0);
	assert_int_equal(o.stats.skipped_records, 0);
	assert_string_equal(o.text, "");
}

static void every_kind_of_file_gives_the_same_frames(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < KINDS; i++) {
		struct made m = make(&kinds[i]);

		print_message("  %s\n", kinds[i].name);
		check_both_frames(read_all(as_file((struct bytes){file, m.w.len})));
		if (m.w.len <= 256)
			check_both_frames(read_all(as_drops((struct bytes){file, m.w.len})));
	}
}

static void a_file_cut_anywhere_gives_what_is_whole(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < KINDS; i++) {
		struct made m = make(&kinds[i]);

		for (size_t len = 0; len < m.w.len; len++) {
			struct outcome o = read_all(as_file((struct bytes){file, len}));
			bool at_mark = false;

			for (size_t k = 0; k < m.n_marks; k++)
				at_mark = at_mark || m.marks[k] == len;
			if (o.opened != RC_OK) {
				assert_int_equal(o.opened, RC_FORMAT);
				assert_true(len < 24);
				continue;
			}
			assert_int_equal(o.ended, RC_END);
			assert_int_equal(o.n, (len >= m.ends[0]) + (len >= m.ends[1]));
			assert_int_equal(o.stats.truncated_files, !at_mark);
		}
	}
}

static size_t gzip(struct bytes in, size_t at)
{
	z_stream z = {.next_in = (uint8_t *)(uintptr_t)in.at, .avail_in = (uInt)in.len};

	z.next_out = packed + at;
	z.avail_out = (uInt)(sizeof(packed) - at);
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return sizeof(packed) - z.avail_out;
}

static size_t zstd(struct bytes in, size_t at)
{
	size_t n = ZSTD_compress(packed + at, sizeof(packed) - at, in.at, in.len, 3);

	assert_false(ZSTD_isError(n));
	return at + n;
}

static void packed_files_are_unpacked(void **unused)
{
	size_t (*const packers[])(struct bytes in, size_t at) = {gzip, zstd};

	(void)unused;
	for (size_t i = 0; i < KINDS * 2; i++) {
		struct made m = make(&kinds[i / 2]);
		struct bytes all = {file, m.w.len};
		size_t len = packers[i % 2](all, 0);

		check_both_frames(read_all(as_file((struct bytes){packed, len})));
		if (len <= 256)
			check_both_frames(read_all(as_drops((struct bytes){packed, len})));
		for (size_t cut = 40; cut < len; cut++) { /* the file ends too early */
			struct outcome o = read_all(as_file((struct bytes){packed, cut}));

			assert_true(o.opened == RC_FORMAT || o.stats.truncated_files == 1);
		}
		/* several members or frames are one file */
		len = packers[i % 2](bytes_slice(all, 0, 30), 0);
		len = packers[i % 2](bytes_slice(all, 30, SIZE_MAX), len);
		check_both_frames(read_all(as_file((struct bytes){packed, len})));
		memcpy(packed + len, "padding", 7); /* is passed over */
		check_both_frames(read_all(as_file((struct bytes){packed, len + 7})));
	}
}

static void broken_packing_is_an_error_after_what_came_before(void **unused)
{
	struct made m = make(&kinds[0]);
	size_t first = gzip((struct bytes){file, m.ends[0]}, 0);
	size_t len = gzip(bytes_slice((struct bytes){file, m.w.len}, m.ends[0], SIZE_MAX), first);

	(void)unused;
	packed[first + 10] = 0xff; /* a block of no kind */
	struct outcome o = read_all(as_file((struct bytes){packed, len}));

	assert_int_equal(o.opened, RC_OK);
	assert_int_equal(o.n, 1);
	assert_int_equal(o.ended, RC_FORMAT);
	assert_non_null(strstr(o.text, "gzip data is broken"));
}

static void what_is_no_capture_is_named(void **unused)
{
	const struct {
		struct bytes in;
		const char *want;
	} rows[] = {
		{BYTES(""), "it is empty"},
		{BYTES("PK\3\4xxxxxxxxxxxxxxxxxxxxxxxxxxxxx"), "ZIP"},
		{BYTES("BZh9"), "bzip2"},
		{BYTES("\x7f"
		       "ELF"),
		 "program"},
		{BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "zeros"},
		{BYTES("Dear all,\nplease find attached the capture."), "text"},
		{BYTES("\x80\x81\x82\x83"), "no format we know"},
		{BYTES("\xd4\xc3\xb2\xa1\2\0\4\0"), "inside its header"},
		{BYTES("\xd4\xc3\xb2\xa1\1\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0"), "version"},
		{BYTES("\x0a\x0d\x0d\x0a\x1c\0\0\0"), "inside its header"},
		{BYTES("\x0a\x0d\x0d\x0a\x1c\0\0\0abcd"), "broken header"},
		{BYTES("\x1f\x8b\x08\0\0\0\0\0\0\3\xff"), "gzip data is broken"},
		{BYTES("\x28\xb5\x2f\xfd\x08\0\0\0\0\0\0\0\0\0\0\0"), "zstd data is broken"},
		{BYTES("\x28\xb5\x2f\xfd\x20"), "what is packed in it is empty or cut off"},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct outcome file_says = read_all(as_file(rows[i].in));
		struct outcome pipe_says = read_all(as_drops(rows[i].in));

		print_message("  %s\n", file_says.text);
		assert_int_equal(file_says.opened, RC_FORMAT);
		assert_non_null(strstr(file_says.text, rows[i].want));
		assert_string_equal(pipe_says.text, file_says.text);
	}
}

static void an_impossible_length_is_an_error_with_its_place(void **unused)
{
	const struct {
		size_t kind, at; /* of the length, from the end of the first frame */
		uint32_t value;
		const char *want;
	} rows[] = {
		{0, 8, FRAME_MAX + 1, "a record of an impossible length at byte 45"},
		{0, 8, UINT32_MAX, "a record of an impossible length at byte 45"},
		{5, 3 + 4 + 4, 8, "a block that cannot be one at byte 88"},    /* its length */
		{5, 3 + 4 + 4, 61, "a block that cannot be one at byte 88"},   /* not aligned */
		{5, 3 + 4 + 20, 300, "a block that cannot be one at byte 88"}, /* the frame's */
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made m = make(&kinds[rows[i].kind]);

		wr_patch_le(&m.w, m.ends[0] + rows[i].at, 4, rows[i].value);
		struct outcome o = read_all(as_file((struct bytes){file, m.w.len}));

		assert_int_equal(o.opened, RC_OK);
		assert_int_equal(o.ended, RC_FORMAT);
		assert_int_equal(o.n, 1);
		assert_string_equal(o.text, rows[i].want);
	}
}

static void packets_of_no_interface_are_skipped_and_counted(void **unused)
{
	struct made m = {.w = {file, 0, sizeof(file), false}};

	(void)unused;
	section(&m);
	enhanced(&m, 0, first_us, BYTES("nobody's"));
	interface(&m, 0, 0);
	enhanced(&m, 1, first_us, BYTES("nobody's"));
	enhanced(&m, 0, first_us, BYTES("hello"));
	struct outcome o = read_all(as_file((struct bytes){file, m.w.len}));

	assert_int_equal(o.ended, RC_END);
	assert_int_equal(o.n, 1);
	assert_int_equal(o.stats.skipped_records, 2);
}

static void simple_packets_are_cut_at_the_snap_length(void **unused)
{
	static const uint8_t zeros[4096];
	struct made m = {.w = {file, 0, sizeof(file), false}};
	struct capture *c = NULL;
	struct block *b = NULL;
	const char *why = "";
	size_t from;

	(void)unused;
	section(&m);
	interface(&m, 0, 0); /* 4096 */
	enhanced(&m, 0, first_us, BYTES("hello"));
	from = block_begin(&m, 3);
	put(&m, 4, 5000);
	wr_bytes(&m.w, (struct bytes){zeros, sizeof(zeros)});
	block_end(&m, from);
	int fd = as_file((struct bytes){file, m.w.len});

	assert_int_equal(block_new(&b), RC_OK);
	assert_int_equal(capture_open_fd(fd, "test", &c, &why), RC_OK);
	assert_int_equal(capture_read(c, b, 0), RC_OK);
	assert_int_equal(b->n, 2);
	assert_int_equal(b->frames[1].data.len, 4096);
	assert_int_equal(b->frames[1].wire_len, 5000);
	assert_int_equal(b->frames[1].at_ns, first_us * 1000); /* it has no time: that before it */
	capture_free(c);
	block_free(b);
	close(fd);
}

/* Frames of one size, each byte telling its number, over many blocks, two of them out at once. */
static void read_many(size_t frames, size_t size)
{
	struct made m = {.w = {file, 0, sizeof(file), false}};
	struct block *b[2] = {NULL, NULL};
	struct capture *c = NULL;
	const char *why = "";
	size_t seen = 0, turn = 0;

	pcap_head(&m, 0xa1b2c3d4);
	for (size_t i = 0; i < frames; i++) {
		pcap_record(&m, 0, (struct bytes){NULL, 0}, (uint32_t)size);
		wr_patch_le(&m.w, m.w.len - 8, 4, size);
		uint8_t *to = wr_room(&m.w, size);

		assert_non_null(to);
		memset(to, (int)(i % 251), size);
	}
	int fd = as_file((struct bytes){file, m.w.len});

	assert_int_equal(block_new(&b[0]), RC_OK);
	assert_int_equal(block_new(&b[1]), RC_OK);
	assert_int_equal(capture_open_fd(fd, "test", &c, &why), RC_OK);
	b[1]->n = 0;
	for (size_t kept = 0; capture_read(c, b[turn], 0) == RC_OK; turn = 1 - turn) {
		for (size_t i = 0; i < b[1 - turn]->n; i++) /* that of last time is untouched */
			assert_int_equal(b[1 - turn]->frames[i].data.at[0], (kept + i) % 251);
		kept = seen;
		for (size_t i = 0; i < b[turn]->n; i++, seen++) {
			const struct frame *f = &b[turn]->frames[i];

			assert_int_equal(f->data.len, size);
			assert_int_equal(f->data.at[0], seen % 251);
			assert_int_equal(f->data.at[size - 1], seen % 251);
		}
	}
	assert_int_equal(seen, frames);
	capture_free(c);
	block_free(b[0]);
	block_free(b[1]);
	close(fd);
}

static void blocks_follow_each_other_without_loss(void **unused)
{
	(void)unused;
	read_many(20000, 60);
	read_many(40000, 2);
	read_many(2500, 1514);
	read_many(15, FRAME_MAX);
}

static void a_descriptor_that_cannot_be_read_is_an_error(void **unused)
{
	struct capture *c = NULL;
	const char *why = NULL;
	int fds[2];

	(void)unused;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(capture_open_fd(fds[1], "test", &c, &why), RC_IO); /* the wrong end */
	assert_non_null(why);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_file_gives_the_same_frames),
		cmocka_unit_test(a_file_cut_anywhere_gives_what_is_whole),
		cmocka_unit_test(packed_files_are_unpacked),
		cmocka_unit_test(broken_packing_is_an_error_after_what_came_before),
		cmocka_unit_test(what_is_no_capture_is_named),
		cmocka_unit_test(an_impossible_length_is_an_error_with_its_place),
		cmocka_unit_test(packets_of_no_interface_are_skipped_and_counted),
		cmocka_unit_test(simple_packets_are_cut_at_the_snap_length),
		cmocka_unit_test(blocks_follow_each_other_without_loss),
		cmocka_unit_test(a_descriptor_that_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
