/*
 * escape - a value from outside as a literal of another language, or the reason why it cannot be.
 *
 * Values are names of machines, users and paths: bytes from the network. Each language has one kind
 * of place where a value may stand, which template.h holds its templates to; there it is one
 * literal whatever it holds. What the language has no safe form for is refused, not bent.
 *
 *   text        as it is; controls become U+FFFD
 *   cmd         between double quotes (cmd.exe /?; no escape is safe in all its phases: refused)
 *   list        lines that cmd.exe reads with for /f
 *   powershell  between single quotes, doubled (about_Quoting_Rules); ASCII, since Windows
 *               PowerShell reads files without a BOM in the system's code page
 *   csv         a whole field, RFC 4180; what a spreadsheet would compute gets an apostrophe
 *   html, xml   text, or an attribute between double quotes
 *   yaml, json  between double quotes: YAML 1.2 section 5.7, RFC 8259 section 7
 *   ansible     yaml, without what Jinja would compute
 *   sh          between single quotes, POSIX XCU 2.2.2
 */
#ifndef KIT_ESCAPE_H
#define KIT_ESCAPE_H

#include <stdio.h>

#include "base/bytes.h"
#include "base/rc.h"

enum language {
	LANG_TEXT,
	LANG_CMD,
	LANG_LIST,
	LANG_POWERSHELL,
	LANG_CSV,
	LANG_HTML,
	LANG_XML,
	LANG_YAML,
	LANG_ANSIBLE,
	LANG_JSON,
	LANG_SH,
	LANGUAGES
};

MUST_CHECK enum rc language_parse(const char *name, enum language *ret_l);
const char *language_name(enum language l);
bool language_has_crlf(enum language l); /* its files are for Windows */
bool language_is_ascii(enum language l); /* its files hold nothing else */
bool language_has_bom(enum language l);  /* Excel takes UTF-8 without one for something else */
const char *language_names(void);        /* "text, cmd, …", for messages */

/* Why the value cannot be said; NULL: it can. */
const char *escape_refusal(enum language l, const char *value);

/* The value as a literal; it must not be refused. Errors stay in the stream. */
void escape_put(FILE *to, enum language l, const char *value);

/* Only letters, digits, '.', '_' and '-', beginning with a letter or digit: means nothing to
 * anybody, so it may be part of a file's name. */
bool escape_is_plain(const char *value);

#endif
