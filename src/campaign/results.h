/*
 * results - what comes back from the machines: one small file for each, as the kits write it.
 *
 * Text, CRLF or LF, ASCII or UTF-16 with BOM; "key=value" lines after a first line "QUELL-RESULT
 * 1"; the last line is "end". Written anew as a whole at every run of the kit:
 *
 *   campaign=stop-conficker      machine=ID as the kit had it, or empty
 *   computer=PC-0042             kit=logon-script
 *   time=2026-11-29 01:15:44     local; offset=+0100 if known
 *   os=5.1.2600                  arch=x86
 *   step=patch result=done code=0 text=…       text takes the rest of the line
 *   step=patch result=reboot code=3010
 *   file=system32\netapi32.dll version=5.1.2600.5694
 *   end
 *
 * Steps: detect patch restart clean protect update verify. Results: done reboot failed none already
 * refused. A code is decimal, or hexadecimal after 0x.
 *
 * A file without "end" was cut: what it has is used, and said to be cut. Hostile contents: bounded,
 * and never trusted with a path. Pure parser over bytes.
 */
#ifndef CAMPAIGN_RESULTS_H
#define CAMPAIGN_RESULTS_H

#include "base/bytes.h"
#include "campaign/rules.h"

enum { RESULT_STEPS = 16, RESULT_FILES = 8, RESULT_TEXT = 160, RESULT_BYTES = 64 * 1024 };

struct result_step {
	char step[16], result[16], text[RESULT_TEXT];
	int64_t code;
};

struct result_file {
	char path[RESULT_TEXT], version[32];
};

struct result {
	char campaign[64], machine[MACHINE_ID], computer[64], kit[64], os[32], arch[16];
	uint64_t at_ns; /* 0: not told, without its offset from UTC, or nonsense */
	struct result_step steps[RESULT_STEPS];
	size_t n_steps;
	struct result_file files[RESULT_FILES];
	size_t n_files;
	bool is_cut;
	unsigned bad_lines;
	uint64_t first_bad; /* its number; 0: none */
};

/* Texts are UTF-8 without control characters. RC_FORMAT: it is no result; `err` says why. RC_NOMEM.
 */
MUST_CHECK enum rc result_parse(struct bytes text, struct result *ret_r, char *err, size_t err_len);

#endif
