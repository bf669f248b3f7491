#include "sql/sql.h"

enum rc sql_fail(struct sql *s, enum sql_error error, const char *message)
{
	size_t n = 0;

	s->error = error;
	while (*message == '\n' || *message == ' ')
		message++;
	for (; *message != '\0' && n + 1 < sizeof(s->message); message++)
		s->message[n++] = (unsigned char)*message < ' ' ? ' ' : *message;
	while (n > 0 && s->message[n - 1] == ' ')
		n--;
	s->message[n] = '\0';
	return RC_IO;
}
