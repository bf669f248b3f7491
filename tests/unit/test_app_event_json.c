/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <string.h>

#include "app/event_json.h"

/* U+009B starts an escape sequence, as ESC [ does; U+202E turns the line round. */
static void what_a_peer_sends_moves_no_cursor(void **unused)
{
	static const uint8_t path[] = {'a', 0, 0x1b, 0, 0x9b, 0, '2', 0, 'J', 0, 0x2e, 0x20};
	static const uint8_t name[] = "b\xc2\x9b\x7f";
	struct event ev = {.kind = EV_SRVSVC, .at_ns = 1};
	char *line = NULL;

	(void)unused;
	ev.srvsvc.path = (struct bytes){path, sizeof(path)};
	line = event_json(&ev, 1);
	assert_non_null(line);
	assert_non_null(strstr(line, "\"a\\u001B\\u009B2J\\u202E\""));
	free(line);
	ev = (struct event){.kind = EV_SMB1, .at_ns = 1};
	ev.smb1.name = (struct bytes){name, sizeof(name) - 1};
	line = event_json(&ev, 1);
	assert_non_null(line);
	for (const char *c = line; *c != '\0'; c++)
		assert_true((uint8_t)*c >= 0x20 && (uint8_t)*c <= 0x7f);
	assert_non_null(strstr(line, "b\\u009B"));
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_peer_sends_moves_no_cursor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
