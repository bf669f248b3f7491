#include "naming/dns.h"

#include <stdio.h>

bool dns_begin(struct bytes msg, struct dns_walk *ret_walk)
{
	struct dns_walk w = {.msg = msg, .r = {.rest = msg}};

	w.header.id = rd_be16(&w.r);
	w.header.flags = rd_be16(&w.r);
	for (unsigned i = 0; i < DNS_SECTIONS; i++)
		w.header.counts[i] = rd_be16(&w.r);
	if (w.r.bad)
		return false;
	*ret_walk = w;
	return true;
}

static bool has_target(uint16_t type)
{
	return type == DNS_PTR || type == DNS_CNAME || type == DNS_NS || type == DNS_SRV;
}

/* What of the record's data is an address or a name. Names may point to anywhere before. */
static bool read_data(struct dns_record *x, struct bytes msg, size_t at)
{
	struct reader r = {.rest = bytes_slice(msg, at, SIZE_MAX)};

	if (x->data.len == 0)
		return true; /* an update that deletes */
	if (x->type == DNS_A && x->data.len == 4)
		x->addr = addr_from_v4(x->data.at);
	if (x->type == DNS_AAAA && x->data.len == 16)
		memcpy(x->addr.b, x->data.at, sizeof(x->addr.b));
	if (!has_target(x->type))
		return true;
	if (x->type == DNS_SRV) {
		rd_skip(&r, 4);
		x->port = rd_be16(&r);
	}
	return dns_name_read(&r, msg, &x->target);
}

bool dns_next(struct dns_walk *w, struct dns_record *ret_record)
{
	while (w->section < DNS_SECTIONS && w->in_section == w->header.counts[w->section]) {
		w->section++;
		w->in_section = 0;
	}
	if (w->section == DNS_SECTIONS || w->records == DNS_RECORDS_MAX || w->r.bad)
		return false;

	struct dns_record *x = ret_record;

	memset(x, 0, sizeof(*x));
	x->section = (uint8_t)w->section;
	if (!dns_name_read(&w->r, w->msg, &x->name))
		return false;
	x->type = rd_be16(&w->r);
	x->class = rd_be16(&w->r);
	if (w->section != DNS_QUESTION) {
		x->ttl_s = rd_be32(&w->r);
		x->data = rd_take(&w->r, rd_be16(&w->r));
		if (!w->r.bad && !read_data(x, w->msg, w->msg.len - w->r.rest.len - x->data.len))
			w->r.bad = true;
	}
	w->in_section++;
	w->records++;
	return !w->r.bad;
}

void dns_write_header(struct writer *w, const struct dns_header *h)
{
	wr_be(w, 2, h->id);
	wr_be(w, 2, h->flags);
	for (unsigned i = 0; i < DNS_SECTIONS; i++)
		wr_be(w, 2, h->counts[i]);
}

static void write_data(struct writer *w, const struct dns_record *x)
{
	if (x->data.len == 0 && addr_is_zero(&x->addr) && x->target.len == 0) {
		return;
	} else if (x->type == DNS_A) {
		wr_bytes(w, (struct bytes){x->addr.b + 12, 4});
	} else if (x->type == DNS_AAAA) {
		wr_bytes(w, (struct bytes){x->addr.b, sizeof(x->addr.b)});
	} else if (has_target(x->type)) {
		if (x->type == DNS_SRV) {
			wr_zeros(w, 4);
			wr_be(w, 2, x->port);
		}
		dns_name_write(w, &x->target);
	} else {
		wr_bytes(w, x->data);
	}
}

void dns_write_record(struct writer *w, const struct dns_record *x)
{
	dns_name_write(w, &x->name);
	wr_be(w, 2, x->type);
	wr_be(w, 2, x->class);
	if (x->section == DNS_QUESTION)
		return;
	wr_be(w, 4, x->ttl_s);

	size_t at = w->len;

	wr_be(w, 2, 0);
	write_data(w, x);
	if (!w->bad)
		wr_patch_be(w, at, 2, w->len - at - 2);
}

enum { V4_LABELS = 4 + 2, V6_LABELS = 32 + 2 };

/* A label of decimal digits; false: another, or over 255. */
static bool octet(struct bytes label, uint8_t *ret_octet)
{
	unsigned v = 0;

	if (label.len == 0 || label.len > 3)
		return false;
	for (size_t i = 0; i < label.len; i++) {
		if (label.at[i] < '0' || label.at[i] > '9')
			return false;
		v = v * 10 + label.at[i] - '0';
	}
	*ret_octet = (uint8_t)v;
	return v <= 255;
}

static bool nibble(struct bytes label, unsigned *ret_nibble)
{
	unsigned c = label.len == 1 ? label.at[0] : 0;

	if (c >= '0' && c <= '9')
		*ret_nibble = c - '0';
	else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		*ret_nibble = (c | 0x20) - 'a' + 10;
	else
		return false;
	return true;
}

bool dns_reverse_addr(const struct dns_name *n, struct addr *ret_addr)
{
	struct addr a = {{0}};
	uint8_t v4[4];

	if (dns_name_labels(n) == V4_LABELS && dns_name_ends(n, "in-addr.arpa")) {
		for (unsigned i = 0; i < 4; i++)
			if (!octet(dns_name_label(n, i), &v4[3 - i]))
				return false;
		*ret_addr = addr_from_v4(v4);
		return true;
	}
	if (dns_name_labels(n) != V6_LABELS || !dns_name_ends(n, "ip6.arpa"))
		return false;
	for (unsigned i = 0; i < 32; i++) {
		unsigned v = 0;

		if (!nibble(dns_name_label(n, i), &v))
			return false;
		a.b[15 - i / 2] |= (uint8_t)(v << (i % 2 * 4));
	}
	*ret_addr = a;
	return true;
}

void dns_reverse_name(const struct addr *a, struct dns_name *ret_name)
{
	char text[80];
	size_t len = 0;

	if (addr_is_v4(a)) {
		len = (size_t)snprintf(text, sizeof(text), "%u.%u.%u.%u.in-addr.arpa", a->b[15],
				       a->b[14], a->b[13], a->b[12]);
	} else {
		for (unsigned i = 0; i < 32; i++) {
			text[len++] = "0123456789abcdef"[a->b[15 - i / 2] >> (i % 2 * 4) & 15];
			text[len++] = '.';
		}
		len += (size_t)snprintf(text + len, sizeof(text) - len, "ip6.arpa");
	}
	(void)dns_name_parse((struct bytes){(const uint8_t *)text, len}, ret_name); /* it fits */
}
