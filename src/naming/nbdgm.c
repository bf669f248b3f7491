#include "naming/nbdgm.h"

bool nbdgm_read(struct bytes msg, struct nbdgm *ret_nbdgm)
{
	struct reader r = {.rest = msg};
	struct nbdgm x = {.type = rd_u8(&r)};

	x.flags = rd_u8(&r);
	x.id = rd_be16(&r);
	x.source_ip = addr_v4(rd_be32(&r));
	x.source_port = rd_be16(&r);
	rd_skip(&r, 2); /* the length of the rest; the UDP header has told it */
	x.offset = rd_be16(&r);
	if (r.bad || x.type < NBDGM_DIRECT_UNIQUE || x.type > NBDGM_BROADCAST)
		return false;
	if (!netbios_read(&r, msg, &x.source) || !netbios_read(&r, msg, &x.destination))
		return false;
	x.data = r.rest;
	*ret_nbdgm = x;
	return true;
}

void nbdgm_write(struct writer *w, const struct nbdgm *x)
{
	wr_be(w, 1, x->type);
	wr_be(w, 1, x->flags);
	wr_be(w, 2, x->id);
	wr_bytes(w, (struct bytes){x->source_ip.b + 12, 4});
	wr_be(w, 2, x->source_port);

	size_t at = w->len;

	wr_be(w, 2, 0);
	wr_be(w, 2, x->offset);

	size_t begin = w->len;

	netbios_write(w, &x->source);
	netbios_write(w, &x->destination);
	wr_bytes(w, x->data);
	if (!w->bad)
		wr_patch_be(w, at, 2, w->len - begin);
}
