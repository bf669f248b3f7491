#include "proto/nbss_find.h"

#include "wire/nbss.h"
#include "wire/smb1.h"
#include "wire/smb2.h"

enum {
	MARK = NBSS_HEADER + 4, /* up to the protocol id: what a candidate is found by */
	COMPRESSED_HEADER = 16,
	SMB2_MOST = 8 * 1024 * 1024 + 64 * 1024, /* the largest read of Windows, and its header */
	SMB2_FLAGS = 0x3000007f,
	ENCRYPTED = 1,
};

/* MS-CIFS 2.2.2.1: those that have a meaning, obsolete ones too. */
static bool smb1_has_cmd(uint8_t cmd)
{
	return cmd <= 0x14 || (cmd >= 0x1a && cmd <= 0x35) || (cmd >= 0x70 && cmd <= 0x75) ||
	       (cmd >= 0x80 && cmd <= 0x84) || (cmd >= 0xa0 && cmd <= 0xa5) ||
	       (cmd >= 0xc0 && cmd <= 0xc3);
}

static bool is_smb1(uint32_t len, struct bytes msg)
{
	struct reader r = {.rest = msg};

	rd_skip(&r, 4);
	uint8_t cmd = rd_u8(&r);

	rd_skip(&r, 22 - 5);
	uint16_t reserved = rd_le16(&r);

	rd_skip(&r, SMB1_HEADER - 24);
	size_t words = 2 * (size_t)rd_u8(&r);

	return !r.bad && smb1_has_cmd(cmd) && reserved == 0 && len <= NBSS_NETBIOS_LEN_MAX &&
	       SMB1_HEADER + 1 + words + 2 <= len;
}

static bool is_smb2(uint32_t len, struct bytes msg)
{
	struct reader r = {.rest = msg};
	struct smb2_header h;

	rd_skip(&r, 4);
	return rd_le16(&r) == SMB2_HEADER && smb2_read_header(msg, &h) &&
	       h.cmd <= SMB2_OPLOCK_BREAK && (h.flags & ~(uint32_t)SMB2_FLAGS) == 0 &&
	       (h.next == 0 || (h.next >= SMB2_HEADER && h.next % 8 == 0 && h.next < len)) &&
	       len > SMB2_HEADER && len <= SMB2_MOST;
}

/* MS-SMB2 2.2.41. */
static bool is_transform(uint32_t len, struct bytes msg)
{
	struct reader r = {.rest = msg};

	rd_skip(&r, 4 + 16 + 16);
	uint32_t size = rd_le32(&r);
	uint16_t reserved = rd_le16(&r), flags = rd_le16(&r);

	return !r.bad && reserved == 0 && flags == ENCRYPTED && len > SMB2_TRANSFORM_HEADER &&
	       len <= SMB2_MOST && size == len - SMB2_TRANSFORM_HEADER;
}

/* MS-SMB2 2.2.42. */
static bool is_compressed(uint32_t len, struct bytes msg)
{
	struct reader r = {.rest = msg};

	rd_skip(&r, 4);
	uint32_t size = rd_le32(&r);
	uint16_t algorithm = rd_le16(&r), flags = rd_le16(&r);

	return !r.bad && algorithm <= 5 && flags <= 1 && size > 0 && size <= SMB2_MOST &&
	       len > COMPRESSED_HEADER && len <= SMB2_MOST;
}

/* At least MARK bytes. Returns how many it takes to tell whether a message starts there; 0: none
 * does. */
static size_t needed(struct bytes at)
{
	if (at.at[0] != NBSS_MESSAGE)
		return 0;
	switch (at.at[NBSS_HEADER]) {
	case 0xff:
		return NBSS_HEADER + SMB1_HEADER + 1;
	case 0xfe:
		return NBSS_HEADER + SMB2_HEADER;
	case 0xfd:
		return NBSS_HEADER + SMB2_TRANSFORM_HEADER;
	case 0xfc:
		return NBSS_HEADER + COMPRESSED_HEADER;
	default:
		return 0;
	}
}

static bool is_message(struct bytes at)
{
	struct reader r = {.rest = at};
	struct nbss n = {0};

	if (!nbss_read(&r, &n))
		return false;
	switch (r.rest.at[0]) {
	case 0xff:
		return is_smb1(n.len, r.rest);
	case 0xfe:
		return is_smb2(n.len, r.rest);
	case 0xfd:
		return is_transform(n.len, r.rest);
	default:
		return is_compressed(n.len, r.rest);
	}
}

bool nbss_find(struct reader *r, size_t *ret_need)
{
	struct bytes *rest = &r->rest;

	*ret_need = MARK;
	while (rest->len >= MARK) {
		const uint8_t *hit =
			memmem(rest->at + NBSS_HEADER + 1, rest->len - NBSS_HEADER - 1, "SMB", 3);

		if (hit == NULL) {
			rd_skip(r, rest->len - (MARK - 1));
			return false;
		}
		rd_skip(r, (size_t)(hit - rest->at) - NBSS_HEADER - 1);
		size_t need = needed(*rest);

		if (rest->len < need) {
			*ret_need = need;
			return false;
		}
		if (need > 0 && is_message(*rest))
			return true;
		rd_skip(r, 1);
	}
	return false;
}
