/*
 * srvsvc_share - the list of a machine's shares: NetrShareEnum (MS-SRVS 3.1.4.8), levels 1 and 502.
 * Stubs only, in NDR. Whoever is no administrator gets level 1, without security descriptors.
 */
#ifndef WIRE_SRVSVC_SHARE_H
#define WIRE_SRVSVC_SHARE_H

#include "wire/ndr.h"

enum { SRVSVC_OP_SHARE_ENUM = 15 };
enum { SHARE_LEVEL_PLAIN = 1, SHARE_LEVEL_SECURITY = 502, SHARES_MAX = 1024 };

enum { /* MS-SRVS 2.2.2.4 */
       SHARE_DISK = 0,
       SHARE_PRINTER = 1,
       SHARE_DEVICE = 2,
       SHARE_IPC = 3,
       SHARE_KIND = 0x3,
};
#define SHARE_SPECIAL 0x80000000u /* C$, ADMIN$: made by Windows itself */

struct share {
	bool has_name, has_remark, has_path, has_password, has_secdesc;
	struct ndr_string name, remark, path, password; /* with their NUL */
	uint32_t type, secdesc_len;
	struct bytes secdesc;
};

struct share_request {
	uint32_t level, resume;
	struct ndr_string server; /* "\\10.0.0.1", with its NUL */
};

struct share_response {
	uint32_t level;
	struct share *list; /* the caller's, SHARES_MAX when reading */
	uint32_t n, total, resume;
	uint32_t status; /* Win32 */
};

bool share_request(struct ndr *n, struct share_request *x);
bool share_response(struct ndr *n, struct share_response *x);

#endif
