/* Whole conversations through the stream parser, cut into segments of every awkward size. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "heard.h"
#include "proto/files.h"
#include "proto/nbss.h"
#include "wire/dcerpc.h"
#include "wire/nbss.h"
#include "wire/smb1_body.h"
#include "wire/smb1_trans.h"
#include "wire/smb2.h"
#include "wire/srvsvc.h"
#include "wire/utf16.h"

enum { TALK = 64 * 1024, TURNS = 64, MSG = 8192 };

struct talk { /* a conversation, before it is cut into segments */
	uint8_t room[TALK];
	size_t used, n;
	struct {
		enum dir dir;
		size_t at, len;
	} turn[TURNS];
	uint8_t msg[MSG]; /* the message being written */
	struct writer w;
	uint16_t mid;
};

static struct talk talk;
static struct heard heard;

static void restart(void)
{
	memset(&talk, 0, sizeof(talk));
}

static void say(enum dir dir)
{
	struct writer to = {.at = talk.room + talk.used, .cap = TALK - talk.used};

	nbss_write_message(&to, (struct bytes){talk.w.at, talk.w.len});
	assert_false(talk.w.bad || to.bad);
	talk.turn[talk.n].dir = dir;
	talk.turn[talk.n].at = talk.used;
	talk.turn[talk.n++].len = to.len;
	talk.used += to.len;
}

static struct writer *smb1(uint8_t cmd, enum dir dir)
{
	talk.w = (struct writer){.at = talk.msg, .cap = MSG};
	talk.mid = (uint16_t)(talk.mid + (dir == TO_SERVER ? 1 : 0));
	smb1_write_header(&talk.w, &(struct smb1_header){.cmd = cmd,
							 .flags = dir == TO_CLIENT ? 0x80 : 0,
							 .flags2 = SMB1_FLAG2_UNICODE,
							 .tid = 1,
							 .mid = talk.mid});
	return &talk.w;
}

static struct writer *smb2(uint16_t cmd, enum dir dir)
{
	talk.w = (struct writer){.at = talk.msg, .cap = MSG};
	talk.mid = (uint16_t)(talk.mid + (dir == TO_SERVER ? 1 : 0));
	smb2_write_header(&talk.w,
			  &(struct smb2_header){.cmd = cmd,
						.flags = dir == TO_CLIENT ? SMB2_FLAG_REPLY : 0,
						.tid = 1,
						.msg_id = talk.mid});
	return &talk.w;
}

/* What the parser tells of the conversation in segments of `size`. */
static const char *tell(size_t size)
{
	struct stream s;

	memset(&heard, 0, sizeof(heard));
	stream_open(&s, &proto_nbss, &heard);
	for (size_t i = 0; i < talk.n; i++)
		stream_send(&s, talk.turn[i].dir,
			    (struct bytes){talk.room + talk.turn[i].at, talk.turn[i].len}, size);
	stream_close(&s);
	return heard.text;
}

static void assert_told(const char *want)
{
	static const size_t sizes[] = {SIZE_MAX / 2, 1460, 100, 7, 1};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const char *got = tell(sizes[i]);

		if (strcmp(got, want) != 0)
			print_message("in segments of %zu:\n%s", sizes[i], got);
		assert_string_equal(got, want);
	}
}

static struct bytes utf16(const char *text)
{
	static uint8_t room[4][512];
	static unsigned next;

	next = (next + 1) % 4;
	return utf16_from_ascii(text, room[next], sizeof(room[0]));
}

static const struct dcerpc_header request_header = {
	.ptype = DCERPC_REQUEST, .flags = 3, .drep = {DCERPC_LE}, .call_id = 7};

static struct bytes bind(unsigned n)
{
	static uint8_t room[2048];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct dcerpc_context c[16] = {0};

	for (uint16_t i = 0; i < n; i++) {
		c[i].id = i;
		c[i].iface = i + 1U == n ? uuid_srvsvc : (struct uuid){i, 1, 1, {1}};
		c[i].version = 3;
	}
	dcerpc_write_bind(&w, &request_header, &(struct dcerpc_bind){4280, 4280, 0, (uint8_t)n}, c);
	return (struct bytes){room, w.len};
}

static struct bytes bind_ack(unsigned n)
{
	static uint8_t room[1024];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct dcerpc_result x[16] = {0};

	for (unsigned i = 0; i + 1 < n; i++)
		x[i].result = DCERPC_REJECTED;
	x[n - 1].transfer = dcerpc_ndr;
	dcerpc_write_bind_ack(&w, &request_header, &(struct dcerpc_bind){4280, 4280, 1, (uint8_t)n},
			      x);
	return (struct bytes){room, w.len};
}

/* Canonicalize, in fragments of `max` bytes of stub. */
static struct bytes canonicalize(const char *path, uint16_t ctx, size_t max)
{
	static uint8_t room[2048], stub[1024];
	struct writer w = {.at = room, .cap = sizeof(room)}, sw = {.at = stub, .cap = sizeof(stub)};
	struct ndr n = ndr_writer(&sw, false, false);
	struct srvsvc_request x = {.opnum = 31, .outbuf_len = 2, .path_type = 1};

	x.path = ndr_string_of(utf16(path));
	x.path2 = ndr_string_of(utf16("\\"));
	assert_true(srvsvc_request(&n, &x));
	dcerpc_write_fragments(&w, &request_header,
			       &(struct dcerpc_call){.ctx_id = ctx, .opnum = 31},
			       (struct bytes){stub, sw.len}, max);
	assert_false(w.bad);
	return (struct bytes){room, w.len};
}

static struct bytes answer(uint32_t status)
{
	static uint8_t room[256], stub[64];
	struct writer w = {.at = room, .cap = sizeof(room)}, sw = {.at = stub, .cap = sizeof(stub)};
	struct ndr n = ndr_writer(&sw, false, false);
	struct srvsvc_response x = {.opnum = 31, .status = status};
	struct dcerpc_header h = request_header;

	assert_true(srvsvc_response(&n, &x));
	h.ptype = DCERPC_RESPONSE;
	dcerpc_write_call(&w, &h, &(struct dcerpc_call){0}, (struct bytes){stub, sw.len});
	return (struct bytes){room, w.len};
}

static void smb1_open(const char *pipe)
{
	smb1_write_tree_connect(
		smb1(SMB1_TREE_CONNECT_ANDX, TO_SERVER),
		&(struct smb1_tree_connect){true, utf16("\\\\S\\IPC$"), BYTES("?????")});
	say(TO_SERVER);
	smb1_write_tree(smb1(SMB1_TREE_CONNECT_ANDX, TO_CLIENT), &(struct smb1_tree){BYTES("IPC")});
	say(TO_CLIENT);
	smb1_write_nt_create(smb1(SMB1_NT_CREATE, TO_SERVER),
			     &(struct smb1_nt_create){.is_unicode = true, .name = utf16(pipe)});
	say(TO_SERVER);
	smb1_write_nt_created(smb1(SMB1_NT_CREATE, TO_CLIENT),
			      &(struct smb1_opened){0x4000, SMB1_TYPE_MESSAGE_PIPE, 0});
	say(TO_CLIENT);
}

static void smb1_write_pipe(struct bytes data)
{
	smb1_write_write_andx(smb1(SMB1_WRITE_ANDX, TO_SERVER),
			      &(struct smb1_write){.fid = 0x4000, .mode = 8, .data = data});
	say(TO_SERVER);
	smb1_write_written_andx(smb1(SMB1_WRITE_ANDX, TO_CLIENT), (uint32_t)data.len);
	say(TO_CLIENT);
}

static void smb1_read_pipe(struct bytes data)
{
	smb1_write_read_andx(smb1(SMB1_READ_ANDX, TO_SERVER), &(struct smb1_read){0x4000, 0, 4280});
	say(TO_SERVER);
	smb1_write_data_andx(smb1(SMB1_READ_ANDX, TO_CLIENT), &(struct smb1_data){.data = data});
	say(TO_CLIENT);
}

static void transact(enum dir dir, struct bytes data)
{
	smb1_write_trans(smb1(SMB1_TRANS, dir), &(struct smb1_trans){
							.cmd = SMB1_TRANS,
							.is_response = dir == TO_CLIENT,
							.is_unicode = true,
							.n_setup = dir == TO_SERVER ? 2 : 0,
							.setup = {SMB1_PIPE_TRANSACT, 0x4000},
							.name = utf16("\\PIPE\\"),
							.data = {.bytes = data},
						});
	say(dir);
}

#define OPENED                                                                                     \
	"C smb1 75 chain=0 fid=ffff '\\\\S\\IPC$'\n"                                               \
	"S smb1 75 re chain=0 fid=ffff '\\\\S\\IPC$'\n"                                            \
	"C smb1 a2 chain=0 fid=ffff '\\BROWSER'\n"                                                 \
	"S smb1 a2 re chain=0 fid=4000 '\\BROWSER'\n"

static void a_canonicalize_by_transact_is_told_with_its_answer(void **unused)
{
	(void)unused;
	restart();
	smb1_open("\\BROWSER");
	transact(TO_SERVER, bind(1));
	transact(TO_CLIENT, bind_ack(1));
	transact(TO_SERVER, canonicalize("\\a\\..\\..\\b", 0, 0));
	transact(TO_CLIENT, answer(0x7b));
	assert_told(OPENED "C smb1 25 chain=0 fid=4000 '\\BROWSER'\n"
			   "C rpc 11 srvsvc op=-1 n=1/0/0 on 'BROWSER'\n"
			   "S smb1 25 re chain=0 fid=4000 '\\BROWSER'\n"
			   "S rpc 12 ? op=-1 n=1/0/0 on 'BROWSER'\n"
			   "C smb1 25 chain=0 fid=4000 '\\BROWSER'\n"
			   "C rpc 0 srvsvc op=31 n=0/0/0 on 'BROWSER'\n"
			   "C srvsvc 31 '\\a\\..\\..\\b' '\\' status=0\n"
			   "S smb1 25 re chain=0 fid=4000 '\\BROWSER'\n"
			   "S rpc 2 srvsvc op=31 n=0/0/0 on 'BROWSER'\n"
			   "S srvsvc 31 re '\\a\\..\\..\\b' '' status=7b\n");
}

static void a_call_cut_three_times_over_is_whole_again(void **unused)
{
	(void)unused;
	restart();
	smb1_open("\\BROWSER");
	struct bytes b = bind(16), c = canonicalize("\\a\\..\\..\\b", 15, 30);

	/* Sixteen contexts over three writes, then a call of several fragments over two. */
	smb1_write_pipe(bytes_slice(b, 0, 458));
	smb1_write_pipe(bytes_slice(b, 458, 116));
	smb1_write_pipe(bytes_slice(b, 574, SIZE_MAX));
	smb1_read_pipe(bind_ack(16));
	smb1_write_pipe(bytes_slice(c, 0, 50));
	smb1_write_pipe(bytes_slice(c, 50, SIZE_MAX));
	const char *got = tell(13);

	assert_non_null(strstr(got, "C rpc 11 ? op=-1 n=16/15/0 on 'BROWSER'\n"));
	assert_non_null(strstr(got, "S rpc 12 ? op=-1 n=16/0/15 on 'BROWSER'\n"));
	assert_non_null(strstr(got, "C srvsvc 31 '\\a\\..\\..\\b' '\\' status=0\n"));
	assert_null(strchr(got, '!'));
	/* Each fragment is told. */
	unsigned fragments = 0;

	while ((got = strstr(got, "C rpc 0 srvsvc op=31")) != NULL) {
		got++;
		fragments++;
	}
	assert_int_equal(fragments, 3);
}

static void a_call_whose_beginning_was_not_heard_is_guessed(void **unused)
{
	(void)unused;
	restart();
	transact(TO_SERVER, canonicalize("\\a", 0, 0));
	transact(TO_CLIENT, answer(0));
	smb1_write_pipe(canonicalize("\\b", 3, 0));
	smb1_read_pipe(answer(0x57));
	assert_told("C smb1 25 chain=0 fid=4000 ''\n"
		    "C rpc 0 ? op=31 n=0/0/0 on ''\n"
		    "C srvsvc 31 guessed '\\a' '\\' status=0\n"
		    "S smb1 25 re chain=0 fid=4000 ''\n"
		    "S rpc 2 ? op=31 n=0/0/0 on ''\n"
		    "S srvsvc 31 re guessed '\\a' '' status=0\n"
		    "C smb1 2f chain=0 fid=4000 ''\n"
		    "C rpc 0 ? op=31 n=0/0/0 on ''\n"
		    "C srvsvc 31 guessed '\\b' '\\' status=0\n"
		    "S smb1 2f re chain=0 fid=4000 ''\n"
		    "C smb1 2e chain=0 fid=4000 ''\n"
		    "S smb1 2e re chain=0 fid=4000 ''\n"
		    "S rpc 2 ? op=31 n=0/0/0 on ''\n"
		    "S srvsvc 31 re guessed '\\b' '' status=57\n");
}

/* A TRANSACTION_SECONDARY whose piece of `call` lies at `at`. */
static void secondary(struct smb1_trans *t, struct bytes call, uint32_t at)
{
	talk.w = (struct writer){.at = talk.msg, .cap = MSG};
	smb1_write_header(&talk.w, &(struct smb1_header){.cmd = SMB1_TRANS_SECONDARY,
							 .flags2 = SMB1_FLAG2_UNICODE,
							 .tid = 1,
							 .mid = talk.mid}); /* as the first part */
	t->cmd = SMB1_TRANS_SECONDARY;
	t->data.displacement = at;
	t->data.bytes = bytes_slice(call, at % call.len, 50);
	smb1_write_trans(&talk.w, t);
	say(TO_SERVER);
}

static void a_transaction_in_several_messages_is_put_together(void **unused)
{
	struct bytes call = canonicalize("\\a\\..\\..\\b", 0, 0);

	(void)unused;
	restart();
	smb1_open("\\BROWSER");
	struct smb1_trans t = {
		.cmd = SMB1_TRANS,
		.is_unicode = true,
		.n_setup = 2,
		.setup = {SMB1_PIPE_TRANSACT, 0x4000},
		.name = utf16("\\PIPE\\"),
		.data = {.total = (uint32_t)call.len, .bytes = bytes_slice(call, 0, 40)},
	};

	smb1_write_trans(smb1(SMB1_TRANS, TO_SERVER), &t);
	say(TO_SERVER);
	smb1_write_block(smb1(SMB1_TRANS, TO_CLIENT), (struct bytes){NULL, 0},
			 (struct bytes){NULL, 0});
	say(TO_CLIENT);
	for (uint32_t at = 40; at < call.len; at += 50)
		secondary(&t, call, at);
	const char *got = tell(9);

	assert_non_null(strstr(got, "C srvsvc 31 guessed '\\a\\..\\..\\b' '\\' status=0\n"));
	assert_null(strchr(got, '!'));
}

static void a_piece_past_the_end_of_its_transaction_is_told(void **unused)
{
	struct bytes call = canonicalize("\\a\\..\\..\\b", 0, 0);
	struct smb1_trans t = {
		.cmd = SMB1_TRANS,
		.n_setup = 2,
		.setup = {SMB1_PIPE_TRANSACT, 0x4000},
		.data = {.total = (uint32_t)call.len, .bytes = bytes_slice(call, 0, 40)},
	};

	(void)unused;
	restart();
	smb1_open("\\BROWSER");
	smb1_write_trans(smb1(SMB1_TRANS, TO_SERVER), &t);
	say(TO_SERVER);
	secondary(&t, call, 40);
	assert_null(strchr(tell(9), '!'));
	secondary(&t, call, (uint32_t)call.len + 3);
	assert_non_null(strstr(tell(9), "smb1 data-past-total"));
}

static void requests_that_nobody_answers_are_forgotten_but_not_quietly(void **unused)
{
	struct stream s;

	(void)unused;
	memset(&heard, 0, sizeof(heard));
	stream_open(&s, &proto_nbss, &heard);
	for (unsigned i = 0; i < 2 * PENDING_MAX + 2; i++) {
		uint16_t mid = talk.mid;

		restart();
		talk.mid = mid;
		smb1_write_read_andx(smb1(SMB1_READ_ANDX, TO_SERVER),
				     &(struct smb1_read){0x4000, 0, 10});
		say(TO_SERVER);
		if (i == PENDING_MAX)
			assert_null(strstr(heard.text, "blind"));
		stream_segment(&s, TO_SERVER, (struct bytes){talk.room, talk.used});
	}
	stream_close(&s);
	const char *first = strstr(heard.text, "C blind pending-limit\n");

	assert_non_null(first);
	assert_null(strstr(first + strlen("C blind"), "blind"));
}

static void a_pipe_that_was_opened_out_of_hearing_is_told_once(void **unused)
{
	uint8_t filler[40] = {'A'};

	(void)unused;
	restart();
	transact(TO_SERVER, (struct bytes){filler, sizeof(filler)});
	transact(TO_SERVER, (struct bytes){filler, sizeof(filler)});
	const char *first = strstr(tell(9), "C blind unopened-limit\n");

	assert_non_null(first);
	assert_null(strstr(first + strlen("C blind"), "blind"));
}

static void file_contents_are_passed_over(void **unused)
{
	static uint8_t filler[4000];
	struct stream s;

	(void)unused;
	memset(filler, 5, sizeof(filler));
	restart();
	smb1_write_tree_connect(
		smb1(SMB1_TREE_CONNECT_ANDX, TO_SERVER),
		&(struct smb1_tree_connect){true, utf16("\\\\S\\DATA"), BYTES("A:")});
	say(TO_SERVER);
	smb1_write_tree(smb1(SMB1_TREE_CONNECT_ANDX, TO_CLIENT), &(struct smb1_tree){BYTES("A:")});
	say(TO_CLIENT);
	smb1_write_nt_create(smb1(SMB1_NT_CREATE, TO_SERVER),
			     &(struct smb1_nt_create){.is_unicode = true, .name = utf16("\\f")});
	say(TO_SERVER);
	smb1_write_nt_created(smb1(SMB1_NT_CREATE, TO_CLIENT),
			      &(struct smb1_opened){0x4000, SMB1_TYPE_FILE, 4000});
	say(TO_CLIENT);
	smb1_read_pipe((struct bytes){filler, sizeof(filler)});
	smb1_write_pipe((struct bytes){filler, sizeof(filler)});
	smb1_write_close(smb1(SMB1_CLOSE, TO_SERVER), 0x4000);
	say(TO_SERVER);
	assert_told("C smb1 75 chain=0 fid=ffff '\\\\S\\DATA'\n"
		    "S smb1 75 re chain=0 fid=ffff '\\\\S\\DATA'\n"
		    "C smb1 a2 chain=0 fid=ffff '\\f'\n"
		    "S smb1 a2 re chain=0 fid=4000 '\\f'\n"
		    "C smb1 2e chain=0 fid=4000 '\\f'\n"
		    "S smb1 2e re chain=0 fid=4000 '\\f'\n"
		    "C smb1 2f chain=0 fid=4000 '\\f'\n"
		    "S smb1 2f re chain=0 fid=4000 '\\f'\n"
		    "C smb1 04 chain=0 fid=4000 '\\f'\n");

	/* The engine need not hold them: any byte is used up at once. */
	memset(&heard, 0, sizeof(heard));
	stream_open(&s, &proto_nbss, &heard);
	size_t last = talk.n - 3; /* the write */

	stream_segment(&s, talk.turn[last].dir,
		       (struct bytes){talk.room + talk.turn[last].at, 200});
	assert_int_equal(s.len[TO_SERVER], 0);
	assert_int_equal(s.need[TO_SERVER], 1);
	stream_close(&s);
}

static void a_gap_in_file_contents_does_no_harm(void **unused)
{
	static uint8_t filler[4000];
	struct stream s;

	(void)unused;
	restart();
	smb1_write_pipe((struct bytes){filler, sizeof(filler)});
	smb1_write_close(smb1(SMB1_CLOSE, TO_SERVER), 0x4000);
	say(TO_SERVER);
	memset(&heard, 0, sizeof(heard));
	stream_open(&s, &proto_nbss, &heard);
	stream_segment(&s, TO_SERVER, (struct bytes){talk.room, 1000});
	stream_gap(&s, TO_SERVER, 2000);
	stream_segment(&s, TO_SERVER, (struct bytes){talk.room + 3000, talk.turn[0].len - 3000});
	stream_segment(&s, TO_SERVER,
		       (struct bytes){talk.room + talk.turn[2].at, talk.turn[2].len});
	stream_close(&s);
	assert_string_equal(heard.text, "C smb1 2f chain=0 fid=4000 ''\n"
					"C smb1 04 chain=0 fid=4000 ''\n");
}

static void after_a_gap_the_next_message_is_found(void **unused)
{
	struct stream s;

	(void)unused;
	restart();
	smb1_write_close(smb1(SMB1_CLOSE, TO_SERVER), 1);
	say(TO_SERVER);
	smb1_write_close(smb1(SMB1_CLOSE, TO_SERVER), 2);
	say(TO_SERVER);
	smb1_write_close(smb1(SMB1_CLOSE, TO_SERVER), 3);
	say(TO_SERVER);
	size_t one = talk.turn[0].len;

	for (size_t cut = 1; cut < one; cut++) {
		memset(&heard, 0, sizeof(heard));
		stream_open(&s, &proto_nbss, &heard);
		stream_segment(&s, TO_SERVER, (struct bytes){talk.room, one});
		stream_gap(&s, TO_SERVER, cut);
		stream_send(&s, TO_SERVER, (struct bytes){talk.room + one + cut, 2 * one - cut}, 5);
		stream_close(&s);
		assert_string_equal(heard.text, "C smb1 04 chain=0 fid=0001 ''\n"
						"C smb1 04 chain=0 fid=0003 ''\n");
	}
}

/* A message's NBSS and SMB 1 or SMB 2 header, and what is wrong with it. */
static const struct imitation {
	const char *what;
	size_t at;
	uint8_t byte;
	bool is_2;
} imitations[] = {
	{"another NBSS type", 0, 0x85, false},    {"longer than NetBIOS can say", 1, 2, false},
	{"another protocol id", 4, 0xfb, false},  {"a command that there is not", 8, 0xe0, false},
	{"a reserved field", 26, 1, false},       {"more words than message", 36, 200, false},
	{"longer than any read", 1, 0x90, true},  {"another StructureSize", 8, 65, true},
	{"no such command", 16, 0x13, true},      {"a flag that there is not", 21, 1, true},
	{"a next one out of place", 24, 4, true}, {"a next one past the end", 25, 0x40, true},
};

/* Contents of a file are passed over until a message comes; `at` bytes of filler before it. */
static void assert_found(const struct imitation *x, size_t at)
{
	uint8_t lost[TALK] = {0};
	struct stream s;
	size_t len = talk.turn[1].len;

	memcpy(lost + at, talk.room + talk.turn[1].at, len);
	if (x != NULL)
		lost[at + x->at] = x->byte;
	memcpy(lost + at + len, talk.room + talk.turn[2].at, talk.turn[2].len);
	for (size_t size = 1; size < 4096; size *= 3) {
		memset(&heard, 0, sizeof(heard));
		stream_open(&s, &proto_nbss, &heard);
		stream_segment(&s, TO_SERVER, (struct bytes){talk.room, talk.turn[0].len});
		stream_gap(&s, TO_SERVER, 5000);
		stream_send(&s, TO_SERVER, (struct bytes){lost, at + len + talk.turn[2].len}, size);
		stream_close(&s);
		if (heard.lines != (x == NULL ? 3 : 2))
			print_message("%s, after %zu:\n%s", x == NULL ? "right" : x->what, at,
				      heard.text);
		assert_int_equal(heard.lines, x == NULL ? 3 : 2);
	}
}

static void what_only_looks_like_a_message_is_passed_over(void **unused)
{
	static const size_t places[] = {0, 1, 700};
	static const size_t n = sizeof(imitations) / sizeof(imitations[0]);

	(void)unused;
	for (unsigned is_2 = 0; is_2 < 2; is_2++) {
		restart();
		for (unsigned i = 0; i < 3; i++) {
			if (is_2 != 0)
				smb2_write_close(smb2(SMB2_CLOSE, TO_SERVER),
						 &(struct smb2_close){0});
			else
				smb1_write_close(smb1(SMB1_CLOSE, TO_SERVER), 1);
			say(TO_SERVER);
		}
		for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
			assert_found(NULL, places[p]);
			for (size_t i = 0; i < n; i++)
				if (imitations[i].is_2 == (is_2 != 0))
					assert_found(&imitations[i], places[p]);
		}
	}
}

static void smb2_pipes_are_read_too(void **unused)
{
	const uint8_t id[SMB2_FILE_ID] = {1, [8] = 2};
	struct smb2_created made = {.file_id = {1, [8] = 2}};

	(void)unused;
	restart();
	smb2_write_tree_connect(smb2(SMB2_TREE_CONNECT, TO_SERVER),
				&(struct smb2_tree_connect){utf16("\\\\S\\IPC$")});
	say(TO_SERVER);
	smb2_write_tree(smb2(SMB2_TREE_CONNECT, TO_CLIENT), &(struct smb2_tree){SMB2_SHARE_PIPE});
	say(TO_CLIENT);
	smb2_write_create(smb2(SMB2_CREATE, TO_SERVER),
			  &(struct smb2_create){.name = utf16("srvsvc")});
	say(TO_SERVER);
	smb2_write_created(smb2(SMB2_CREATE, TO_CLIENT), &made);
	say(TO_CLIENT);

	struct smb2_write x = {.data = bind(1)};

	memcpy(x.file_id, id, sizeof(id));
	smb2_write_write(smb2(SMB2_WRITE, TO_SERVER), &x);
	say(TO_SERVER);
	smb2_write_written(smb2(SMB2_WRITE, TO_CLIENT), 72);
	say(TO_CLIENT);

	struct smb2_read r = {.count = 1024};

	memcpy(r.file_id, id, sizeof(id));
	smb2_write_read(smb2(SMB2_READ, TO_SERVER), &r);
	say(TO_SERVER);
	smb2_write_data(smb2(SMB2_READ, TO_CLIENT), &(struct smb2_data){.data = bind_ack(1)});
	say(TO_CLIENT);

	struct smb2_ioctl c = {.code = SMB2_PIPE_TRANSCEIVE, .data = canonicalize("\\a", 0, 0)};

	memcpy(c.file_id, id, sizeof(id));
	smb2_write_ioctl(smb2(SMB2_IOCTL, TO_SERVER), false, &c);
	say(TO_SERVER);
	c.data = answer(0);
	smb2_write_ioctl(smb2(SMB2_IOCTL, TO_CLIENT), true, &c);
	say(TO_CLIENT);
	assert_told("C smb2 3 chain=0 '\\\\S\\IPC$'\n"
		    "S smb2 3 re chain=0 '\\\\S\\IPC$'\n"
		    "C smb2 5 chain=0 'srvsvc'\n"
		    "S smb2 5 re chain=0 'srvsvc'\n"
		    "C smb2 9 chain=0 'srvsvc'\n"
		    "C rpc 11 srvsvc op=-1 n=1/0/0 on 'srvsvc'\n"
		    "S smb2 9 re chain=0 'srvsvc'\n"
		    "C smb2 8 chain=0 'srvsvc'\n"
		    "S smb2 8 re chain=0 'srvsvc'\n"
		    "S rpc 12 ? op=-1 n=1/0/0 on 'srvsvc'\n"
		    "C smb2 11 chain=0 'srvsvc'\n"
		    "C rpc 0 srvsvc op=31 n=0/0/0 on 'srvsvc'\n"
		    "C srvsvc 31 '\\a' '\\' status=0\n"
		    "S smb2 11 re chain=0 'srvsvc'\n"
		    "S rpc 2 srvsvc op=31 n=0/0/0 on 'srvsvc'\n"
		    "S srvsvc 31 re '\\a' '' status=0\n");
}

static void a_compound_may_open_and_call_at_once(void **unused)
{
	struct smb2_ioctl c = {.code = SMB2_PIPE_TRANSCEIVE, .data = canonicalize("\\a", 0, 0)};

	(void)unused;
	restart();
	memset(c.file_id, 0xff, sizeof(c.file_id));
	smb2_write_create(smb2(SMB2_CREATE, TO_SERVER),
			  &(struct smb2_create){.name = utf16("browser")});
	smb2_end_of_compound_part(&talk.w, 0);
	struct writer part = {.at = talk.msg + talk.w.len, .cap = MSG - talk.w.len};

	smb2_write_header(
		&part,
		&(struct smb2_header){.cmd = SMB2_IOCTL, .flags = SMB2_FLAG_RELATED, .msg_id = 9});
	smb2_write_ioctl(&part, false, &c);
	talk.w.len += part.len;
	say(TO_SERVER);
	assert_told("C smb2 5 chain=0 'browser'\n"
		    "C smb2 11 chain=1 'browser'\n"
		    "C rpc 0 ? op=31 n=0/0/0 on 'browser'\n"
		    "C srvsvc 31 guessed '\\a' '\\' status=0\n");
}

static void what_is_hidden_is_said_once(void **unused)
{
	(void)unused;
	restart();
	for (int i = 0; i < 3; i++) {
		talk.w = (struct writer){.at = talk.msg, .cap = MSG};
		smb2_write_transform(&talk.w, &(struct smb2_transform){100, 1, 1});
		wr_zeros(&talk.w, 100);
		say(TO_SERVER);
		talk.w = (struct writer){.at = talk.msg, .cap = MSG};
		smb2_write_compressed(&talk.w, &(struct smb2_compressed){100, 1, false, 0});
		wr_zeros(&talk.w, 50);
		say(TO_CLIENT);
	}
	assert_told("C blind smb3-encrypted\nS blind smb3-compressed\n");
}

static void a_chain_that_goes_back_is_an_anomaly(void **unused)
{
	(void)unused;
	restart();
	struct writer *w = smb1(SMB1_WRITE_ANDX, TO_SERVER);

	smb1_write_write_andx(w, &(struct smb1_write){.fid = 1, .data = BYTES("x")});
	wr_patch_le(w, SMB1_HEADER + 1, 1, SMB1_WRITE_ANDX);
	wr_patch_le(w, SMB1_HEADER + 3, 2, SMB1_HEADER);
	say(TO_SERVER);
	assert_told("C smb1 2f chain=0 fid=0001 ''\nC ! smb1 andx-loop\n");
}

static void smb_is_recognised_on_any_port(void **unused)
{
	const struct proto *found = NULL;
	static const struct {
		const char *head;
		size_t len;
		enum proto_match want;
	} cases[] = {
		{"\0\0\0\x23\xffSMB\x72\0", 10, PROTO_YES},
		{"\0\0\0\x50\xfeSMB\x40\0", 10, PROTO_YES},
		{"\0\0\0\x50\xfeSMB\x41\0", 10, PROTO_NO},
		{"\0\0\0\x50\xfdSMB\0\0", 10, PROTO_YES},
		{"\0\0\0\x23\xffSM", 7, PROTO_UNSURE},
		{"\0\0\0\x23GET ", 8, PROTO_NO},
		{"\x82\0\0\0", 4, PROTO_UNSURE},
		{"\5\0\13\3\x10\0\0\0\x48\0\0\0\1\0\0\0", 16, PROTO_YES},
		{"\5\1\0", 3, PROTO_UNSURE},
		{"\5\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, PROTO_NO},
		{"SSH-2.0-OpenSSH\r\n", 17, PROTO_NO},
		{"\x16\3\1\2\0\1", 6, PROTO_NO},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
			proto_probe(TO_SERVER,
				    (struct bytes){(const uint8_t *)cases[i].head, cases[i].len},
				    &found),
			cases[i].want);
	uint8_t room[100];
	struct writer w = {.at = room, .cap = sizeof(room)};

	nbss_write_request(&w, "*SMBSERVER", "PC");
	assert_int_equal(proto_probe(TO_SERVER, (struct bytes){room, w.len}, &found), PROTO_YES);
	assert_string_equal(found->name, "nbss");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_canonicalize_by_transact_is_told_with_its_answer),
		cmocka_unit_test(a_call_cut_three_times_over_is_whole_again),
		cmocka_unit_test(a_call_whose_beginning_was_not_heard_is_guessed),
		cmocka_unit_test(a_transaction_in_several_messages_is_put_together),
		cmocka_unit_test(a_piece_past_the_end_of_its_transaction_is_told),
		cmocka_unit_test(requests_that_nobody_answers_are_forgotten_but_not_quietly),
		cmocka_unit_test(a_pipe_that_was_opened_out_of_hearing_is_told_once),
		cmocka_unit_test(file_contents_are_passed_over),
		cmocka_unit_test(a_gap_in_file_contents_does_no_harm),
		cmocka_unit_test(after_a_gap_the_next_message_is_found),
		cmocka_unit_test(what_only_looks_like_a_message_is_passed_over),
		cmocka_unit_test(smb2_pipes_are_read_too),
		cmocka_unit_test(a_compound_may_open_and_call_at_once),
		cmocka_unit_test(what_is_hidden_is_said_once),
		cmocka_unit_test(a_chain_that_goes_back_is_an_anomaly),
		cmocka_unit_test(smb_is_recognised_on_any_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
