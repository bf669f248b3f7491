#include "wire/smb1_trans.h"

#include "wire/smb1_words.h"

struct layout {         /* what differs between the six */
	unsigned width; /* of a count */
	bool is_primary, is_response, is_nt;
};

static struct layout layout_of(const struct smb1_trans *t)
{
	bool is_nt = t->cmd == SMB1_NT_TRANS || t->cmd == SMB1_NT_TRANS_SECONDARY;
	bool is_primary = t->cmd == SMB1_TRANS || t->cmd == SMB1_TRANS2 || t->cmd == SMB1_NT_TRANS;

	return (struct layout){is_nt ? 4 : 2, is_primary && !t->is_response, t->is_response, is_nt};
}

static void count(struct fields *f, const struct layout *l, uint32_t *v)
{
	*v = (uint32_t)fld_number(f, l->width, *v);
}

static void place(struct fields *f, const struct layout *l, size_t *v)
{
	*v = (size_t)fld_number(f, l->width, *v);
}

static void counts(struct fields *f, const struct layout *l, struct smb1_trans *t)
{
	for (int i = 0; i < 2; i++) {
		struct smb1_part *p = i == 0 ? &t->params : &t->data;

		count(f, l, &p->count);
		place(f, l, &p->at);
		if (!l->is_primary)
			count(f, l, &p->displacement);
	}
}

static void setup(struct fields *f, const struct layout *l, struct smb1_trans *t)
{
	fld_u8(f, &t->n_setup);
	if (l->is_nt && l->is_primary)
		fld_u16(f, &t->function);
	else if (!l->is_nt)
		fld_zeros(f, 1);
	for (unsigned i = 0; i < t->n_setup; i++) {
		uint16_t word = i < SMB1_SETUP_MAX ? t->setup[i] : 0;

		fld_u16(f, &word);
		if (i < SMB1_SETUP_MAX)
			t->setup[i] = word;
	}
}

static void primary(struct fields *f, const struct layout *l, struct smb1_trans *t)
{
	if (l->is_nt) {
		fld_const(f, 1, 0); /* MaxSetupCount */
		fld_zeros(f, 2);
	}
	count(f, l, &t->params.total);
	count(f, l, &t->data.total);
	count(f, l, &t->max_params);
	count(f, l, &t->max_data);
	if (!l->is_nt)
		fld_zeros(f, 1 + 1 + 2 + 4 + 2); /* MaxSetupCount, Flags, Timeout, Reserved */
	counts(f, l, t);
	setup(f, l, t);
}

static void words(struct fields *f, const struct layout *l, struct smb1_trans *t)
{
	if (l->is_primary) {
		primary(f, l, t);
		return;
	}
	if (l->is_nt)
		fld_zeros(f, 3);
	count(f, l, &t->params.total);
	count(f, l, &t->data.total);
	if (l->is_response && !l->is_nt)
		fld_zeros(f, 2);
	counts(f, l, t);
	if (l->is_response)
		setup(f, l, t);
	else if (l->is_nt)
		fld_zeros(f, 1);
	else if (t->cmd == SMB1_TRANS2_SECONDARY)
		fld_u16(f, &t->fid);
}

bool smb1_read_trans(struct bytes msg, const struct smb1_block *b, const struct smb1_header *h,
		     struct smb1_trans *ret_trans)
{
	struct reader r = {.rest = b->words};
	struct smb1_trans t = {
		.cmd = b->cmd,
		.is_response = (h->flags & SMB1_FLAG_REPLY) != 0,
		.is_unicode = (h->flags2 & SMB1_FLAG2_UNICODE) != 0,
	};
	const struct layout l = layout_of(&t);

	words(&(struct fields){.r = &r}, &l, &t);
	if (b->cmd == SMB1_TRANS && l.is_primary)
		t.name = smb1_string(bytes_slice(msg, 0, b->data_at + b->byte_count), t.is_unicode,
				     b->data_at, NULL);
	t.params.bytes = bytes_slice(msg, t.params.at, t.params.count);
	t.data.bytes = bytes_slice(msg, t.data.at, t.data.count);
	*ret_trans = t;
	return !r.bad;
}

static void align(struct writer *w)
{
	while (w->len % 4 != 0 && !w->bad)
		wr_zeros(w, 1);
}

void smb1_write_trans(struct writer *w, const struct smb1_trans *t)
{
	struct smb1_trans x = *t;
	const struct layout l = layout_of(&x);
	struct smb1_part *parts[] = {&x.params, &x.data};
	size_t at = w->len;

	if (x.n_setup > SMB1_SETUP_MAX)
		x.n_setup = SMB1_SETUP_MAX;
	for (int i = 0; i < 2; i++) {
		parts[i]->count = (uint32_t)parts[i]->bytes.len;
		if (parts[i]->total == 0)
			parts[i]->total = parts[i]->count;
	}
	wr_zeros(w, 1);
	words(&(struct fields){.w = w}, &l, &x); /* once for the size, once with the offsets */
	wr_patch_le(w, at, 1, (w->len - at - 1) / 2);

	size_t begin = smb1_begin_data(w);

	if (x.cmd == SMB1_TRANS && l.is_primary)
		smb1_write_string(w, x.is_unicode, x.name);
	else if (x.cmd == SMB1_TRANS2 && l.is_primary)
		wr_zeros(w, 1);
	for (int i = 0; i < 2; i++) {
		align(w);
		parts[i]->at = w->len;
		wr_bytes(w, parts[i]->bytes);
	}
	smb1_end_data(w, begin);
	if (w->bad)
		return;

	struct writer again = {.at = w->at + at + 1, .cap = begin - 2 - at - 1};

	words(&(struct fields){.w = &again}, &l, &x);
}
