/* Every SMB 2 message that is read and written is read the same again. */
#include "again.h"
#include "wire/smb2.h"
#include "wire/smb2_context.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define COPY(type, call, w_call)                                                                   \
	do {                                                                                       \
		type x = {0};                                                                      \
		if (!(call))                                                                       \
			return false;                                                              \
		w_call;                                                                            \
		return true;                                                                       \
	} while (0)

/* Behind a NEGOTIATE, which is written already. */
static void contexts(struct bytes in, struct writer *w)
{
	struct smb2_context list[8];
	struct smb2_contexts c = smb2_contexts(in);
	unsigned n = 0;

	while (n < 8 && smb2_next_context(&c, &list[n])) {
		if (list[n].type == SMB2_COMPRESSION &&
		    smb2_compression_algorithms(list[n].data) > list[n].data.len / 2)
			abort();
		n++;
	}
	if (n > 0)
		smb2_write_contexts(w, 0, list, n);
}

static bool request(struct bytes in, uint16_t cmd, struct writer *w)
{
	switch (cmd) {
	case SMB2_NEGOTIATE:
		COPY(struct smb2_negotiate, smb2_read_negotiate(in, &x),
		     (smb2_write_negotiate(w, &x), contexts(in, w)));
	case SMB2_SESSION_SETUP:
		COPY(struct smb2_session, smb2_read_session_setup(in, &x),
		     smb2_write_session_setup(w, &x));
	case SMB2_TREE_CONNECT:
		COPY(struct smb2_tree_connect, smb2_read_tree_connect(in, &x),
		     smb2_write_tree_connect(w, &x));
	case SMB2_CREATE:
		COPY(struct smb2_create, smb2_read_create(in, &x), smb2_write_create(w, &x));
	case SMB2_CLOSE:
		COPY(struct smb2_close, smb2_read_close(in, &x), smb2_write_close(w, &x));
	case SMB2_READ:
		COPY(struct smb2_read, smb2_read_read(in, &x), smb2_write_read(w, &x));
	case SMB2_WRITE:
		COPY(struct smb2_write, smb2_read_write(in, &x), smb2_write_write(w, &x));
	case SMB2_IOCTL:
		COPY(struct smb2_ioctl, smb2_read_ioctl(in, false, &x),
		     smb2_write_ioctl(w, false, &x));
	default:
		return false;
	}
}

static bool response(struct bytes in, uint16_t cmd, struct writer *w)
{
	switch (cmd) {
	case SMB2_NEGOTIATE:
		COPY(struct smb2_negotiated, smb2_read_negotiated(in, &x),
		     (smb2_write_negotiated(w, &x), contexts(in, w)));
	case SMB2_SESSION_SETUP:
		COPY(struct smb2_session, smb2_read_session(in, &x), smb2_write_session(w, &x));
	case SMB2_TREE_CONNECT:
		COPY(struct smb2_tree, smb2_read_tree(in, &x), smb2_write_tree(w, &x));
	case SMB2_CREATE:
		COPY(struct smb2_created, smb2_read_created(in, &x), smb2_write_created(w, &x));
	case SMB2_READ:
		COPY(struct smb2_data, smb2_read_data(in, &x), smb2_write_data(w, &x));
	case SMB2_WRITE:
		COPY(uint32_t, smb2_read_written(in, &x), smb2_write_written(w, x));
	case SMB2_IOCTL:
		COPY(struct smb2_ioctl, smb2_read_ioctl(in, true, &x),
		     smb2_write_ioctl(w, true, &x));
	default:
		return false;
	}
}

static bool copy(struct bytes in, struct writer *w)
{
	struct smb2_header h;

	switch (smb2_kind_of(in)) {
	case SMB2_TRANSFORM:
		COPY(struct smb2_transform, smb2_read_transform(in, &x),
		     smb2_write_transform(w, &x));
	case SMB2_COMPRESSED:
		COPY(struct smb2_compressed, smb2_read_compressed(in, &x),
		     smb2_write_compressed(w, &x));
	case SMB2_PLAIN:
		if (!smb2_read_header(in, &h))
			return false;
		smb2_write_header(w, &h);
		return (h.flags & SMB2_FLAG_REPLY) != 0 ? response(in, h.cmd, w)
							: request(in, h.cmd, w);
	case SMB2_NOT:
		break;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	again_check(copy, (struct bytes){data, size});
	return 0;
}
