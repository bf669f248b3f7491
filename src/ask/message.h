/*
 * message - what a child that asks tells the parent, through a pipe.
 *
 * The child has met hostile bytes, so the parent believes the shape of nothing: every field has a
 * range, every text is made UTF-8 again and cut. And a message can say less than a fact: of whom it
 * speaks is not in it, since a child speaks of the one machine that it was sent to.
 *
 * On the pipe: u32 length, then kind, and all fields in the order of the struct, big-endian.
 */
#ifndef ASK_MESSAGE_H
#define ASK_MESSAGE_H

#include "base/addr.h"
#include "base/bytes.h"

enum { MESSAGE_TEXT = 512, MESSAGE_TEXTS = 3, MESSAGE_MAX = 2048, MESSAGE_HEAD = 4 };

enum message_kind {
	MESSAGE_BEGIN = 1, /* text 0: the question that comes now */
	MESSAGE_SAID,      /* text 0: the question; 1: what came of it; is_ok */
	MESSAGE_FACT,      /* fact, source, confidence, times; text 0: value, 1: name it is about;
			    * mac, if the fact is about that too */
	MESSAGE_SMB,       /* number: enum message_smb */
	MESSAGE_LOGON,     /* number: enum message_logon; text 0: why not */
	MESSAGE_PAIR,      /* a router's: addr has mac */
	MESSAGE_PORT,      /* a switch's: mac was learned on port text 0, described as text 1, with
			    * neighbour text 2; number: MACs there; flags: enum message_port */
	MESSAGE_OBSERVED,  /* number: enum observed; source: enum observed_by, of those that were
			    * asked; text 0: the key, 1: the value (model/posture.h) */
	MESSAGE_KINDS
};

enum message_smb { MESSAGE_SMB1_ONLY = 1, MESSAGE_SMB2 = 2 };
enum message_logon {
	MESSAGE_LET_IN = 1,
	MESSAGE_REFUSED = 2,
	MESSAGE_NO_OUTCOME = 3, /* it may have counted as a failed one */
	MESSAGE_NO_PROOF = 4,   /* not tried, or let in as a guest for all we know */
};
enum message_port { MESSAGE_UPLINK = 1, MESSAGE_ITSELF = 2, MESSAGE_RADIO = 4 };

struct message {
	uint8_t kind, fact, source, confidence, flags;
	bool is_ok, has_mac;
	uint32_t number, vlan;
	uint64_t first_ns, last_ns;
	struct addr addr;
	struct mac mac;
	char text[MESSAGE_TEXTS][MESSAGE_TEXT]; /* UTF-8, "" where there is none */
};

/* With its length in front. */
void message_write(struct writer *w, const struct message *m);

enum message_step {
	MESSAGE_READ, /* *ret_m, and *ret_used bytes are done with */
	MESSAGE_MORE, /* not all there yet */
	MESSAGE_BAD,  /* no child of ours says that */
};

enum message_step message_read(struct bytes in, struct message *ret_m, size_t *ret_used);

#endif
