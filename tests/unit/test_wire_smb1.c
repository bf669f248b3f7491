/* What the writers of SMB 1 write, the readers read. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "wire/smb1_body.h"
#include "wire/smb1_trans.h"
#include "wire/utf16.h"

enum { UNICODE = SMB1_FLAG2_UNICODE };

static uint8_t room[4096];

static struct writer start(uint8_t cmd, uint8_t flags)
{
	struct writer w = {.at = room, .cap = sizeof(room)};

	smb1_write_header(&w, &(struct smb1_header){.cmd = cmd, .flags = flags, .flags2 = UNICODE});
	return w;
}

static struct bytes written(const struct writer *w)
{
	assert_false(w->bad);
	return (struct bytes){w->at, w->len};
}

/* Reads the first block of what was written; all of it must be there. */
static struct smb1_block first(struct bytes msg)
{
	struct smb1_header h;
	struct smb1_block b;

	assert_true(smb1_read_header(msg, &h));
	assert_true(smb1_read_block(msg, h.cmd, SMB1_HEADER, &b));
	assert_int_equal(b.data.len, b.byte_count);
	assert_int_equal(b.data_at + b.byte_count, msg.len);
	return b;
}

static void assert_bytes(struct bytes got, struct bytes want)
{
	assert_int_equal(got.len, want.len);
	if (want.len > 0)
		assert_memory_equal(got.at, want.at, want.len);
}

static void a_header_comes_back(void **unused)
{
	const struct smb1_header h = {.cmd = 0x2f,
				      .flags = 0x98,
				      .flags2 = 0xc807,
				      .status = 0xc0000022,
				      .pid = 0x12345678,
				      .signature = {1, 2, 3, 4, 5, 6, 7, 8},
				      .tid = 0x800,
				      .uid = 0x801,
				      .mid = 64};
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct smb1_header got;

	(void)unused;
	smb1_write_header(&w, &h);
	assert_int_equal(w.len, SMB1_HEADER);
	assert_true(smb1_read_header(written(&w), &got));
	assert_int_equal(got.status, h.status);
	assert_int_equal(got.pid, h.pid);
	assert_int_equal(got.flags2, h.flags2);
	assert_int_equal(got.tid, h.tid);
	assert_int_equal(got.uid, h.uid);
	assert_int_equal(got.mid, h.mid);
	assert_memory_equal(got.signature, h.signature, sizeof(h.signature));
	assert_false(smb1_read_header((struct bytes){room, SMB1_HEADER - 1}, &got));
	room[0] = 0xfe;
	assert_false(smb1_read_header(written(&w), &got));
}

static void dialects_are_found_by_name(void **unused)
{
	struct smb1_negotiate n;
	struct writer w = start(SMB1_NEGOTIATE, 0);

	(void)unused;
	smb1_write_negotiate(
		&w, &(struct smb1_negotiate){BYTES("\2PC NETWORK PROGRAM 1.0\0\2NT LM 0.12\0")});
	struct bytes msg = written(&w);
	struct smb1_block b = first(msg);

	assert_true(smb1_read_negotiate(msg, &b, &n));
	assert_true(smb1_has_dialect(&n, "NT LM 0.12"));
	assert_false(smb1_has_dialect(&n, "NT LM 0.1"));
	assert_false(smb1_has_dialect(&n, "SMB 2.002"));
}

static void a_session_setup_names_its_user(void **unused)
{
	uint8_t u[32], d[32], o[32];
	const struct smb1_session_setup s = {
		.is_unicode = true,
		.account = utf16_from_ascii("anna", u, sizeof(u)),
		.domain = utf16_from_ascii("OFFICE", d, sizeof(d)),
		.os = utf16_from_ascii("Windows 5.1", o, sizeof(o)),
	};
	struct smb1_session_setup got;
	struct writer w = start(SMB1_SESSION_SETUP, 0);

	(void)unused;
	smb1_write_session_setup(&w, &s);
	struct bytes msg = written(&w);
	struct smb1_block b = first(msg);

	assert_true(smb1_read_session_setup(msg, &b, true, &got));
	assert_bytes(got.account, s.account);
	assert_bytes(got.domain, s.domain);
	assert_bytes(got.os, s.os);
}

static void a_tree_connect_names_its_share(void **unused)
{
	uint8_t p[64];
	const struct smb1_tree_connect t = {true, utf16_from_ascii("\\\\S\\IPC$", p, sizeof(p)),
					    BYTES("?????")};
	struct smb1_tree_connect got;
	struct writer w = start(SMB1_TREE_CONNECT_ANDX, 0);

	(void)unused;
	smb1_write_tree_connect(&w, &t);
	struct bytes msg = written(&w);
	struct smb1_block b = first(msg);

	assert_true(smb1_read_tree_connect(msg, &b, true, &got));
	assert_bytes(got.path, t.path);
	assert_bytes(got.service, t.service);
}

static void a_create_names_a_pipe_and_gets_a_fid(void **unused)
{
	uint8_t p[64];
	struct smb1_nt_create got;
	struct smb1_opened opened;
	struct writer w = start(SMB1_NT_CREATE, 0);
	struct bytes name = utf16_from_ascii("\\BROWSER", p, sizeof(p));

	(void)unused;
	smb1_write_nt_create(
		&w, &(struct smb1_nt_create){.is_unicode = true, .access = 0x2019f, .name = name});
	struct bytes msg = written(&w);
	struct smb1_block b = first(msg);

	assert_true(smb1_read_create(msg, &b, true, &got));
	assert_bytes(got.name, name);
	assert_int_equal(got.access, 0x2019f);

	w = start(SMB1_NT_CREATE, SMB1_FLAG_REPLY);
	smb1_write_nt_created(&w, &(struct smb1_opened){0x4000, SMB1_TYPE_MESSAGE_PIPE, 0});
	b = first(written(&w));
	assert_true(smb1_read_opened(&b, &opened));
	assert_int_equal(opened.fid, 0x4000);
	assert_int_equal(opened.type, SMB1_TYPE_MESSAGE_PIPE);
}

static void written_data_is_found_where_the_words_say(void **unused)
{
	const struct bytes data = BYTES("\5\0\13\3 and so on");
	struct smb1_write x;
	struct smb1_data d;
	uint32_t count = 0;
	struct writer w = start(SMB1_WRITE_ANDX, 0);

	(void)unused;
	smb1_write_write_andx(&w, &(struct smb1_write){.fid = 0x4000,
						       .offset = UINT64_C(0x123456789a),
						       .mode = SMB1_WRITE_START,
						       .data = data});
	struct bytes msg = written(&w);
	struct smb1_block b = first(msg);

	assert_true(smb1_read_write(msg, &b, &x));
	assert_int_equal(x.fid, 0x4000);
	assert_true(x.offset == UINT64_C(0x123456789a));
	assert_int_equal(x.mode, SMB1_WRITE_START);
	assert_bytes(x.data, data);

	w = start(SMB1_READ_ANDX, SMB1_FLAG_REPLY);
	smb1_write_data_andx(&w, &(struct smb1_data){.data = data});
	msg = written(&w);
	b = first(msg);
	assert_true(smb1_read_data(msg, &b, &d));
	assert_bytes(d.data, data);

	w = start(SMB1_WRITE_ANDX, SMB1_FLAG_REPLY);
	smb1_write_written_andx(&w, 0x12345);
	b = first(written(&w));
	assert_true(smb1_read_written(&b, &count));
	assert_int_equal(count, 0x12345);
}

static void a_read_says_what_of_which_file(void **unused)
{
	struct smb1_read got;
	struct writer w = start(SMB1_READ_ANDX, 0);
	struct smb1_block b;
	uint16_t fid = 0;

	(void)unused;
	smb1_write_read_andx(&w, &(struct smb1_read){7, UINT64_C(0x100000000), 0x10000});
	b = first(written(&w));
	assert_true(smb1_read_read(&b, &got));
	assert_int_equal(got.fid, 7);
	assert_int_equal(got.count, 0x10000);
	assert_true(got.offset == UINT64_C(0x100000000));

	w = start(SMB1_CLOSE, 0);
	smb1_write_close(&w, 9);
	b = first(written(&w));
	assert_true(smb1_read_close(&b, &fid));
	assert_int_equal(fid, 9);
}

static void every_kind_of_transaction_comes_back(void **unused)
{
	static const struct {
		uint8_t cmd, flags, words;
	} kinds[] = {
		{SMB1_TRANS, 0, 16},
		{SMB1_TRANS, SMB1_FLAG_REPLY, 12},
		{SMB1_TRANS_SECONDARY, 0, 8},
		{SMB1_TRANS2, 0, 16},
		{SMB1_TRANS2_SECONDARY, 0, 9},
		{SMB1_NT_TRANS, 0, 21},
		{SMB1_NT_TRANS, SMB1_FLAG_REPLY, 20},
		{SMB1_NT_TRANS_SECONDARY, 0, 18},
	};
	uint8_t name[32];

	(void)unused;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct writer w = start(kinds[i].cmd, kinds[i].flags);
		struct smb1_trans got,
			t = {
				.cmd = kinds[i].cmd,
				.is_response = kinds[i].flags != 0,
				.is_unicode = true,
				.n_setup = 2,
				.setup = {SMB1_PIPE_TRANSACT, 0x4000},
				.name = utf16_from_ascii("\\PIPE\\", name, sizeof(name)),
				.params = {.bytes = BYTES("abc")},
				.data = {.total = 100, .displacement = 10, .bytes = BYTES("defgh")},
			};
		struct smb1_header h;

		smb1_write_trans(&w, &t);
		struct bytes msg = written(&w);
		struct smb1_block b = first(msg);

		assert_int_equal(b.words.len, 2 * kinds[i].words);
		assert_true(smb1_read_header(msg, &h));
		assert_true(smb1_read_trans(msg, &b, &h, &got));
		assert_bytes(got.params.bytes, t.params.bytes);
		assert_bytes(got.data.bytes, t.data.bytes);
		assert_int_equal(got.params.total, 3);
		assert_int_equal(got.data.total, 100);
		bool is_secondary = got.n_setup == 0;

		assert_int_equal(got.data.displacement,
				 kinds[i].words == 16 || kinds[i].words == 21 ? 0 : 10);
		if (!is_secondary)
			assert_int_equal(got.setup[1], 0x4000);
		if (kinds[i].cmd == SMB1_TRANS && !t.is_response)
			assert_bytes(got.name, t.name);
	}
}

static void a_chain_is_walked_and_a_loop_is_seen(void **unused)
{
	struct writer w = start(SMB1_WRITE_ANDX, 0);
	size_t at = w.len, next = 0;
	uint8_t cmd = 0;
	struct smb1_block b;

	(void)unused;
	smb1_write_write_andx(&w, &(struct smb1_write){.fid = 1, .data = BYTES("x")});
	smb1_write_chain(&w, at, SMB1_READ_ANDX);
	smb1_write_read_andx(&w, &(struct smb1_read){.fid = 1});
	struct bytes msg = written(&w);

	assert_true(smb1_read_block(msg, SMB1_WRITE_ANDX, at, &b));
	assert_int_equal(smb1_next(&b, &cmd, &next), SMB1_CHAIN_NEXT);
	assert_int_equal(cmd, SMB1_READ_ANDX);
	assert_true(smb1_read_block(msg, cmd, next, &b));
	assert_int_equal(smb1_next(&b, &cmd, &next), SMB1_CHAIN_END);

	wr_patch_le(&w, at + 3, 2, at); /* to itself */
	assert_true(smb1_read_block(msg, SMB1_WRITE_ANDX, at, &b));
	assert_int_equal(smb1_next(&b, &cmd, &next), SMB1_CHAIN_BAD);
}

static void a_cut_message_gives_what_is_there(void **unused)
{
	struct writer w = start(SMB1_WRITE_ANDX, 0);
	struct smb1_block b;
	struct smb1_write x;

	(void)unused;
	smb1_write_write_andx(&w, &(struct smb1_write){.fid = 1, .data = BYTES("0123456789")});
	struct bytes msg = written(&w);

	msg.len -= 4;
	assert_true(smb1_read_block(msg, SMB1_WRITE_ANDX, SMB1_HEADER, &b));
	assert_int_equal(b.byte_count, 11);
	assert_int_equal(b.data.len, 7);
	assert_true(smb1_read_write(msg, &b, &x));
	assert_int_equal(x.data_len, 10);
	assert_int_equal(x.data.len, 6);
	for (; msg.len > 0; msg.len--)
		(void)smb1_read_block(msg, SMB1_WRITE_ANDX, SMB1_HEADER, &b);
	assert_false(smb1_read_block(msg, SMB1_WRITE_ANDX, SMB1_HEADER, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_comes_back),
		cmocka_unit_test(dialects_are_found_by_name),
		cmocka_unit_test(a_session_setup_names_its_user),
		cmocka_unit_test(a_tree_connect_names_its_share),
		cmocka_unit_test(a_create_names_a_pipe_and_gets_a_fid),
		cmocka_unit_test(written_data_is_found_where_the_words_say),
		cmocka_unit_test(a_read_says_what_of_which_file),
		cmocka_unit_test(every_kind_of_transaction_comes_back),
		cmocka_unit_test(a_chain_is_walked_and_a_loop_is_seen),
		cmocka_unit_test(a_cut_message_gives_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
