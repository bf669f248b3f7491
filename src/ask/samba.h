/*
 * samba - libsmbclient, loaded when it is needed: looking at folders on a share.
 *
 * The library brings a hundred others and takes 25 ms and 13 MiB to load, so only the process that
 * needs it does so. One share of one machine, with one logon: the server is not followed when it
 * refers to another (DFS), and no second connection is made: ask/gate.h.
 */
#ifndef ASK_SAMBA_H
#define ASK_SAMBA_H

#include "ask/asking.h"

struct samba;

struct samba_entry { /* borrowed for the call */
	const char *name;
	bool is_folder, is_junction;
	uint64_t changed_ns; /* 0: not told */
};

struct samba_file { /* one that is open */
	struct samba *of;
	void *handle;
	uint64_t size, changed_ns; /* 0: not told */
};

enum samba_logon { /* what became of it */
		   SAMBA_IN,
		   SAMBA_REFUSED,
		   SAMBA_NO_SHARE,  /* let in, but there is no such share */
		   SAMBA_NO_ACCESS, /* let in, perhaps as a guest, but not to that share */
		   SAMBA_NO_ANSWER, /* broke off, and nobody knows whether it counted */
		   SAMBA_NOT_TRIED, /* it never came to that */
};

/* Logs on, once, and tells the parent how it went (MESSAGE_LOGON). `smb` is what the machine speaks
 * (enum message_smb). `why` (MESSAGE_TEXT) says in words what went wrong. ret_s is there for
 * SAMBA_IN alone. */
enum samba_logon samba_open(const struct asking *a, const char *share, unsigned smb,
			    struct samba **ret_s, char *why);
void samba_close(struct samba *s);

/* As what it is connected to: its address, or for Kerberos the name that the ticket is for. */
const char *samba_host(const struct samba *s);

/* For a parent whose children will log on, so that each need not load the library itself. False: it
 * is not there. */
bool samba_load(void);

/* Calls `entry` for what is in a folder ("" is the share's), at most `max`. False: it cannot be
 * read. */
bool samba_list(struct samba *s, const char *folder, size_t max,
		void (*entry)(void *ctx, const struct samba_entry *e), void *ctx);

/* When a file was changed; 0: not there, or not readable. */
uint64_t samba_changed_ns(struct samba *s, const char *path);

/* For reading. False, and errno: ENOENT or ENOTDIR where there is none. */
bool samba_file_open(struct samba *s, const char *path, struct samba_file *ret_f);
/* Up to `len` bytes at `offset`; 0 at the end, -1 if it cannot be read. */
long samba_file_read(struct samba_file *f, uint64_t offset, void *to, size_t len);
void samba_file_close(struct samba_file *f);

#endif
