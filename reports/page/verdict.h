// The head of a report: what came of the run, before anything else.
#pragma once

#include <string>

#include "measure/record.h"
#include "reports/report.h"

namespace springtide::reports {

// "Passed", with the reason in a sentence.
std::string verdict_html(const measure::Record& record);

// What was demanded, and what must always hold; nothing where there is neither.
std::string thresholds_html(const measure::Record& record);
std::string checks_html(const measure::Record& record);

// What each link of the chain still has to give at the peak (chain.h), the tightest one first;
// nothing without any.
std::string margins_html(const measure::Record& record);

// Where the requests of each operation ended.
std::string ledgers_html(const measure::Record& record);

// A handful of numbers: how many, how long, how bad.
std::string glance_html(const measure::Record& record);

}  // namespace springtide::reports
