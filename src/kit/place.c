#include "kit/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "kit/listing.h"

enum { BLOCK = 64 * 1024, TRIES = 1000 };

struct sink { /* behind the stream of the file that is open */
	int fd;
	struct sha256_ctx sum;
};

struct place {
	struct place_kit kit;
	char made[PLACE_PATH]; /* the folder beside; "": not there any more */
	struct arena *arena;
	struct listing files, earlier;
	bool has_earlier;
	struct sink sink;
	FILE *open;
	char block[BLOCK]; /* of its stream: without one of ours, glibc takes a page */
};

static void hex(const uint8_t *digest, char *to)
{
	for (size_t i = 0; i < SHA256_DIGEST_SIZE; i++)
		(void)snprintf(to + 2 * i, 3, "%02x", digest[i]);
}

static enum rc tell(const char *path, char *err, size_t err_len)
{
	int why = errno;

	(void)snprintf(err, err_len, "%s: %s", path, strerror(why));
	errno = why;
	return RC_IO;
}

/* --- files of the system --- */

static enum rc open_file(const char *path, FILE **ret_f, uint64_t *ret_size, char *err,
			 size_t err_len)
{
	struct stat st;
	FILE *f = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe would wait */

	if (fd == -1)
		return tell(path, err, err_len);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)snprintf(err, err_len, "%s: this is no file", path);
		close(fd);
		errno = EINVAL;
		return RC_INVAL;
	}
	f = fdopen(fd, "rb");
	if (f == NULL) {
		close(fd);
		return RC_NOMEM;
	}
	*ret_size = (uint64_t)st.st_size;
	*ret_f = f;
	return RC_OK;
}

/* Reads to the end; `to` may be NULL. The sum is of what was read. */
static enum rc sum_stream(FILE *from, FILE *to, char *ret_hex, uint64_t *ret_size)
{
	uint8_t block[BLOCK], digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sum;
	uint64_t size = 0;
	size_t n = 0;

	sha256_init(&sum);
	while ((n = fread(block, 1, sizeof(block), from)) > 0) {
		sha256_update(&sum, n, block);
		size += n;
		if (to != NULL && fwrite(block, 1, n, to) != n)
			return RC_IO;
	}
	if (ferror(from))
		return RC_IO;
	sha256_digest(&sum, sizeof(digest), digest);
	hex(digest, ret_hex);
	*ret_size = size;
	return RC_OK;
}

enum rc place_sum(const char *path, char *ret_hex, uint64_t *ret_size, char *err, size_t err_len)
{
	FILE *f = NULL;
	enum rc rc = open_file(path, &f, ret_size, err, err_len);

	if (rc != RC_OK)
		return rc;
	rc = sum_stream(f, NULL, ret_hex, ret_size);
	if (rc != RC_OK)
		rc = tell(path, err, err_len);
	fclose(f);
	return rc;
}

enum rc place_load(struct arena *a, const char *path, size_t most, struct bytes *ret_text,
		   char *err, size_t err_len)
{
	uint64_t size = 0;
	FILE *f = NULL;
	uint8_t *text = NULL;
	size_t n = 0;
	enum rc rc = open_file(path, &f, &size, err, err_len);

	if (rc != RC_OK)
		return rc;
	if (size > most) {
		(void)snprintf(err, err_len, "%s: longer than %zu KiB", path, most / 1024);
		fclose(f);
		errno = EFBIG;
		return RC_INVAL;
	}
	text = arena_alloc(a, (size_t)size + 1);
	if (text == NULL) {
		fclose(f);
		return RC_NOMEM;
	}
	n = fread(text, 1, (size_t)size, f);
	rc = ferror(f) ? tell(path, err, err_len) : RC_OK;
	fclose(f);
	if (rc == RC_OK)
		*ret_text = (struct bytes){text, n};
	return rc;
}

/* --- what lies there already --- */

static enum rc check_out(struct place *p, char *err, size_t err_len)
{
	struct stat st;

	if (lstat(p->kit.out, &st) != 0)
		return errno == ENOENT ? RC_OK : tell(p->kit.out, err, err_len);
	if (!S_ISDIR(st.st_mode)) {
		(void)snprintf(err, err_len, "%s: this is no folder; name another", p->kit.out);
		return RC_INVAL;
	}
	return listing_of_kit(p->arena, &p->kit, &p->earlier, &p->has_earlier, err, err_len);
}

/* --- the folder --- */

static enum rc make_beside(struct place *p, char *err, size_t err_len)
{
	size_t len = strlen(p->kit.out);

	while (len > 1 && p->kit.out[len - 1] == '/')
		len--;
	for (int i = 0; i < TRIES; i++) {
		int n = snprintf(p->made, sizeof(p->made), "%.*s.quell-%d", (int)len, p->kit.out,
				 i);

		if (n < 0 || n >= (int)sizeof(p->made)) {
			p->made[0] = '\0';
			errno = ENAMETOOLONG;
			return tell(p->kit.out, err, err_len);
		}
		if (mkdir(p->made, 0777) == 0)
			return RC_OK;
		if (errno != EEXIST)
			break;
	}
	enum rc rc = tell(p->made, err, err_len);

	p->made[0] = '\0';
	return rc;
}

enum rc place_new(const struct place_kit *kit, struct place **ret_p, char *err, size_t err_len)
{
	struct place *p = calloc(1, sizeof(*p));
	enum rc rc = RC_OK;

	if (p == NULL)
		return RC_NOMEM;
	p->kit = *kit;
	p->sink.fd = -1;
	rc = arena_new(0, &p->arena);
	if (rc == RC_OK)
		rc = check_out(p, err, err_len);
	if (rc == RC_OK)
		rc = make_beside(p, err, err_len);
	if (rc != RC_OK) {
		int why = errno;

		place_free(p);
		errno = why;
		return rc;
	}
	*ret_p = p;
	return RC_OK;
}

static enum rc make_folders(const struct place *p, const char *name, char *err, size_t err_len)
{
	char path[PLACE_PATH];

	for (const char *at = strchr(name, '/'); at != NULL; at = strchr(at + 1, '/')) {
		int n = snprintf(path, sizeof(path), "%s/%.*s", p->made, (int)(at - name), name);

		if (n < 0 || n >= (int)sizeof(path))
			errno = ENAMETOOLONG;
		else if (mkdir(path, 0777) == 0 || errno == EEXIST)
			continue;
		return tell(name, err, err_len);
	}
	return RC_OK;
}

static ssize_t sink_write(void *cookie, const char *text, size_t len)
{
	struct sink *s = cookie;
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(s->fd, text + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0; /* what fopencookie(3) takes for an error */
		done += (size_t)n;
	}
	sha256_update(&s->sum, len, (const uint8_t *)text);
	return (ssize_t)len;
}

static int sink_close(void *cookie)
{
	struct sink *s = cookie;
	int fd = s->fd;

	s->fd = -1;
	return close(fd);
}

enum rc place_open(struct place *p, const char *name, FILE **ret_f, char *err, size_t err_len)
{
	static const cookie_io_functions_t io = {.write = sink_write, .close = sink_close};
	char path[PLACE_PATH];
	int n = snprintf(path, sizeof(path), "%s/%s", p->made, name);
	enum rc rc = make_folders(p, name, err, err_len);

	if (rc != RC_OK)
		return rc;
	if (n < 0 || n >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return tell(name, err, err_len);
	}
	rc = listing_add(&p->files, p->arena, name, "");
	if (rc != RC_OK)
		return rc;
	p->sink.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (p->sink.fd == -1)
		return tell(path, err, err_len);
	sha256_init(&p->sink.sum);
	p->open = fopencookie(&p->sink, "wb", io);
	if (p->open == NULL) {
		close(p->sink.fd);
		p->sink.fd = -1;
		return RC_NOMEM;
	}
	(void)setvbuf(p->open, p->block, _IOFBF, sizeof(p->block));
	*ret_f = p->open;
	return RC_OK;
}

enum rc place_close(struct place *p, char *err, size_t err_len)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct listed *last = &p->files.list[p->files.n - 1];
	bool is_good = ferror(p->open) == 0;

	is_good = fclose(p->open) == 0 && is_good;
	p->open = NULL;
	if (!is_good)
		return tell(last->name, err, err_len);
	sha256_digest(&p->sink.sum, sizeof(digest), digest);
	hex(digest, last->sha256);
	return RC_OK;
}

enum rc place_copy(struct place *p, const char *from, const char *name, const char *sha256,
		   char *err, size_t err_len)
{
	char sum[PLACE_SHA256];
	uint64_t size = 0;
	FILE *in = NULL, *to = NULL;
	enum rc rc = open_file(from, &in, &size, err, err_len);

	if (rc != RC_OK)
		return rc;
	rc = place_open(p, name, &to, err, err_len);
	if (rc == RC_OK) {
		enum rc copied = sum_stream(in, to, sum, &size);

		rc = place_close(p, err, err_len);
		if (rc == RC_OK && copied != RC_OK)
			rc = tell(from, err, err_len);
	}
	fclose(in);
	if (rc == RC_OK && strcasecmp(sum, sha256) != 0) {
		(void)snprintf(err, err_len, "%s: it was changed while the kit was made", from);
		return RC_INVAL;
	}
	return rc;
}

size_t place_files(const struct place *p)
{
	return p->files.n;
}

/* --- its end --- */

static enum rc write_manifest(struct place *p, char *err, size_t err_len)
{
	FILE *f = NULL;
	size_t n = p->files.n;
	enum rc rc = RC_OK;

	listing_sort(&p->files);
	rc = place_open(p, LISTING_MANIFEST, &f, err, err_len);
	if (rc != RC_OK)
		return rc;
	for (size_t i = 0; i < n; i++)
		(void)fprintf(f, "%s  %s\n", p->files.list[i].sha256, p->files.list[i].name);
	return place_close(p, err, err_len);
}

/* The new folder in place of the old one: at once where the system can, in two steps otherwise. */
static enum rc swap(struct place *p, char *err, size_t err_len)
{
	char aside[PLACE_PATH + 8];

	if (renameat2(AT_FDCWD, p->made, AT_FDCWD, p->kit.out, RENAME_EXCHANGE) == 0)
		return RC_OK;
	if (errno != EINVAL && errno != ENOSYS)
		return tell(p->kit.out, err, err_len);
	(void)snprintf(aside, sizeof(aside), "%s.old", p->made);
	if (rename(p->kit.out, aside) != 0)
		return tell(p->kit.out, err, err_len);
	if (rename(p->made, p->kit.out) != 0) {
		enum rc rc = tell(p->kit.out, err, err_len);

		(void)rename(aside, p->kit.out);
		return rc;
	}
	if (rename(aside, p->made) != 0)
		return tell(aside, err, err_len);
	return RC_OK;
}

enum rc place_end(struct place *p, char *err, size_t err_len)
{
	enum rc rc = write_manifest(p, err, err_len);

	if (rc != RC_OK)
		return rc;
	if (!p->has_earlier) {
		if (rename(p->made, p->kit.out) != 0) /* also over an empty folder */
			return tell(p->kit.out, err, err_len);
		p->made[0] = '\0';
		return RC_OK;
	}
	rc = swap(p, err, err_len);
	if (rc != RC_OK)
		return rc;
	listing_remove(&p->earlier, p->made); /* what came since stays, beside the new kit */
	p->made[0] = '\0';
	return RC_OK;
}

void place_free(struct place *p)
{
	if (p == NULL)
		return;
	if (p->open != NULL)
		(void)fclose(p->open);
	if (p->made[0] != '\0')
		listing_remove(&p->files, p->made);
	arena_free(p->arena);
	free(p);
}
