/*
 * gather - for machines that the network cannot ask: a read-only script that is run there by logon
 * script or from a stick and leaves one small result file per machine, and what comes back.
 *
 * Results are hostile input like everything else: bounded, and a bad line costs itself alone.
 */
#ifndef GATHER_GATHER_H
#define GATHER_GATHER_H

#include "model/fact.h"
#include "model/posture.h"

struct gather_script { /* what it collects; see judge_questions() */
	const char *const *files, *const *registry, *const *services;
	size_t n_files, n_registry, n_services;
};

/* Writes quell-collect.cmd (XP and later), quell-collect.ps1 (PowerShell 2 and later) and
 * README.txt into `dir`, which is made if it is not there. Refuses to overwrite other files than
 * its own. RC_IO: errno; RC_INVAL. `err` says which file. */
MUST_CHECK enum rc gather_write(const char *dir, const struct gather_script *s, char *err,
				size_t err_len);

struct gather_out {
	/* One machine that a file told of; facts are its name, addresses, MACs, users. */
	void (*machine)(void *ctx, const char *file, const struct posture *p,
			const struct fact *facts, size_t n_facts);
	/* line 0: the whole file. Each file's first ones by line, then counted. */
	void (*bad)(void *ctx, const char *file, uint64_t line, const char *why);
	void *ctx;
};

struct gather_counts { /* lines = used + bad + skipped; of JSON: machines; of hives: files */
	uint64_t files, files_bad; /* files: all that were looked at */
	uint64_t machines;
	uint64_t lines, lines_used, lines_bad;
	uint64_t lines_skipped; /* fine, but nothing about updates, policy or protection */
};

/* Reads one file, or all regular files of a folder in the order of their names: quell's own
 * results, `wmic qfe … /format:csv`, `Get-HotFix | Export-Csv`, `systeminfo` (also /fo csv),
 * `Get-ComputerInfo | ConvertTo-Json`, WSUS and SCCM exports (CSV), registry hives (SOFTWARE,
 * SYSTEM). What a file is is told by its contents. `now_ns`: for those without a time of their own,
 * the file's is used, at most now. `asks`: what hives are asked for (files are not in them); NULL:
 * only system, updates and pending restarts. A machine's postures come once for each file that
 * tells of it; two hives of one machine are found by their names ("LAP-7-SYSTEM",
 * "LAP-7-SOFTWARE"). RC_IO: errno, `path` itself cannot be read; `err` says which. RC_NOMEM. */
MUST_CHECK enum rc gather_read(const char *path, uint64_t now_ns, const struct gather_script *asks,
			       const struct gather_out *out, struct gather_counts *ret_counts,
			       char *err, size_t err_len);

#endif
