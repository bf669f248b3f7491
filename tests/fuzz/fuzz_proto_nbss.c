/* However a conversation over SMB is cut into segments, the same is told. */
#include "proto/nbss.h"

#include "script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size <= 64 * 1024)
		script_check(&proto_nbss, (struct bytes){data, size}, true);
	return 0;
}
