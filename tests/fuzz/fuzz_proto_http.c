/* However heads, bodies and chunks are cut into segments, the same is told. */
#include "proto/http.h"

#include "script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size <= 64 * 1024)
		script_check(&proto_http, (struct bytes){data, size}, false);
	return 0;
}
