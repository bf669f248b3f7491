#include "naming/spnego.h"

#include "naming/der.h"
#include "naming/ntlm.h"

enum {
	GSS_FRAME = DER_APPLICATION,
	INIT = DER_CONTEXT,
	RESP = DER_CONTEXT + 1,
	/* Kerberos messages that travel in blobs: [APPLICATION 14], [15], [30]. */
	AP_REQ = DER_APPLICATION + 14,
	AP_REP = DER_APPLICATION + 15,
	KRB_ERROR = DER_APPLICATION + 30,
	TOK_ID = 2, /* RFC 4121 4.1 */
	MECHS_MAX = 16,
};

static const uint8_t oid_spnego[] = {0x2b, 6, 1, 5, 5, 2};
static const uint8_t oid_ntlm[] = {0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10};
static const uint8_t oid_krb5[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2};
static const uint8_t oid_ms_krb5[] = {0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 1, 2, 2};
static const uint8_t oid_negoex[] = {0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 30};

static const struct {
	struct bytes oid;
	uint8_t mech;
} mechs[] = {
	{{oid_ms_krb5, sizeof(oid_ms_krb5)}, SPNEGO_MECH_MS_KRB5},
	{{oid_krb5, sizeof(oid_krb5)}, SPNEGO_MECH_KRB5},
	{{oid_negoex, sizeof(oid_negoex)}, SPNEGO_MECH_NEGOEX},
	{{oid_ntlm, sizeof(oid_ntlm)}, SPNEGO_MECH_NTLM},
};

enum { MECHS = sizeof(mechs) / sizeof(mechs[0]) };

static uint8_t mech_of(struct bytes oid)
{
	for (size_t i = 0; i < MECHS; i++) {
		if (bytes_eq(oid, mechs[i].oid))
			return mechs[i].mech;
	}
	return 0;
}

static bool is_krb_message(struct bytes msg)
{
	return msg.len > 0 &&
	       (msg.at[0] == AP_REQ || msg.at[0] == AP_REP || msg.at[0] == KRB_ERROR);
}

static void mech_types(struct reader *field, struct spnego *s)
{
	struct reader list = der_enter(field, DER_SEQUENCE);
	struct der oid;

	for (unsigned i = 0; i < MECHS_MAX && der_next(&list, &oid); i++)
		s->mechs |= mech_of(oid.body);
}

/* NegHints, or the MIC that stands at the same place. */
static void hints(struct reader *field, struct spnego *s)
{
	struct reader seq, name;

	if (der_enter_if(field, DER_SEQUENCE, &seq) && der_enter_if(&seq, DER_CONTEXT, &name))
		s->hint = der_take(&name, DER_GENERAL_STRING);
}

/* NegTokenInit, NegTokenInit2 and NegTokenResp. Returns the token in it; empty: none, or bad. */
static struct bytes negotiation(struct reader *r, bool is_init, struct spnego *s)
{
	struct reader seq = der_enter(r, DER_SEQUENCE);
	struct bytes token = {NULL, 0};
	struct der e;

	while (der_next(&seq, &e)) {
		struct reader field = {.rest = e.body};

		switch (e.tag) {
		case DER_CONTEXT:
			if (is_init) {
				mech_types(&field, s);
			} else {
				struct bytes state = der_take(&field, DER_ENUMERATED);

				if (state.len == 1)
					s->state = state.at[0];
			}
			break;
		case DER_CONTEXT + 1:
			if (!is_init)
				s->mechs |= mech_of(der_take(&field, DER_OID));
			break;
		case DER_CONTEXT + 2:
			token = der_take(&field, DER_OCTET_STRING);
			break;
		case DER_CONTEXT + 3:
			if (is_init)
				hints(&field, s);
			break;
		default:
			break;
		}
	}
	r->bad = r->bad || seq.bad;
	return seq.bad ? (struct bytes){NULL, 0} : token;
}

/* Behind GSS-API's frame: the mechanism, and what belongs to it. */
static struct bytes framed(struct reader *r, struct spnego *s, bool is_first, bool *ret_is_end)
{
	struct reader frame = der_enter(r, GSS_FRAME);
	struct bytes oid = der_take(&frame, DER_OID);
	uint8_t mech = mech_of(oid);

	if (is_first) /* else it is one of those that were offered, or its other name */
		s->mechs = mech;
	if ((mech & (SPNEGO_MECH_KRB5 | SPNEGO_MECH_MS_KRB5)) != 0)
		rd_skip(&frame, TOK_ID);
	*ret_is_end = frame.bad ||
		      (mech == 0 && !bytes_eq(oid, (struct bytes){oid_spnego, sizeof(oid_spnego)}));
	r->bad = r->bad || frame.bad;
	return frame.rest;
}

bool spnego_read(struct bytes blob, struct spnego *ret_spnego)
{
	struct spnego *s = ret_spnego;
	struct bytes here = blob;
	bool is_end = false;

	*s = (struct spnego){.state = SPNEGO_NO_STATE};
	for (unsigned i = 0; i < SPNEGO_LAYERS && here.len > 0 && !is_end; i++) {
		struct reader r = {.rest = here};

		if (ntlm_is(here) || is_krb_message(here)) {
			s->carries = ntlm_is(here) ? SPNEGO_NTLM : SPNEGO_KERBEROS;
			s->token = here;
			return true;
		}
		if (here.at[0] == GSS_FRAME) {
			here = framed(&r, s, i == 0, &is_end);
		} else if (here.at[0] == INIT || here.at[0] == RESP) {
			bool is_init = here.at[0] == INIT;
			struct reader in = der_enter(&r, here.at[0]);

			here = negotiation(&in, is_init, s);
			r.bad = r.bad || in.bad;
		} else {
			return i > 0;
		}
		if (r.bad)
			return false;
	}
	return blob.len > 0;
}

static void mech_list_write(struct writer *w, uint8_t all, uint8_t first)
{
	size_t field = der_begin(w, DER_CONTEXT), list = der_begin(w, DER_SEQUENCE);

	for (unsigned turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < MECHS; i++) {
			uint8_t mech = mechs[i].mech;

			if ((all & mech) != 0 && ((mech & first) != 0) == (turn == 0))
				der_put(w, DER_OID, mechs[i].oid);
		}
	}
	der_end(w, list);
	der_end(w, field);
}

static uint8_t token_mech(const struct spnego *s)
{
	if (s->carries == SPNEGO_NTLM)
		return SPNEGO_MECH_NTLM;
	if (s->carries != SPNEGO_KERBEROS)
		return 0;
	/* Clients of Windows offer its own number first, and frame the token with the true one. */
	return (s->mechs & SPNEGO_MECH_MS_KRB5) != 0 ? SPNEGO_MECH_MS_KRB5 : SPNEGO_MECH_KRB5;
}

static void token_write(struct writer *w, const struct spnego *s)
{
	if (s->token.len == 0)
		return;

	size_t field = der_begin(w, DER_CONTEXT + 2);

	if (s->carries != SPNEGO_KERBEROS) {
		der_put(w, DER_OCTET_STRING, s->token);
	} else {
		uint8_t id = s->token.at[0] == AP_REQ ? 1 : s->token.at[0] == AP_REP ? 2 : 3;
		size_t octets = der_begin(w, DER_OCTET_STRING), frame = der_begin(w, GSS_FRAME);

		der_put(w, DER_OID, (struct bytes){oid_krb5, sizeof(oid_krb5)});
		wr_be(w, 1, id);
		wr_zeros(w, 1);
		wr_bytes(w, s->token);
		der_end(w, frame);
		der_end(w, octets);
	}
	der_end(w, field);
}

void spnego_write_init(struct writer *w, const struct spnego *s)
{
	size_t frame = der_begin(w, GSS_FRAME);

	der_put(w, DER_OID, (struct bytes){oid_spnego, sizeof(oid_spnego)});

	size_t init = der_begin(w, INIT), seq = der_begin(w, DER_SEQUENCE);
	uint8_t mech = token_mech(s);

	mech_list_write(w, s->mechs | mech, mech);
	token_write(w, s);
	if (s->hint.len > 0) {
		size_t field = der_begin(w, DER_CONTEXT + 3), names = der_begin(w, DER_SEQUENCE);
		size_t name = der_begin(w, DER_CONTEXT);

		der_put(w, DER_GENERAL_STRING, s->hint);
		der_end(w, name);
		der_end(w, names);
		der_end(w, field);
	}
	der_end(w, seq);
	der_end(w, init);
	der_end(w, frame);
}

void spnego_write_resp(struct writer *w, const struct spnego *s)
{
	size_t resp = der_begin(w, RESP), seq = der_begin(w, DER_SEQUENCE);

	if (s->state != SPNEGO_NO_STATE) {
		size_t field = der_begin(w, DER_CONTEXT);

		der_put(w, DER_ENUMERATED, (struct bytes){&s->state, 1});
		der_end(w, field);
	}
	for (size_t i = 0; i < MECHS; i++) {
		if ((s->mechs & mechs[i].mech) == 0)
			continue;
		size_t field = der_begin(w, DER_CONTEXT + 1);

		der_put(w, DER_OID, mechs[i].oid); /* one is chosen: the first of ours */
		der_end(w, field);
		break;
	}
	token_write(w, s);
	der_end(w, seq);
	der_end(w, resp);
}
