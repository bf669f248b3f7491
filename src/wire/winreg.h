/*
 * winreg - the calls of the remote registry that read it: MS-RRP 3.1.5. Stubs only, in NDR.
 *
 * What is asked for is a handle with no more access than reading; nothing here can write.
 */
#ifndef WIRE_WINREG_H
#define WIRE_WINREG_H

#include "wire/ndr.h"

enum winreg_opnum {
	WINREG_OPEN_HKLM = 2,
	WINREG_OPEN_HKU = 4,
	WINREG_CLOSE_KEY = 5,
	WINREG_ENUM_KEY = 9,
	WINREG_OPEN_KEY = 15,
	WINREG_QUERY_VALUE = 17,
};

enum { /* access to a key */
       WINREG_QUERY = 0x1,
       WINREG_ENUMERATE = 0x8,
};

enum winreg_type {
	REG_SZ = 1,
	REG_EXPAND_SZ = 2,
	REG_BINARY = 3,
	REG_DWORD = 4,
	REG_DWORD_BE = 5,
	REG_MULTI_SZ = 7,
	REG_QWORD = 11,
};

enum winreg_status { /* Win32 error codes, MS-ERREF 2.2 */
		     WINREG_OK = 0,
		     WINREG_NOT_FOUND = 2,
		     WINREG_PATH_NOT_FOUND = 3,
		     WINREG_ACCESS_DENIED = 5,
		     WINREG_MORE_DATA = 234,
		     WINREG_NO_MORE = 259,
};

struct winreg_request {
	uint16_t opnum;
	struct ndr_handle key;
	struct ndr_unicode name; /* 15: of the key, 17: of the value; with its NUL */
	uint32_t access;         /* 2, 4, 15 */
	uint32_t index;          /* 9 */
	uint32_t room;           /* 9: characters of a name, 17: bytes of data */
};

struct winreg_response {
	uint16_t opnum;
	struct ndr_handle key;   /* 2, 4, 15: to be closed; 5: zeroed */
	struct ndr_unicode name; /* 9, with its NUL or without */
	bool has_type, has_data, has_size;
	uint32_t type, size; /* 17; size: of the whole value, also where the room is too small */
	struct bytes data;   /* 17 */
	uint32_t status;
};

/* Reads or writes the stub that `n` is at, by x->opnum. True: all of it was good. */
bool winreg_request(struct ndr *n, struct winreg_request *x);
bool winreg_response(struct ndr *n, struct winreg_response *x);

#endif
