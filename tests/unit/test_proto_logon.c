/* Who logs on, in SMB 1, SMB 2 and RPC: what is told of users, machines and servers. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "heard.h"
#include "naming/kerberos.h"
#include "naming/ntlm.h"
#include "naming/spnego.h"
#include "proto/dcerpc.h"
#include "proto/logon.h"
#include "proto/nbss.h"
#include "wire/dcerpc.h"
#include "wire/nbss.h"
#include "wire/smb1.h"
#include "wire/smb1_body.h"
#include "wire/smb2.h"
#include "wire/utf16.h"

enum { ROOM = 8192 };

static uint8_t room[ROOM], blob_room[ROOM];
static struct heard heard;
static struct stream s;

static int start(void **unused)
{
	(void)unused;
	memset(&heard, 0, sizeof(heard));
	stream_open(&s, &proto_nbss, &heard);
	return 0;
}

static int stop(void **unused)
{
	(void)unused;
	stream_close(&s);
	return 0;
}

/* ASCII as UTF-16LE; each call has room of its own. */
static struct bytes wide(const char *ascii)
{
	static uint8_t rooms[8][600];
	static unsigned next;
	uint8_t *to = rooms[next++ % 8];

	return utf16_from_ascii(ascii, to, sizeof(rooms[0]));
}

static struct bytes authenticate(const char *domain, const char *user, const char *workstation)
{
	struct writer w = {.at = blob_room, .cap = ROOM};

	ntlm_write(&w, &(struct ntlm){.type = NTLM_AUTHENTICATE,
				      .is_unicode = true,
				      .has_version = true,
				      .version = {10, 0, 19041, 15},
				      .authenticate = {wide(domain), wide(user), wide(workstation),
						       BYTES("\0"), BYTES("0123456789abcdef")}});
	return (struct bytes){blob_room, w.len};
}

static struct bytes challenge(const char *computer, const char *domain, const char *dns)
{
	struct writer w = {.at = blob_room, .cap = ROOM};

	ntlm_write(&w, &(struct ntlm){.type = NTLM_CHALLENGE,
				      .flags = NTLM_TARGET_DOMAIN,
				      .is_unicode = true,
				      .has_version = true,
				      .version = {6, 3, 9600, 15},
				      .challenge = {.target = wide(domain),
						    .computer = wide(computer),
						    .domain = wide(domain),
						    .dns_computer = wide(dns)}});
	return (struct bytes){blob_room, w.len};
}

static struct proto_out out(void)
{
	return (struct proto_out){heard_event, heard_anomaly, heard_blind, &heard, ~0u, 1};
}

static void users_and_machines_are_told_apart(void **unused)
{
	static const struct {
		const char *domain, *user, *workstation, *want;
	} cases[] = {
		{"EXAMPLE", "ann", "PC7",
		 "C ntlm is name=PC7 domain=EXAMPLE user=ann version=10.0.19041\n"},
		{"", "", "PC7", "C ntlm is name=PC7 version=10.0.19041\n"},
		{"EXAMPLE", "PC7$", "PC7",
		 "C ntlm is name=PC7 domain=EXAMPLE version=10.0.19041 roles=64\n"
		 "C ntlm is name=PC7 version=10.0.19041\n"},
		{"EXAMPLE", "DC1$", "PC7",
		 "C ntlm is name=DC1 domain=EXAMPLE version=10.0.19041 roles=64\n"
		 "C ntlm is name=PC7 version=10.0.19041\n"},
		{"", "ann@example.org", "", "C ntlm is user=ann@example.org version=10.0.19041\n"},
		{"", "$", "", "C ntlm is user=$ version=10.0.19041\n"},
	};
	const struct proto_out o = out();

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		heard.len = 0;
		assert_int_equal(logon_blob(NULL, 0, TO_SERVER,
					    authenticate(cases[i].domain, cases[i].user,
							 cases[i].workstation),
					    &o),
				 LOGON_CLAIMED);
		heard.text[heard.len] = '\0';
		assert_string_equal(heard.text, cases[i].want);
	}
}

static void servers_are_named_by_their_challenge(void **unused)
{
	static const struct {
		const char *computer, *domain, *dns, *want;
	} cases[] = {
		{"DC1", "EXAMPLE", "dc1.example.org",
		 "S challenge is name=DC1 domain=EXAMPLE note=dc1.example.org version=6.3.9600\n"},
		{"NAS", "nas", "nas.home",
		 "S challenge is name=NAS note=nas.home version=6.3.9600\n"},
		{"", "EXAMPLE", "", "S challenge is domain=EXAMPLE version=6.3.9600\n"},
	};
	const struct proto_out o = out();

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		heard.len = 0;
		assert_int_equal(
			logon_blob(NULL, 0, TO_CLIENT,
				   challenge(cases[i].computer, cases[i].domain, cases[i].dns), &o),
			LOGON_CHALLENGED);
		heard.text[heard.len] = '\0';
		assert_string_equal(heard.text, cases[i].want);
	}
}

static void a_ticket_names_the_server(void **unused)
{
	static const struct {
		struct krb_name sname;
		const char *want;
	} cases[] = {
		{{2, 2, {{(const uint8_t *)"cifs", 4}, {(const uint8_t *)"dc1.example.org", 15}}},
		 "C krb is of=S name=dc1 domain=EXAMPLE.ORG note=cifs/dc1.example.org\n"},
		{{2, 2, {{(const uint8_t *)"cifs", 4}, {(const uint8_t *)"NAS", 3}}},
		 "C krb is of=S name=NAS domain=EXAMPLE.ORG note=cifs/NAS\n"},
		{{2, 2, {{(const uint8_t *)"cifs", 4}, {(const uint8_t *)"10.1.2.3", 8}}},
		 "C krb is of=S domain=EXAMPLE.ORG note=cifs/10.1.2.3\n"},
		{{2, 2, {{(const uint8_t *)"cifs", 4}, {(const uint8_t *)"example.org", 11}}},
		 "C krb is of=S domain=EXAMPLE.ORG note=cifs/example.org roles=2\n"},
		{{2,
		  2,
		  {{(const uint8_t *)"MSSQLSvc", 8},
		   {(const uint8_t *)"sql.example.org:1433", 20}}},
		 "C krb is of=S name=sql domain=EXAMPLE.ORG note=MSSQLSvc/sql.example.org:1433\n"},
		{{1, 1, {{(const uint8_t *)"nas$@EXAMPLE.ORG", 16}}},
		 "C krb is of=S name=nas domain=EXAMPLE.ORG note=nas$@EXAMPLE.ORG roles=64\n"},
		{{1, 1, {{(const uint8_t *)"websvc", 6}}},
		 "C krb is of=S domain=EXAMPLE.ORG note=websvc\n"},
	};
	const struct proto_out o = out();

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct writer w = {.at = room, .cap = ROOM}, b = {.at = blob_room, .cap = ROOM};

		krb_write(&w, &(struct krb){.type = KRB_AP_REQ,
					    .has_ticket = true,
					    .ticket = {.realm = BYTES("EXAMPLE.ORG"),
						       .sname = cases[i].sname}});
		spnego_write_init(&b, &(struct spnego){SPNEGO_KERBEROS,
						       SPNEGO_NO_STATE,
						       SPNEGO_MECH_MS_KRB5,
						       {room, w.len},
						       {NULL, 0}});
		heard.len = 0;
		assert_int_equal(
			logon_blob(NULL, 0, TO_SERVER, (struct bytes){blob_room, b.len}, &o),
			LOGON_CLAIMED);
		heard.text[heard.len] = '\0';
		assert_string_equal(heard.text, cases[i].want);
	}
}

static void long_texts_are_cut_and_odd_ones_survive(void **unused)
{
	char name[400];
	const struct proto_out o = out();

	(void)unused;
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	(void)logon_blob(NULL, 0, TO_SERVER, authenticate("", name, ""),
			 &o); /* heard.h aborts over 255 */
	assert_int_equal(heard.lines, 1);
	(void)logon_blob(NULL, 0, TO_SERVER, BYTES("NTLMSSP\0\3\0\0\0"), &o);
	assert_non_null(strstr(heard.text, "C ! ntlmssp malformed\n"));
	(void)logon_blob(NULL, 0, TO_SERVER, BYTES("hello"), &o);
	assert_non_null(strstr(heard.text, "C ! spnego malformed\n"));
	(void)logon_blob(NULL, 0, TO_CLIENT, (struct bytes){NULL, 0}, &o);
	assert_int_equal(heard.lines, 3);
}

/* SMB 2 */

static void send(enum dir dir, struct bytes message)
{
	static uint8_t framed[ROOM];
	struct writer w = {.at = framed, .cap = ROOM};

	nbss_write(&w, &(struct nbss){.type = NBSS_MESSAGE, .len = (uint32_t)message.len});
	wr_bytes(&w, message);
	assert_false(w.bad);
	stream_send(&s, dir, (struct bytes){framed, w.len}, 700);
}

static struct writer smb2(uint16_t cmd, bool is_response, uint32_t status, uint64_t id)
{
	struct writer w = {.at = room, .cap = ROOM};

	smb2_write_header(&w, &(struct smb2_header){.cmd = cmd,
						    .flags = is_response ? SMB2_FLAG_REPLY : 0,
						    .status = status,
						    .msg_id = id});
	return w;
}

static void setup2(uint64_t id, struct bytes blob)
{
	struct writer w = smb2(SMB2_SESSION_SETUP, false, 0, id);

	smb2_write_session_setup(&w, &(struct smb2_session){.blob = blob});
	send(TO_SERVER, (struct bytes){room, w.len});
}

static void session2(uint64_t id, uint32_t status, struct bytes blob)
{
	struct writer w = smb2(SMB2_SESSION_SETUP, true, status, id);

	if (status >> 30 == 3 && status != 0xc0000016)
		smb2_write_error(&w);
	else
		smb2_write_session(&w, &(struct smb2_session){.blob = blob});
	send(TO_CLIENT, (struct bytes){room, w.len});
}

static void smb2_tells_guids_boot_and_logon(void **unused)
{
	struct smb2_negotiate n = {
		.n_dialects = 3, .dialects = {0x0202, 0x0311, 0x0210}, .guid = {1, 2, 3}};
	struct smb2_negotiated d = {.dialect = 0x0311,
				    .guid = {0xab},
				    .start_time = UINT64_C(116444736000000000) + 10000000};
	struct writer w = smb2(SMB2_NEGOTIATE, false, 0, 0);

	(void)unused;
	smb2_write_negotiate(&w, &n);
	send(TO_SERVER, (struct bytes){room, w.len});
	w = smb2(SMB2_NEGOTIATE, true, 0, 0);
	smb2_write_negotiated(&w, &d);
	send(TO_CLIENT, (struct bytes){room, w.len});
	setup2(1, BYTES("NTLMSSP\0\1\0\0\0\0\0\0\0"));
	session2(1, 0xc0000016, challenge("DC1", "EXAMPLE", ""));
	setup2(2, authenticate("EXAMPLE", "ann", "PC7"));
	session2(2, 0, (struct bytes){NULL, 0});
	assert_string_equal(
		heard.text,
		"C smb2 is id=guid:01020300000000000000000000000000 dialect=311\n"
		"C smb2 0 chain=0 ''\n"
		"S smb2 is id=guid:ab000000000000000000000000000000 dialect=311 boot=1000000000\n"
		"S smb2 0 re chain=0 ''\n"
		"C smb2 1 chain=0 ''\n"
		"S challenge is name=DC1 domain=EXAMPLE version=6.3.9600\n"
		"S smb2 1 re chain=0 ''\n"
		"C ntlm is name=PC7 domain=EXAMPLE user=ann version=10.0.19041\n"
		"C smb2 1 chain=0 ''\n"
		"S smb2 1 re chain=0 ''\n");
}

static void a_boot_time_that_is_none_is_not_told(void **unused)
{
	static const uint64_t cases[] = {0, 1, UINT64_C(116444736000000000), UINT64_MAX};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct writer w = smb2(SMB2_NEGOTIATE, true, 0, i);

		smb2_write_negotiated(
			&w, &(struct smb2_negotiated){.dialect = 0x02ff, .start_time = cases[i]});
		send(TO_CLIENT, (struct bytes){room, w.len});
	}
	assert_null(strstr(heard.text, "boot"));
	assert_null(strstr(heard.text, "dialect"));
}

static void a_refused_user_ends(void **unused)
{
	(void)unused;
	setup2(2, authenticate("EXAMPLE", "ann", "PC7"));
	session2(7, 0xc000006d, (struct bytes){NULL, 0}); /* somebody else's */
	session2(2, 0x103, (struct bytes){NULL, 0});      /* wait */
	assert_null(strstr(heard.text, "ends"));
	session2(2, 0xc000006d, (struct bytes){NULL, 0});
	assert_non_null(
		strstr(heard.text, "S ntlm ends of=C domain=EXAMPLE user=ann\nS smb2 1 re"));
	heard.len = 0;
	session2(2, 0xc000006d, (struct bytes){NULL, 0});
	heard.text[heard.len] = '\0';
	assert_string_equal(heard.text, "S smb2 1 re chain=0 ''\n");
}

/* SMB 1 */

static struct writer smb1(uint8_t cmd, bool is_response, uint32_t status)
{
	struct writer w = {.at = room, .cap = ROOM};

	smb1_write_header(&w,
			  &(struct smb1_header){.cmd = cmd,
						.flags = is_response ? SMB1_FLAG_REPLY : 0,
						.flags2 = SMB1_FLAG2_UNICODE | SMB1_FLAG2_NT_STATUS,
						.status = status,
						.mid = 3});
	return w;
}

static void setup1(const struct smb1_session_setup *x)
{
	struct writer w = smb1(SMB1_SESSION_SETUP, false, 0);

	smb1_write_session_setup(&w, x);
	send(TO_SERVER, (struct bytes){room, w.len});
}

static void smb1_tells_names_systems_and_a_refusal(void **unused)
{
	struct writer w;

	(void)unused;
	setup1(&(struct smb1_session_setup){.is_unicode = true,
					    .account = wide("ann"),
					    .domain = wide("WORK"),
					    .os = wide("Windows 2002 2600"),
					    .lanman = wide("Windows 2002 5.1")});
	w = smb1(SMB1_SESSION_SETUP, true, 0xc000006d);
	smb1_write_block(&w, (struct bytes){NULL, 0}, (struct bytes){NULL, 0});
	send(TO_CLIENT, (struct bytes){room, w.len});
	setup1(&(struct smb1_session_setup){
		.is_unicode = true, .domain = wide("."), .os = wide("\xff"), .lanman = wide("1")});
	w = smb1(SMB1_SESSION_SETUP, true, 0);
	smb1_write_session(&w, &(struct smb1_session){.is_unicode = true,
						      .os = wide("Windows 5.1"),
						      .lanman = wide("Windows 2000 LAN Manager"),
						      .domain = wide("WORK")});
	send(TO_CLIENT, (struct bytes){room, w.len});
	assert_string_equal(
		heard.text,
		"C smb1 is domain=WORK user=ann os=Windows 2002 2600 note=Windows 2002 5.1\n"
		"C smb1 73 chain=0 fid=ffff ''\n"
		"S smb1 ends of=C domain=WORK user=ann\n"
		"S smb1 73 re chain=0 fid=ffff ''\n"
		"C smb1 73 chain=0 fid=ffff ''\n"
		"S smb1 is domain=WORK os=Windows 5.1 note=Windows 2000 LAN Manager\n"
		"S smb1 73 re chain=0 fid=ffff ''\n");
}

static void smb1_tells_a_no_from_the_rest(void **unused)
{
	static const struct {
		const char *what;
		uint32_t status;
		uint16_t flags2;
		bool is_no;
	} cases[] = {
		{"yes", 0, SMB1_FLAG2_NT_STATUS, false},
		{"go on", 0xc0000016, SMB1_FLAG2_NT_STATUS, false},
		{"a warning", 0x80000005, SMB1_FLAG2_NT_STATUS, false},
		{"a wrong password", 0xc000006d, SMB1_FLAG2_NT_STATUS, true},
		{"an error of DOS", 0x00050002, 0, true},
		{"none of DOS", 0, 0, false},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("           %s\n", cases[i].what);
		setup1(&(struct smb1_session_setup){.is_unicode = true, .account = wide("ann")});
		heard.len = 0;
		heard.text[0] = '\0';
		struct writer w = smb1(SMB1_SESSION_SETUP, true, cases[i].status);

		room[10] = (uint8_t)cases[i].flags2;
		room[11] = (uint8_t)(cases[i].flags2 >> 8);
		smb1_write_block(&w, (struct bytes){NULL, 0}, (struct bytes){NULL, 0});
		send(TO_CLIENT, (struct bytes){room, w.len});
		assert_int_equal(strstr(heard.text, "S smb1 ends of=C user=ann\n") != NULL,
				 cases[i].is_no);
	}
}

static void smb1_blobs_are_looked_into(void **unused)
{
	(void)unused;
	setup1(&(struct smb1_session_setup){.is_unicode = true,
					    .blob = authenticate("WORK", "ann", "PC7"),
					    .os = wide("Windows 7 Professional")});
	assert_non_null(strstr(heard.text, "C ntlm is name=PC7 domain=WORK user=ann"));
	assert_non_null(strstr(heard.text, "C smb1 is os=Windows 7 Professional\n"));
}

static void smb1_servers_tell_names_or_a_guid(void **unused)
{
	struct writer w = smb1(SMB1_NEGOTIATE, true, 0);
	uint8_t rest[200] = "12345678W\0O\0R\0K\0\0\0P\0C\0";

	(void)unused;
	smb1_write_negotiated(&w, &(struct smb1_negotiated){.capabilities = SMB1_CAP_UNICODE,
							    .rest = {rest, 8 + 10 + 6}});
	send(TO_CLIENT, (struct bytes){room, w.len});
	assert_non_null(strstr(heard.text, "S smb1 is name=PC domain=WORK\n"));

	struct writer b = {.at = rest, .cap = sizeof(rest)};

	wr_bytes(&b, BYTES("0123456789abcdef"));
	spnego_write_init(&b, &(struct spnego){.state = SPNEGO_NO_STATE,
					       .mechs = SPNEGO_MECH_NTLM,
					       .hint = BYTES("srv$@EXAMPLE.ORG")});
	w = smb1(SMB1_NEGOTIATE, true, 0);
	smb1_write_negotiated(
		&w, &(struct smb1_negotiated){.capabilities = 0x80000000 | SMB1_CAP_UNICODE,
					      .rest = {rest, b.len}});
	send(TO_CLIENT, (struct bytes){room, w.len});
	assert_non_null(strstr(heard.text, "S smb1 is id=guid:30313233343536373839616263646566\n"
					   "S krb is name=srv domain=EXAMPLE.ORG roles=64\n"));
}

/* RPC: bind, bind_ack and auth3 carry the three messages behind their own part. */

static void rpc(enum dir dir, uint8_t ptype, uint8_t auth_type, struct bytes blob)
{
	struct writer w = {.at = room, .cap = ROOM};
	struct dcerpc_header h = {.ptype = ptype, .flags = 3, .drep = {DCERPC_LE}, .call_id = 1};

	if (ptype == DCERPC_BIND) {
		dcerpc_write_bind(&w, &h, &(struct dcerpc_bind){4280, 4280, 0, 1},
				  &(struct dcerpc_context){.iface = uuid_srvsvc, .version = 3});
	} else if (ptype == DCERPC_BIND_ACK) {
		dcerpc_write_bind_ack(&w, &h, &(struct dcerpc_bind){4280, 4280, 0, 1},
				      &(struct dcerpc_result){0});
	} else {
		h.ptype = DCERPC_RESPONSE; /* written as such: its four bytes of padding fit */
		dcerpc_write_call(&w, &h, &(struct dcerpc_call){0}, (struct bytes){NULL, 0});
		room[2] = DCERPC_AUTH3;
	}
	wr_le(&w, 1, auth_type);
	wr_le(&w, 1, DCERPC_AUTH_INTEGRITY);
	wr_zeros(&w, 2 + 4);
	wr_bytes(&w, blob);
	wr_patch_le(&w, 8, 2, w.len);
	wr_patch_le(&w, 10, 2, blob.len);
	assert_false(w.bad);
	stream_send(&s, dir, (struct bytes){room, w.len}, 100);
}

static void rpc_binds_tell_who_calls(void **unused)
{
	(void)unused;
	stream_close(&s);
	stream_open(&s, &proto_dcerpc, &heard);
	rpc(TO_SERVER, DCERPC_BIND, DCERPC_AUTH_NTLM, BYTES("NTLMSSP\0\1\0\0\0\0\0\0\0"));
	rpc(TO_CLIENT, DCERPC_BIND_ACK, DCERPC_AUTH_NTLM, challenge("DC1", "EXAMPLE", ""));
	rpc(TO_SERVER, DCERPC_AUTH3, DCERPC_AUTH_NTLM, authenticate("EXAMPLE", "ann", "PC7"));
	rpc(TO_SERVER, DCERPC_AUTH3, 68, BYTES("NTLMSSP\0 in another mechanism"));
	assert_string_equal(heard.text,
			    "C rpc 11 srvsvc op=-1 n=1/0/0 on ''\n"
			    "S challenge is name=DC1 domain=EXAMPLE version=6.3.9600\n"
			    "S rpc 12 ? op=-1 n=1/0/0 on ''\n"
			    "C ntlm is name=PC7 domain=EXAMPLE user=ann version=10.0.19041\n"
			    "C rpc 16 ? op=-1 n=0/0/0 on ''\n"
			    "C rpc 16 ? op=-1 n=0/0/0 on ''\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(users_and_machines_are_told_apart, start, stop),
		cmocka_unit_test_setup_teardown(servers_are_named_by_their_challenge, start, stop),
		cmocka_unit_test_setup_teardown(a_ticket_names_the_server, start, stop),
		cmocka_unit_test_setup_teardown(long_texts_are_cut_and_odd_ones_survive, start,
						stop),
		cmocka_unit_test_setup_teardown(smb2_tells_guids_boot_and_logon, start, stop),
		cmocka_unit_test_setup_teardown(a_boot_time_that_is_none_is_not_told, start, stop),
		cmocka_unit_test_setup_teardown(a_refused_user_ends, start, stop),
		cmocka_unit_test_setup_teardown(smb1_tells_names_systems_and_a_refusal, start,
						stop),
		cmocka_unit_test_setup_teardown(smb1_tells_a_no_from_the_rest, start, stop),
		cmocka_unit_test_setup_teardown(smb1_blobs_are_looked_into, start, stop),
		cmocka_unit_test_setup_teardown(smb1_servers_tell_names_or_a_guid, start, stop),
		cmocka_unit_test_setup_teardown(rpc_binds_tell_who_calls, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
