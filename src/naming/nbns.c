#include "naming/nbns.h"

enum { CLASS_IN = 1, STATISTICS = 40, FLAGS = 0x07f0 };
enum { POINTER_TO_QUESTION = 0xc00c };

static void read_addrs(struct nbns *x, struct reader *data)
{
	while (data->rest.len >= 6) {
		struct nbns_addr a = {.nb_flags = rd_be16(data)};

		a.addr = addr_v4(rd_be32(data));
		if (x->n_addrs == NBNS_ADDRS) {
			x->is_more = true;
			return;
		}
		x->addrs[x->n_addrs++] = a;
	}
}

static bool read_names(struct nbns *x, struct reader *data)
{
	unsigned n = rd_u8(data);

	for (unsigned i = 0; i < n; i++) {
		struct nbns_node_name name;

		rd_copy(data, name.name, sizeof(name.name));
		name.suffix = rd_u8(data);
		name.flags = rd_be16(data);
		if (data->bad)
			return false;
		if (x->n_names < NBNS_NAMES)
			x->names[x->n_names++] = name;
		else
			x->is_more = true;
	}
	if (data->rest.len >= sizeof(x->unit_id.b)) /* some leave the statistics out */
		rd_copy(data, x->unit_id.b, sizeof(x->unit_id.b));
	return !data->bad;
}

static bool read_record(struct nbns *x, struct reader *r, struct bytes msg)
{
	if (!netbios_read(r, msg, &x->name))
		return false;
	x->type = rd_be16(r);
	rd_skip(r, 2);
	x->ttl_s = rd_be32(r);

	struct reader data = {.rest = rd_take(r, rd_be16(r))};

	if (r->bad)
		return false;
	x->has_record = true;
	if (x->type == NBNS_TYPE_NB)
		read_addrs(x, &data);
	else if (x->type == NBNS_TYPE_NBSTAT)
		return read_names(x, &data);
	return true;
}

bool nbns_read(struct bytes msg, struct nbns *ret_nbns)
{
	struct reader r = {.rest = msg};
	struct nbns x = {.id = rd_be16(&r)};
	unsigned word = rd_be16(&r), counts[4];

	for (unsigned i = 0; i < 4; i++)
		counts[i] = rd_be16(&r);
	x.is_response = (word & 0x8000) != 0;
	x.opcode = word >> 11 & 15;
	x.rcode = word & 15;
	x.flags = word & FLAGS;
	if (r.bad)
		return false;
	if (counts[0] > 0) {
		if (!netbios_read(&r, msg, &x.name))
			return false;
		x.type = rd_be16(&r);
		rd_skip(&r, 2);
		x.has_question = !r.bad;
	}
	/* One record is all that a message has, whichever section holds it. */
	if (!r.bad && counts[1] + counts[2] + counts[3] > 0 && !read_record(&x, &r, msg))
		return false;
	if (r.bad || (!x.has_question && !x.has_record))
		return false;
	*ret_nbns = x;
	return true;
}

static void write_data(struct writer *w, const struct nbns *x)
{
	if (x->type == NBNS_TYPE_NB) {
		for (unsigned i = 0; i < x->n_addrs && i < NBNS_ADDRS; i++) {
			wr_be(w, 2, x->addrs[i].nb_flags);
			wr_bytes(w, (struct bytes){x->addrs[i].addr.b + 12, 4});
		}
	} else if (x->type == NBNS_TYPE_NBSTAT) {
		unsigned n = x->n_names < NBNS_NAMES ? x->n_names : NBNS_NAMES;

		wr_be(w, 1, n);
		for (unsigned i = 0; i < n; i++) {
			const struct nbns_node_name *name = &x->names[i];

			wr_bytes(w, (struct bytes){name->name, sizeof(name->name)});
			wr_be(w, 1, name->suffix);
			wr_be(w, 2, name->flags);
		}
		wr_bytes(w, (struct bytes){x->unit_id.b, sizeof(x->unit_id.b)});
		wr_zeros(w, STATISTICS);
	}
}

void nbns_write(struct writer *w, const struct nbns *x)
{
	/* A response's record is the answer; a request's is what it asks for. */
	unsigned answers = x->has_record && x->is_response;
	unsigned additional = x->has_record && !x->is_response;

	wr_be(w, 2, x->id);
	wr_be(w, 2,
	      (x->is_response ? 0x8000u : 0) | (x->opcode & 15u) << 11 | (x->flags & FLAGS) |
		      (x->rcode & 15u));
	wr_be(w, 2, x->has_question);
	wr_be(w, 2, answers);
	wr_be(w, 2, 0);
	wr_be(w, 2, additional);
	if (x->has_question) {
		netbios_write(w, &x->name);
		wr_be(w, 2, x->type);
		wr_be(w, 2, CLASS_IN);
	}
	if (!x->has_record)
		return;
	if (x->has_question)
		wr_be(w, 2, POINTER_TO_QUESTION);
	else
		netbios_write(w, &x->name);
	wr_be(w, 2, x->type);
	wr_be(w, 2, CLASS_IN);
	wr_be(w, 4, x->ttl_s);

	size_t at = w->len;

	wr_be(w, 2, 0);
	write_data(w, x);
	if (!w->bad)
		wr_patch_be(w, at, 2, w->len - at - 2);
}
