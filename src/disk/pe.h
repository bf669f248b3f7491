/*
 * pe - the version of a PE file, read with few small reads: headers, section table, the version
 * resource. A 300 MB file costs as much as a small one.
 *
 * Sources: Microsoft PE Format (headers, .rsrc), VS_VERSIONINFO and VS_FIXEDFILEINFO (winver.h).
 */
#ifndef DISK_PE_H
#define DISK_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rc.h"

struct pe_reader {
	/* Reads up to `len` bytes at `offset` into `to`; returns how many, 0 at the end, -1 on
	 * error. */
	long (*read)(void *ctx, uint64_t offset, void *to, size_t len);
	void *ctx;
};

struct pe_version {
	uint16_t file[4], product[4]; /* VS_FIXEDFILEINFO */
	uint32_t checksum, timestamp; /* optional header CheckSum; file header TimeDateStamp */
	uint16_t machine;             /* 0x14c x86, 0x8664 x64, 0xaa64 arm64 */
	bool has_version;             /* false: a PE without a version resource, or one of texts */
};

/* At most PE_READS reads and PE_BYTES bytes; a usual file takes three to six. RC_FORMAT: not a PE,
 * cut, damaged, or strewn over more than that; `*ret_why` says what, a constant such as "it is cut
 * short". RC_IO: a read failed. */
enum { PE_READS = 16, PE_BYTES = 64 << 10 };
MUST_CHECK enum rc pe_version_read(const struct pe_reader *r, struct pe_version *ret_v,
				   const char **ret_why);

#endif
