/*
 * der - ASN.1 elements as Kerberos, SPNEGO and LDAP send them (ITU-T X.690).
 *
 * Reading takes one element off a reader: no recursion, so no depth that a stranger could choose,
 * and nothing is copied. Elements of indefinite length, tags over one byte and lengths over four
 * are refused: DER has none of the first, and the protocols here none of the others. Lengths may
 * be written longer than need be (LDAP is BER). Writing makes the shortest.
 *
 * A reader that went bad stays bad, so a decoder reads in order and asks once.
 */
#ifndef NAMING_DER_H
#define NAMING_DER_H

#include "base/bytes.h"

enum {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8_STRING = 0x0c,
	DER_GENERALIZED_TIME = 0x18,
	DER_GENERAL_STRING = 0x1b,
	DER_SEQUENCE = 0x30,
	DER_APPLICATION = 0x60, /* + n: [APPLICATION n], constructed */
	DER_CONTEXT = 0xa0,     /* + n: [n], constructed */
};

struct der {
	uint8_t tag;
	struct bytes body;
};

/* The next element. False: there is none, or it is cut, or refused; `r` is bad then unless it was
 * just at its end. */
bool der_next(struct reader *r, struct der *ret_element);

/* The next element, which must have this tag: a reader of its body. Otherwise `r` and the result
 * are bad. */
struct reader der_enter(struct reader *r, uint8_t tag);

/* The same if the next element has this tag; otherwise nothing is taken. True: it was there. */
bool der_enter_if(struct reader *r, uint8_t tag, struct reader *ret_body);

/* Body of the next element, which must have this tag; empty and bad otherwise. */
struct bytes der_take(struct reader *r, uint8_t tag);

/* An INTEGER, at most 8 bytes long. */
int64_t der_int(struct reader *r);

/* Writing. What is begun is ended: der_end() sets the length, and moves the body if that takes
 * more than one byte. */
size_t der_begin(struct writer *w, uint8_t tag);
void der_end(struct writer *w, size_t begin);

void der_put(struct writer *w, uint8_t tag, struct bytes body);
void der_put_int(struct writer *w, int64_t v);

#endif
