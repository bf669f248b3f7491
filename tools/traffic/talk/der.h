/*
 * der - ASN.1 as Kerberos, LDAP and SPNEGO send it (X.690).
 *
 * Lengths take three bytes throughout, since they are known only when the content is there.
 */
#ifndef TRAFFIC_DER_H
#define TRAFFIC_DER_H

#include "base/bytes.h"

enum {
	INTEGER = 2,
	BITS = 3,
	OCTETS = 4,
	OID = 6,
	ENUMERATED = 10,
	SEQUENCE = 0x30,
};

static inline size_t der_open(struct writer *w, unsigned tag)
{
	wr_be(w, 1, tag);
	wr_be(w, 3, 0x820000);
	return w->len;
}

static inline void der_close(struct writer *w, size_t start)
{
	wr_patch_be(w, start - 2, 2, w->len - start);
}

static inline void der_put(struct writer *w, unsigned tag, struct bytes b)
{
	size_t at = der_open(w, tag);

	wr_bytes(w, b);
	der_close(w, at);
}

static inline void der_number(struct writer *w, unsigned tag, uint32_t v)
{
	wr_be(w, 1, tag);
	wr_be(w, 1, 5);
	wr_be(w, 5, v);
}

static inline void der_text(struct writer *w, unsigned tag, const char *text)
{
	der_put(w, tag, (struct bytes){(const uint8_t *)text, strlen(text)});
}

#endif
