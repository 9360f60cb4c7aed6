// What a run rests on: the values of its scenario that have a source, and how to run it again.
#pragma once

#include <string>

#include "measure/record.h"
#include "reports/report.h"

namespace springtide::reports {

// "description" of the scenario's text; empty without one.
std::string scenario_description(const std::string& scenario);

// The sources of the scenario (JSON pointer, value, where from) and the record's own table
// "assumptions" (same columns: constants of models), and the constants of the presets that it uses
// (spec/presets.h); empty without any.
std::string assumptions_html(const measure::Record& record, const std::string& scenario);

// The command, the effective scenario, version, fingerprint.
std::string reproduce_html(const measure::Record& record, const ReportOptions& options);

}  // namespace springtide::reports
