/*
 * browser - what machines say of themselves in \MAILSLOT\BROWSE (MS-BRWS 2.2).
 *
 * The data of the mailslot alone: naming/nbdgm.h and wire/smb1_trans.h carry it. Texts are in the
 * sender's code page, padded with NULs.
 */
#ifndef NAMING_BROWSER_H
#define NAMING_BROWSER_H

#include "naming/netbios.h"

#define BROWSER_MAILSLOT "\\MAILSLOT\\BROWSE"

enum browser_command {
	BROWSER_HOST_ANNOUNCEMENT = 0x01,
	BROWSER_ANNOUNCEMENT_REQUEST = 0x02,
	BROWSER_ELECTION = 0x08,
	BROWSER_GET_BACKUP_LIST = 0x09,
	BROWSER_BACKUP_LIST = 0x0a,
	BROWSER_BECOME_BACKUP = 0x0b,
	BROWSER_DOMAIN_ANNOUNCEMENT = 0x0c, /* server: the domain; comment: its master browser */
	BROWSER_MASTER_ANNOUNCEMENT = 0x0d,
	BROWSER_RESET_STATE = 0x0e,
	BROWSER_LOCAL_MASTER = 0x0f,
};

enum { /* of server_type: MS-SRVS 2.2.2.7 */
       BROWSER_TYPE_WORKSTATION = 0x1,
       BROWSER_TYPE_SERVER = 0x2,
       BROWSER_TYPE_SQL = 0x4,
       BROWSER_TYPE_DC = 0x8,
       BROWSER_TYPE_BACKUP_DC = 0x10,
       BROWSER_TYPE_PRINT = 0x200,
       BROWSER_TYPE_NT = 0x1000,
       BROWSER_TYPE_NT_SERVER = 0x8000,
       BROWSER_TYPE_POTENTIAL_BROWSER = 0x10000,
       BROWSER_TYPE_BACKUP_BROWSER = 0x20000,
       BROWSER_TYPE_MASTER_BROWSER = 0x40000,
       BROWSER_TYPE_DOMAIN_MASTER = 0x80000,
};

enum { BROWSER_NAME = 16, BROWSER_COMMENT_MAX = 255 };

struct browser {
	uint8_t command;      /* enum browser_command */
	uint8_t update_count; /* announcements */
	uint32_t period_ms;
	uint8_t os_major, os_minor;
	uint32_t server_type;
	uint8_t browser_major, browser_minor;
	uint32_t uptime_ms;  /* election */
	uint32_t criteria;   /* election */
	struct bytes server; /* announcements, master announcement, election, request: a name */
	struct bytes comment;
};

/* False: malformed, or a command without a name. Borrows data. */
bool browser_read(struct bytes data, struct browser *ret_browser);

/* Writes the commands that are read. A server's name is cut at 15 bytes, where 16 are for it. */
void browser_write(struct writer *w, const struct browser *x);

#endif
