/* What the writers of SMB 2 write, the readers read. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "wire/smb2.h"
#include "wire/smb2_context.h"
#include "wire/utf16.h"

static uint8_t room[2048];

static struct writer start(uint16_t cmd, uint32_t flags)
{
	struct writer w = {.at = room, .cap = sizeof(room)};

	smb2_write_header(&w, &(struct smb2_header){.cmd = cmd, .flags = flags, .msg_id = 5});
	return w;
}

static struct bytes written(const struct writer *w)
{
	assert_false(w->bad);
	return (struct bytes){w->at, w->len};
}

static void a_header_comes_back(void **unused)
{
	(void)unused;
	for (uint32_t flags = 0; flags < 16; flags++) {
		const struct smb2_header h = {.credit_charge = 1,
					      .cmd = SMB2_IOCTL,
					      .credits = 31,
					      .status = 0x103,
					      .flags = flags,
					      .next = 8,
					      .msg_id = UINT64_C(0x1122334455667788),
					      .async_id = (flags & SMB2_FLAG_ASYNC) != 0 ? 77 : 0,
					      .tid = (flags & SMB2_FLAG_ASYNC) != 0 ? 0 : 9,
					      .session_id = 99};
		struct smb2_header got;
		struct writer w = {.at = room, .cap = sizeof(room)};

		smb2_write_header(&w, &h);
		assert_int_equal(w.len, SMB2_HEADER);
		assert_true(smb2_read_header(written(&w), &got));
		assert_int_equal(got.cmd, h.cmd);
		assert_int_equal(got.flags, flags);
		assert_int_equal(got.next, 8);
		assert_true(got.msg_id == h.msg_id);
		assert_true(got.async_id == h.async_id);
		assert_int_equal(got.tid, h.tid);
		assert_true(got.session_id == 99);
		assert_false(smb2_read_header((struct bytes){room, SMB2_HEADER - 1}, &got));
	}
}

static void names_come_back(void **unused)
{
	uint8_t p[64];
	struct smb2_tree_connect t;
	struct smb2_create c;
	struct bytes name = utf16_from_ascii("srvsvc", p, sizeof(p));
	struct writer w = start(SMB2_TREE_CONNECT, 0);

	(void)unused;
	smb2_write_tree_connect(&w, &(struct smb2_tree_connect){name});
	assert_true(smb2_read_tree_connect(written(&w), &t));
	assert_true(bytes_eq(t.path, name));
	assert_false(smb2_read_create(written(&w), &c));

	w = start(SMB2_CREATE, 0);
	smb2_write_create(&w, &(struct smb2_create){.access = 3, .disposition = 1, .name = name});
	assert_true(smb2_read_create(written(&w), &c));
	assert_true(bytes_eq(c.name, name));
	assert_int_equal(c.access, 3);
}

static void negotiation_and_logon_come_back(void **unused)
{
	struct smb2_negotiate n;
	struct smb2_negotiated d;
	struct smb2_session s;
	struct smb2_tree t;
	struct writer w = start(SMB2_NEGOTIATE, 0);

	(void)unused;
	smb2_write_negotiate(&w,
			     &(struct smb2_negotiate){.n_dialects = 2, .dialects = {0x202, 0x302}});
	assert_true(smb2_read_negotiate(written(&w), &n));
	assert_int_equal(n.n_dialects, 2);
	assert_int_equal(n.dialects[1], 0x302);

	w = start(SMB2_NEGOTIATE, SMB2_FLAG_REPLY);
	smb2_write_negotiated(&w, &(struct smb2_negotiated){.dialect = 0x302,
							    .max_read = 65536,
							    .blob = BYTES("blob")});
	assert_true(smb2_read_negotiated(written(&w), &d));
	assert_int_equal(d.dialect, 0x302);
	assert_int_equal(d.max_read, 65536);
	assert_true(bytes_eq(d.blob, BYTES("blob")));

	w = start(SMB2_SESSION_SETUP, 0);
	smb2_write_session_setup(&w, &(struct smb2_session){0, BYTES("ntlm")});
	assert_true(smb2_read_session_setup(written(&w), &s));
	assert_true(bytes_eq(s.blob, BYTES("ntlm")));

	w = start(SMB2_SESSION_SETUP, SMB2_FLAG_REPLY);
	smb2_write_session(&w, &(struct smb2_session){1, BYTES("yes")});
	assert_true(smb2_read_session(written(&w), &s));
	assert_int_equal(s.flags, 1);
	assert_true(bytes_eq(s.blob, BYTES("yes")));

	w = start(SMB2_TREE_CONNECT, SMB2_FLAG_REPLY);
	smb2_write_tree(&w, &(struct smb2_tree){SMB2_SHARE_PIPE});
	assert_true(smb2_read_tree(written(&w), &t));
	assert_int_equal(t.share_type, SMB2_SHARE_PIPE);
}

static void files_come_back(void **unused)
{
	const struct bytes data = BYTES("\5\0\0\3 and so on");
	struct smb2_created c;
	struct smb2_read r;
	struct smb2_data d;
	struct smb2_write x;
	struct smb2_close close;
	uint32_t count = 0;
	struct writer w = start(SMB2_CREATE, SMB2_FLAG_REPLY);

	(void)unused;
	smb2_write_created(&w, &(struct smb2_created){.size = 7, .file_id = {1, [15] = 2}});
	assert_true(smb2_read_created(written(&w), &c));
	assert_int_equal(c.file_id[15], 2);

	w = start(SMB2_READ, 0);
	smb2_write_read(&w, &(struct smb2_read){.file_id = {3}, .offset = 4, .count = 5});
	assert_true(smb2_read_read(written(&w), &r));
	assert_int_equal(r.file_id[0], 3);
	assert_int_equal(r.offset, 4);
	assert_int_equal(r.count, 5);

	w = start(SMB2_READ, SMB2_FLAG_REPLY);
	smb2_write_data(&w, &(struct smb2_data){.data = data});
	assert_true(smb2_read_data(written(&w), &d));
	assert_true(bytes_eq(d.data, data));

	w = start(SMB2_WRITE, 0);
	smb2_write_write(&w, &(struct smb2_write){.file_id = {6}, .offset = 7, .data = data});
	assert_true(smb2_read_write(written(&w), &x));
	assert_true(bytes_eq(x.data, data));
	assert_int_equal(x.offset, 7);
	struct bytes cut = written(&w);

	cut.len -= 5;
	assert_true(smb2_read_write(cut, &x));
	assert_int_equal(x.data_len, data.len);
	assert_int_equal(x.data.len, data.len - 5);

	w = start(SMB2_WRITE, SMB2_FLAG_REPLY);
	smb2_write_written(&w, 12);
	assert_true(smb2_read_written(written(&w), &count));
	assert_int_equal(count, 12);

	w = start(SMB2_CLOSE, 0);
	smb2_write_close(&w, &(struct smb2_close){{8}});
	assert_true(smb2_read_close(written(&w), &close));
	assert_int_equal(close.file_id[0], 8);
}

static void pipe_calls_come_back(void **unused)
{
	(void)unused;
	for (int is_response = 0; is_response < 2; is_response++) {
		struct writer w = start(SMB2_IOCTL, (uint32_t)is_response);
		struct smb2_ioctl got;

		smb2_write_ioctl(&w, is_response != 0,
				 &(struct smb2_ioctl){.code = SMB2_PIPE_TRANSCEIVE,
						      .file_id = {9},
						      .data = BYTES("call")});
		assert_true(smb2_read_ioctl(written(&w), is_response != 0, &got));
		assert_false(smb2_read_ioctl(written(&w), is_response == 0, &got));
		assert_true(smb2_read_ioctl(written(&w), is_response != 0, &got));
		assert_int_equal(got.code, SMB2_PIPE_TRANSCEIVE);
		assert_int_equal(got.file_id[0], 9);
		assert_true(bytes_eq(got.data, BYTES("call")));
		assert_int_equal(got.data_at + got.data_len, w.len);
	}
}

static void an_error_is_none_of_the_bodies(void **unused)
{
	struct writer w = start(SMB2_CREATE, SMB2_FLAG_REPLY);
	struct smb2_created c;

	(void)unused;
	smb2_write_error(&w);
	assert_false(smb2_read_created(written(&w), &c));
}

static void a_compound_has_its_parts_at_multiples_of_8(void **unused)
{
	struct writer w = start(SMB2_ECHO, 0);
	struct smb2_header h;

	(void)unused;
	smb2_write_empty(&w);
	assert_int_equal(smb2_end_of_compound_part(&w, 0), 72);
	assert_true(smb2_read_header(written(&w), &h));
	assert_int_equal(h.next, 72);
}

static void what_hides_the_content_is_told_apart(void **unused)
{
	struct smb2_transform t;
	struct smb2_compressed c;
	struct writer w = {.at = room, .cap = sizeof(room)};

	(void)unused;
	smb2_write_transform(&w, &(struct smb2_transform){1000, 1, 7});
	assert_int_equal(w.len, SMB2_TRANSFORM_HEADER);
	assert_int_equal(smb2_kind_of(written(&w)), SMB2_TRANSFORM);
	assert_true(smb2_read_transform(written(&w), &t));
	assert_int_equal(t.original_size, 1000);
	assert_int_equal(t.session_id, 7);

	w.len = 0;
	smb2_write_compressed(&w, &(struct smb2_compressed){500, 1, true, 20});
	assert_int_equal(smb2_kind_of(written(&w)), SMB2_COMPRESSED);
	assert_true(smb2_read_compressed(written(&w), &c));
	assert_true(c.is_chained);
	assert_int_equal(c.algorithm, 1);
	assert_false(smb2_read_transform(written(&w), &t));
}

/* As Windows 10 1903 answers: a hash, a cipher, and one way to compress (MS-SMB2 2.2.4.1). */
static void contexts_follow_a_negotiate_and_are_walked(void **unused)
{
	static const uint8_t hash[] = {1, 0, 2, 0, 1, 0, 7, 8};
	static const uint8_t lz77[] = {1, 0, 0, 0, 0, 0, 0, 0, 2, 0};
	static const uint8_t none[] = {2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0};
	static const uint8_t claims[] = {255, 255, 0, 0, 0, 0, 0, 0, 1, 0};
	const struct smb2_context list[] = {
		{SMB2_PREAUTH_INTEGRITY, {hash, sizeof(hash)}},
		{SMB2_COMPRESSION, {lz77, sizeof(lz77)}},
		{77, {NULL, 0}},
	};

	(void)unused;
	for (int is_response = 0; is_response < 2; is_response++) {
		struct writer w = start(SMB2_NEGOTIATE, is_response ? SMB2_FLAG_REPLY : 0);
		struct smb2_contexts c;
		struct smb2_context got;

		if (is_response)
			smb2_write_negotiated(&w, &(struct smb2_negotiated){.dialect = 0x311,
									    .blob = BYTES("b")});
		else
			smb2_write_negotiate(
				&w, &(struct smb2_negotiate){.n_dialects = 1, .dialects = {0x311}});
		smb2_write_contexts(&w, 0, list, 3);
		assert_false(w.bad);
		c = smb2_contexts(written(&w));
		for (unsigned i = 0; i < 3; i++) {
			assert_true(smb2_next_context(&c, &got));
			assert_int_equal(got.type, list[i].type);
			assert_true(bytes_eq(got.data, list[i].data));
		}
		assert_false(smb2_next_context(&c, &got));
		for (size_t cut = 0; cut < w.len; cut++) { /* never more than there is */
			unsigned n = 0;

			c = smb2_contexts((struct bytes){room, cut});
			while (smb2_next_context(&c, &got))
				n++;
			assert_true(n < 3);
		}
	}
	assert_int_equal(smb2_compression_algorithms((struct bytes){lz77, sizeof(lz77)}), 1);
	assert_int_equal(smb2_compression_algorithms((struct bytes){none, sizeof(none)}), 1);
	assert_int_equal(smb2_compression_algorithms((struct bytes){claims, sizeof(claims)}), 1);
	assert_int_equal(smb2_compression_algorithms((struct bytes){lz77, 8}), 0);
	assert_int_equal(smb2_compression_algorithms((struct bytes){NULL, 0}), 0);
}

static void an_answer_before_3_1_1_has_no_contexts(void **unused)
{
	struct writer w = start(SMB2_NEGOTIATE, SMB2_FLAG_REPLY);
	const struct smb2_context one = {SMB2_COMPRESSION, {NULL, 0}};
	struct smb2_contexts c;
	struct smb2_context got;

	(void)unused;
	smb2_write_negotiated(&w, &(struct smb2_negotiated){.dialect = 0x302});
	smb2_write_contexts(&w, 0, &one, 1); /* bytes that mean nothing there */
	c = smb2_contexts(written(&w));
	assert_false(smb2_next_context(&c, &got));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_comes_back),
		cmocka_unit_test(names_come_back),
		cmocka_unit_test(negotiation_and_logon_come_back),
		cmocka_unit_test(files_come_back),
		cmocka_unit_test(pipe_calls_come_back),
		cmocka_unit_test(an_error_is_none_of_the_bodies),
		cmocka_unit_test(a_compound_has_its_parts_at_multiples_of_8),
		cmocka_unit_test(contexts_follow_a_negotiate_and_are_walked),
		cmocka_unit_test(an_answer_before_3_1_1_has_no_contexts),
		cmocka_unit_test(what_hides_the_content_is_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
