// The capacity chart of a sweep: what is carried, refused and how late, against what is offered.
//
// From the table "capacity" (models/sweep/sweep.h): a row for each value, its columns by name. The
// x axis is the offered load where it varies by more than a tenth, else the value that was varied.
#pragma once

#include "measure/record.h"
#include "reports/content/content.h"

namespace springtide::reports {

void add_capacity_charts(const measure::Record& record, SectionContent& section);

}  // namespace springtide::reports
