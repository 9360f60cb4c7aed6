// Charts and tables of series: one chart for each unit, at most eight lines a chart.
#pragma once

#include <string>
#include <vector>

#include "measure/record.h"
#include "reports/content/content.h"
#include "reports/content/layout.h"
#include "reports/content/taker.h"

namespace springtide::reports {

// Takes what the panel asks for and nobody took yet.
void add_series_charts(const measure::Record& record, const ReportOptions& options,
                       const Panel& panel, Taker& taken, SectionContent& section);

// Sums of whole minutes of the series that the panel asks for, where the run is long enough for
// them to say more than the seconds do (an hour). They are still to be shown second by second.
void add_minute_charts(const measure::Record& record, const Panel& panel, SectionContent& section);

}  // namespace springtide::reports
