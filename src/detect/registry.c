#include "detect/detectors.h"

const struct detector *const detector_registry[] = {
	&detector_arp_scan,
	&detector_ms08_067,
	&detector_port_scan,
	NULL,
};
