#include "naming/kerberos.h"

#include "naming/der.h"

enum {
	PVNO = 5,
	TICKET = DER_APPLICATION + 1,
	PA_TGS_REQ = 1,
	PADATA_MAX = 16,
	ADDRESSES_MAX = 16,
};

/* A KerberosString, which old clients of Windows send as UTF-8. */
static struct bytes string(struct reader *field)
{
	struct der e;

	if (!der_next(field, &e) || (e.tag != DER_GENERAL_STRING && e.tag != DER_UTF8_STRING)) {
		field->bad = true;
		return (struct bytes){NULL, 0};
	}
	return e.body;
}

static void name_read(struct reader *field, struct krb_name *n)
{
	struct reader seq = der_enter(field, DER_SEQUENCE);
	struct reader type = der_enter(&seq, DER_CONTEXT);
	struct reader names = der_enter(&seq, DER_CONTEXT + 1);
	struct reader list = der_enter(&names, DER_SEQUENCE);

	*n = (struct krb_name){.type = (int32_t)der_int(&type)};
	while (list.rest.len > 0 && !list.bad && n->n < KRB_PARTS)
		n->part[n->n++] = string(&list);
	field->bad = field->bad || seq.bad || type.bad || names.bad || list.bad;
}

/* EncryptedData */
static void cipher_read(struct reader *field, struct krb_ticket *t)
{
	struct reader seq = der_enter(field, DER_SEQUENCE), kvno, cipher;
	struct reader etype = der_enter(&seq, DER_CONTEXT);

	t->etype = (int32_t)der_int(&etype);
	(void)der_enter_if(&seq, DER_CONTEXT + 1, &kvno);
	cipher = der_enter(&seq, DER_CONTEXT + 2);
	t->cipher = der_take(&cipher, DER_OCTET_STRING);
	field->bad = field->bad || seq.bad || etype.bad || cipher.bad;
}

static void ticket_read(struct reader *field, struct krb *k)
{
	struct reader app = der_enter(field, TICKET), seq = der_enter(&app, DER_SEQUENCE);
	struct der e;

	while (der_next(&seq, &e)) {
		struct reader f = {.rest = e.body};

		if (e.tag == DER_CONTEXT + 1)
			k->ticket.realm = string(&f);
		else if (e.tag == DER_CONTEXT + 2)
			name_read(&f, &k->ticket.sname);
		else if (e.tag == DER_CONTEXT + 3)
			cipher_read(&f, &k->ticket);
		seq.bad = seq.bad || f.bad;
	}
	k->has_ticket = !seq.bad;
	field->bad = field->bad || seq.bad || app.bad;
}

/* The header that all have: pvno and msg-type, at [0] and [1] or one higher. */
static bool header_read(struct reader *seq, struct krb *k, unsigned first)
{
	struct reader pvno = der_enter(seq, (uint8_t)(DER_CONTEXT + first));
	struct reader type = der_enter(seq, (uint8_t)(DER_CONTEXT + first + 1));

	return der_int(&pvno) == PVNO && der_int(&type) == k->type && !seq->bad && !pvno.bad &&
	       !type.bad;
}

static bool ap_req_read(struct reader *seq, struct krb *k)
{
	struct der e;

	if (!header_read(seq, k, 0))
		return false;
	while (der_next(seq, &e)) {
		struct reader f = {.rest = e.body};

		if (e.tag == DER_CONTEXT + 3)
			ticket_read(&f, k);
		seq->bad = seq->bad || f.bad;
	}
	return !seq->bad;
}

static void padata_read(struct reader *field, struct krb *k)
{
	struct reader list = der_enter(field, DER_SEQUENCE), pa;

	for (unsigned i = 0; i < PADATA_MAX && der_enter_if(&list, DER_SEQUENCE, &pa); i++) {
		struct reader type = der_enter(&pa, DER_CONTEXT + 1);
		struct reader value = der_enter(&pa, DER_CONTEXT + 2);

		if (der_int(&type) != PA_TGS_REQ || pa.bad)
			continue;

		struct reader octets = der_enter(&value, DER_OCTET_STRING);
		struct reader app = der_enter(&octets, DER_APPLICATION + KRB_AP_REQ);
		struct reader seq = der_enter(&app, DER_SEQUENCE);
		struct krb ap = {.type = KRB_AP_REQ};

		if (ap_req_read(&seq, &ap) && ap.has_ticket) {
			k->has_ticket = true;
			k->ticket = ap.ticket;
		}
		return;
	}
}

static void etypes_read(struct reader *field, struct krb *k)
{
	struct reader list = der_enter(field, DER_SEQUENCE);

	while (list.rest.len > 0 && !list.bad && k->n_etypes < KRB_ETYPES)
		k->etypes[k->n_etypes++] = (int32_t)der_int(&list);
	field->bad = field->bad || list.bad;
}

static void addresses_read(struct reader *field, struct krb *k)
{
	struct reader list = der_enter(field, DER_SEQUENCE), one;

	for (unsigned i = 0; i < ADDRESSES_MAX && der_enter_if(&list, DER_SEQUENCE, &one); i++) {
		struct reader type = der_enter(&one, DER_CONTEXT);
		struct reader address = der_enter(&one, DER_CONTEXT + 1);
		int64_t t = der_int(&type);
		struct bytes a = der_take(&address, DER_OCTET_STRING);

		if (t == KRB_NETBIOS && !type.bad && !address.bad && k->netbios.len == 0)
			k->netbios = a;
	}
}

static void body_read(struct reader *field, struct krb *k)
{
	struct reader seq = der_enter(field, DER_SEQUENCE);
	struct der e;

	while (der_next(&seq, &e)) {
		struct reader f = {.rest = e.body};

		switch (e.tag) {
		case DER_CONTEXT + 1:
			name_read(&f, &k->cname);
			break;
		case DER_CONTEXT + 2:
			k->realm = string(&f);
			break;
		case DER_CONTEXT + 3:
			name_read(&f, &k->sname);
			break;
		case DER_CONTEXT + 7:
			k->nonce = (uint32_t)der_int(&f);
			break;
		case DER_CONTEXT + 8:
			etypes_read(&f, k);
			break;
		case DER_CONTEXT + 9:
			addresses_read(&f, k);
			break;
		default:
			break;
		}
		seq.bad = seq.bad || f.bad;
	}
	field->bad = field->bad || seq.bad;
}

static bool request_read(struct reader *seq, struct krb *k)
{
	struct der e;

	if (!header_read(seq, k, 1))
		return false;
	while (der_next(seq, &e)) {
		struct reader f = {.rest = e.body};

		if (e.tag == DER_CONTEXT + 3 && k->type == KRB_TGS_REQ)
			padata_read(&f, k);
		else if (e.tag == DER_CONTEXT + 4)
			body_read(&f, k);
		seq->bad = seq->bad || f.bad;
	}
	return !seq->bad;
}

static bool reply_read(struct reader *seq, struct krb *k)
{
	struct der e;

	if (!header_read(seq, k, 0))
		return false;
	while (der_next(seq, &e)) {
		struct reader f = {.rest = e.body};

		if (e.tag == DER_CONTEXT + 3)
			k->crealm = string(&f);
		else if (e.tag == DER_CONTEXT + 4)
			name_read(&f, &k->cname);
		else if (e.tag == DER_CONTEXT + 5)
			ticket_read(&f, k);
		seq->bad = seq->bad || f.bad;
	}
	return !seq->bad;
}

static bool error_read(struct reader *seq, struct krb *k)
{
	struct der e;

	if (!header_read(seq, k, 0))
		return false;
	while (der_next(seq, &e)) {
		struct reader f = {.rest = e.body};

		switch (e.tag) {
		case DER_CONTEXT + 6:
			k->error = (int32_t)der_int(&f);
			break;
		case DER_CONTEXT + 7:
			k->crealm = string(&f);
			break;
		case DER_CONTEXT + 8:
			name_read(&f, &k->cname);
			break;
		case DER_CONTEXT + 9:
			k->realm = string(&f);
			break;
		case DER_CONTEXT + 10:
			name_read(&f, &k->sname);
			break;
		default:
			break;
		}
		seq->bad = seq->bad || f.bad;
	}
	return !seq->bad;
}

static bool is_type(uint8_t tag)
{
	uint8_t type = (uint8_t)(tag - DER_APPLICATION);

	return (type >= KRB_AS_REQ && type <= KRB_AP_REP) || type == KRB_ERROR;
}

bool krb_read(struct bytes msg, struct krb *ret_krb)
{
	struct reader r = {.rest = msg};
	struct krb *k = ret_krb;
	struct der app;

	*k = (struct krb){0};
	if (!der_next(&r, &app) || !is_type(app.tag))
		return false;
	k->type = (uint8_t)(app.tag - DER_APPLICATION);

	struct reader body = {.rest = app.body}, seq = der_enter(&body, DER_SEQUENCE);

	if (body.bad)
		return false;
	switch (k->type) {
	case KRB_AS_REQ:
	case KRB_TGS_REQ:
		return request_read(&seq, k);
	case KRB_AS_REP:
	case KRB_TGS_REP:
		return reply_read(&seq, k);
	case KRB_AP_REQ:
		return ap_req_read(&seq, k);
	case KRB_AP_REP:
		return header_read(&seq, k, 0);
	default:
		return error_read(&seq, k);
	}
}

bool krb_looks_like(struct bytes head, size_t whole)
{
	struct reader r = {.rest = head};
	uint8_t tag = rd_u8(&r);

	if (!is_type(tag))
		return false;
	if (r.rest.len == 0)
		return true;

	size_t len = rd_u8(&r);
	size_t n = len < 0x80 ? 0 : len - 0x80;

	if (len == 0x80 || n > 4)
		return false;
	if (r.rest.len < n)
		return true;
	if (n > 0)
		len = (size_t)rd_be(&r, (unsigned)n);
	return len + 2 + n == whole;
}

static void field_int(struct writer *w, unsigned n, int64_t v)
{
	size_t field = der_begin(w, (uint8_t)(DER_CONTEXT + n));

	der_put_int(w, v);
	der_end(w, field);
}

static void field_put(struct writer *w, unsigned n, uint8_t tag, struct bytes body)
{
	size_t field = der_begin(w, (uint8_t)(DER_CONTEXT + n));

	der_put(w, tag, body);
	der_end(w, field);
}

static void field_name(struct writer *w, unsigned n, const struct krb_name *name)
{
	if (name->n == 0)
		return;

	size_t field = der_begin(w, (uint8_t)(DER_CONTEXT + n));
	size_t seq = der_begin(w, DER_SEQUENCE);

	field_int(w, 0, name->type);

	size_t names = der_begin(w, DER_CONTEXT + 1), list = der_begin(w, DER_SEQUENCE);

	for (unsigned i = 0; i < name->n; i++)
		der_put(w, DER_GENERAL_STRING, name->part[i]);
	der_end(w, list);
	der_end(w, names);
	der_end(w, seq);
	der_end(w, field);
}

static void field_cipher(struct writer *w, unsigned n, int32_t etype, struct bytes cipher)
{
	size_t field = der_begin(w, (uint8_t)(DER_CONTEXT + n));
	size_t seq = der_begin(w, DER_SEQUENCE);

	field_int(w, 0, etype);
	field_put(w, 2, DER_OCTET_STRING, cipher);
	der_end(w, seq);
	der_end(w, field);
}

static void field_ticket(struct writer *w, unsigned n, const struct krb_ticket *t)
{
	size_t field = der_begin(w, (uint8_t)(DER_CONTEXT + n));
	size_t app = der_begin(w, TICKET), seq = der_begin(w, DER_SEQUENCE);

	field_int(w, 0, PVNO);
	field_put(w, 1, DER_GENERAL_STRING, t->realm);
	field_name(w, 2, &t->sname);
	field_cipher(w, 3, t->etype, t->cipher);
	der_end(w, seq);
	der_end(w, app);
	der_end(w, field);
}

static const uint8_t no_flags[5] = {0}; /* of a BIT STRING: no unused bits, 32 zeros */

static void ap_req_write(struct writer *w, const struct krb *k)
{
	size_t app = der_begin(w, DER_APPLICATION + KRB_AP_REQ), seq = der_begin(w, DER_SEQUENCE);

	field_int(w, 0, PVNO);
	field_int(w, 1, KRB_AP_REQ);
	field_put(w, 2, DER_BIT_STRING, (struct bytes){no_flags, sizeof(no_flags)});
	if (k->has_ticket)
		field_ticket(w, 3, &k->ticket);
	field_cipher(w, 4, k->ticket.etype, (struct bytes){NULL, 0});
	der_end(w, seq);
	der_end(w, app);
}

static void body_write(struct writer *w, const struct krb *k)
{
	size_t field = der_begin(w, DER_CONTEXT + 4), seq = der_begin(w, DER_SEQUENCE);

	field_put(w, 0, DER_BIT_STRING, (struct bytes){no_flags, sizeof(no_flags)});
	field_name(w, 1, &k->cname);
	field_put(w, 2, DER_GENERAL_STRING, k->realm);
	field_name(w, 3, &k->sname);
	field_put(w, 5, DER_GENERALIZED_TIME, BYTES("20370913024805Z"));
	field_int(w, 7, k->nonce);

	size_t etype = der_begin(w, DER_CONTEXT + 8), list = der_begin(w, DER_SEQUENCE);

	for (unsigned i = 0; i < k->n_etypes; i++)
		der_put_int(w, k->etypes[i]);
	der_end(w, list);
	der_end(w, etype);
	if (k->netbios.len > 0) {
		size_t all = der_begin(w, DER_CONTEXT + 9), some = der_begin(w, DER_SEQUENCE);
		size_t one = der_begin(w, DER_SEQUENCE);

		field_int(w, 0, KRB_NETBIOS);
		field_put(w, 1, DER_OCTET_STRING, k->netbios);
		der_end(w, one);
		der_end(w, some);
		der_end(w, all);
	}
	der_end(w, seq);
	der_end(w, field);
}

static void request_write(struct writer *w, const struct krb *k)
{
	field_int(w, 1, PVNO);
	field_int(w, 2, k->type);
	if (k->type == KRB_TGS_REQ && k->has_ticket) {
		size_t field = der_begin(w, DER_CONTEXT + 3), list = der_begin(w, DER_SEQUENCE);
		size_t pa = der_begin(w, DER_SEQUENCE);

		field_int(w, 1, PA_TGS_REQ);

		size_t value = der_begin(w, DER_CONTEXT + 2);
		size_t octets = der_begin(w, DER_OCTET_STRING);

		ap_req_write(w, k);
		der_end(w, octets);
		der_end(w, value);
		der_end(w, pa);
		der_end(w, list);
		der_end(w, field);
	}
	body_write(w, k);
}

static void reply_write(struct writer *w, const struct krb *k)
{
	field_int(w, 0, PVNO);
	field_int(w, 1, k->type);
	field_put(w, 3, DER_GENERAL_STRING, k->crealm);
	field_name(w, 4, &k->cname);
	if (k->has_ticket)
		field_ticket(w, 5, &k->ticket);
	field_cipher(w, 6, k->ticket.etype, (struct bytes){NULL, 0});
}

static void error_write(struct writer *w, const struct krb *k)
{
	field_int(w, 0, PVNO);
	field_int(w, 1, KRB_ERROR);
	field_put(w, 4, DER_GENERALIZED_TIME, BYTES("20090213031207Z"));
	field_int(w, 5, 0);
	field_int(w, 6, k->error);
	if (k->crealm.len > 0)
		field_put(w, 7, DER_GENERAL_STRING, k->crealm);
	field_name(w, 8, &k->cname);
	field_put(w, 9, DER_GENERAL_STRING, k->realm);
	field_name(w, 10, &k->sname);
}

void krb_write(struct writer *w, const struct krb *k)
{
	if (k->type == KRB_AP_REQ) {
		ap_req_write(w, k);
		return;
	}

	size_t app = der_begin(w, (uint8_t)(DER_APPLICATION + k->type));
	size_t seq = der_begin(w, DER_SEQUENCE);

	switch (k->type) {
	case KRB_AS_REQ:
	case KRB_TGS_REQ:
		request_write(w, k);
		break;
	case KRB_AS_REP:
	case KRB_TGS_REP:
		reply_write(w, k);
		break;
	case KRB_AP_REP:
		field_int(w, 0, PVNO);
		field_int(w, 1, KRB_AP_REP);
		break;
	default:
		error_write(w, k);
		break;
	}
	der_end(w, seq);
	der_end(w, app);
}
