#include "gather/reading.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "import/words.h"

enum rc reading_open(const char *path, FILE **ret_from, struct stat *ret_st)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st = {.st_mode = 0};
	FILE *from = NULL;

	if (fd == -1)
		return RC_IO;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		from = fdopen(fd, "rb");
	else
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	if (from == NULL) {
		int why = errno;

		close(fd);
		errno = why;
		return RC_IO;
	}
	if (ret_st != NULL)
		*ret_st = st;
	*ret_from = from;
	return RC_OK;
}

enum rc reading_next(struct reading *r, struct lines *l, struct line *ret_line)
{
	enum rc rc = lines_next(l, ret_line);

	r->counts->lines += rc == RC_OK;
	return rc;
}

void reading_used(struct reading *r, uint64_t n_lines)
{
	r->counts->lines_used += n_lines;
}

void reading_skip(struct reading *r, uint64_t n_lines)
{
	r->counts->lines_skipped += n_lines;
}

/* Cut at a character, and without anything that acts on a line. */
__attribute__((format(printf, 3, 0))) static void say(struct reading *r, uint64_t line,
						      const char *format, va_list args)
{
	char text[READING_WHY], why[READING_WHY];
	size_t len = 0;

	(void)vsnprintf(text, sizeof(text), format, args);
	len = text_from_utf8(text_of(text), why, sizeof(why));
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)why[i] < ' ' || why[i] == 0x7f)
			why[i] = ' ';
	}
	r->out->bad(r->out->ctx, r->file, line, why);
}

void reading_bad(struct reading *r, uint64_t line, const char *format, ...)
{
	va_list args;

	r->counts->lines_bad++;
	if (++r->bad > READING_SHOWN)
		return;
	va_start(args, format);
	say(r, line, format, args);
	va_end(args);
}

void reading_bad_file(struct reading *r, const char *format, ...)
{
	va_list args;

	r->is_file_bad = true;
	va_start(args, format);
	say(r, 0, format, args);
	va_end(args);
}

void reading_note(struct reading *r, uint64_t line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(r, line, format, args);
	va_end(args);
}

void reading_end(struct reading *r)
{
	if (r->bad > READING_SHOWN)
		reading_note(r, 0, "and %llu more bad lines",
			     (unsigned long long)(r->bad - READING_SHOWN));
	r->counts->files_bad += r->is_file_bad;
}

enum rc reading_tell(struct reading *r, struct roll *roll)
{
	return roll_tell(roll, r->file, r->file_ns, r->now_ns, r->out, &r->counts->machines);
}
