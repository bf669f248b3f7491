/* Two detectors of no effect: settings are tested without those of the program. */
#ifndef TESTS_SETTINGS_DETECTORS_H
#define TESTS_SETTINGS_DETECTORS_H

#include "detect/detect.h"

static const struct knob test_knobs[] = {
	{"window", "seconds that are looked at", 1, 3600, 60},
	{"fan-out", "machines that make a finding", 2, 64, 12},
	{NULL, NULL, 0, 0, 0},
};

static const struct detector test_scan = {.id = "test-scan", .knobs = test_knobs};
static const struct detector test_plain = {.id = "test-plain"};

const struct detector *const detector_registry[] = {&test_plain, &test_scan, NULL};

#endif
