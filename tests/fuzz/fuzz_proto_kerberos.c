/* However a conversation with a KDC is cut into segments, the same is told. */
#include "proto/kerberos.h"

#include "script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size <= 64 * 1024)
		script_check(&proto_kerberos, (struct bytes){data, size}, false);
	return 0;
}
