/* detectors - the constants that registry.c names; each lives in the file of its id. */
#ifndef DETECT_DETECTORS_H
#define DETECT_DETECTORS_H

#include "detect/detect.h"

extern const struct detector detector_arp_scan;
extern const struct detector detector_ms08_067;
extern const struct detector detector_port_scan;

#endif
