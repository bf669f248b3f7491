/* The floor of every figure of the benchmark: libpcap hands out each frame, and nothing is done. */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	char why[PCAP_ERRBUF_SIZE] = "usage: empty_loop FILE";
	pcap_t *p = argc == 2 ? pcap_open_offline(argv[1], why) : NULL;
	struct pcap_pkthdr *head;
	const u_char *frame;
	uint64_t n = 0, bytes = 0;
	int rc;

	if (p == NULL) {
		fprintf(stderr, "%s\n", why);
		return 1;
	}
	while ((rc = pcap_next_ex(p, &head, &frame)) == 1) {
		n++;
		bytes += head->caplen;
	}
	printf("%" PRIu64 " %" PRIu64 "\n", n, bytes);
	pcap_close(p);
	return rc == PCAP_ERROR_BREAK ? 0 : 1;
}
