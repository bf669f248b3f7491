/*
 * What a server says before anybody logs on: SMB 2 negotiate (MS-SMB2 2.2.3, 2.2.4) or, where it
 * has only that, SMB 1 (MS-CIFS 2.2.4.52), then the first half of NTLM's exchange, whose challenge
 * names the machine (MS-NLMP 2.2.1.2). The connection is closed there: no logon was tried, and none
 * failed.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "ask/smb.h"
#include "base/text.h"
#include "naming/ntlm.h"
#include "naming/spnego.h"
#include "wire/nbss.h"
#include "wire/smb2_context.h"

enum { TEXT = 256 };

const uint16_t smb_dialects[SMB_DIALECTS] = {SMB_2_0_2, SMB_2_1, SMB_3_0, SMB_3_0_2, SMB_3_1_1};

bool smb_exchange(struct smb_talk *t, struct bytes request)
{
	uint8_t head[NBSS_HEADER + SMB_REQUEST_MAX];
	struct writer w = {.at = head, .cap = sizeof(head)};
	struct nbss n;

	nbss_write_message(&w, request);
	if (w.bad || !reach_send_all(t->fd, (struct bytes){head, w.len}, t->until_ms))
		return false;
	do { /* keepalives may come in between */
		struct reader r = {.rest = {head, NBSS_HEADER}};

		if (!reach_recv_all(t->fd, head, NBSS_HEADER, t->until_ms) || !nbss_read(&r, &n))
			return false;
	} while (n.type == NBSS_KEEPALIVE && n.len == 0);
	if (n.type != NBSS_MESSAGE || n.len > sizeof(t->room)) {
		errno = EPROTO;
		return false;
	}
	t->reply = (struct bytes){t->room, n.len};
	return reach_recv_all(t->fd, t->room, n.len, t->until_ms);
}

void smb_hang_up(struct smb_talk *t)
{
	if (t->fd != -1)
		close(t->fd);
	t->fd = -1;
}

bool smb_connect(struct smb_talk *t)
{
	smb_hang_up(t);
	t->until_ms = asking_until(t->a);
	t->fd = reach_tcp(&t->a->reach, &t->a->addr, t->a->opt->smb_port, t->until_ms);
	return t->fd != -1;
}

struct bytes smb_ntlm_offer(uint8_t *room, size_t cap)
{
	const struct ntlm offer = {
		.type = NTLM_NEGOTIATE,
		.flags = NTLM_UNICODE | NTLM_OEM | NTLM_REQUEST_TARGET | NTLM_NTLM |
			 NTLM_EXTENDED_SECURITY,
		.has_version = true, /* else the server keeps its own to itself */
		.version = {6, 1, 7601, 15},
	};
	uint8_t token[64];
	struct writer inner = {.at = token, .cap = sizeof(token)};
	struct writer w = {.at = room, .cap = cap};
	struct spnego s = {.carries = SPNEGO_NTLM, .mechs = SPNEGO_MECH_NTLM};

	ntlm_write(&inner, &offer);
	s.token = (struct bytes){token, inner.len};
	spnego_write_init(&w, &s);
	return (struct bytes){room, w.bad ? 0 : w.len};
}

static void utf8(struct bytes utf16, char *to)
{
	(void)text_from_utf16(utf16, to, TEXT);
}

/* Names and version out of the server's challenge. */
static void tell_challenge(struct asking *a, struct bytes blob, struct answer *ret_answer,
			   struct smb_heard *heard)
{
	struct spnego s;
	struct ntlm n;
	char name[TEXT] = "", domain[TEXT] = "", fqdn[TEXT] = "", version[32];

	if (!spnego_read(blob, &s) || s.carries != SPNEGO_NTLM || !ntlm_read(s.token, &n) ||
	    n.type != NTLM_CHALLENGE) {
		answer_add(ret_answer, "no NTLM there");
		return;
	}
	utf8(n.challenge.computer, name);
	utf8(n.challenge.domain, domain);
	utf8(n.challenge.dns_computer, fqdn);
	if (name[0] != '\0')
		answer_add(ret_answer, "%s", name);
	asking_fact(a, FACT_NAME, FROM_ASK_SMB, 95, name);
	if (domain[0] != '\0' && strcmp(domain, name) != 0) { /* alone, it is its own domain */
		answer_add(ret_answer, "%s", domain);
		asking_fact(a, FACT_DOMAIN, FROM_ASK_SMB, 85, domain);
	}
	if (strchr(fqdn, '.') != NULL) {
		answer_add(ret_answer, "%s", fqdn);
		asking_fact(a, FACT_FQDN, FROM_ASK_SMB, 90, fqdn);
	}
	if (n.has_version && n.version.major != 0) {
		heard->has_version = true;
		heard->version = n.version;
		(void)snprintf(version, sizeof(version), "%u.%u.%u", n.version.major,
			       n.version.minor, n.version.build);
		answer_add(ret_answer, "version %s", version);
		asking_fact(a, FACT_OS, FROM_ASK_SMB, 90, version);
	}
}

static void tell_guid(struct asking *a, const uint8_t guid[16])
{
	static const uint8_t none[16];
	char text[5 + 2 * 16 + 1] = "guid:";

	if (memcmp(guid, none, sizeof(none)) == 0)
		return;
	for (size_t i = 0; i < sizeof(none); i++)
		(void)snprintf(text + 5 + 2 * i, 3, "%02x", guid[i]);
	asking_fact(a, FACT_ID, FROM_ASK_SMB, 75, text);
}

/* Windows before 10 tells when it started; later ones, and Samba, say 0. */
static void tell_start(uint64_t filetime, struct answer *ret_answer)
{
	const uint64_t from_1601 = 11644473600ull, ticks = 10000000ull;
	char text[TEXT_TIME];

	if (filetime / ticks <= from_1601 || filetime / ticks - from_1601 > UINT32_MAX)
		return;
	(void)text_time((filetime / ticks - from_1601) * 1000000000ull, text);
	answer_add(ret_answer, "up since %.19sZ", text);
}

/* 3.1.1 wants a salted hash and may offer ciphers; compression is offered only to see whether the
 * server would take it. */
static void write_contexts(struct writer *w, bool with_compression)
{
	enum { SALT = 32 };
	uint8_t hash[2 + 2 + 2 + SALT] = {1, 0, SALT, 0, 1, 0}; /* SHA-512 */
	static const uint8_t ciphers[] = {2, 0, 2, 0, 1, 0};    /* AES-128-GCM, AES-128-CCM */
	static const uint8_t packers[] = {3, 0, 0, 0, 0, 0, 0,
					  0, 2, 0, 3, 0, 1, 0}; /* LZ77, LZ77+Huffman, LZNT1 */
	const struct smb2_context list[] = {
		{SMB2_PREAUTH_INTEGRITY, {hash, sizeof(hash)}},
		{SMB2_ENCRYPTION, {ciphers, sizeof(ciphers)}},
		{SMB2_COMPRESSION, {packers, sizeof(packers)}},
	};

	for (unsigned i = 0; i < SALT; i++)
		hash[6 + i] = (uint8_t)i;
	smb2_write_contexts(w, 0, list, with_compression ? 3 : 2);
}

bool smb_negotiate2(struct smb_talk *t, const uint16_t *dialects, uint16_t n_dialects,
		    bool with_compression, struct smb2_negotiated *ret_n)
{
	struct smb2_negotiate n = {
		.n_dialects = n_dialects,
		.security_mode = 1,
		.guid = {'q', 'u', 'e', 'l', 'l'},
	};
	uint8_t room[SMB_REQUEST_MAX];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct smb2_header h = {.cmd = SMB2_NEGOTIATE, .credits = 1};

	for (uint16_t i = 0; i < n_dialects && i < SMB2_DIALECTS_MAX; i++)
		n.dialects[i] = dialects[i];
	smb2_write_header(&w, &h);
	smb2_write_negotiate(&w, &n);
	if (n_dialects > 0 && dialects[n_dialects - 1] == SMB_3_1_1)
		write_contexts(&w, with_compression);
	if (w.bad || !smb_exchange(t, (struct bytes){room, w.len}))
		return false;
	errno = EPROTO;
	if (!smb2_read_header(t->reply, &h) || h.cmd != SMB2_NEGOTIATE ||
	    (h.flags & SMB2_FLAG_REPLY) == 0)
		return false;
	t->status = h.status;
	return h.status == 0 && smb2_read_negotiated(t->reply, ret_n);
}

static bool takes_compression(struct bytes negotiated)
{
	struct smb2_contexts c = smb2_contexts(negotiated);

	for (struct smb2_context x; smb2_next_context(&c, &x);) {
		if (x.type == SMB2_COMPRESSION && smb2_compression_algorithms(x.data) > 0)
			return true;
	}
	return false;
}

static bool hear_smb2(struct smb_talk *t, bool with_compression, struct answer *ret_answer,
		      struct smb_heard *heard)
{
	const struct message speaks = {.kind = MESSAGE_SMB, .number = MESSAGE_SMB2};
	uint8_t blob[256], room[SMB_REQUEST_MAX];
	struct smb2_negotiated n;
	struct smb2_session s = {0};
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct smb2_header h = {
		.cmd = SMB2_SESSION_SETUP, .credits = 1, .msg_id = 1, .credit_charge = 1};

	if (!smb_connect(t) || !smb_negotiate2(t, smb_dialects, SMB_DIALECTS, with_compression, &n))
		return false;
	heard->speaks = MESSAGE_SMB2;
	heard->dialect = n.dialect;
	heard->security_mode = n.security_mode;
	heard->start_time = n.start_time;
	heard->takes_compression = takes_compression(t->reply);
	ret_answer->is_ok = true;
	asking_tell(t->a, &speaks);
	tell_guid(t->a, n.guid);
	s.blob = smb_ntlm_offer(blob, sizeof(blob));
	smb2_write_header(&w, &h);
	smb2_write_session_setup(&w, &s);
	if (!w.bad && smb_exchange(t, (struct bytes){room, w.len}) &&
	    smb2_read_header(t->reply, &h) && h.cmd == SMB2_SESSION_SETUP &&
	    smb2_read_session(t->reply, &s))
		tell_challenge(t->a, s.blob, ret_answer, heard);
	answer_add(ret_answer, heard->dialect == SMB_3_1_1 ? "SMB 3.1.1" : "SMB %u.%u.%u",
		   heard->dialect >> 8, heard->dialect >> 4 & 15, heard->dialect & 15);
	tell_start(heard->start_time, ret_answer);
	return true;
}

bool smb_ask1(struct smb_talk *t, const struct smb1_header *h, struct bytes block,
	      struct smb1_header *ret_h, struct smb1_block *ret_b)
{
	uint8_t room[SMB_REQUEST_MAX];
	struct writer w = {.at = room, .cap = sizeof(room)};

	smb1_write_header(&w, h);
	wr_bytes(&w, block);
	errno = EPROTO;
	return !w.bad && smb_exchange(t, (struct bytes){room, w.len}) &&
	       smb1_read_header(t->reply, ret_h) && ret_h->cmd == h->cmd &&
	       smb1_read_block(t->reply, h->cmd, SMB1_HEADER, ret_b);
}

/* NT 4 and those without extended security put their domain and name into the answer. */
static void tell_old_names(struct smb_talk *t, const struct smb1_negotiated *n,
			   struct answer *ret_answer)
{
	enum { CHALLENGE = 8 };
	struct bytes rest = bytes_slice(n->rest, CHALLENGE, n->rest.len);
	char domain[TEXT] = "", name[TEXT] = "";
	size_t end = 0;

	utf8(rest, domain);
	while (end + 1 < rest.len && (rest.at[end] != 0 || rest.at[end + 1] != 0))
		end += 2;
	utf8(bytes_slice(rest, end + 2, rest.len), name);
	if (name[0] != '\0')
		answer_add(ret_answer, "%s", name);
	asking_fact(t->a, FACT_NAME, FROM_ASK_SMB, 90, name);
	if (domain[0] != '\0')
		answer_add(ret_answer, "%s", domain);
	asking_fact(t->a, FACT_DOMAIN, FROM_ASK_SMB, 80, domain);
}

static void ask_smb1_challenge(struct smb_talk *t, struct smb1_header h, struct answer *ret_answer,
			       struct smb_heard *heard)
{
	uint8_t blob[256], room[512];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct smb1_session_setup setup = {.is_unicode = true,
					   .blob = smb_ntlm_offer(blob, sizeof(blob))};
	struct smb1_session s;
	struct smb1_block b;
	char os[TEXT] = "";

	/* Written behind a header, since strings are aligned to it; smb_ask1() writes its own. */
	smb1_write_header(&w, &h);
	smb1_write_session_setup(&w, &setup);
	if (w.bad ||
	    !smb_ask1(t, &h, bytes_slice((struct bytes){room, w.len}, SMB1_HEADER, w.len), &h,
		      &b) ||
	    !smb1_read_session(t->reply, &b, (h.flags2 & SMB1_FLAG2_UNICODE) != 0, &s))
		return;
	tell_challenge(t->a, s.blob, ret_answer, heard);
	if (s.is_unicode)
		utf8(s.os, os);
	else
		(void)text_from_latin1(s.os, os, sizeof(os));
	if (os[0] != '\0')
		answer_add(ret_answer, "%s", os);
	asking_fact(t->a, FACT_OS, FROM_ASK_SMB, 80, os);
}

bool smb_negotiate1(struct smb_talk *t, bool extended, struct smb1_negotiated *ret_n)
{
	static const char dialect[] = "\2NT LM 0.12";
	struct smb1_header h = {.cmd = SMB1_NEGOTIATE,
				.flags2 = SMB1_FLAG2_UNICODE | SMB1_FLAG2_NT_STATUS,
				.pid = 1,
				.mid = 1},
			   got;
	struct smb1_negotiate n = {.dialects = {(const uint8_t *)dialect, sizeof(dialect)}};
	uint8_t room[64];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct smb1_block b;

	if (extended)
		h.flags2 |= SMB1_FLAG2_EXTENDED_SECURITY;
	smb1_write_negotiate(&w, &n);
	if (!smb_ask1(t, &h, (struct bytes){room, w.len}, &got, &b))
		return false;
	t->status = got.status;
	errno = EPROTO;
	if (b.words.len == 2) { /* "none of these dialects" */
		*ret_n = (struct smb1_negotiated){.dialect = SMB1_NO_DIALECT};
		return true;
	}
	return smb1_read_negotiated(t->reply, &b, ret_n) && ret_n->dialect == 0;
}

static bool hear_smb1(struct smb_talk *t, struct answer *ret_answer, struct smb_heard *heard)
{
	const struct message speaks = {.kind = MESSAGE_SMB, .number = MESSAGE_SMB1_ONLY};
	struct smb1_negotiated r;

	if (!smb_connect(t) || !smb_negotiate1(t, true, &r))
		return false;
	errno = EPROTO;
	if (r.dialect != 0)
		return false;
	heard->speaks = MESSAGE_SMB1_ONLY;
	heard->security_mode = r.security_mode;
	ret_answer->is_ok = true;
	asking_tell(t->a, &speaks);
	if (!smb1_is_extended(&r)) {
		tell_old_names(t, &r, ret_answer);
	} else {
		struct smb1_header h = {.cmd = SMB1_SESSION_SETUP,
					.flags2 = SMB1_FLAG2_UNICODE | SMB1_FLAG2_NT_STATUS |
						  SMB1_FLAG2_EXTENDED_SECURITY,
					.pid = 1,
					.mid = 2};

		ask_smb1_challenge(t, h, ret_answer, heard);
	}
	answer_add(ret_answer, "SMB 1 alone");
	return true;
}

void smb_hear(struct asking *a, bool with_compression, struct answer *ret_answer,
	      struct smb_heard *ret_heard)
{
	struct smb_talk *t = smb_talk_of(a);
	int why = 0;

	*ret_heard = (struct smb_heard){0};
	if (!hear_smb2(t, with_compression, ret_answer, ret_heard)) {
		why = errno;
		/* Whoever does not know SMB 2 closes, or answers something else. */
		if (t->fd != -1 && (why == EPIPE || why == ECONNRESET || why == EPROTO) &&
		    hear_smb1(t, ret_answer, ret_heard))
			why = 0;
	}
	if (why != 0)
		answer_add(ret_answer, "%s", smb_words(why));
	smb_hang_up(t);
}

const char *smb_words(int err)
{
	return err == EPROTO ? "answers, but not as SMB does" : reach_words(err);
}

struct smb_talk *smb_talk_of(struct asking *a)
{
	static struct smb_talk t; /* a child asks one machine, one question at a time */

	t.a = a;
	t.fd = -1;
	return &t;
}

void ask_smb(struct asking *a, struct answer *ret_answer)
{
	struct smb_heard heard;

	smb_hear(a, false, ret_answer, &heard);
}
