/*
 * value - what a template may name: of the kit, of a machine, of a sheet of machines, of a file
 * that the kit brings along, of a fixed version.
 */
#ifndef KIT_VALUE_H
#define KIT_VALUE_H

#include "kit/kit.h"

enum scope { SCOPE_KIT, SCOPE_SHEET, SCOPE_MACHINE, SCOPE_FILE, SCOPE_FIXED, SCOPES };

enum field { /* the order of the table in value.c */
	     /* The kit. */
	     FIELD_CAMPAIGN,
	     FIELD_WEAKNESS,
	     FIELD_PATCH,
	     FIELD_KB,
	     FIELD_CHANNEL,
	     FIELD_SITE,
	     FIELD_RESULTS,
	     FIELD_FIXED_FILE,
	     FIELD_MADE,
	     FIELD_MACHINES,
	     FIELD_REFUSED,
	     FIELD_QUELL,
	     FIELD_HAS_FIXED,
	     FIELD_HAS_PATCH,
	     FIELD_HAS_CLEANER,
	     FIELD_HAS_PROTECTION,
	     FIELD_HAS_UPDATE,
	     /* A sheet. */
	     FIELD_SHEET,
	     FIELD_SHEET_TITLE,
	     FIELD_SHEET_MACHINES,
	     /* A machine. */
	     FIELD_ID,
	     FIELD_NAME,
	     FIELD_HOST,
	     FIELD_FQDN,
	     FIELD_DOMAIN,
	     FIELD_OS,
	     FIELD_ARCH,
	     FIELD_USER,
	     FIELD_PHONE,
	     FIELD_OWNER,
	     FIELD_PLACE,
	     FIELD_FLOOR,
	     FIELD_SWITCH_PORT,
	     FIELD_NEXT,
	     FIELD_WHY,
	     FIELD_ADDR,
	     FIELD_MAC,
	     FIELD_INFECTED,
	     FIELD_STAGE,
	     FIELD_WAVE,
	     FIELD_IMPORTANCE,
	     FIELD_TAIL,
	     FIELD_QR,
	     /* A file. */
	     FIELD_ROLE,
	     FIELD_FILE,
	     FIELD_FILE_NAME,
	     FIELD_SHA256,
	     FIELD_SIZE,
	     FIELD_SIGNER,
	     FIELD_ARGS,
	     FIELD_FOR,
	     FIELD_FOR_OS,
	     FIELD_FOR_ARCH,
	     /* A fixed version. */
	     FIELD_VERSION,
	     FIELD_BRANCH,
	     FIELD_REVISION,
	     FIELD_PACK,
	     FIELDS
};

const char *field_name(enum field f);
enum scope field_scope(enum field f);
MUST_CHECK enum rc field_parse(const char *name, size_t len, enum field *ret_f);

struct fixed_version { /* of "5.1.2600.5694/sp3" */
	unsigned part[4];
	int pack; /* service pack; -1: any */
};

struct kit_file { /* one that the kit brings along */
	const struct campaign_file *of;
	const char *name; /* "files/KB958644.exe" */
	uint64_t size;
	bool is_again; /* the same file was named before, for another Windows */
};

struct sheet {
	size_t num, n; /* 1, 2, 3 …; machines */
	const char *title;
};

/* Where a value is looked for; what is not there is NULL. */
struct values {
	const struct kit_options *opt;
	const char *channel;
	const struct kit_file *files;
	size_t n_files, n_machines, n_refused;
	bool has_fixed;
	const struct sheet *sheet;
	const struct kit_machine *machine;
	const struct kit_file *file;
	const struct fixed_version *fixed;
};

/* "" where nothing is known; what has to be written is in `room`. Never NULL. The qr is written by
 * itself: qr.h. */
enum { VALUE_ROOM = 512 };
const char *value_of(const struct values *v, enum field f, char *room);

/* Its place without its last part: "Building 2, floor 3, room 312" is on "Building 2, floor 3". */
const char *value_floor(const char *place, char *room);

/* The last two characters of a name in upper case; "other" where one of them is no letter or digit.
 * A script can find its machine's list by it. */
const char *value_tail(const char *name, char *room);

#endif
