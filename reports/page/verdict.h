// The head of a report: what came of the run, before anything else.
#pragma once

#include <string>
#include <string_view>

#include "measure/record.h"
#include "reports/report.h"

namespace springtide::reports {

// "Passed", with the reason in a sentence.
std::string verdict_html(const measure::Record& record);

// What was demanded, and what must always hold; nothing where there is neither.
std::string thresholds_html(const measure::Record& record);
std::string checks_html(const measure::Record& record);

// What each link of the chain still has to give at the peak: of the figures "chain.LINK.capacity",
// "chain.LINK.load" and, where the record knows better, "chain.LINK.margin" (docs/report.md). The
// tightest link is named first; nothing without such figures.
std::string margins_html(const measure::Record& record);
bool is_link_of_chain(std::string_view figure);

// Where the requests of each operation ended.
std::string ledgers_html(const measure::Record& record);

// A handful of numbers: how many, how long, how bad.
std::string glance_html(const measure::Record& record);

}  // namespace springtide::reports
