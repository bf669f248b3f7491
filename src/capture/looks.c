/* What a file that is no capture may be instead: said, so that the operator sees the mix-up. */
#include "capture/capture_impl.h"

static bool starts_with(struct bytes head, struct bytes prefix)
{
	return head.len >= prefix.len && memcmp(head.at, prefix.at, prefix.len) == 0;
}

static bool is_text(struct bytes head)
{
	for (size_t i = 0; i < head.len; i++) {
		uint8_t c = head.at[i];

		if (c >= 0x7f || (c < 0x20 && c != '\t' && c != '\n' && c != '\r'))
			return false;
	}
	return true;
}

static bool is_zero(struct bytes head)
{
	for (size_t i = 0; i < head.len; i++) {
		if (head.at[i] != 0)
			return false;
	}
	return true;
}

const char *looks_like(struct bytes head)
{
	const struct {
		struct bytes prefix;
		const char *what;
	} known[] = {
		{BYTES("PK\3\4"), "not a capture: it starts like a ZIP archive (unpack it first)"},
		{BYTES("BZh"), "not a capture: it starts like bzip2 data (unpack it first)"},
		{BYTES("\3757zXZ"), "not a capture: it starts like xz data (unpack it first)"},
		{BYTES("\x04\x22\x4d\x18"),
		 "not a capture: it starts like lz4 data (unpack it first)"},
		{BYTES("7z\xbc\xaf"),
		 "not a capture: it starts like a 7z archive (unpack it first)"},
		{BYTES("Rar!"), "not a capture: it starts like a RAR archive (unpack it first)"},
		{BYTES("snoop\0"),
		 "a snoop capture: turn it into pcapng first, with editcap of Wireshark"},
		{BYTES("RTSS"),
		 "a Network Monitor capture: turn it into pcapng first, with editcap of Wireshark"},
		{BYTES("GMBU"),
		 "a Network Monitor capture: turn it into pcapng first, with editcap of Wireshark"},
		{BYTES("TRSNIFF"),
		 "a Sniffer capture: turn it into pcapng first, with editcap of Wireshark"},
		{BYTES("XCP\0"),
		 "a NetXRay capture: turn it into pcapng first, with editcap of Wireshark"},
		{BYTES("\x7f"
		       "ELF"),
		 "not a capture: it starts like a Linux program"},
		{BYTES("MZ"), "not a capture: it starts like a Windows program"},
		{BYTES("%PDF"), "not a capture: it starts like a PDF document"},
		{BYTES("SQLite"), "not a capture: it starts like an SQLite database"},
		{BYTES("#!"), "not a capture: it starts like a script"},
		{BYTES("{"), "not a capture: it starts like JSON"},
		{BYTES("<"), "not a capture: it starts like XML or HTML"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (starts_with(head, known[i].prefix))
			return known[i].what;
	}
	if (is_zero(head))
		return "not a capture: it starts with zeros";
	if (is_text(head))
		return "not a capture: it starts like text";
	return "not a capture: its first bytes are those of no format we know";
}
