#include "naming/dns_name.h"

enum { POINTER = 0xc0, KIND = 0xc0 };

static bool add_label(struct dns_name *n, struct bytes label)
{
	if (label.len == 0 || label.len > DNS_LABEL_MAX || n->len + 1u + label.len > DNS_NAME_MAX)
		return false;
	n->at[n->len] = (uint8_t)label.len;
	memcpy(n->at + n->len + 1, label.at, label.len);
	n->len = (uint8_t)(n->len + 1u + label.len);
	return true;
}

bool dns_name_read(struct reader *r, struct bytes msg, struct dns_name *ret_name)
{
	struct dns_name n = {0};
	struct reader far, *at = r;
	size_t start = msg.len - r->rest.len; /* where the piece being read begins */

	for (;;) {
		unsigned len = rd_u8(at);

		if (at->bad || (len == 0))
			break;
		if ((len & KIND) == 0) {
			if (add_label(&n, rd_take(at, len)))
				continue;
			at->bad = true;
			break;
		}
		size_t to = (len & ~(unsigned)POINTER) << 8 | rd_u8(at);

		if ((len & KIND) != POINTER || at->bad || to >= start) {
			at->bad = true;
			break;
		}
		far = (struct reader){.rest = bytes_slice(msg, to, SIZE_MAX)};
		at = &far;
		start = to;
	}
	r->bad |= at->bad;
	if (r->bad)
		return false;
	*ret_name = n;
	return true;
}

bool dns_name_read_partial(struct bytes b, struct dns_name *ret_name, bool *ret_is_partial)
{
	struct reader r = {.rest = b};
	struct dns_name n = {0};
	bool is_partial = true;

	while (r.rest.len > 0) {
		unsigned len = rd_u8(&r);

		if (len == 0) {
			is_partial = false;
			break;
		}
		if (!add_label(&n, rd_take(&r, len)))
			return false;
	}
	*ret_name = n;
	*ret_is_partial = is_partial;
	return true;
}

void dns_name_write(struct writer *w, const struct dns_name *n)
{
	wr_bytes(w, (struct bytes){n->at, n->len});
	wr_be(w, 1, 0);
}

bool dns_name_parse(struct bytes text, struct dns_name *ret_name)
{
	struct dns_name n = {0};
	size_t from = 0;

	if (text.len > 0 && text.at[text.len - 1] == '.')
		text.len--;
	for (size_t i = 0; text.len > 0 && i <= text.len; i++) {
		if (i < text.len && text.at[i] != '.')
			continue;
		if (!add_label(&n, (struct bytes){text.at + from, i - from}))
			return false;
		from = i + 1;
	}
	*ret_name = n;
	return true;
}

struct bytes dns_name_label(const struct dns_name *n, unsigned i)
{
	struct reader r = {.rest = {n->at, n->len}};

	for (;; i--) {
		struct bytes label = rd_take(&r, rd_u8(&r));

		if (r.bad)
			return (struct bytes){NULL, 0};
		if (i == 0)
			return label;
	}
}

unsigned dns_name_labels(const struct dns_name *n)
{
	unsigned labels = 0;

	for (size_t at = 0; at < n->len; at += 1u + n->at[at])
		labels++;
	return labels;
}

size_t dns_name_text(const struct dns_name *n, unsigned i, char *to)
{
	struct writer w = {.at = (uint8_t *)to, .cap = DNS_NAME_TEXT - 1};

	for (struct bytes label; label = dns_name_label(n, i), label.len > 0; i++) {
		if (w.len > 0)
			wr_be(&w, 1, '.');
		wr_bytes(&w, label);
	}
	to[w.len] = '\0';
	return w.len;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool dns_name_ends(const struct dns_name *n, const char *suffix)
{
	struct dns_name s = {0};

	if (!dns_name_parse((struct bytes){(const uint8_t *)suffix, strlen(suffix)}, &s))
		return false;

	unsigned have = dns_name_labels(n), want = dns_name_labels(&s);

	if (want > have)
		return false;
	for (unsigned i = 0; i < want; i++) {
		struct bytes a = dns_name_label(n, have - want + i), b = dns_name_label(&s, i);

		if (a.len != b.len)
			return false;
		for (size_t k = 0; k < a.len; k++)
			if (lower(a.at[k]) != lower(b.at[k]))
				return false;
	}
	return true;
}
