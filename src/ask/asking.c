#include "ask/asking.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

uint64_t asking_until(const struct asking *a)
{
	return reach_now_ms() + a->opt->timeout_ms;
}

void asking_tell(const struct asking *a, const struct message *m)
{
	uint8_t room[MESSAGE_MAX];
	struct writer w = {.at = room, .cap = sizeof(room)};
	size_t done = 0;

	message_write(&w, m);
	while (!w.bad && done < w.len) {
		ssize_t n = write(a->to, room + done, w.len - done);

		if (n < 0 && errno != EINTR)
			_exit(1); /* the parent listens no more */
		done += n > 0 ? (size_t)n : 0;
	}
}

void asking_fact(const struct asking *a, unsigned fact, unsigned source, unsigned confidence,
		 const char *value)
{
	struct message m = {
		.kind = MESSAGE_FACT,
		.fact = (uint8_t)fact,
		.source = (uint8_t)source,
		.confidence = (uint8_t)confidence,
		.first_ns = a->opt->now_ns,
		.last_ns = a->opt->now_ns,
	};

	if (value[0] == '\0')
		return;
	(void)snprintf(m.text[0], sizeof(m.text[0]), "%s", value);
	asking_tell(a, &m);
}

void answer_add(struct answer *to, const char *format, ...)
{
	size_t len = strlen(to->text);
	va_list args;

	if (len > 0 && len + 3 < sizeof(to->text)) {
		memcpy(to->text + len, ", ", 3);
		len += 2;
	}
	va_start(args, format);
	(void)vsnprintf(to->text + len, sizeof(to->text) - len, format, args);
	va_end(args);
}

void asking_do(struct asking *a, const char *what, ask_question question)
{
	struct message m = {.kind = MESSAGE_BEGIN};
	struct answer got = {false, ""};
	uint64_t began = reach_now_ms();

	(void)snprintf(m.text[0], sizeof(m.text[0]), "%s", what);
	asking_tell(a, &m);
	question(a, &got);
	m.kind = MESSAGE_SAID;
	m.is_ok = got.is_ok;
	(void)snprintf(m.text[1], sizeof(m.text[1]), "%.480s; %llu ms", got.text,
		       (unsigned long long)(reach_now_ms() - began));
	asking_tell(a, &m);
}
