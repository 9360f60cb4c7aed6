// Results of one service.
#pragma once

#include "measure/record.h"
#include "models/station/results/span.h"
#include "models/station/world.h"

namespace springtide::models::station {

void add_service(std::size_t number, const World& world, const MeasuredSpan& span,
                 std::size_t seconds, measure::Record& record);

}  // namespace springtide::models::station
