/* rc - what a call can come to. The caller decides what it means. */
#ifndef BASE_RC_H
#define BASE_RC_H

enum rc {
	RC_OK = 0,
	RC_NOMEM = -1,  /* no memory, or a bounded table is full */
	RC_INVAL = -2,  /* a setting or argument from the operator cannot be used */
	RC_IO = -3,     /* the system said no; errno tells */
	RC_CLOSED = -4, /* the peer went away */
	RC_FORMAT = -5, /* the data is not what it claims to be */
	RC_END = -6,    /* nothing more will come */
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* "out of memory", … : for a message to the operator. Never NULL. */
const char *rc_str(enum rc rc);

#endif
