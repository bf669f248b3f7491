/*
 * What a server says before anybody logs on: SMB 2 negotiate (MS-SMB2 2.2.3, 2.2.4) or, where it
 * has only that, SMB 1 (MS-CIFS 2.2.4.52), then the first half of NTLM's exchange, whose challenge
 * names the machine (MS-NLMP 2.2.1.2). The connection is closed there: no logon was tried, and none
 * failed.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "ask/asking.h"
#include "base/text.h"
#include "naming/ntlm.h"
#include "naming/spnego.h"
#include "wire/nbss.h"
#include "wire/smb1_body.h"
#include "wire/smb2.h"

enum {
	REPLY_MAX = 65536,
	REQUEST_MAX = 1024,
	TEXT = 256,
};

struct talk {
	struct asking *a;
	int fd;
	uint64_t until_ms;
	struct bytes reply; /* in `room` */
	uint8_t room[REPLY_MAX];
};

static bool exchange(struct talk *t, struct bytes request)
{
	uint8_t head[NBSS_HEADER + REQUEST_MAX];
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

static bool connect_to(struct talk *t)
{
	if (t->fd != -1)
		close(t->fd);
	t->until_ms = asking_until(t->a);
	t->fd = reach_tcp(&t->a->reach, &t->a->addr, t->a->opt->smb_port, t->until_ms);
	return t->fd != -1;
}

static struct bytes ntlm_offer(uint8_t *room, size_t cap)
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
static void tell_challenge(struct asking *a, struct bytes blob, struct answer *ret_answer)
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

/* What 3.1.1 wants to hear about itself (2.2.3.1): SHA-512 over the negotiation, AES for those who
 * insist. Nothing of it is used. */
static void write_contexts(struct writer *w, size_t body)
{
	enum { OFFSET_AT = 28, COUNT_AT = 32, PREAUTH = 1, ENCRYPTION = 2, SALT = 32 };

	while (w->len % 8 != 0)
		wr_zeros(w, 1);
	wr_patch_le(w, body + OFFSET_AT, 4, w->len);
	wr_patch_le(w, body + COUNT_AT, 2, 2);
	wr_le(w, 2, PREAUTH);
	wr_le(w, 2, 6 + SALT);
	wr_zeros(w, 4);
	wr_le(w, 2, 1);
	wr_le(w, 2, SALT);
	wr_le(w, 2, 1); /* SHA-512 */
	for (unsigned i = 0; i < SALT; i++)
		wr_le(w, 1, i);
	while (w->len % 8 != 0)
		wr_zeros(w, 1);
	wr_le(w, 2, ENCRYPTION);
	wr_le(w, 2, 6);
	wr_zeros(w, 4);
	wr_le(w, 2, 2);
	wr_le(w, 2, 2); /* AES-128-GCM */
	wr_le(w, 2, 1); /* AES-128-CCM */
}

static bool smb2_negotiate(struct talk *t, struct smb2_negotiated *ret_n)
{
	const struct smb2_negotiate n = {
		.n_dialects = 5,
		.dialects = {0x0202, 0x0210, 0x0300, 0x0302, 0x0311},
		.security_mode = 1,
		.guid = {'q', 'u', 'e', 'l', 'l'},
	};
	uint8_t room[REQUEST_MAX];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct smb2_header h = {.cmd = SMB2_NEGOTIATE, .credits = 1};

	smb2_write_header(&w, &h);
	smb2_write_negotiate(&w, &n);
	write_contexts(&w, SMB2_HEADER);
	if (w.bad || !exchange(t, (struct bytes){room, w.len}))
		return false;
	errno = EPROTO;
	return smb2_read_header(t->reply, &h) && h.cmd == SMB2_NEGOTIATE &&
	       (h.flags & SMB2_FLAG_REPLY) != 0 && h.status == 0 &&
	       smb2_read_negotiated(t->reply, ret_n);
}

static bool ask_smb2(struct talk *t, struct answer *ret_answer)
{
	const struct message speaks = {.kind = MESSAGE_SMB, .number = MESSAGE_SMB2};
	uint8_t blob[256], room[REQUEST_MAX];
	struct smb2_negotiated n;
	struct smb2_session s = {0};
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct smb2_header h = {
		.cmd = SMB2_SESSION_SETUP, .credits = 1, .msg_id = 1, .credit_charge = 1};

	if (!connect_to(t) || !smb2_negotiate(t, &n))
		return false;
	ret_answer->is_ok = true;
	asking_tell(t->a, &speaks);
	tell_guid(t->a, n.guid);

	uint64_t started = n.start_time;
	unsigned dialect = n.dialect;

	s.blob = ntlm_offer(blob, sizeof(blob));
	smb2_write_header(&w, &h);
	smb2_write_session_setup(&w, &s);
	if (!w.bad && exchange(t, (struct bytes){room, w.len}) && smb2_read_header(t->reply, &h) &&
	    h.cmd == SMB2_SESSION_SETUP && smb2_read_session(t->reply, &s))
		tell_challenge(t->a, s.blob, ret_answer);
	answer_add(ret_answer, dialect == 0x0311 ? "SMB 3.1.1" : "SMB %u.%u.%u", dialect >> 8,
		   dialect >> 4 & 15, dialect & 15);
	tell_start(started, ret_answer);
	return true;
}

static bool smb1_ask(struct talk *t, const struct smb1_header *h, struct bytes block,
		     struct smb1_header *ret_h, struct smb1_block *ret_b)
{
	uint8_t room[REQUEST_MAX];
	struct writer w = {.at = room, .cap = sizeof(room)};

	smb1_write_header(&w, h);
	wr_bytes(&w, block);
	errno = EPROTO;
	return !w.bad && exchange(t, (struct bytes){room, w.len}) &&
	       smb1_read_header(t->reply, ret_h) && ret_h->cmd == h->cmd &&
	       smb1_read_block(t->reply, h->cmd, SMB1_HEADER, ret_b);
}

/* NT 4 and those without extended security put their domain and name into the answer. */
static void tell_old_names(struct talk *t, const struct smb1_negotiated *n,
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

static void ask_smb1_challenge(struct talk *t, struct smb1_header h, struct answer *ret_answer)
{
	uint8_t blob[256], room[512];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct smb1_session_setup setup = {.is_unicode = true,
					   .blob = ntlm_offer(blob, sizeof(blob))};
	struct smb1_session s;
	struct smb1_block b;
	char os[TEXT] = "";

	/* Written behind a header, since strings are aligned to it; smb1_ask() writes its own. */
	smb1_write_header(&w, &h);
	smb1_write_session_setup(&w, &setup);
	if (w.bad ||
	    !smb1_ask(t, &h, bytes_slice((struct bytes){room, w.len}, SMB1_HEADER, w.len), &h,
		      &b) ||
	    !smb1_read_session(t->reply, &b, (h.flags2 & SMB1_FLAG2_UNICODE) != 0, &s))
		return;
	tell_challenge(t->a, s.blob, ret_answer);
	if (s.is_unicode)
		utf8(s.os, os);
	else
		(void)text_from_latin1(s.os, os, sizeof(os));
	if (os[0] != '\0')
		answer_add(ret_answer, "%s", os);
	asking_fact(t->a, FACT_OS, FROM_ASK_SMB, 80, os);
}

static bool ask_smb1(struct talk *t, struct answer *ret_answer)
{
	static const char dialect[] = "\2NT LM 0.12";
	const struct message speaks = {.kind = MESSAGE_SMB, .number = MESSAGE_SMB1_ONLY};
	const uint32_t extended = 0x80000000; /* CAP_EXTENDED_SECURITY */
	struct smb1_header h = {.cmd = SMB1_NEGOTIATE,
				.flags2 = SMB1_FLAG2_UNICODE | SMB1_FLAG2_NT_STATUS |
					  SMB1_FLAG2_EXTENDED_SECURITY,
				.pid = 1,
				.mid = 1},
			   got;
	struct smb1_negotiate n = {.dialects = {(const uint8_t *)dialect, sizeof(dialect)}};
	uint8_t room[64];
	struct writer w = {.at = room, .cap = sizeof(room)};
	struct smb1_negotiated r;
	struct smb1_block b;

	smb1_write_negotiate(&w, &n);
	if (!connect_to(t) || !smb1_ask(t, &h, (struct bytes){room, w.len}, &got, &b))
		return false;
	errno = EPROTO;
	if (!smb1_read_negotiated(t->reply, &b, &r) || r.dialect != 0)
		return false;
	ret_answer->is_ok = true;
	asking_tell(t->a, &speaks);
	if ((r.capabilities & extended) == 0) {
		tell_old_names(t, &r, ret_answer);
	} else {
		h.cmd = SMB1_SESSION_SETUP;
		h.mid = 2;
		ask_smb1_challenge(t, h, ret_answer);
	}
	answer_add(ret_answer, "SMB 1 alone");
	return true;
}

void ask_smb(struct asking *a, struct answer *ret_answer)
{
	static struct talk t;
	int why = 0;

	t.a = a;
	t.fd = -1;
	if (!ask_smb2(&t, ret_answer)) {
		why = errno;
		/* Whoever does not know SMB 2 closes, or answers something else. */
		if (t.fd != -1 && (why == EPIPE || why == ECONNRESET || why == EPROTO) &&
		    ask_smb1(&t, ret_answer))
			why = 0;
	}
	if (why != 0)
		answer_add(ret_answer, "%s",
			   why == EPROTO ? "answers, but not as SMB does" : reach_words(why));
	if (t.fd != -1)
		close(t.fd);
}
