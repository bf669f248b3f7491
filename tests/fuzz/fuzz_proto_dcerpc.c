/* However a conversation of RPC over TCP is cut into segments, the same is told. After a gap it
 * counts where a segment starts. */
#include "proto/dcerpc.h"

#include "script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size <= 64 * 1024)
		script_check(&proto_dcerpc, (struct bytes){data, size}, false);
	return 0;
}
