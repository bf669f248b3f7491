#include "kit/qr.h"

#include <string.h>

#include <qrencode.h>

enum {
	QUIET = 4,     /* modules of white around it: section 5.3.8 */
	ROW_MAX = 1024 /* a run takes at most 10 bytes, and 177 modules have 89 of them */
};

static char *put_number(char *to, int n)
{
	if (n >= 100)
		*to++ = (char)('0' + n / 100);
	if (n >= 10)
		*to++ = (char)('0' + n / 10 % 10);
	*to++ = (char)('0' + n % 10);
	return to;
}

/* A line through the middle of a row's modules, which is lifted over the white ones: "M4 4.5h7m1
 * 0h2". Written by hand, since a site's sheets have a hundred million of these numbers. */
static void put_row(FILE *to, const unsigned char *row, int width, int y)
{
	char text[ROW_MAX], *end = text;
	int white = QUIET;

	*end++ = 'M';
	*end++ = '0';
	*end++ = ' ';
	end = put_number(end, y + QUIET);
	*end++ = '.';
	*end++ = '5';
	for (int x = 0, n = 0; x<width; x += n> 0 ? n : 1, n = 0) {
		while (x + n < width && (row[x + n] & 1) != 0)
			n++;
		if (n == 0) {
			white++;
			continue;
		}
		*end++ = 'm';
		end = put_number(end, white);
		*end++ = ' ';
		*end++ = '0';
		*end++ = 'h';
		end = put_number(end, n);
		white = 0;
	}
	(void)fwrite(text, 1, (size_t)(end - text), to);
}

enum rc qr_put(FILE *to, const char *text)
{
	QRcode *code = NULL;

	if (text[0] == '\0')
		return RC_OK;
	code = QRcode_encodeData((int)strlen(text), (const unsigned char *)text, 0, QR_ECLEVEL_L);
	if (code == NULL)
		return RC_NOMEM;
	(void)fprintf(to,
		      "<svg class=\"qr\" viewBox=\"0 0 %d %d\" role=\"img\" "
		      "shape-rendering=\"crispEdges\" xmlns=\"http://www.w3.org/2000/svg\"><path "
		      "stroke=\"#000\" d=\"",
		      code->width + 2 * QUIET, code->width + 2 * QUIET);
	for (int y = 0; y < code->width; y++)
		put_row(to, code->data + (size_t)y * (size_t)code->width, code->width, y);
	(void)fputs("\"/></svg>", to);
	QRcode_free(code);
	return RC_OK;
}
